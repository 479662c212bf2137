package model

import (
	"time"
)

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticePolicyWarning NoticeKind = "policy_warning"
	NoticePolicyBlock   NoticeKind = "policy_block"
	NoticePolicyUnblock NoticeKind = "policy_unblock"
	// NoticeAppRoles: another app now gets the Page's messages first.
	NoticeAppRoles NoticeKind = "app_roles"
	// NoticeSubscriptionLost and NoticeSubscriptionBack: Facebook stopped or resumed sending
	// the Page's messages to the hub. NoticeTokenRefused: it no longer accepts the Page's
	// token.
	NoticeSubscriptionLost NoticeKind = "subscription_lost"
	NoticeSubscriptionBack NoticeKind = "subscription_back"
	NoticeTokenRefused     NoticeKind = "token_refused"
	// NoticeSyncLimited: the CRM's daily budget is used up; transcripts wait.
	NoticeSyncLimited NoticeKind = "sync_limited"
	// NoticeStorePutBack: the hub's store was, or may have been, restored from an older copy.
	NoticeStorePutBack NoticeKind = "store_put_back"
	// NoticeUnknown is an event about the Page that Parley can't show; its raw form is kept.
	NoticeUnknown NoticeKind = "unknown"
)

// Notice is news about a Page as a whole.
type Notice struct {
	ID     string     `json:"id"`
	PageID PageID     `json:"page_id"`
	Seq    int64      `json:"seq" doc:"the Page's seq of its last change"`
	Kind   NoticeKind `json:"kind"`
	// Event is Meta's name of the event: policy_enforcement, app_roles, …; page_check for
	// what the hub found when it checked the Page.
	Event     string    `json:"event"`
	Reason    Untrusted `json:"reason"`
	CreatedAt time.Time `json:"created_at" doc:"Meta's time"`
	// Mail is the state of the mail to the support inbox; nil if nobody is mailed.
	Mail *NoticeMail `json:"mail"`
	// Read is who read it first, and when; nil if nobody has. Like a conversation's read
	// mark, it counts for all who see the Page.
	Read *NoticeRead `json:"read"`
}

// Policy reports whether the notice is about an act of Facebook's policy team.
func (n Notice) Policy() bool {
	switch n.Kind {
	case NoticePolicyWarning, NoticePolicyBlock, NoticePolicyUnblock:
		return true
	case NoticeUnknown, NoticeAppRoles, NoticeSubscriptionLost, NoticeSubscriptionBack, NoticeTokenRefused, NoticeSyncLimited,
		NoticeStorePutBack:
	}
	return false
}

// ForAdmins reports whether only the hub's admins get the notice, among those who see the
// Page: a rep can do nothing about the state of the store.
func (n Notice) ForAdmins() bool { return n.Kind == NoticeStorePutBack }

// MailState is the progress of a mail to the support inbox.
type MailState string

// The states of a mail.
const (
	// MailWaiting: it was not sent yet, or was rejected and will be sent again.
	MailWaiting MailState = "waiting"
	// Mailed: a mail server accepted it.
	Mailed MailState = "mailed"
	// MailFailed: we gave up.
	MailFailed MailState = "failed"
)

// NoticeMail is the state of a notice's mail to the support inbox.
type NoticeMail struct {
	State MailState `json:"state" enum:"waiting,mailed,failed"`
	// At is when State last changed.
	At time.Time `json:"at"`
	// Tries is how often it was handed to the mail server.
	Tries int `json:"tries"`
	// Reason is why the mail server rejected it last.
	Reason Untrusted `json:"reason"`
}

// NoticeRead is who read a notice first, and when.
type NoticeRead struct {
	By UserRef   `json:"by"`
	At time.Time `json:"at"`
}

// PolicyMail is the content of a mail to the support inbox about a policy notice. It holds
// nothing about any customer.
type PolicyMail struct {
	// MessageID is the mail's own, the same each time it is sent.
	MessageID string
	Kind      NoticeKind
	Page      MetaPageID
	PageName  Untrusted
	// Reason is the reason that Facebook gave.
	Reason Untrusted
	// Since is Meta's time of the event, Now the hub's time.
	Since, Now time.Time
	// Restricted: the Page can't send now. It may contradict Kind: the events of a ban can
	// come late and in any order.
	Restricted bool
}

// AuditKind names what was done.
type AuditKind string

// The kinds of entries.
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
	// AuditSync: transcripts of a conversation or a Page were switched on or off.
	AuditSync AuditKind = "sync"
)

// AuditEntry is one entry of the audit log: who did what to what, and when. It holds no
// secret and no text that anybody wrote.
type AuditEntry struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at" doc:"the hub's time"`
	Kind AuditKind `json:"kind"`
	// By is who did it, with their name of then; nil: somebody on the hub's own machine, by
	// the command line.
	By *UserRef `json:"by"`
	// Page, Conversation and Message are what it was done to; empty if none.
	Page         PageID         `json:"page_id"`
	Conversation ConversationID `json:"conversation_id"`
	Message      MessageID      `json:"message_id"`
	// User is the user that it was done to.
	User *UserRef `json:"user"`
	// Key is what somebody signed in with over SSH, or what was added or removed: the
	// fingerprint of a key, or the demo's guest; empty: not over SSH.
	Key string `json:"key"`
	// Record is the record that was linked or unlinked.
	Record *RecordRef `json:"record,omitempty"`
	// From and To are the value before and after.
	From string `json:"from"`
	To   string `json:"to"`
	// Via is how somebody signed in, or what made them an admin: pipedrive; empty: a one-time
	// code, or somebody at the hub.
	Via string `json:"via"`
	// ManageShown, of a Page that was connected or repaired, is whether the token proved full
	// control of it: a Page token alone can't.
	ManageShown *bool `json:"manage_shown"`
}

// Content reports whether the entry is about the content of a Page, which only those who
// see the Page may know.
func (e AuditEntry) Content() bool { return e.Conversation != "" || e.Message != "" }
