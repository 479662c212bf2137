package transcript

import (
	"time"

	"parley/model"
)

// entryOf returns a message as an entry; false if it does not belong in a transcript. Notes
// between colleagues and system lines never do, nor does a reply that may not have reached the
// customer.
func entryOf(m Message, page, customer model.Untrusted) (Entry, bool) {
	if !Includes(m.Message) {
		return Entry{}, false
	}
	l := model.TranscriptLine{At: m.SentAt, Direction: m.Direction, Author: author(m, page, customer), Edited: m.Edited}
	if l.At.IsZero() {
		l.At = m.Order
	}
	if m.Deleted {
		l.Unsent, l.Edited = true, false
	} else {
		l.Text = m.Text.Valid()
		for _, a := range m.Attachments {
			l.Attachments = append(l.Attachments, attachment(a))
		}
		if l.Text == "" && len(l.Attachments) == 0 {
			l.Attachments = []model.Untrusted{unshown(m)}
		}
	}
	return Entry{ID: m.ID, MID: m.MID, Order: m.Order, Seq: m.FirstSeq, Line: l}, true
}

// Includes reports whether a message belongs in a transcript.
func Includes(m model.Message) bool {
	return m.Direction == model.In || m.Direction == model.Out && m.State.Arrived()
}

func author(m Message, page, customer model.Untrusted) model.Untrusted {
	name := m.Author.Name.Valid()
	switch {
	case m.Author.Kind == model.ByCustomer || m.Direction == model.In:
		return customer.Valid()
	case name != "" && m.Author.Kind != model.ByPage:
		return name
	}
	return page.Valid()
}

// attachment returns the name of an attachment: its file name, or else its kind.
func attachment(a model.Attachment) model.Untrusted {
	switch {
	case a.Like():
		return "👍"
	case a.Title != "":
		return a.Title.Valid()
	case a.Type != "":
		return model.Untrusted(a.Type).Valid()
	}
	return "file"
}

// unshown stands for a message without a text: what happened, in Meta's word.
func unshown(m Message) model.Untrusted {
	if m.Event != nil && m.Event.Kind != "" {
		return model.Untrusted(m.Event.Kind)
	}
	return "message"
}

// same reports whether a line says the same as another. A changed name counts as the same,
// unless there was none: whoever has another name now had that one when it was written.
func same(was, now model.TranscriptLine) bool {
	if was.Text != now.Text || was.Edited != now.Edited || was.Unsent != now.Unsent || was.Direction != now.Direction ||
		!was.At.Truncate(time.Minute).Equal(now.At.Truncate(time.Minute)) || len(was.Attachments) != len(now.Attachments) {
		return false
	}
	for i := range was.Attachments {
		if was.Attachments[i] != now.Attachments[i] {
			return false
		}
	}
	return was.Author != "" || now.Author == ""
}
