package model

import (
	"time"
)

// NoticeKind names what a notice tells.
type NoticeKind string

// The kinds of notice.
const (
	NoticePolicyWarning NoticeKind = "policy_warning"
	NoticePolicyBlock   NoticeKind = "policy_block"
	NoticePolicyUnblock NoticeKind = "policy_unblock"
	// NoticeAppRoles: which app is the first to get the Page's messages was changed.
	NoticeAppRoles NoticeKind = "app_roles"
	// NoticeSubscriptionLost and NoticeSubscriptionBack: Facebook no longer sends the
	// Page's messages to the hub, or does so again. NoticeTokenRefused: it no longer
	// takes the Page's token.
	NoticeSubscriptionLost NoticeKind = "subscription_lost"
	NoticeSubscriptionBack NoticeKind = "subscription_back"
	NoticeTokenRefused     NoticeKind = "token_refused"
	// NoticeSyncLimited: the CRM's budget of the day is used up; transcripts wait.
	NoticeSyncLimited NoticeKind = "sync_limited"
	// NoticeStorePutBack: the hub's store was put back to an older copy, or may have been.
	NoticeStorePutBack NoticeKind = "store_put_back"
	// NoticeUnknown is an event about the Page that Parley can't show; its raw
	// form is kept.
	NoticeUnknown NoticeKind = "unknown"
)

// Notice is news about a Page as a whole.
type Notice struct {
	ID     string     `json:"id"`
	PageID PageID     `json:"page_id"`
	Seq    int64      `json:"seq" doc:"the Page's seq of its last change"`
	Kind   NoticeKind `json:"kind"`
	// Event is Meta's name of the event: policy_enforcement, app_roles, …; page_check for
	// what the hub found when it looked at the Page.
	Event     string    `json:"event"`
	Reason    Untrusted `json:"reason"`
	CreatedAt time.Time `json:"created_at" doc:"Meta's time"`
	// Mail is how telling the support inbox stands; nil where nobody is mailed.
	Mail *NoticeMail `json:"mail"`
	// Read is who read it first, and when; nil while nobody has. As a conversation's
	// read mark, it is one for all who see the Page.
	Read *NoticeRead `json:"read"`
}

// Policy tells whether the notice is of what Facebook's policy team did.
func (n Notice) Policy() bool {
	switch n.Kind {
	case NoticePolicyWarning, NoticePolicyBlock, NoticePolicyUnblock:
		return true
	case NoticeUnknown, NoticeAppRoles, NoticeSubscriptionLost, NoticeSubscriptionBack, NoticeTokenRefused, NoticeSyncLimited,
		NoticeStorePutBack:
	}
	return false
}

// ForAdmins tells whether the notice is for the hub's admins alone, of those who see the
// Page: what became of the store is nothing that a rep could do anything about.
func (n Notice) ForAdmins() bool { return n.Kind == NoticeStorePutBack }

// MailState is how far a mail to the support inbox is.
type MailState string

// The states of a mail.
const (
	// MailWaiting: it is not sent yet, or was not taken and is sent again.
	MailWaiting MailState = "waiting"
	// Mailed: a mail server took it.
	Mailed MailState = "mailed"
	// MailFailed: it is given up.
	MailFailed MailState = "failed"
)

// NoticeMail is how telling the support inbox of a notice stands.
type NoticeMail struct {
	State MailState `json:"state" enum:"waiting,mailed,failed"`
	// At is when that became so.
	At time.Time `json:"at"`
	// Tries is how often it was handed to the mail server.
	Tries int `json:"tries"`
	// Reason is why the mail server did not take it last.
	Reason Untrusted `json:"reason"`
}

// NoticeRead is who read a notice first, and when.
type NoticeRead struct {
	By UserRef   `json:"by"`
	At time.Time `json:"at"`
}

// PolicyMail is what the support inbox is told of a policy notice. It holds nothing of
// any customer.
type PolicyMail struct {
	// MessageID is the mail's own, the same each time it is sent.
	MessageID string
	Kind      NoticeKind
	Page      MetaPageID
	PageName  Untrusted
	// Reason is what Facebook gave.
	Reason Untrusted
	// Since is Meta's time of the event, Now the hub's time.
	Since, Now time.Time
	// Restricted: the Page can't send now. The events of a ban may come late and in any
	// order, so it may not be what the event says.
	Restricted bool
}

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
