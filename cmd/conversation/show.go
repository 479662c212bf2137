// Package conversation has the commands about conversations and their messages.
package conversation

import (
	"strings"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/thread"
)

// shown is a conversation as show prints it.
type shown struct {
	Conversation model.Conversation `json:"conversation"`
	Messages     []model.Message    `json:"messages"`
	Cursor       string             `json:"cursor"`
}

// commands are the commands about conversations and their messages.
type commands struct{ *cli.Program }

// New returns the commands about conversations.
func New(p *cli.Program) []*cobra.Command {
	c := &commands{p}
	all := []*cobra.Command{c.listCommand(), c.viewsCommand(), c.showCommand(), c.replyCommand(), c.noteCommand(), c.reactCommand(), c.deleteCommand(), c.tailCommand(), c.mediaCommand()}
	all = append(all, c.triageCommands()...)
	for _, cmd := range all {
		p.ToHub(cmd)
	}
	return all
}

func (p *commands) showCommand() *cobra.Command {
	var before string
	limit := 50
	cmd := &cobra.Command{
		Use: "show CONVERSATION", Short: p.Words.Say(i18n.ShowShort), Args: p.Exactly(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.CheckLimit(limit); err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Likely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			var s shown
			if s.Conversation, err = c.Conversation(cmd.Context(), id); err != nil {
				return err
			}
			l, err := c.Messages(cmd.Context(), id, before, limit)
			if err != nil {
				return err
			}
			s.Messages, s.Cursor = l.Messages, l.Cursor
			return p.Print(s, func() { p.conversation(s) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&before, "before", "", p.Words.Say(i18n.FlagBefore))
	f.IntVar(&limit, "limit", limit, p.Words.Say(i18n.FlagLimit))
	return cmd
}

func (p *commands) conversation(s shown) {
	c := s.Conversation
	head := p.customer(c.Customer)
	if v := c.Reply; v.Allowed && v.Until != nil {
		id := i18n.WindowUntil
		if v.Uncertain {
			id = i18n.WindowUncertain
		}
		p.Line(head + " · " + p.Words.Say(id, "Time", p.Clock(*v.Until)))
	} else {
		p.Line(head + " · " + p.Code(c.Reply.Code, ""))
	}
	p.Line("")
	if s.Cursor != "" {
		p.Say(i18n.ShowMore, "ID", string(c.ID), "Cursor", s.Cursor)
		p.Line("")
	}
	if len(s.Messages) == 0 {
		p.Say(i18n.ShowEmpty)
	}
	for _, m := range s.Messages {
		p.message(c, m)
	}
}

func (p *commands) message(c model.Conversation, m model.Message) {
	if m.Direction == model.System {
		p.Line(cli.Indent + p.Clock(m.SentAt) + "  " + p.event(*m.Event))
		return
	}
	p.Line(strings.Join(p.headline(c, m), "  "))
	for _, l := range p.lines(c.Customer, m) {
		p.Line(cli.Indent + l)
	}
}

// headline returns a message's author, time and state.
func (p *commands) headline(c model.Conversation, m model.Message) []string {
	who := p.author(m.Author)
	if m.Author.Kind == model.ByCustomer {
		who = p.customer(c.Customer)
	}
	head := []string{who, p.Clock(m.SentAt)}
	if m.Direction == model.Note {
		head = append(head, "("+p.Words.Say(i18n.NoteLabel)+")")
	}
	if m.State != "" {
		head = append(head, p.Words.Say(i18n.State(string(m.State))))
	}
	if m.Edited {
		head = append(head, "("+p.Words.Say(i18n.Edited)+")")
	}
	if safe.Body(m.Text).Hidden() {
		head = append(head, "("+p.Words.Say(i18n.HiddenCharacters)+")")
	}
	return head
}

// lines returns all lines below the headline of a message.
func (p *commands) lines(customer model.Customer, m model.Message) []string {
	var out []string
	text := safe.Body(m.Text)
	if !text.Empty() {
		out = append(out, strings.Split(text.String(), "\n")...)
	}
	if text.Cut() {
		out = append(out, p.Words.Say(i18n.LinesMore))
	}
	for _, a := range m.Attachments {
		out = append(out, p.attachment(a))
	}
	if m.Deleted {
		out = append(out, p.Words.Say(i18n.Unsent))
	}
	if m.Event != nil {
		out = append(out, "· "+p.event(*m.Event))
	}
	return append(out, p.trailers(customer, m)...)
}

// attachment returns one line: what it is, its title, its size; and the id by which it is saved
// where the hub has it, else its address.
func (p *commands) attachment(a model.Attachment) string {
	parts := []string{"[" + p.Words.AttachmentWord(a) + "]"}
	if t := safe.Line(a.Title); !t.Empty() {
		parts = append(parts, t.String())
	}
	if a.Media == nil || a.Media.State != model.MediaStored {
		if u := safe.LineN(a.URL, cli.PlainCells); !u.Empty() {
			parts = append(parts, u.String())
		}
		return strings.Join(parts, " ")
	}
	if a.Media.Seconds > 0 {
		parts = append(parts, thread.Length(a.Media.Seconds))
	}
	return strings.Join(append(parts, thread.Size(a.Size), cli.Plain(a.ID).String()), " ")
}

// trailers returns what happened to a message: reactions, feedback, why it failed.
func (p *commands) trailers(customer model.Customer, m model.Message) []string {
	var out []string
	for _, r := range m.Reactions {
		out = append(out, p.reaction(customer, r))
	}
	if m.Feedback != "" {
		out = append(out, p.Words.FeedbackOn(m.Feedback, func(u model.Untrusted) string { return safe.Line(u).String() }))
	}
	if m.Error != nil {
		out = append(out, p.whyNot(*m.Error)...)
	}
	if m.WaitsFor != "" {
		out = append(out, p.Words.Say(i18n.WaitsForEarlier))
	}
	if m.Probably {
		out = append(out, p.Words.Say(i18n.ProbablySent))
	}
	if m.DeliveredTwice {
		out = append(out, p.Words.Say(i18n.DeliveredTwice))
	}
	return out
}

// reaction says who reacted, which is not the message's author, and whether Facebook has
// confirmed it.
func (p *commands) reaction(customer model.Customer, r model.Reaction) string {
	who := p.Words.Say(i18n.AuthorPage)
	switch {
	case r.By == model.ByCustomer:
		who = p.customer(customer)
	case r.User != nil:
		who = safe.LineN(model.Untrusted(r.User.Name), cli.NameCells).String()
	}
	mark := safe.Line(r.Emoji).String()
	if mark == "" {
		mark = safe.Line(model.Untrusted(r.Kind)).String()
	}
	said := p.Words.Say(i18n.ReactedBy, "Emoji", mark, "Name", who)
	switch {
	case r.Error != nil && mark == "":
		return p.Words.Say(i18n.ReactionKept, "Why", strings.Join(p.whyNot(*r.Error), " "))
	case r.Error != nil:
		return p.Words.Say(i18n.ReactionFailed, "Emoji", mark, "Why", strings.Join(p.whyNot(*r.Error), " "))
	case r.Pending:
		return said + " (" + p.Words.Say(i18n.ReactionPending) + ")"
	}
	return said
}

func (p *commands) whyNot(e model.MessageError) []string {
	out := []string{p.Sentence(i18n.Trouble(e), e.Detail)}
	if e.Detail != "" {
		out = append(out, p.Words.Say(i18n.DetailFromFacebook, "Detail", safe.LineN(e.Detail, cli.PlainCells)))
	}
	return out
}

// author names the author of a message that is not the customer's.
func (p *commands) author(a model.Author) string {
	switch a.Kind {
	case model.ByPage:
		return p.Words.Say(i18n.AuthorPage)
	case model.ByApp:
		return p.Words.Say(i18n.AuthorApp)
	default:
		return safe.LineN(a.Name, cli.NameCells).String()
	}
}

// event words an event.
func (p *commands) event(n model.Notable) string {
	return strings.Join(p.Words.Happened(n, func(u model.Untrusted) string { return safe.Line(u).String() }), " · ")
}
