package model

import "time"

// AuditKind names what was done.
type AuditKind string

// What the audit log tells of.
const (
	AuditConnected   AuditKind = "connected"
	AuditRepaired    AuditKind = "repaired"
	AuditVisibility  AuditKind = "visibility"
	AuditUninstalled AuditKind = "uninstalled"
	AuditSignedIn    AuditKind = "signed_in"
	AuditSignedOut   AuditKind = "signed_out"
	AuditUserAdded   AuditKind = "user_added"
	AuditUserRemoved AuditKind = "user_removed"
	AuditAdmin       AuditKind = "admin"
	AuditResent      AuditKind = "resent"
	AuditDropped     AuditKind = "dropped"
	AuditDeleted     AuditKind = "deleted"
	AuditKeyAdded    AuditKind = "key_added"
	AuditKeyRemoved  AuditKind = "key_removed"
	AuditLinked      AuditKind = "linked"
	AuditUnlinked    AuditKind = "unlinked"
	// AuditSync: keeping a conversation's transcript in the CRM, or those of a Page, was
	// switched on or off.
	AuditSync AuditKind = "sync"
)

// AuditEntry is one deed in the audit log: who did what to what, and when. It holds
// neither what was written nor a secret.
type AuditEntry struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at" doc:"the hub's time"`
	Kind AuditKind `json:"kind"`
	// By is who did it, as they were called then; nil: somebody at the hub's own
	// machine, by the command line.
	By *UserRef `json:"by"`
	// Page, Conversation and Message are what it was done to; empty: not to one.
	Page         PageID         `json:"page_id"`
	Conversation ConversationID `json:"conversation_id"`
	Message      MessageID      `json:"message_id"`
	// User is the user it was done to.
	User *UserRef `json:"user"`
	// Key is by what somebody signed in over SSH, or what was added or removed: the
	// fingerprint of a key, or who came as the demo's guest; empty: not over SSH.
	Key string `json:"key"`
	// Record is what was linked to the conversation, or unlinked from it.
	Record *RecordRef `json:"record,omitempty"`
	// From and To are what something was and became.
	From string `json:"from"`
	To   string `json:"to"`
	// Via is by what somebody signed in, or what made them an admin: pipedrive; empty: a
	// one-time code, or somebody at the hub.
	Via string `json:"via"`
	// ManageShown, of a Page that was connected or repaired, tells whether the token
	// showed full control of it: a Page token alone can't.
	ManageShown *bool `json:"manage_shown"`
}

// Content tells whether the entry is about what a Page holds, which only those who see
// the Page may know.
func (e AuditEntry) Content() bool { return e.Conversation != "" || e.Message != "" }
