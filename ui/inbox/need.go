package inbox

import (
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/theme"
)

// need is why a conversation needs the user: one thing, since a row has one mark for it.
type need uint8

const (
	nobody    need = iota
	customer       // waits for an answer
	reply          // asks: sent again, or dropped?
	unwritten      // a draft, nobody waits
	written        // a draft for a customer who waits
)

// needOf returns why a conversation needs the user. draft: the user began to write in it. A
// customer who can't be answered doesn't wait for anything that could be done.
func needOf(r inbox.Row, draft bool, now time.Time) need {
	if who, _ := r.WhoWaits(); who == model.WaitsReply || undelivered(r.Shown()) {
		return reply
	}
	waits := r.NeedsYou(now) && (r.Reply.Code == "" || pageWide(r.Reply.Code))
	switch {
	case draft && waits:
		return written
	case draft:
		return unwritten
	case waits:
		return customer
	}
	return nobody
}

// undelivered reports whether a message is a reply that did not reach the customer, or of which
// nobody knows it.
func undelivered(m *model.Summary) bool {
	return m != nil && m.Direction == model.Out && (m.State == model.Ask || m.State == model.Failed)
}

// waits reports whether somebody waits for the user.
func (n need) waits() bool { return n == customer || n == reply || n == written }

// mark returns the mark before the name, and its style.
func (n need) mark(t theme.Theme, ink theme.Ink) (string, theme.Style) {
	switch n {
	case customer:
		return t.Waiting, ink.Warn
	case reply:
		return t.Asks, ink.Danger
	case unwritten, written:
		return t.Draft, ink.Warn
	default:
		return " ", ink.Text
	}
}
