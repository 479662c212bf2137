// Package composer is where a reply is written: one text area that the conversations
// take turns with.
//
// The text area keeps the text and edits it; wrapping, drawing and the place of the
// cursor are the composer's own, because they go by the cells that the terminal said it
// needs, and because what is drawn of a text is not always the text: one that was pasted
// may hold what must not reach a terminal. What is sent is the text itself.
package composer

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/look"
)

// MaxTyped is how many characters fit into the composer: more than a reply may have, so
// that a long text can be shortened where it stands.
const MaxTyped = 4000

// Box is the composer. It is not safe for concurrent use.
type Box struct {
	look         look.Look
	conversation model.ConversationID
	area         textarea.Model
	open         bool
	// note: what is written is for colleagues.
	note         bool
	w, maxHeight int
	// quote is what the reply quotes, in words; empty for none.
	quote string
	// files names what goes with the reply; empty for nothing.
	files string

	now     time.Time
	name    string
	verdict model.Verdict
	reason  string
	// closed is when the window that was open here ends.
	closed *time.Time

	// What follows is worked out anew whenever one of the above changes.
	text  layout
	parts parts
	// top is the first line of the text that is drawn; goal is the column that moving
	// up and down keeps to, -1 before the first of such moves.
	top, goal int
}

// New returns an empty composer. It needs a look before it can be drawn.
func New() *Box {
	a := textarea.New()
	a.SetVirtualCursor(false)
	a.SetStyles(textarea.Styles{})
	a.Prompt, a.ShowLineNumbers = "", false
	a.KeyMap = keys()
	b := &Box{area: a, maxHeight: 1, goal: -1}
	b.arrange()
	return b
}

// SetLook changes what it is drawn with.
func (b *Box) SetLook(l look.Look) {
	b.look = l
	b.arrange()
}

// Show takes the text area over for another conversation and its draft. Until its
// verdict is set, nothing can be sent.
func (b *Box) Show(id model.ConversationID, draft string) {
	b.note = false
	b.show(id, draft)
}

// ShowNote takes the text area over for a note between colleagues about a conversation.
// It may be stored whatever the verdict on a reply is, and never leaves as one.
func (b *Box) ShowNote(id model.ConversationID, draft string) {
	b.note = true
	b.show(id, draft)
}

func (b *Box) show(id model.ConversationID, draft string) {
	b.conversation = id
	b.verdict, b.name, b.reason, b.closed, b.quote, b.files = model.Verdict{}, "", "", nil, "", ""
	b.SetText(draft)
}

// SetFiles names the files that go with the reply, in a line that is safe to draw; nothing
// for none. With files a reply needs no text.
func (b *Box) SetFiles(line string) {
	if line != b.files {
		b.files = line
		b.arrange()
	}
}

// SetQuote says what the reply quotes, in a line that is safe to draw; nothing for none.
func (b *Box) SetQuote(line string) {
	if line != b.quote {
		b.quote = line
		b.arrange()
	}
}

// Note tells whether what is written is a note between colleagues.
func (b *Box) Note() bool { return b.note }

// Allowed tells whether what is written may be sent, or stored, now.
func (b *Box) Allowed() bool { return b.allowed() }

func (b *Box) allowed() bool { return b.note || b.verdict.Allowed }

// Conversation returns whose the text is.
func (b *Box) Conversation() model.ConversationID { return b.conversation }

// SetVerdict tells whether a reply is allowed now. name is the customer's, pageReason
// Facebook's for a Page's restriction if it gave one; both are safe to draw. The verdict
// of a closed window knows no time; a caller that does sets Until to when it closed.
func (b *Box) SetVerdict(now time.Time, name string, v model.Verdict, pageReason string) {
	if v.Allowed && v.Until != nil {
		b.closed = v.Until
		if !now.Before(*v.Until) {
			v = model.Verdict{Code: model.WindowClosed}
		}
	}
	if v.Code == model.WindowClosed && v.Until == nil {
		v.Until = b.closed
	}
	b.now, b.name, b.verdict, b.reason = now, name, v, pageReason
	b.arrange()
}

// SetWidth changes how many cells wide it is.
func (b *Box) SetWidth(w int) {
	b.w = max(0, w)
	b.area.SetWidth(b.w)
	b.arrange()
}

// SetMaxHeight changes how many lines it may take, all in all.
func (b *Box) SetMaxHeight(h int) {
	b.maxHeight = max(1, h)
	b.arrange()
}

// Open begins the writing. Where no reply is allowed the draft can be written on
// nevertheless.
func (b *Box) Open() tea.Cmd {
	b.open = true
	b.arrange()
	return b.area.Focus()
}

// Close ends the writing. The text stays.
func (b *Box) Close() {
	b.open = false
	b.area.Blur()
	b.arrange()
}

// IsOpen tells whether keys go to it.
func (b *Box) IsOpen() bool { return b.open }

// Text returns the text as it is sent.
func (b *Box) Text() string { return b.area.Value() }

// SetText replaces the text; the cursor goes to its end.
func (b *Box) SetText(s string) {
	b.area.SetValue(clean(s))
	b.goal = -1
	b.arrange()
}

// CanSend returns why the text can't be sent, in a sentence; nothing if it can.
func (b *Box) CanSend() string {
	switch text := b.Text(); {
	case !b.allowed():
		why, _ := b.blocked()
		return why
	case strings.TrimSpace(text) == "" && b.files == "":
		return b.look.Say(i18n.Code(string(model.TextEmpty)))
	case model.UTF16Len(text) > model.MaxText:
		return b.look.Say(i18n.Code(string(model.TextTooLong)))
	}
	return ""
}

// arrange works out what is where.
func (b *Box) arrange() {
	b.text = lay(b.area.Value(), b.look.Cells, b.w)
	if b.look.Words == nil {
		return
	}
	b.parts = b.arrangeParts()
	at, _ := b.text.find(b.area.Line(), b.area.Column())
	b.top = min(b.top, at, max(0, len(b.text.lines)-b.parts.rows))
	b.top = max(b.top, at-b.parts.rows+1)
}
