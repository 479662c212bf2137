package store

import (
	"time"

	"parley/model"
)

// NoticeReader reads the notices of Pages, and the mails about them.
type NoticeReader interface {
	Notice(page model.PageID, id string) (model.Notice, error)
	// Notices returns a page of the notices of those Pages, newest first.
	Notices(pages []model.PageID, cursor string, limit int) ([]model.Notice, string, error)
	// DueMails returns mails whose WakeAt is not after now, oldest first, and when the next one
	// after them is due, zero if none is.
	DueMails(now time.Time, limit int) ([]Mail, time.Time, error)
}

// NoticeWriter changes the notices of a Page, and the mails about them.
type NoticeWriter interface {
	PutNotice(n *model.Notice) error
	// PutMail stores the state of a mail. It takes no seq.
	PutMail(m Mail) error
}

// Mail is a mail about a notice on its way to the support inbox.
type Mail struct {
	Page   model.PageID
	Notice string
	// MessageID is in its header each time it is sent, so that duplicates can be recognised.
	MessageID string
	// QueuedAt is when the hub decided to send it.
	QueuedAt time.Time
	// WakeAt is when it is sent, or sent again; zero if it no longer is.
	WakeAt time.Time
}
