// Package composer is where a reply is written: one text area, shared by all conversations.
//
// The text area keeps and edits the text. Wrapping, drawing and the position of the cursor are
// the composer's own, because they depend on the cell widths that the terminal reported, and
// because the drawn text may differ from the text: a pasted one may hold what must not reach a
// terminal. What is sent is the text itself.
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

// MaxTyped is how many characters fit into the composer: more than a reply may have, so that a
// long text can be shortened in place.
const MaxTyped = 4000

// Keys are keys of commands, as shown.
type Keys struct {
	// Done sends the text and is through with the conversation; empty: nothing does. Share shares
	// the Page's link, Back goes back to the list.
	Done, Share, Back string
}

// Box is the composer. It is not safe for concurrent use.
type Box struct {
	look         look.Look
	conversation model.ConversationID
	area         textarea.Model
	open         bool
	// note: the text is a note for colleagues.
	note         bool
	w, maxHeight int
	// quote describes the quoted message; "" if none.
	quote string
	// files names the attached files; "" if none.
	files string
	// said is a line in place of the hint; "" if none. warns: in warn.
	said  string
	warns bool

	judged judged
	keys   Keys
	// others says which colleagues write to the same customer; "" if none.
	others string

	// The fields below are recomputed whenever one above changes.
	text  layout
	parts parts
	// top is the first line of the text that is drawn; goal is the column that moves up and down
	// keep, -1 before the first of them.
	top, goal int
}

// New returns an empty composer. It needs a look before it can be drawn.
func New() *Box {
	a := textarea.New()
	a.SetVirtualCursor(false)
	a.SetStyles(textarea.Styles{})
	a.Prompt, a.ShowLineNumbers = "", false
	a.KeyMap = keys()
	b := &Box{area: a, maxHeight: 1, goal: -1, keys: Keys{Share: "m", Back: "esc"}}
	b.arrange()
	return b
}

// SetLook changes the look.
func (b *Box) SetLook(l look.Look) {
	b.look = l
	b.arrange()
}

// Show shows another conversation's draft of a reply. Until its verdict is set, nothing can be
// sent.
func (b *Box) Show(id model.ConversationID, draft string) {
	b.note = false
	b.show(id, draft)
}

// ShowNote shows the draft of a note about a conversation. A note may be stored whatever the
// verdict on a reply, and is never sent as one.
func (b *Box) ShowNote(id model.ConversationID, draft string) {
	b.note = true
	b.show(id, draft)
}

func (b *Box) show(id model.ConversationID, draft string) {
	b.conversation = id
	b.judged, b.quote, b.files, b.others = judged{}, "", "", ""
	b.SetText(draft)
}

// SetFiles names the reply's files, in a line that is safe to draw; "" if there are none. With
// files a reply needs no text.
func (b *Box) SetFiles(line string) {
	if line != b.files {
		b.files = line
		b.arrange()
	}
}

// SetQuote describes the quoted message, in a line that is safe to draw; "" if none.
func (b *Box) SetQuote(line string) {
	if line != b.quote {
		b.quote = line
		b.arrange()
	}
}

// Note reports whether the text is a note.
func (b *Box) Note() bool { return b.note }

// Allowed reports whether the text may be sent, or stored, now.
func (b *Box) Allowed() bool { return b.note || b.judged.verdict.Allowed }

// Conversation returns the conversation of the text.
func (b *Box) Conversation() model.ConversationID { return b.conversation }

// SetVerdict sets the verdict on a reply. name is the customer's; pageReason is Facebook's for
// restricting the Page, if it gave one; both are safe to draw. The verdict of a closed window
// has no time; callers that know it set Until to when it closed.
func (b *Box) SetVerdict(now time.Time, name string, v model.Verdict, pageReason string) {
	b.judged.set(now, name, v, pageReason)
	b.judged.keys = b.keys
	b.arrange()
}

// Forget drops what it knows of the customer, who is not known any more. The text stays, and so
// does the verdict.
func (b *Box) Forget() {
	b.judged.name, b.others = "", ""
	b.arrange()
}

// SetOthers says which colleagues write to the same customer, in a line that is safe to draw;
// "" if none.
func (b *Box) SetOthers(line string) {
	if line != b.others {
		b.others = line
		b.arrange()
	}
}

// SetKeys sets the keys that the composer names.
func (b *Box) SetKeys(k Keys) { b.keys = k }

// SetWidth sets the width in cells.
func (b *Box) SetWidth(w int) {
	b.w = max(0, w)
	b.area.SetWidth(b.w)
	b.arrange()
}

// SetMaxHeight sets how many lines it may take in all.
func (b *Box) SetMaxHeight(h int) {
	b.maxHeight = max(1, h)
	b.arrange()
}

// Open gives it the keyboard. The draft can be edited even if no reply is allowed.
func (b *Box) Open() tea.Cmd {
	b.open = true
	b.arrange()
	return b.area.Focus()
}

// Close takes the keyboard away. The text stays.
func (b *Box) Close() {
	b.open = false
	b.area.Blur()
	b.arrange()
}

// IsOpen reports whether it has the keyboard.
func (b *Box) IsOpen() bool { return b.open }

// Text returns the text as it will be sent.
func (b *Box) Text() string { return b.area.Value() }

// SetText replaces the text; the cursor goes to its end.
func (b *Box) SetText(s string) {
	b.area.SetValue(clean(s))
	b.goal = -1
	b.arrange()
}

// CanSend returns why the text can't be sent, as a sentence; "" if it can.
func (b *Box) CanSend() string {
	switch text := b.Text(); {
	case !b.Allowed():
		why, _ := b.judged.blocked(b.look)
		return why
	case strings.TrimSpace(text) == "" && b.files == "":
		return b.look.Say(i18n.Code(string(model.TextEmpty)))
	case model.UTF16Len(text) > model.MaxText:
		return b.look.Say(i18n.Code(string(model.TextTooLong)))
	case !b.note:
		return b.unfilled()
	}
	return ""
}

// arrange recomputes the layout.
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
