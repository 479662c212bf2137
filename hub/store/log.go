package store

import (
	"time"

	"parley/model"
)

// LogReader reads the log of a Page's changes.
type LogReader interface {
	// Head returns the Page's newest seq, 0 if nothing has happened.
	Head(page model.PageID) (int64, error)
	// HeadStamp returns the stamp of that change, even if its row was pruned.
	HeadStamp(page model.PageID) (string, error)
	// Events returns at most limit rows of the Page's log after that seq, in order.
	Events(page model.PageID, after int64, limit int) ([]LogRow, error)
}

// Kind is what a row of the log is about.
type Kind string

// The kinds of rows. Clients get the object as it is when it is sent.
const (
	KindMessage      Kind = "message"
	KindConversation Kind = "conversation"
	KindPage         Kind = "page"
	KindNotice       Kind = "notice"
	KindRemoved      Kind = "removed"
	// KindLink is a link made or removed; the row's id is a [LinkID].
	KindLink Kind = "link"
)

// LogRow is one change of a Page.
type LogRow struct {
	Seq  int64
	Kind Kind
	// ID is the object's id; with KindRemoved the id of what was removed.
	ID string
	At time.Time
	// Stamp is unique to the row: another store has a different one at the same seq. Rows older
	// than stamps have none.
	Stamp string
}
