// Package transfer copies a store from one engine into another: as rows of tables that both know by
// the same columns, and as records where an engine has a form of its own. What is copied is
// counted, and the log of each Page compared.
package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"parley/hub/store"
	"parley/model"
)

// Kind is what a column holds.
type Kind int

// The kinds of columns. Text and Int may be missing (nil).
const (
	Text Kind = iota
	Int
	Bool
	Bytes
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Table is a table that is copied.
type Table struct {
	Name    string
	Columns []Column
	// Key is how many of the first columns are its key.
	Key int
}

// Names of the tables of Pages' logs and conversations.
const (
	Log           = "events"
	Conversations = "conversations"
)

// Names of the tables whose rows are records, of one value each.
const (
	// Messages has a [store.Message].
	Messages = "messages"
	// RawEvents has a [Raw].
	RawEvents = "raw_events"
	// BuriedKeys has what [engine.EventKey] returns.
	BuriedKeys = "buried_keys"
)

// Raw is an event as it came, known by what stands for its key.
type Raw struct {
	store.RawEvent
	Event []byte
}

// Source is a store that is copied. It must not change meanwhile.
type Source interface {
	store.ReadStore
	ID() string
	// Rows calls row for each row of a table, of a Page if it is one of those, in the order of its
	// key. The values are of the columns' kinds, in their order; of the tables of records, one
	// record.
	Rows(ctx context.Context, t Table, page model.PageID, row func(values []any) error) error
	// Graves returns all Pages of which something is kept, connected or not, in order.
	Graves(ctx context.Context) ([]model.PageID, error)
}

// columns reads a list of columns: a name, then : and the kind's letter, if it is no text.
func columns(list ...string) []Column {
	out := make([]Column, len(list))
	for i, c := range list {
		name, kind := c, Text
		if n := len(c) - 2; n > 0 && c[n] == ':' { //nolint:mnd // a colon and a letter
			name, kind = c[:n], map[byte]Kind{'i': Int, 'b': Bool, 'y': Bytes}[c[n+1]]
		}
		out[i] = Column{name, kind}
	}
	return out
}

// OfPages are the tables of Pages.
func OfPages() []Table {
	return []Table{
		{"pages", columns("page_id", "meta_id", "installation:i", "active:b", "seq:i", "stamp", "doc:y"), 1},
		{Log, columns("page_id", "seq:i", "kind", "object_id", "at:i", "stamp"), 2},
		{Conversations, columns("page_id", "id", "status", "updated_at:i", "assignee", "awake_at:i", "free_from:i", "free_until:i", "unread:i",
			"nameless:b", "profile_at:i", "waits:i", "entered", "pinned:b", "doc:y"), 2},
		{"conversation_labels", columns("page_id", "conversation_id", "key", "label", "status", "updated_at:i"), 3},
		{"mentions", columns("page_id", "conversation_id", "user_id"), 3},
		{Messages, nil, 0},
		{RawEvents, nil, 0},
		{"pending", columns("page_id", "mid", "number:i", "customer", "kind", "at:i", "doc:y"), 3},
		{"replies", columns("page_id", "message_id", "conversation_id", "user_id", "client_id", "state", "accepted_seq:i", "wake_at:i", "doc:y"), 2},
		{"attempts", columns("page_id", "message_id", "number:i", "token", "mid", "at:i"), 3},
		{"carried", columns("page_id", "message_id", "conversation_id", "upload"), 2},
		{"reacting", columns("page_id", "message_id", "conversation_id", "wake_at:i", "doc:y"), 2},
		{"media", columns("page_id", "id", "message_id", "conversation_id", "later:b", "wake_at:i", "hash", "at:i", "doc:y"), 2},
		{"dropped_media", columns("page_id", "hash"), 2},
		{"notices", columns("page_id", "id", "created_at:i", "doc:y"), 2},
		{"mails", columns("page_id", "notice_id", "wake_at:i", "doc:y"), 2},
		{"links", columns("page_id", "conversation_id", "record_type", "record_id", "doc:y"), 4},
		{"syncs", columns("page_id", "conversation_id", "changed:i", "noticed:i", "wake_at:i", "doc:y"), 2},
		{"transcripts", columns("page_id", "conversation_id", "day", "number:i", "doc:y"), 4},
		{"transcript_records", columns("page_id", "conversation_id", "day", "number:i", "record_type", "record_id", "note:i"), 6},
		{"audit", columns("page_id", "id", "content:b", "at:i", "record", "doc:y"), 2},
		{"tombstones", columns("page_id", "conversation_id", "until:i"), 2},
		{"buried_tokens", columns("page_id", "token"), 2},
		{"buried_mids", columns("page_id", "mid"), 2},
		{"buried_replies", columns("page_id", "user_id", "client_id"), 3},
		{BuriedKeys, nil, 0},
	}
}

// OfAll are the tables that belong to no Page, those first that others refer to.
func OfAll() []Table {
	return []Table{
		{"users", columns("id", "doc:y"), 1},
		{"tokens", columns("hash:y", "user_id", "at:i", "used_at:i"), 1},
		{"login_codes", columns("hash:y", "user_id", "expires:i"), 1},
		{"ssh_keys", columns("fingerprint", "user_id", "comment:y", "at:i"), 1},
		{"crm_users", columns("user_id", "doc:y"), 1},
		{"device_logins", columns("hash:y", "code_hash:y", "state_hash:y", "expires:i", "doc:y"), 1},
		{"views", columns("user_id", "id", "place:i", "doc:y"), 2},
		{"notification_preferences", columns("user_id", "doc:y"), 1},
		{"snippets", columns("owner", "key", "doc:y"), 2},
		{"records", columns("record_type", "record_id", "title:y", "state:y"), 2},
		{"record_sights", columns("user_id", "record_type", "record_id", "until:i"), 3},
		{"counters", columns("name", "value:i"), 1},
		{"store", columns("name", "value:y"), 1},
	}
}

// logRows is how many rows of a log are read at once.
const logRows = 5000

// LogHash returns a hash of a Page's log: of every row, with its stamp, and of where it stands.
func LogHash(ctx context.Context, s store.ReadStore, page model.PageID) (string, error) {
	h := sha256.New()
	err := s.Read(ctx, func(r store.Reader) error {
		head, err := r.Head(page)
		if err != nil {
			return err
		}
		stamp, err := r.HeadStamp(page)
		if err != nil {
			return err
		}
		add(h, head, stamp)
		for after := int64(0); ; {
			rows, err := r.Events(page, after, logRows)
			if err != nil {
				return err
			}
			for _, row := range rows {
				add(h, row.Seq, string(row.Kind), row.ID, row.Stamp)
				add(h, row.At.UnixMicro())
				after = row.Seq
			}
			if len(rows) < logRows {
				return nil
			}
		}
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// add adds a number and texts to a hash, each with its length.
func add(h hash.Hash, n int64, texts ...string) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // any 64 bits do
	_, _ = h.Write(b[:])
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d:", len(t))
		_, _ = io.WriteString(h, t)
	}
}
