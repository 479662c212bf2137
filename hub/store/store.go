// Package store keeps what the hub knows: Pages, conversations, messages,
// replies on their way, users. [Store] is the one interface; every engine behind
// it must pass the suite in storetest.
//
// # Order
//
// Every change of a Page takes the Page's next seq (1, 2, 3 … without gaps) and
// writes a row of the Page's log in the same transaction. The seq comes from a
// counter in the Page's row that the transaction takes first, so the order of the
// log is the order of commits, and a gap is always a loss.
//
// # Transactions
//
// A transaction concerns one Page, so that Pages can be split over machines; all
// keys of a Page's data begin with its id. What [Store.Write] returned nil for is
// on disk. An engine may gather several transactions into one commit, but each
// stands or falls by itself.
//
// # Times
//
// A time by which something is sorted or judged is kept to the microsecond.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub/transcript"
	"parley/model"
)

// What an engine's errors say, by errors.Is.
var (
	// ErrNotFound: there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrConflict: a unique key is taken.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable: the store can't be written now (a full or read-only disk, a
	// database that is gone). Nothing was kept; the same call may succeed later.
	ErrUnavailable = errors.New("store unavailable")
	// ErrGone: what the store is kept in was removed or replaced while it was open. It is
	// an [ErrUnavailable], too.
	ErrGone = fmt.Errorf("%w: its files are gone", ErrUnavailable)
	// ErrNotErased: what was deleted can still be read in what the store is kept in.
	ErrNotErased = errors.New("deleted, but not overwritten yet")
	// ErrLocked: another hub holds the store.
	ErrLocked = errors.New("store held by another hub")
	// ErrNewer: the store was written by a newer Parley.
	ErrNewer = errors.New("store of a newer version")
)

// Store is everything the hub keeps. It is safe for concurrent use.
type Store interface {
	// Read runs f on one consistent snapshot. f must not write and must be short.
	Read(ctx context.Context, f func(Reader) error) error
	// Write runs f once, as one transaction of that Page; an error of f undoes it
	// and is returned as it is. The values that f passes out count only when Write
	// returned nil. f must not write by another call. If ctx ends before f has
	// begun, f is not run; if it ends later, the answer may be its error although
	// the transaction is kept.
	Write(ctx context.Context, page model.PageID, f func(PageTx) error) error
	// Accounts runs f as one transaction on users, tokens and login codes.
	Accounts(ctx context.Context, f func(AccountTx) error) error
	// Count adds n to a named counter that belongs to no Page.
	Count(ctx context.Context, counter string, n int64) error
	// Prune forgets log rows and understood raw events older than before.
	Prune(ctx context.Context, before time.Time) error
	// Scrub rewrites what the store is kept in, so that nothing changed or deleted
	// before can be read there. It takes long, and the store for itself.
	Scrub(ctx context.Context) error
	// Erased tells whether what was deleted is gone from what the store is kept in, so that
	// no byte of it is left there: [ErrNotErased] where somebody who reads holds it up. What
	// deletes waits for it for a while; it is tried until it is done.
	Erased() error
	// ID names this store; another store has another, and so has this one once it was put
	// back from an older copy.
	ID() string
	// Trouble tells why nothing can be written now; nil: nothing is known to be wrong.
	Trouble() error
	// Close waits for what runs and closes.
	Close() error
}

// Reader is what can be read in a transaction. A thing that is not there answers
// [ErrNotFound]; a list that is empty is not an error.
type Reader interface {
	Page(id model.PageID) (Page, error)
	// Pages returns every installation, by id.
	Pages() ([]Page, error)
	// ActivePage returns the installation of that Page that is not uninstalled.
	ActivePage(id model.MetaPageID) (Page, error)
	// Installations returns all installations of that Page, oldest first.
	Installations(id model.MetaPageID) ([]Page, error)
	// Head returns the Page's newest seq, 0 when nothing has happened.
	Head(page model.PageID) (int64, error)
	// HeadStamp returns the stamp of that change, which may be forgotten already.
	HeadStamp(page model.PageID) (string, error)
	// Events returns the Page's log after that seq, at most limit rows, in order.
	Events(page model.PageID, after int64, limit int) ([]LogRow, error)

	Conversation(id model.ConversationID) (Conversation, error)
	// Conversations returns a page of a list, newest activity first, and the cursor
	// of the next; "" at the end. A cursor of another list, or a broken one, is
	// [ErrBadCursor].
	Conversations(q ConversationQuery) ([]Conversation, string, error)
	// SearchConversations is Conversations of those in which a message's text or the
	// customer's name holds all words of q.Search (parley/hub/search); a search
	// without words finds nothing. Neither what is unsent nor what the system tells
	// is searched, nor, by a transaction, what it wrote itself. An engine may leave
	// out the oldest of more than 200,000 messages found on a Page.
	SearchConversations(q ConversationQuery) ([]Found, string, error)
	// CountConversations counts each filter over those Pages.
	CountConversations(q CountQuery) (Counts, error)
	// Nameless returns conversations whose customer has no name and whose profile
	// was not asked for since before, oldest question first.
	Nameless(before time.Time, limit int) ([]Conversation, error)
	// Tombstone returns until when a deleted conversation stays deleted.
	Tombstone(id model.ConversationID) (time.Time, error)
	// HeldUpTo returns Meta's time of the newest message or event held of a
	// conversation, zero where none has one.
	HeldUpTo(id model.ConversationID) (time.Time, error)
	// Buried tells whether an attempt that carried that token, or a message with that
	// mid, went with a deleted conversation. Of mids those alone are kept that a
	// tombstone's time does not tell; an empty one is none.
	Buried(page model.PageID, token string, mid model.MID) (bool, error)
	// BuriedEvent tells whether an event with that key, of less than a minute before its
	// receipt, or of later, went with a deleted conversation.
	BuriedEvent(page model.PageID, key string) (bool, error)
	// BuriedReply tells whether a reply or note that the user handed in by that id went
	// with a deleted conversation.
	BuriedReply(page model.PageID, user model.UserID, client model.ClientID) (bool, error)

	Message(id model.MessageID) (Message, error)
	// MessageByMID finds a message by Meta's id, also by that of an earlier attempt.
	MessageByMID(page model.PageID, mid model.MID) (Message, error)
	// Messages returns the newest messages before the cursor, oldest first, and the
	// cursor for those before them; "" at the beginning. A line about a record of the CRM
	// is among them for a viewer who may see the record, and else as if it were not there.
	Messages(conversation model.ConversationID, before string, limit int, viewer Viewer) ([]Message, string, error)
	// Outgoing returns the conversation's messages of direction out whose Meta time
	// is at most until and whose state is one of these.
	Outgoing(conversation model.ConversationID, until time.Time, states ...model.State) ([]Message, error)
	// CountUnread counts messages of direction in that sort after the mark.
	CountUnread(conversation model.ConversationID, mark Mark) (int, error)
	// AnsweredSince tells whether somebody but that user sent the customer an
	// answer (neither failed nor dropped) that was first stored after that seq.
	AnsweredSince(conversation model.ConversationID, user model.UserID, seq int64) (bool, error)
	// Newest returns the conversation's last message by order, with FirstSeq at
	// most upTo; upTo 0: all of them. Lines about records of the CRM are passed over.
	Newest(conversation model.ConversationID, upTo int64) (Message, error)
	// NewestSaid returns the conversation's last message by order that was said between
	// customer and Page ([model.Message.Said]).
	NewestSaid(conversation model.ConversationID) (Message, error)
	// NewestIn returns the conversation's last message of direction in by order.
	NewestIn(conversation model.ConversationID) (Message, error)
	// Pending returns what came before the message it is about, in order of coming.
	Pending(page model.PageID, mid model.MID) ([]Pending, error)
	// RawEvent returns an event as it came.
	RawEvent(page model.PageID, key string) (RawEvent, error)

	Reply(id model.MessageID) (Reply, error)
	ReplyByClientID(page model.PageID, user model.UserID, client model.ClientID) (Reply, error)
	// ReplyByToken finds the reply of which an attempt carried that token, and which
	// attempt it was.
	ReplyByToken(page model.PageID, token string) (Reply, Attempt, error)
	// UnsettledReplies returns a conversation's replies that are queued, posting,
	// unknown or asking, in the order of acceptance.
	UnsettledReplies(conversation model.ConversationID) ([]Reply, error)
	// RepliesIn returns all replies of a Page in one of these states, in the order
	// of acceptance.
	RepliesIn(page model.PageID, states ...model.State) ([]Reply, error)
	// WaitingPages returns the Pages that have a reply with a WakeAt, by id.
	WaitingPages() ([]model.PageID, error)
	// DueReplies returns a Page's replies in that state whose WakeAt is not after now,
	// oldest first; and when the next one after them is due, zero if none is.
	DueReplies(page model.PageID, state model.State, now time.Time, limit int) ([]Reply, time.Time, error)
	Attempts(reply model.MessageID) ([]Attempt, error)

	// UploadInUse tells whether a reply carries that upload, but for those that were given up
	// before any of them left.
	UploadInUse(upload string) (bool, error)
	// Uploads returns what the replies of a conversation carry.
	Uploads(conversation model.ConversationID) ([]string, error)
	// Reacting returns the reaction on its way to a message.
	Reacting(id model.MessageID) (Reacting, error)
	// Reactings returns all that are on their way, those to be tried first first.
	Reactings() ([]Reacting, error)
	// Links returns a conversation's links, that to a person first.
	Links(conversation model.ConversationID) ([]Link, error)
	// LinksTo returns the links of all conversations to a record.
	LinksTo(record model.RecordRef) ([]Link, error)
	// SeenLinks returns those links of a Page's conversations whose record the viewer may see,
	// as [Reader.Links] of each conversation are ordered.
	SeenLinks(page model.PageID, viewer Viewer) ([]SeenLink, error)
	// SeesRecord tells whether the viewer was found to see a record, and not too long ago.
	SeesRecord(record model.RecordRef, viewer Viewer) (bool, error)
	// Sync returns how a conversation's transcript stands in the CRM.
	Sync(id model.ConversationID) (Sync, error)
	// DueSyncs returns syncs whose WakeAt is not after now, oldest first; and when the
	// next one after them is due, zero if none is.
	DueSyncs(now time.Time, limit int) ([]Sync, time.Time, error)
	// ChangedSyncs returns syncs of conversations in which something that a transcript
	// tells changed after what was noticed.
	ChangedSyncs(limit int) ([]Sync, error)
	// PageSyncs returns all syncs of a Page.
	PageSyncs(page model.PageID) ([]Sync, error)
	// Transcript returns the parts of a conversation's transcript, by day and number.
	Transcript(id model.ConversationID) ([]transcript.Part, error)
	// TranscriptPart returns one of them.
	TranscriptPart(id model.ConversationID, day string, number int) (transcript.Part, error)
	// TranscriptsOn returns a page of the parts whose notes stand on a record, whichever
	// Page they are of, the newest day first; not those that are gone.
	TranscriptsOn(record model.RecordRef, cursor string, limit int) ([]transcript.Part, string, error)
	// RecordTitle returns a record's title as last known.
	RecordTitle(record model.RecordRef) (model.Untrusted, error)
	// RecordState returns how a record stood when it was last told of; zero: nothing is
	// known.
	RecordState(record model.RecordRef) (RecordState, error)
	// LinkedRecords returns the records that conversations are linked to, each once.
	LinkedRecords() ([]model.RecordRef, error)

	Notice(page model.PageID, id string) (model.Notice, error)
	// Notices returns a page of the notices of those Pages, newest first.
	Notices(pages []model.PageID, cursor string, limit int) ([]model.Notice, string, error)
	// DueMails returns mails whose WakeAt is not after now, oldest first; and when the
	// next one after them is due, zero if none is.
	DueMails(now time.Time, limit int) ([]Mail, time.Time, error)

	// Audit returns a page of the audit log, newest first. An entry about a record of the
	// CRM is among them for a viewer who may see the record.
	Audit(scopes []AuditScope, viewer Viewer, cursor string, limit int) ([]model.AuditEntry, string, error)

	User(id model.UserID) (model.User, error)
	Users() ([]model.User, error)
	// UserByToken finds whose token it is by the token's hash.
	UserByToken(hash []byte) (model.User, error)
	// LoginCodeWaits tells whether a one-time code, by its hash, would be taken now.
	LoginCodeWaits(hash []byte, now time.Time) (bool, error)
	// UserBySSHKey finds whose key it is by its fingerprint.
	UserBySSHKey(fingerprint string) (model.User, error)
	// SSHKeys returns a user's keys, oldest first.
	SSHKeys(user model.UserID) ([]SSHKey, error)
	// Tokens returns a user's tokens, oldest first.
	Tokens(user model.UserID) ([]Token, error)
	// TestedAt returns when Meta's dashboard last tried our address for webhooks; zero:
	// never.
	TestedAt() (time.Time, error)
	// CRMCompany returns the CRM's company that the store belongs to.
	CRMCompany() (model.CRMCompany, error)
	CRMUser(user model.UserID) (CRMUser, error)
	// CRMUsers returns what is kept of all users from the CRM, by their ids.
	CRMUsers() ([]CRMUser, error)
	// DeviceLogin finds a sign-in through a browser by the hash of one of its secrets; one
	// that has expired may be there or not.
	DeviceLogin(by DeviceKey, hash []byte) (DeviceLogin, error)
	// Figures counts what the hub has in hand, over all Pages.
	Figures() (Figures, error)
	// Counter returns one of [Store.Count]; 0 where nothing was counted.
	Counter(name string) (int64, error)
	// Incarnation returns how the store came to be what it is.
	Incarnation() (Incarnation, error)
	// Counters returns all counters, those of [Store.Count] and, as
	// "raw_not_understood" and "raw_events", what is kept raw.
	Counters() (map[string]int64, error)
}

// ErrBadCursor: the cursor is not one of this list.
var ErrBadCursor = errors.New("bad cursor")

// PageTx is one transaction of a Page. Each Put, Remove or Delete takes the
// Page's next seq, sets it in the value given, and logs the change. A value whose
// key lies in another Page is an error.
type PageTx interface {
	Reader
	// PutPage stores the Page, new or changed.
	PutPage(p *Page) error
	PutConversation(c *Conversation) error
	// DeleteConversation removes a conversation with its messages, replies, raw and
	// pending events, and leaves a tombstone until that Meta time. The tokens of its
	// attempts, the client ids of its replies, and the mids of what the tombstone's time
	// does not surely tell (sent without Meta's time, or less than a second before the
	// end: an import knows seconds only) stay buried, and so do the keys of raw events that
	// came within a minute of their time, or before it.
	DeleteConversation(id model.ConversationID, until time.Time) error
	// BuryMID buries a mid that became known after its conversation was deleted.
	BuryMID(mid model.MID) error
	// PutMessage stores a message; FirstSeq is set when it is new. A MID that
	// another message of the Page has is [ErrConflict].
	PutMessage(m *Message) error
	RemoveMessage(id model.MessageID) error
	PutNotice(n *model.Notice) error
	// PutLink stores a link, new or changed, of a conversation that is there. It changes
	// nothing of the conversation itself.
	PutLink(l Link) error
	// RemoveLink removes a link; one that is not there is [ErrNotFound].
	RemoveLink(conversation model.ConversationID, record model.RecordRef) error

	// Bookkeeping, which takes no seq.

	// AddAudit adds an entry about this Page to the audit log.
	AddAudit(e model.AuditEntry) error
	// KeepRaw stores an event as it came. It answers false, and stores nothing,
	// when an event with that key was stored before: the dedupe.
	KeepRaw(e RawEvent) (bool, error)
	// EmptyRaw forgets what raw events said of the customer's message with that mid, all but
	// the one with that key; that they came is kept.
	EmptyRaw(customer model.PSID, mid model.MID, but string) error
	AddPending(p Pending) error
	// TakePending removes what Pending returned.
	TakePending(page model.PageID, mid model.MID) error
	// PutReply stores how a reply stands. A client id that the same user used on the
	// Page is [ErrConflict].
	PutReply(r Reply) error
	// PutSync stores how the transcript stands of a conversation that is there.
	PutSync(s Sync) error
	// PutTranscript stores a part of the transcript of a conversation that is there; it
	// goes with the conversation.
	PutTranscript(conversation model.ConversationID, p transcript.Part) error
	// PutMail stores how a mail stands.
	PutMail(m Mail) error
	// PutReacting stores a reaction on its way, the only one of its message.
	PutReacting(r Reacting) error
	// TakeReacting forgets a message's reaction on its way, if there is one.
	TakeReacting(id model.MessageID) error
	// PutAttempt stores an attempt, or what is now known of it.
	PutAttempt(a Attempt) error
}

// AccountTx is one transaction on users and what signs them in.
type AccountTx interface {
	Reader
	CreateUser(u model.User) error
	// ChangeUser stores a user who is there as they are now.
	ChangeUser(u model.User) error
	// AddAudit adds an entry about no Page to the audit log.
	AddAudit(e model.AuditEntry) error
	// RemoveUser removes a user, with all that signs them in.
	RemoveUser(id model.UserID) error
	// AddToken makes a token of a user known by its hash.
	AddToken(hash []byte, user model.UserID, at time.Time) error
	// UseToken notes when a token was last used, unless it was used later or is gone.
	UseToken(hash []byte, at time.Time) error
	// RemoveToken forgets a token; one that is not known is [ErrNotFound].
	RemoveToken(hash []byte) error
	// AddSSHKey lets a user in by a key. One that is somebody's is [ErrConflict].
	AddSSHKey(k SSHKey) error
	// RemoveSSHKey forgets a key; one that is nobody's is [ErrNotFound].
	RemoveSSHKey(fingerprint string) error
	// SetTestedAt keeps when Meta's dashboard tried our address for webhooks.
	SetTestedAt(at time.Time) error
	// SetCRMCompany makes the store belong to a company of the CRM.
	SetCRMCompany(c model.CRMCompany) error
	// PutCRMUser stores what is known of a user from the CRM; it goes with them.
	PutCRMUser(c CRMUser) error
	// SetRecordTitle keeps what a record is called.
	SetRecordTitle(record model.RecordRef, title model.Untrusted) error
	// SetRecordState keeps how a record stands.
	SetRecordState(record model.RecordRef, s RecordState) error
	// SetSights keeps who may see a record until then: these users and nobody else. They go
	// with the users.
	SetSights(record model.RecordRef, users []model.UserID, until time.Time) error
	// SetSight keeps that one user may see a record until then; a zero time: may not.
	SetSight(record model.RecordRef, user model.UserID, until time.Time) error
	// ForgetSights removes what was found that held until before at the latest.
	ForgetSights(before time.Time) error
	// AddDeviceLogin begins a sign-in through a browser. A secret that another one has is
	// [ErrConflict].
	AddDeviceLogin(d DeviceLogin) error
	// ChangeDeviceLogin stores one that is there as it is now; when it expires stays.
	ChangeDeviceLogin(d DeviceLogin) error
	RemoveDeviceLogin(hash []byte) error
	// ForgetDeviceLogins removes those that expired by then.
	ForgetDeviceLogins(before time.Time) error
	// AddLoginCode makes a one-time code known by its hash.
	AddLoginCode(hash []byte, user model.UserID, expires time.Time) error
	// SettleIncarnation notes that what was on its way when the store became another was
	// seen to.
	SettleIncarnation() error
	// TakeLoginCode uses a code up; a used, unknown or expired one is [ErrNotFound].
	TakeLoginCode(hash []byte, now time.Time) (model.User, error)
}
