package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/model"
	"parley/model/safe"
	"parley/words"
)

func (p *program) linkCommand() *cobra.Command {
	return p.linking("link CONVERSATION RECORD", words.LinkShort, words.LinkLong, words.LinkDone, (*client.Client).Link)
}

func (p *program) unlinkCommand() *cobra.Command {
	return p.linking("unlink CONVERSATION RECORD", words.UnlinkShort, words.RecordNames, words.UnlinkDone, (*client.Client).Unlink)
}

type changeLink func(*client.Client, context.Context, model.ConversationID, model.RecordRef) (model.Conversation, error)

func (p *program) linking(use string, short, long, done words.ID, change changeLink) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: p.words.Say(short), Long: p.words.Say(long), Args: p.exactly(len(strings.Fields(use)) - 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := p.record(args[1])
			if err != nil {
				return err
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			conversation, err := change(c, cmd.Context(), model.ConversationID(args[0]), ref)
			if err != nil {
				return err
			}
			return p.print(conversation, func() {
				p.say(done, "Record", plain(ref.String()))
				for _, l := range conversation.Links {
					p.line(indent + plain(l.Ref().String()).String() + "  " + safe.Line(l.Title).String())
				}
			})
		},
	}
}

// record reads what names a record on the command line.
func (p *program) record(arg string) (model.RecordRef, error) {
	ref, err := model.ParseRecordRef(arg)
	if err != nil {
		return ref, usage(p.words.Say(words.ErrRecord, "Value", plain(arg)))
	}
	return ref, nil
}

func (p *program) recordCommand() *cobra.Command {
	return &cobra.Command{
		Use: "record RECORD", Short: p.words.Say(words.RecordShort), Long: p.words.Say(words.RecordNames), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := p.record(args[0])
			if err != nil {
				return err
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			r, err := c.Record(cmd.Context(), ref)
			if err != nil {
				return err
			}
			return p.print(r, func() { p.wholeRecord(r) })
		},
	}
}

// wholeRecord prints a record: its name, then what is known of it, a line each.
func (p *program) wholeRecord(r model.Record) {
	p.line(recordLine(r))
	for _, known := range []model.Untrusted{r.Organization, r.PersonName, r.Owner} {
		if known != "" {
			p.line(indent + safe.Line(known).String())
		}
	}
	for _, list := range [][]model.Untrusted{r.Emails, r.Phones} {
		for _, known := range list {
			p.line(indent + safe.Line(known).String())
		}
	}
	if r.URL != "" {
		p.line(indent + plain(r.URL).String())
	}
	for _, open := range r.Open {
		p.line(indent + recordLine(open))
	}
}

// recordLine is a record on one line.
func recordLine(r model.Record) string {
	parts := []string{plain(r.RecordRef.String()).String(), safe.Line(r.Title).String()}
	if r.Value != nil {
		parts = append(parts, plain(fmt.Sprintf("%.2f %s", r.Value.Amount, r.Value.Currency)).String())
	}
	if r.Stage != nil {
		parts = append(parts, safe.Line(r.Stage.Name).String())
	}
	if r.Status != "" {
		parts = append(parts, plain(string(r.Status)).String())
	}
	return strings.Join(parts, " · ")
}

func (p *program) crmCommand() *cobra.Command {
	var types []string
	search := &cobra.Command{
		Use: "search WORDS", Short: p.words.Say(words.CRMSearchShort), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted := make([]model.RecordType, 0, len(types))
			for _, t := range types {
				if err := p.oneOf(t, string(model.Person), string(model.Lead), string(model.Deal)); err != nil {
					return err
				}
				wanted = append(wanted, model.RecordType(t))
			}
			c, err := p.remote()
			if err != nil {
				return err
			}
			defer c.Close()
			found, err := c.SearchCRM(cmd.Context(), args[0], wanted)
			if err != nil {
				return err
			}
			return p.print(struct {
				Records []model.Candidate `json:"records"`
			}{found}, func() { p.foundRecords(found) })
		},
	}
	search.Flags().StringSliceVar(&types, "types", nil, p.words.Say(words.FlagTypes))
	return p.group("crm", words.CRMShort, search)
}

func (p *program) foundRecords(found []model.Candidate) {
	if len(found) == 0 {
		p.say(words.CRMNothing)
	}
	for _, r := range found {
		p.line(recordLine(r.Record))
	}
}
