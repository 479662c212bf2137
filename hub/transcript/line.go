package transcript

import (
	"time"

	"parley/model"
)

// entryOf is a message as it is to stand in a note; false: it is none of a transcript.
// What colleagues wrote each other and what the system tells never is, nor a reply that
// did not reach the customer for certain.
func entryOf(m Message, page, customer model.Untrusted) (Entry, bool) {
	if !Told(m.Message) {
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

// Told tells whether a message is one of a transcript.
func Told(m model.Message) bool {
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

// attachment is what an attachment is called: by its file's name, else by its kind.
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

// same tells whether a line says what another does. A name is only better than none: who
// is called otherwise since then was called that when it was written.
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
