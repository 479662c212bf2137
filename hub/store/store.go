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
	// ErrBadCursor: the cursor is not one of this list.
	ErrBadCursor = errors.New("bad cursor")
)

// Store is everything the hub keeps. It is safe for concurrent use.
type Store interface {
	ReadStore
	PageStore
	AccountStore
	CountStore
	Upkeep
	// ID names this store; another store has another, and so has this one once it was put
	// back from an older copy.
	ID() string
	// Trouble tells why nothing can be written now; nil: nothing is known to be wrong.
	Trouble() error
	// Close waits for what runs and closes.
	Close() error
}

// ReadStore is a store that is read.
type ReadStore interface {
	// Read runs f on one consistent snapshot. f must not write and must be short.
	Read(ctx context.Context, f func(Reader) error) error
}

// PageStore is a store in which the data of Pages is written.
type PageStore interface {
	ReadStore
	// Write runs f once, as one transaction of that Page; an error of f undoes it
	// and is returned as it is. The values that f passes out count only when Write
	// returned nil. f must not write by another call. If ctx ends before f has
	// begun, f is not run; if it ends later, the answer may be its error although
	// the transaction is kept.
	Write(ctx context.Context, page model.PageID, f func(PageTx) error) error
}

// AccountStore is a store in which users, and what signs them in, are written.
type AccountStore interface {
	ReadStore
	// Accounts runs f as one transaction on users, tokens and login codes.
	Accounts(ctx context.Context, f func(AccountTx) error) error
}

// CountStore is a store that counts.
type CountStore interface {
	// Count adds n to a named counter that belongs to no Page.
	Count(ctx context.Context, counter string, n int64) error
}

// Upkeep is what is done to a store from time to time, and not for somebody.
type Upkeep interface {
	// Prune forgets log rows and understood raw events older than before.
	Prune(ctx context.Context, before time.Time) error
	// Scrub rewrites what the store is kept in, so that nothing changed or deleted
	// before can be read there. It takes long, and the store for itself.
	Scrub(ctx context.Context) error
	// Erased tells whether what was deleted is gone from what the store is kept in, so that
	// no byte of it is left there: [ErrNotErased] where somebody who reads holds it up. What
	// deletes waits for it for a while; it is tried until it is done.
	Erased() error
}

// Reader is what can be read in a transaction. A thing that is not there answers
// [ErrNotFound]; a list that is empty is not an error. Who needs a part of it alone asks for
// that part.
type Reader interface {
	PageReader
	LogReader
	ConversationReader
	ListReader
	DeletionReader
	MessageReader
	EventReader
	ReplyReader
	ReactionReader
	LinkReader
	RecordReader
	TranscriptReader
	NoticeReader
	AuditReader
	UserReader
	CredentialReader
	DeviceLoginReader
	CRMReader
	WebhookReader
	FigureReader
	IncarnationReader
}

// PageTx is one transaction of a Page. Each Put, Remove or Delete takes the
// Page's next seq, sets it in the value given, and logs the change, unless its role says that
// it takes none. A value whose key lies in another Page is an error.
type PageTx interface {
	Reader
	PageWriter
	ConversationWriter
	DeletionWriter
	MessageWriter
	NoticeWriter
	LinkWriter

	// Bookkeeping, which takes no seq.

	AuditWriter
	EventWriter
	ReplyWriter
	ReactionWriter
	TranscriptWriter
}

// AccountTx is one transaction on users and what signs them in, and on what no Page has for
// itself.
type AccountTx interface {
	Reader
	UserWriter
	CredentialWriter
	DeviceLoginWriter
	CRMWriter
	RecordWriter
	WebhookWriter
	AuditWriter
	IncarnationWriter
}
