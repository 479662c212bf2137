package store

import (
	"time"

	"parley/model"
)

// LogReader reads the log of a Page's changes.
type LogReader interface {
	// Head returns the Page's newest seq, 0 when nothing has happened.
	Head(page model.PageID) (int64, error)
	// HeadStamp returns the stamp of that change, which may be forgotten already.
	HeadStamp(page model.PageID) (string, error)
	// Events returns the Page's log after that seq, at most limit rows, in order.
	Events(page model.PageID, after int64, limit int) ([]LogRow, error)
}

// Kind says what a row of the log is about.
type Kind string

// The kinds of a row of the log; the object is delivered as it is when it is
// sent.
const (
	KindMessage      Kind = "message"
	KindConversation Kind = "conversation"
	KindPage         Kind = "page"
	KindNotice       Kind = "notice"
	KindRemoved      Kind = "removed"
	// KindLink is a link made or taken away; the row's id is a [LinkID].
	KindLink Kind = "link"
)

// LogRow is one change of a Page.
type LogRow struct {
	Seq  int64
	Kind Kind
	// ID is the object's id; for removed the id of what is gone.
	ID string
	At time.Time
	// Stamp is the row's alone: another store has another at the same seq. Rows of before
	// there were stamps have none.
	Stamp string
}
