package store

import (
	"strings"
	"time"

	"parley/model"
)

// LinkReader reads which conversations are linked to which CRM records.
type LinkReader interface {
	// Links returns a conversation's links, the one to a person first.
	Links(conversation model.ConversationID) ([]Link, error)
	// LinksTo returns the links of all conversations to a record.
	LinksTo(record model.RecordRef) ([]Link, error)
	// SeenLinks returns the links of a Page's conversations whose records the viewer may see,
	// for each conversation in the order of Links.
	SeenLinks(page model.PageID, viewer Viewer) ([]SeenLink, error)
	// LinkedRecords returns each record that a conversation is linked to once.
	LinkedRecords() ([]model.RecordRef, error)
}

// LinkWriter links conversations to CRM records.
type LinkWriter interface {
	// PutLink stores a new or changed link of an existing conversation. The conversation itself
	// does not change.
	PutLink(l Link) error
	// RemoveLink removes a link; one that does not exist is [ErrNotFound].
	RemoveLink(conversation model.ConversationID, record model.RecordRef) error
}

// Link ties a conversation to a CRM record.
type Link struct {
	Conversation model.ConversationID
	Record       model.RecordRef
	// By is who made the link, At when.
	By model.UserID
	At time.Time
}

// LinkID is the id of a link in a row of the log.
func LinkID(c model.ConversationID, r model.RecordRef) string { return string(c) + " " + r.String() }

// ParseLinkID parses the result of [LinkID]; anything else gives no record.
func ParseLinkID(id string) (model.ConversationID, model.RecordRef) {
	c, r, _ := strings.Cut(id, " ")
	kind, record, _ := strings.Cut(r, ":")
	return model.ConversationID(c), model.RecordRef{Type: model.RecordType(kind), ID: record}
}

// SeenLink is a link whose record the viewer may see, with the record's last known title.
type SeenLink struct {
	Conversation model.ConversationID
	model.Link
	// Synced is the state of the conversation's transcript, nil if there is none.
	Synced *Sync
}
