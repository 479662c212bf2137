// Package store stores what the hub knows: Pages, conversations, messages, replies on their
// way, users. [Store] is the whole interface; every engine must pass the suite in storetest.
//
// # Order
//
// Every change of a Page takes the Page's next seq (1, 2, 3 … without gaps) and writes a row of
// the Page's log in the same transaction. The seq comes from a counter in the Page's row, which
// the transaction increments first, so the order of the log is the order of commits, and a gap
// always means a loss.
//
// # Transactions
//
// A transaction concerns one Page, so that Pages can be split over machines; all keys of a
// Page's data begin with its id. When [Store.Write] returns nil, the transaction is on disk. An
// engine may group several transactions into one commit, but each succeeds or fails by itself.
//
// # Times
//
// Times that are compared or sorted by are stored to the microsecond.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/model"
)

// The errors of an engine, to be tested with errors.Is.
var (
	// ErrNotFound means that there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that a unique key is taken.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable means that the store can't be written now (a full or read-only disk, a
	// database that is gone). Nothing was stored; the same call may succeed later.
	ErrUnavailable = errors.New("store unavailable")
	// ErrGone means that the store's files were removed or replaced while it was open. It is an
	// [ErrUnavailable], too.
	ErrGone = fmt.Errorf("%w: its files are gone", ErrUnavailable)
	// ErrNotErased means that deleted data can still be read in the store's files.
	ErrNotErased = errors.New("deleted, but not overwritten yet")
	// ErrLocked means that another hub holds the store.
	ErrLocked = errors.New("store held by another hub")
	// ErrNewer means that the store was written by a newer Parley.
	ErrNewer = errors.New("store of a newer version")
	// ErrBadCursor means that the cursor does not belong to this list.
	ErrBadCursor = errors.New("bad cursor")
)

// Store is everything the hub keeps. It is safe for concurrent use.
type Store interface {
	ReadStore
	PageStore
	AccountStore
	CountStore
	Upkeep
	Watched
	Named
	// ID identifies this store. It changes when the store was restored from an older copy.
	ID() string
	// Close waits for running transactions and closes the store.
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
	// Write runs f once, as one transaction of that Page; an error of f undoes it and is
	// returned as it is. Values that f passes out count only if Write returns nil. f must not
	// write by another call. If ctx ends before f has begun, f is not run; if it ends later,
	// Write may return its error although the transaction is committed.
	Write(ctx context.Context, page model.PageID, f func(PageTx) error) error
}

// AccountStore is a store in which users and their credentials are written.
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

// Watched is a store that notices when it can't be written.
type Watched interface {
	// Trouble returns why nothing can be written now, nil if no problem is known.
	Trouble() error
}

// Named is a store that says what it is kept in.
type Named interface {
	// Engine returns the name of the engine, such as SQLite.
	Engine() string
}

// Pruner is a store that drops what is past its retention.
type Pruner interface {
	// Prune removes log rows and understood raw events older than before.
	Prune(ctx context.Context, before time.Time) error
}

// Upkeep is regular maintenance of a store.
type Upkeep interface {
	Pruner
	// Scrub rewrites the store's files so that nothing changed or deleted before can be read in
	// them. It takes long and needs exclusive use of the store.
	Scrub(ctx context.Context) error
	// Erased reports whether deleted data is gone from the store's files, down to the last
	// byte. It returns [ErrNotErased] while a reader holds that up. A deletion waits for it for
	// a while; after that it is retried until it succeeds.
	Erased() error
}

// Reader is what can be read in a transaction. A thing that does not exist gives [ErrNotFound];
// an empty list is not an error. Code that needs only a part should ask for that role alone.
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
	MediaReader
	NoticeReader
	AuditReader
	UserReader
	CredentialReader
	DeviceLoginReader
	CRMReader
	WebhookReader
	FigureReader
	IncarnationReader
	NotificationReader
	LabelReader
	ViewReader
	SnippetReader
}

// PageTx is one transaction of a Page. Each Put, Remove or Delete takes the Page's next seq,
// sets it in the given value and logs the change, unless its role says that it takes none. A
// value whose key belongs to another Page is an error.
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
	MediaWriter
}

// AccountTx is one transaction on users, their credentials, and what belongs to no Page.
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
	NotificationWriter
	ViewWriter
	SnippetWriter
}
