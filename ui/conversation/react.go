package conversation

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// suggested are the reactions that take one key: those that Messenger itself suggests.
var suggested = []struct {
	emoji string
	words i18n.ID
}{
	{"❤", i18n.ReactLove},
	{"😆", i18n.ReactHaha},
	{"😮", i18n.ReactWow},
	{"😢", i18n.ReactSad},
	{"😠", i18n.ReactAngry},
	{"👍", i18n.ReactLike},
	{"🙏", i18n.ReactThanks},
}

// NeedsReactable says why the selected message can't have a reaction.
func (m *Model) NeedsReactable() string {
	if why := m.NeedsQuotable(); why != "" {
		return why
	}
	if r, ok := m.Inbox.Conversation(m.Shown); ok && !r.Reply.Allowed {
		return m.Say(i18n.Code(string(r.Reply.Code)))
	}
	return ""
}

// Choices other than an emoji.
const (
	reactNone  = "none"
	reactOther = "other"
)

// React lets the user choose a reaction to the selected message.
func (m *Model) React() tea.Cmd {
	msg, _ := m.Thread.Selected()
	var options []overlay.Option
	for i, s := range suggested {
		options = append(options, overlay.Option{
			ID: s.emoji, Key: string(rune('1' + i)), Title: m.Look.Ours(s.emoji) + " " + m.Say(s.words),
		})
	}
	options = append(options, overlay.Option{ID: reactOther, Key: "+", Title: m.Say(i18n.ReactOther)})
	ours := func(r model.Reaction) bool { return r.By == model.ByPage && r.Error == nil }
	if slices.ContainsFunc(msg.Reactions, ours) {
		options = append(options, overlay.Option{ID: reactNone, Key: "x", Title: m.Say(i18n.ReactTakeBack)})
	}
	c := overlay.NewChoice(m.Say(i18n.ReactTitle), options)
	c.Say(m.Say(i18n.QuoteOf, "Name", m.authorOf(&msg), "Text", m.Look.Cut(m.Thread.Gist(&msg), reactGist)))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		switch {
		case !ok:
			return nil
		case chosen.ID == reactOther:
			return m.askReaction(msg, "", "")
		case chosen.ID == reactNone:
			return m.setReaction(msg, "")
		}
		return m.setReaction(msg, model.Untrusted(chosen.ID))
	})
	return nil
}

// reactGist is how many cells of the message the choice of reactions shows.
const reactGist = 40

// askReaction asks the user to type an emoji.
func (m *Model) askReaction(msg model.Message, text, problem string) tea.Cmd {
	p := overlay.NewPrompt(m.Say(i18n.ReactTitle), m.Say(i18n.ReactHint), text)
	p.SetError(problem)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if !model.IsEmoji(model.Untrusted(e.Text)) {
			return m.askReaction(msg, e.Text, m.Say(i18n.ReactNoEmoji))
		}
		return m.setReaction(msg, model.Untrusted(e.Text))
	})
	return nil
}

// setReaction asks the hub for a reaction. The message returned shows it as pending; the
// stream brings its outcome.
func (m *Model) setReaction(msg model.Message, emoji model.Untrusted) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		out, err := hub.React(ctx, msg.ConversationID, msg.ID, emoji)
		return decided{message: out, err: err}
	})
}
