package store

import (
	"strings"
	"time"

	"parley/model"
)

// LinkReader reads which conversations are linked to which records of the CRM.
type LinkReader interface {
	// Links returns a conversation's links, that to a person first.
	Links(conversation model.ConversationID) ([]Link, error)
	// LinksTo returns the links of all conversations to a record.
	LinksTo(record model.RecordRef) ([]Link, error)
	// SeenLinks returns those links of a Page's conversations whose record the viewer may see,
	// as Links of each conversation are ordered.
	SeenLinks(page model.PageID, viewer Viewer) ([]SeenLink, error)
	// LinkedRecords returns the records that conversations are linked to, each once.
	LinkedRecords() ([]model.RecordRef, error)
}

// LinkWriter links conversations to records of the CRM.
type LinkWriter interface {
	// PutLink stores a link, new or changed, of a conversation that is there. It changes
	// nothing of the conversation itself.
	PutLink(l Link) error
	// RemoveLink removes a link; one that is not there is [ErrNotFound].
	RemoveLink(conversation model.ConversationID, record model.RecordRef) error
}

// Link ties a conversation to a record of the CRM.
type Link struct {
	Conversation model.ConversationID
	Record       model.RecordRef
	// By is who linked it, At when.
	By model.UserID
	At time.Time
}

// LinkID names a link in a row of the log.
func LinkID(c model.ConversationID, r model.RecordRef) string { return string(c) + " " + r.String() }

// ParseLinkID reads what [LinkID] wrote; what is none gives no record.
func ParseLinkID(id string) (model.ConversationID, model.RecordRef) {
	c, r, _ := strings.Cut(id, " ")
	kind, record, _ := strings.Cut(r, ":")
	return model.ConversationID(c), model.RecordRef{Type: model.RecordType(kind), ID: record}
}

// SeenLink is a link whose record somebody may see, with its title as last known.
type SeenLink struct {
	Conversation model.ConversationID
	model.Link
	// Synced is how the conversation's transcript stands; nil: nothing is known of it.
	Synced *Sync
}
