package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// reportCommands show what a hub has noted: notices, deeds, counters.
type reportCommands struct{ *program }

func (p *reportCommands) auditCommand() *cobra.Command {
	return listing(p.program, "audit", i18n.AuditShort, func(ctx context.Context, c *client.Client, q model.ListQuery) error {
		l, err := c.Audit(ctx, q)
		if err != nil {
			return err
		}
		return p.print(l, func() { p.auditList(l) })
	})
}

func (p *reportCommands) auditList(l client.AuditList) {
	var t table
	for _, e := range l.Entries {
		who := p.words.Say(i18n.AuditAtHub)
		switch {
		case e.By != nil:
			who = plain(e.By.Name).String()
		case e.Via != "":
			who = p.words.Say(i18n.AuditByCRM)
		}
		t.row(p.clock(e.At), who, p.deed(e))
		if e.ManageShown != nil && !*e.ManageShown {
			t.below(indent + p.words.Say(i18n.AuditNoManage))
		}
	}
	p.table(t)
	if l.Cursor != "" {
		p.say(i18n.AuditMore, "Cursor", plain(l.Cursor))
	}
}

// deed says what was done, and to what.
func (p *reportCommands) deed(e model.AuditEntry) string {
	var whom safe.Text
	if e.User != nil {
		whom = plain(e.User.Name)
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
	if kind != model.AuditAdmin && e.Via != "" && p.words.Has(i18n.Audit(string(kind)+"_"+e.Via)) {
		kind += model.AuditKind("_" + e.Via)
	}
	var record safe.Text
	if e.Record != nil {
		record = plain(e.Record.String())
	}
	id := i18n.Audit(string(kind))
	if !p.words.Has(id) { // of a newer hub
		return plain(string(e.Kind)).String()
	}
	return p.words.Say(id, "Page", plain(string(e.Page)), "Conversation", plain(string(e.Conversation)),
		"Message", plain(string(e.Message)), "Name", whom, "Key", plain(e.Key), "To", p.visibilityWord(e.To),
		"Record", record)
}

// visibilityWord is a visibility in the user's language.
func (p *reportCommands) visibilityWord(v string) string {
	switch model.Visibility(v) {
	case model.Private:
		return p.words.Say(i18n.VisPrivate)
	case model.Shared:
		return p.words.Say(i18n.VisShared)
	}
	return ""
}
