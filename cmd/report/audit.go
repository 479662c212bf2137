package report

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// commands show what a hub has recorded: notices, the audit log, counters.
type commands struct{ *cli.Program }

// New returns the commands that show what a hub has recorded.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{p.ToHub(c.noticesCommand()), p.ToHub(c.statsCommand()), p.ToHub(c.auditCommand()), p.ToHub(c.countsCommand()), p.ToHub(c.notifyCommand())}
}

func (p *commands) auditCommand() *cobra.Command {
	return listing(p.Program, "audit", i18n.AuditLogShort, func(ctx context.Context, c *client.Client, q model.ListQuery) error {
		l, err := c.Audit(ctx, q)
		if err != nil {
			return err
		}
		return p.Print(l, func() { p.auditList(l) })
	})
}

func (p *commands) auditList(l client.AuditList) {
	var t cli.Table
	for _, e := range l.Entries {
		who := p.Words.Say(i18n.AuditedAtHub)
		switch {
		case e.By != nil:
			who = cli.Plain(e.By.Name).String()
		case e.Via != "":
			who = p.Words.Say(i18n.AuditedByCRM)
		}
		t.Row(p.Clock(e.At), who, p.deed(e))
		if e.ManageShown != nil && !*e.ManageShown {
			t.Below(cli.Indent + p.Words.Say(i18n.AuditedNoManage))
		}
	}
	p.Table(t)
	if l.Cursor != "" {
		p.Say(i18n.AuditedMore, "Cursor", cli.Plain(l.Cursor))
	}
}

// deed words what was done, and to what.
func (p *commands) deed(e model.AuditEntry) string {
	var whom safe.Text
	if e.User != nil {
		whom = cli.Plain(e.User.Name)
	}
	kind := e.Kind
	if kind == model.AuditAdmin && e.To != "true" {
		kind += "_off"
	}
	if kind == model.AuditSync && e.Conversation == "" {
		kind += "_page"
	}
	if e.Kind == model.AuditSync && e.To == "off" {
		kind += "_off"
	}
	if kind == model.AuditSignedIn && e.Key != "" {
		kind += "_ssh"
	}
	if kind != model.AuditAdmin && e.Via != "" && p.Words.Has(i18n.Audit(string(kind)+"_"+e.Via)) {
		kind += model.AuditKind("_" + e.Via)
	}
	var record safe.Text
	if e.Record != nil {
		record = cli.Plain(e.Record.String())
	}
	id := i18n.Audit(string(kind))
	if !p.Words.Has(id) { // of a newer hub
		return cli.Plain(string(e.Kind)).String()
	}
	return p.Words.Say(id, "Page", cli.Plain(string(e.Page)), "Conversation", cli.Plain(string(e.Conversation)),
		"Message", cli.Plain(string(e.Message)), "Name", whom, "Key", cli.Plain(e.Key), "To", p.visibilityWord(e.To),
		"Record", record)
}

// visibilityWord returns a visibility in the user's language.
func (p *commands) visibilityWord(v string) string {
	switch model.Visibility(v) {
	case model.Private:
		return p.Words.Say(i18n.VisibilityPrivate)
	case model.Shared:
		return p.Words.Say(i18n.VisibilityShared)
	}
	return ""
}
