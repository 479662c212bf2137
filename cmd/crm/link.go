// Package crm has the commands about records of the CRM.
package crm

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// commands are the commands about records of the CRM.
type commands struct{ *cli.Program }

// New returns the commands about records of the CRM.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	return []*cobra.Command{p.ToHub(c.linkCommand()), p.ToHub(c.unlinkCommand()), p.ToHub(c.recordCommand()), p.ToHub(c.syncCommand()), p.ToHub(c.crmCommand())}
}

func (p *commands) linkCommand() *cobra.Command {
	return p.linking("link CONVERSATION RECORD", i18n.LinkShort, i18n.LinkLong, i18n.LinkDone, p.linkWithWarning)
}

func (p *commands) unlinkCommand() *cobra.Command {
	return p.linking("unlink CONVERSATION RECORD", i18n.UnlinkShort, i18n.RecordNames, i18n.UnlinkDone, (*client.Client).Unlink)
}

type changeLink func(*client.Client, context.Context, model.ConversationID, model.RecordRef) (model.Conversation, error)

// linkWithWarning links a private conversation after saying who can read it then. The command is for
// scripts, so it does not ask.
func (p *commands) linkWithWarning(c *client.Client, ctx context.Context, id model.ConversationID, ref model.RecordRef) (model.Conversation, error) { //nolint:revive // as the methods of a client
	if err := p.warnReaders(ctx, c, id, ref); err != nil {
		return model.Conversation{}, err
	}
	return c.Link(ctx, id, ref)
}

// warnReaders says on standard error who else can read a private conversation once it is linked
// to a record.
func (p *commands) warnReaders(ctx context.Context, c *client.Client, id model.ConversationID, ref model.RecordRef) error {
	conversation, page, err := p.privatePage(ctx, c, id)
	if err != nil || page == nil {
		return err
	}
	v, err := c.RecordFor(ctx, ref, id)
	if err != nil {
		return err
	}
	if v.Record.Title == "" {
		v.Record.Title = model.Untrusted(ref.String())
	}
	said := i18n.LinkPrivateTo(v.Others, page.SyncOff || conversation.SyncOff())
	n := 0
	if v.Others != nil {
		n = *v.Others
	}
	_, _ = fmt.Fprintln(p.Err, p.Words.Say(said, "Page", safe.Line(page.Name), "Title", safe.Line(v.Record.Title), "N", n))
	return nil
}

// privatePage returns a conversation, and its Page if that is private; else nil.
func (p *commands) privatePage(ctx context.Context, c *client.Client, id model.ConversationID) (model.Conversation, *model.Page, error) {
	conversation, err := c.Conversation(ctx, id)
	if err != nil {
		return conversation, nil, err
	}
	pages, err := c.Pages(ctx)
	if err != nil {
		return conversation, nil, err
	}
	for _, page := range pages {
		if page.ID == conversation.PageID && page.Visibility == model.Private {
			return conversation, &page, nil
		}
	}
	return conversation, nil, nil
}

func (p *commands) linking(use string, short, long, done i18n.ID, change changeLink) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: p.Words.Say(short), Long: p.Words.Say(long), Args: p.Exactly(len(strings.Fields(use)) - 1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := p.record(args[1])
			if err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Surely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			conversation, err := change(c, cmd.Context(), id, ref)
			if err != nil {
				return err
			}
			return p.Print(conversation, func() {
				p.Say(done, "Record", cli.Plain(ref.String()))
				for _, l := range conversation.Links {
					p.Line(cli.Indent + cli.Plain(l.Ref().String()).String() + "  " + safe.Line(l.Title).String())
				}
			})
		},
	}
}

// record parses a record named on the command line.
func (p *commands) record(arg string) (model.RecordRef, error) {
	ref, err := model.ParseRecordRef(arg)
	if err != nil {
		return ref, cli.Usage(p.Words.Say(i18n.ErrRecord, "Value", cli.Plain(arg)))
	}
	return ref, nil
}

// recordLine returns a record on one line.
func recordLine(r model.Record) string {
	parts := []string{cli.Plain(r.RecordRef.String()).String(), safe.Line(r.Title).String()}
	if r.Value != nil {
		parts = append(parts, cli.Plain(fmt.Sprintf("%.2f %s", r.Value.Amount, r.Value.Currency)).String())
	}
	if r.Stage != nil {
		parts = append(parts, safe.Line(r.Stage.Name).String())
	}
	if r.Status != "" {
		parts = append(parts, cli.Plain(string(r.Status)).String())
	}
	return strings.Join(parts, " · ")
}

func (p *commands) crmCommand() *cobra.Command {
	var types []string
	search := &cobra.Command{
		Use: "search WORDS", Short: p.Words.Say(i18n.CRMSearchShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := make([]model.RecordType, 0, len(types))
			for _, t := range types {
				if err := p.OneOf(t, string(model.Person), string(model.Lead), string(model.Deal)); err != nil {
					return err
				}
				wanted = append(wanted, model.RecordType(t))
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			found, err := c.SearchCRM(cmd.Context(), args[0], wanted)
			if err != nil {
				return err
			}
			return p.Print(struct {
				Records []model.Candidate `json:"records"`
			}{found}, func() { p.foundRecords(found) })
		},
	}
	search.Flags().StringSliceVar(&types, "types", nil, p.Words.Say(i18n.FlagTypes))
	return p.Group("crm", i18n.CRMShort, search, p.crmFieldCommand())
}

// crmFieldCommand creates the field for PSIDs, for an admin.
func (p *commands) crmFieldCommand() *cobra.Command {
	return &cobra.Command{
		Use: "field", Short: p.Words.Say(i18n.CRMFieldShort), Long: p.Words.Say(i18n.CRMFieldLong), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			made, err := c.MakePSIDField(cmd.Context())
			if err != nil {
				return err
			}
			said := i18n.CRMFieldThere
			if made {
				said = i18n.CRMFieldMade
			}
			return p.Print(struct {
				Field string `json:"field"`
				Made  bool   `json:"made"`
			}{model.PSIDField, made}, func() { p.Say(said, "Field", model.PSIDField) })
		},
	}
}

func (p *commands) foundRecords(found []model.Candidate) {
	if len(found) == 0 {
		p.Say(i18n.CRMNothing)
	}
	for _, r := range found {
		p.Line(recordLine(r.Record))
	}
}
