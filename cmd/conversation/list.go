package conversation

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/query"
	"parley/model/safe"
)

// filters are the lists of the inbox.
var filters = []string{"all", "open", "mine", "unassigned", "snoozed", "done", "blocked", "waiting", "mentioned"}

func (p *commands) listCommand() *cobra.Command {
	q := model.ListQuery{Filter: "all", Limit: 50}
	view := ""
	cmd := &cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.ListShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.checkQuery(q.Filter, q.Search); err != nil {
				return err
			}
			if err := p.CheckLimit(q.Limit); err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			if view != "" {
				if q.Filter, err = p.viewed(cmd.Context(), c, view); err != nil {
					return err
				}
			}
			l, err := c.Search(cmd.Context(), q)
			if err != nil {
				return err
			}
			return p.Print(l, func() { p.conversationList(l, q.Search != "") })
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Filter, "filter", q.Filter, p.Words.Say(i18n.FlagFilter))
	_ = cmd.RegisterFlagCompletionFunc("filter", cobra.FixedCompletions(filters, cobra.ShellCompDirectiveNoFileComp))
	f.StringVar(&view, "view", "", p.Words.Say(i18n.FlagView))
	cmd.MarkFlagsMutuallyExclusive("filter", "view")
	_ = cmd.RegisterFlagCompletionFunc("view", remote.CompleteOne(p.Program, remote.OfferViews))
	f.IntVar(&q.Limit, "limit", q.Limit, p.Words.Say(i18n.FlagLimit))
	f.StringVar(&q.Cursor, "cursor", "", p.Words.Say(i18n.FlagCursor))
	f.StringVar(&q.Search, "search", "", p.Words.Say(i18n.FlagSearch))
	return cmd
}

// checkQuery returns why a filter or a search can't be asked for. One plain word is the name of a
// list.
func (p *commands) checkQuery(filter, search string) error {
	if q, err := query.Parse(filter); err == nil && len(q) == 1 && q[0] == (query.Term{Value: filter}) {
		return p.OneOf(filter, filters...)
	}
	for _, text := range []string{filter, search} {
		_, err := query.Parse(text)
		if wrong, ok := errors.AsType[*query.Error](err); ok {
			return cli.Usage(p.Words.QueryProblem(wrong, func(s string) string { return cli.Plain(s).String() }))
		}
	}
	return nil
}

// previewCells is how wide a preview in the list may be: a row is two lines that fit 80 columns.
const previewCells = 60

func (p *commands) conversationList(l model.FoundList, searched bool) {
	empty, more := i18n.ListEmpty, i18n.ListMore
	if searched {
		empty, more = i18n.SearchNone, i18n.SearchMore
	}
	if len(l.Conversations) == 0 {
		p.Say(empty)
		return
	}
	var t cli.Table
	for _, c := range l.Conversations {
		unread := ""
		if c.Unread > 0 {
			unread = "●" + strconv.Itoa(c.Unread)
		}
		preview := p.preview(c.Shown())
		if len(c.Hits) > 0 {
			preview = safe.LineN(marked(c.Hits[0].Text, c.Hits[0].Spans), previewCells).String()
		}
		c.Customer.Name = marked(c.Customer.Name, c.NameSpans)
		t.Row(p.customer(c.Customer), unread, p.Age(c.UpdatedAt), p.Left(c.Conversation), string(c.ID))
		t.Below(cli.Indent + preview)
	}
	p.Table(t)
	if l.Cursor != "" {
		p.Say(more, "Cursor", l.Cursor)
	}
}

// Marks around the matches of a search, and how many characters are shown before the first
// one.
const (
	markFrom   = "«"
	markTo     = "»"
	markBefore = 15
)

// marked puts marks around the matches in a text.
func marked(u model.Untrusted, spans []model.Span) model.Untrusted {
	return u.Marked(spans, markFrom, markTo, markBefore)
}

// customer names a customer; by their id if Meta does not give the name.
func (p *commands) customer(c model.Customer) string { return remote.Customer(p.Program, c) }

// preview returns the last message on one line.
func (p *commands) preview(m *model.Summary) string {
	if m == nil {
		return ""
	}
	text := safe.LineN(m.Text, previewCells).String()
	switch {
	case text != "":
	case len(m.Attachments) > 0:
		text = "[" + p.Words.AttachmentWord(model.Attachment{Type: m.Attachments[0]}) + "]"
	case m.Event != nil:
		text = p.event(*m.Event)
	}
	if m.Direction == model.Out || m.Direction == model.Note {
		text = p.author(m.Author) + ": " + text
	}
	return text
}
