package model

import (
	"fmt"
	"strconv"
	"strings"
)

type (
	// MetaPageID is the id that Facebook gives a Page.
	MetaPageID string
	// PageID names one installation of a Page here: Facebook's own id for the
	// first, "<page_id>~2" for the second, and so on.
	PageID string
	// PSID is a Page-scoped id: one customer, as one Page sees them.
	PSID string
	// MID is Meta's id of a message; unique with its Page only.
	MID string
	// ConversationID is "<PageID>_<PSID>".
	ConversationID string
	// MessageID is "<PageID>_<UUIDv7>".
	MessageID string
	// MediaID names what an attachment shows: "<MessageID>.<n>", n from 1; what was sent
	// from here has its message's id alone.
	MediaID string
	// UserID names a user of this hub (a UUIDv7).
	UserID string
	// ClientID is a reply's id, chosen by the client that wrote it (a UUIDv7); unique
	// within its user and Page.
	ClientID string
	// AppID is the id of a Meta app.
	AppID string
)

// Apps of Meta's own that show up in echoes and thread control.
//
// Source: Messenger Platform, "Message echoes" and "Conversation routing". The
// former prints the id of the Page inbox with a digit lost; both are accepted.
const (
	appPageInbox      AppID = "263902037430900"
	appPageInboxTypo  AppID = "26390203743090"
	installationMark        = "~"
	PageSeparator           = "_"
	mediaSeparator          = "."
	firstInstallation       = 1
)

// IsPageInbox reports whether the app is Meta's own inbox (Business Suite).
func (a AppID) IsPageInbox() bool { return a == appPageInbox || a == appPageInboxTypo }

// Installation returns the id of a Page's nth installation, n from 1.
func (m MetaPageID) Installation(n int) PageID {
	if n <= firstInstallation {
		return PageID(m)
	}
	return PageID(fmt.Sprintf("%s%s%d", m, installationMark, n))
}

// Meta returns Facebook's own id of the Page.
func (p PageID) Meta() MetaPageID {
	id, _, _ := strings.Cut(string(p), installationMark)
	return MetaPageID(id)
}

// NewConversationID returns the id of a Page's conversation with a customer.
func NewConversationID(page PageID, customer PSID) ConversationID {
	return ConversationID(string(page) + PageSeparator + string(customer))
}

// Page returns the Page that a conversation belongs to, "" if the id is malformed.
func (c ConversationID) Page() PageID {
	page, _, ok := strings.Cut(string(c), PageSeparator)
	if !ok {
		return ""
	}
	return PageID(page)
}

// Customer returns the customer of a conversation, "" if the id is malformed.
func (c ConversationID) Customer() PSID {
	_, psid, _ := strings.Cut(string(c), PageSeparator)
	return PSID(psid)
}

// NewMessageID returns the id of a message of a Page; uuid is a UUIDv7.
func NewMessageID(page PageID, uuid string) MessageID {
	return MessageID(string(page) + PageSeparator + uuid)
}

// Page returns the Page that a message belongs to, "" if the id is malformed.
func (m MessageID) Page() PageID {
	page, _, ok := strings.Cut(string(m), PageSeparator)
	if !ok {
		return ""
	}
	return PageID(page)
}

// NewMediaID returns the id of a message's nth attachment, n from 1.
func NewMediaID(message MessageID, n int) MediaID {
	return MediaID(string(message) + mediaSeparator + strconv.Itoa(n))
}

// Message returns the message that it belongs to.
func (m MediaID) Message() MessageID {
	message, _, _ := strings.Cut(string(m), mediaSeparator)
	return MessageID(message)
}

// Fetched reports whether it names something that was fetched from Meta, and not sent from
// here.
func (m MediaID) Fetched() bool { return strings.Contains(string(m), mediaSeparator) }

// Page returns the Page that it belongs to, "" if the id is malformed.
func (m MediaID) Page() PageID { return m.Message().Page() }
