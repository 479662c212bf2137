package store

import (
	"time"

	"parley/model"
)

// MediaReader reads what is known about the content of attachments that Meta has.
type MediaReader interface {
	Media(id model.MediaID) (Media, error)
	// PagesWithMedia returns the Pages that have media to be fetched, now or later.
	PagesWithMedia() ([]model.PageID, error)
	// DueMedia returns a Page's media to be fetched whose WakeAt is not after now, those that
	// may come later last, then by WakeAt; and when the next one is due, zero if none is.
	DueMedia(page model.PageID, now time.Time, limit int) ([]Media, time.Time, error)
	// MediaInUse reports whether media of any Page has that content.
	MediaInUse(hash string) (bool, error)
	// OldestMedia returns stored media of all Pages whose message is older than before, the
	// oldest first.
	OldestMedia(before time.Time, limit int) ([]Media, error)
	// DroppedMedia returns contents that media of a Page had that is gone or has another
	// content now; an empty Page stands for all.
	DroppedMedia(page model.PageID, limit int) ([]DroppedMedia, error)
}

// MediaWriter stores what is known about the content of attachments. It takes no seq. Media is
// removed with its message or conversation, and when its message no longer has the attachment.
type MediaWriter interface {
	// PutMedia stores media of an existing message.
	PutMedia(m Media) error
	// ForgetDropped forgets that a content was dropped, after its file is removed or found to be
	// in use.
	ForgetDropped(hash string) error
}

// Media is the content of an attachment: where Meta has it, and what the hub has of it.
type Media struct {
	ID           model.MediaID
	Conversation model.ConversationID
	// URL is Meta's address of it, Kind Meta's type.
	URL  model.Untrusted
	Kind string
	// At is Meta's time of its message, Since when the hub first wanted it.
	At, Since time.Time
	// Later: others are fetched first.
	Later bool `json:",omitempty"`
	// WakeAt is when it is fetched next; zero if it is stored or gone.
	WakeAt time.Time
	// Tries counts failed fetches, Refused those that Meta refused.
	Tries, Refused int `json:",omitempty"`
	// Reason is why it is gone; empty if it is not.
	Reason model.Code `json:",omitempty"`
	// Hash is the SHA-256 of its content, in hexadecimal; empty if it is not stored.
	Hash string `json:",omitempty"`
	// Name is the file's name by Meta; may be empty.
	Name model.Untrusted `json:",omitempty"`
	Type string          `json:",omitempty"`
	Size int64           `json:",omitempty"`
	// Seconds is how long it plays; 0 if unknown.
	Seconds float64 `json:",omitempty"`
}

// Shown returns it as messages show it.
func (m Media) Shown() *model.Media {
	switch {
	case m.Hash != "":
		return &model.Media{State: model.MediaStored, Type: m.Type, Seconds: m.Seconds}
	case m.Reason != "":
		return &model.Media{State: model.MediaGone, Reason: m.Reason}
	}
	return &model.Media{State: model.MediaPending}
}

// DroppedMedia is a content that media of a Page had.
type DroppedMedia struct {
	Page model.PageID
	Hash string
}
