package conversation

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/safe"
)

// Drafts stores what was typed and not sent. Its method is called in commands.
type Drafts interface {
	// Save stores a draft; an empty one is deleted. One that is older than what is stored is
	// ignored.
	Save(of model.DraftOf, d model.Draft) error
}

// typed holds what was typed and not sent.
type typed struct {
	Texts map[model.DraftOf]string
	// at is when each draft changed last.
	at map[model.DraftOf]time.Time
	// with is what each reply that is being written had with it, when it was last kept.
	with map[model.ConversationID]string
	// generation counts changes, to notice a pause in typing.
	generation uint64
}

func newTyped(kept map[model.DraftOf]model.Draft) typed {
	t := typed{Texts: map[model.DraftOf]string{}, at: map[model.DraftOf]time.Time{}, with: map[model.ConversationID]string{}}
	for of, d := range kept {
		t.set(of, safe.Typed(d.Text))
		t.setWith(of, d)
		t.at[of] = d.UpdatedAt
	}
	return t
}

func (t *typed) Text(of model.DraftOf) string { return t.Texts[of] }

// set stores a text, and reports whether it changed.
func (t *typed) set(of model.DraftOf, s string) bool {
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	if t.Texts[of] == s {
		return false
	}
	if s == "" {
		delete(t.Texts, of)
	} else {
		t.Texts[of] = s
	}
	return true
}

// setWith stores what a draft has with it besides its text, and reports whether it changed.
func (t *typed) setWith(of model.DraftOf, d model.Draft) bool {
	if of.Note {
		return false
	}
	with := string(d.ReplyTo)
	for _, f := range d.Files {
		with += "\x00" + f.Path + "\x00" + f.SHA256
	}
	if t.with[of.Conversation] == with {
		return false
	}
	if with == "" {
		delete(t.with, of.Conversation)
	} else {
		t.with[of.Conversation] = with
	}
	return true
}

// DraftPause is how long typing must pause before the draft is written to disk.
const DraftPause = 400 * time.Millisecond

// pause says that typing has paused, unless the generation has changed.
type pause struct{ generation uint64 }

// draftSaved is the result of saving a draft.
type draftSaved struct{ err error }

// writing returns which draft the composer's text is.
func (m *Writer) writing() model.DraftOf {
	return model.DraftOf{Conversation: m.Box.Conversation(), Note: m.Box.Note()}
}

// Typing starts the wait for a pause in typing, after which what changed is kept.
func (m *Writer) Typing() tea.Cmd {
	m.Typed.generation++
	return m.Clock.After(DraftPause, pause{generation: m.Typed.generation})
}

func (m *Writer) pause(p pause) tea.Cmd {
	if p.generation != m.Typed.generation {
		return nil
	}
	return m.keepDraft()
}

// keepDraft saves the composer's text if it has changed.
func (m *Writer) keepDraft() tea.Cmd {
	if m.Box.Conversation() == "" {
		return nil
	}
	return m.saveDraft(m.writing(), m.Box.Text())
}

func (m *Writer) saveDraft(of model.DraftOf, text string) tea.Cmd {
	changed := m.Typed.set(of, text)
	d := m.draft(of)
	if !m.Typed.setWith(of, d) && !changed {
		return nil
	}
	d.UpdatedAt = m.Now()
	if m.Typed.at[of] = d.UpdatedAt; d.Empty() {
		delete(m.Typed.at, of)
	}
	drafts := m.drafts
	return func() tea.Msg { return draftSaved{drafts.Save(of, d)} }
}

// draft is a draft as it is now, but for what is in the composer and not kept yet.
func (m *Writer) draft(of model.DraftOf) model.Draft {
	d := model.Draft{Text: model.Untrusted(m.Typed.Text(of)), UpdatedAt: m.Typed.at[of]}
	if !of.Note {
		d.Files, d.ReplyTo = slices.Clone(m.Attached[of.Conversation]), m.Quotes[of.Conversation]
	}
	return d
}

func (m *Writer) draftSaved(d draftSaved) tea.Cmd {
	if d.err != nil {
		m.Notify(m.Explain(d.err))
	}
	return nil
}

// LeaveBox closes the composer. The text is saved, and a note is replaced by the draft of the
// reply.
func (m *Writer) LeaveBox() tea.Cmd {
	keep := m.keepDraft()
	m.Box.Close()
	if m.Box.Note() {
		m.showDraft(model.DraftOf{Conversation: m.Box.Conversation()})
	}
	return tea.Batch(keep, m.presence.Typed())
}

// showDraft shows a reply or a note in the composer. The two have separate texts; none is ever
// carried over from one to the other.
func (m *Writer) showDraft(of model.DraftOf) {
	if of.Note {
		m.Box.ShowNote(of.Conversation, m.Typed.Text(of))
	} else {
		m.Box.Show(of.Conversation, m.Typed.Text(of))
	}
	m.setVerdict()
}

// Unsaved returns what is being written and which draft it is, for when the program ends other
// than by its own keys.
func (m *Writer) Unsaved() (model.DraftOf, model.Draft) {
	d := m.draft(m.writing())
	d.Text, d.UpdatedAt = model.Untrusted(m.Box.Text()), m.Now()
	return m.writing(), d
}

// Unfinished reports whether a conversation has something unfinished of the user's: a draft, or
// a reply that could not be handed in.
func (m *Writer) Unfinished(id model.ConversationID) bool {
	reply := model.DraftOf{Conversation: id}
	return !m.draft(reply).Empty() || !m.draft(model.DraftOf{Conversation: id, Note: true}).Empty() || m.Replies.failed(id)
}

// Drafting is what the user wrote that was not sent, as those who list it need it.
type Drafting struct{ writer *Writer }

// NewDrafting returns the Drafting of a writer.
func NewDrafting(w *Writer) Drafting { return Drafting{w} }

// All returns the drafts as they are now.
func (d Drafting) All() map[model.DraftOf]model.Draft {
	out := map[model.DraftOf]model.Draft{}
	for of := range d.writer.Typed.at {
		out[of] = d.writer.draft(of)
	}
	return out
}

// Discard drops a draft, also from the composer.
func (d Drafting) Discard(of model.DraftOf) tea.Cmd {
	cmd := d.writer.discard(of)
	if d.writer.writing() == of {
		d.writer.showDraft(of)
	}
	return cmd
}

// Restore puts a draft back that was discarded, before what was typed since.
func (d Drafting) Restore(of model.DraftOf, was model.Draft) tea.Cmd {
	d.writer.putWith(of, was)
	cmd := d.writer.giveBack(of, safe.Typed(was.Text))
	d.writer.setVerdict()
	return cmd
}

// Resume opens the conversation of a draft, and the draft in the composer.
func (d Drafting) Resume(of model.DraftOf) tea.Cmd {
	d.writer.list.Select(of.Conversation)
	return tea.Batch(d.writer.of.Open(of.Conversation), d.writer.openBox(of.Note))
}

// Show opens a conversation at its newest message.
func (d Drafting) Show(id model.ConversationID) tea.Cmd {
	d.writer.list.Select(id)
	cmd := d.writer.of.Open(id)
	d.writer.of.Thread.Bottom()
	return cmd
}

// Sent returns the replies and notes that were sent off and that the hub does not have.
func (d Drafting) Sent() []model.Reply { return d.writer.Unheard() }

// Held returns when a reply leaves that is held back; zero: it is not. failed: it could not be
// handed in, and waits for its user.
func (d Drafting) Held(r model.Reply) (until time.Time, failed bool) {
	u, _ := d.writer.Replies.get(r.Conversation, r.ClientID)
	if u.held != nil {
		until = u.held.until
	}
	return until, u.Failed != ""
}

// TakeBack makes a draft of a reply that is held back or could not be handed in. If nobody can
// check whether the hub has it, it asks what to do.
func (d Drafting) TakeBack(r model.Reply) tea.Cmd {
	m := d.writer
	u, ok := m.Replies.get(r.Conversation, r.ClientID)
	_, seen := m.Inbox.Conversation(r.Conversation)
	switch {
	case !ok:
		return nil
	case u.held != nil:
		return m.Hold.takeBack(r.Conversation, r.ClientID)
	case !seen:
		return m.askRemove(r.Conversation, r.ClientID)
	case u.Failed != "":
		return m.withdraw(r)
	}
	return nil
}
