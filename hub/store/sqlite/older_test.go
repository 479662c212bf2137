package sqlite

import (
	"bytes"
	compare "cmp"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// Stores of older programs, in testdata.
const (
	// leavesWords is of the last program that left words behind: of its customers c0 to c11 it
	// deleted each fourth.
	leavesWords = "unerasable.db.gz"
	// wideRows is of the last program whose rows were JSON beside the ids in full. It has
	// events of all kinds, replies, a note, labels, and what users decided.
	wideRows = "before30.db.gz"
)

// older returns the path of a store of an older program.
func older(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(path, b, disk.FileMode); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAnOlderStoreIsErased: what an older program deleted and left in its index is gone
// once the store is open, and what it kept is found.
func TestAnOlderStoreIsErased(t *testing.T) {
	t.Parallel()
	path, gone := older(t, leavesWords), []byte("苺狩")
	if b := filesBeside(t, path)["hub.db"]; !bytes.Contains(b, gone) {
		t.Fatal("the older store holds nothing that it deleted")
	}
	var told strings.Builder
	s := openAt(t, path, Options{Exclusive: true, Logger: slog.New(slog.NewTextHandler(&told, nil))})
	if !strings.Contains(told.String(), "done=72 of=72") {
		t.Errorf("told %s", &told)
	}
	if err := s.Erased(); err != nil {
		t.Error(err)
	}
	for name, b := range filesBeside(t, path) {
		for _, word := range []string{"苺狩", "狩り", "strawberry4242marker", "Customer3Named", "customer3named"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
	kept := said{}
	for c := range 12 {
		if c%4 == 3 {
			continue
		}
		kept.add(fmt.Sprintf("Customer%dNamed", c))
		id := model.ConversationID(fmt.Sprintf("1_c%d", c))
		for m := range 8 {
			text := fmt.Sprintf("kept%dof%d 見積%d お願いします ", m, c, c)
			kept.add(text)
			if found := foundOn(t, s, "1", fmt.Sprintf("kept%dof%d", m, c)); !slices.Contains(found, id) {
				t.Errorf("message %d of %s is not found: %v", m, id, found)
			}
		}
		if found := foundOn(t, s, "1", fmt.Sprintf("見積%d", c)); len(found) == 0 {
			t.Errorf("%s is not found", id)
		}
	}
	checkIndex(t, s, kept)
	checkWhole(t, s)
}

// asItWas is what a store of before contains, by the text that its rows had.
type asItWas struct {
	conversations []store.Conversation
	messages      []store.Message
	replies       []store.Reply
	raw           []store.RawEvent
	log           map[model.PageID][]store.LogRow
}

// readAsItWas reads a file with the rows of version 29.
func readAsItWas(t *testing.T, path string) (w asItWas) {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.FromReadOnly))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	each := func(query string, row func(*sql.Rows) error) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			if err := row(rows); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	w.conversations = docs[store.Conversation](each, `SELECT doc FROM conversations ORDER BY id`)
	w.messages = docs[store.Message](each, `SELECT doc FROM messages ORDER BY page_id, id`)
	w.replies = docs[store.Reply](each, `SELECT doc FROM replies ORDER BY page_id, message_id`)
	each(`SELECT page_id, key, customer, name, at, received_at, understood, body FROM raw_events ORDER BY page_id, key`, func(rows *sql.Rows) error {
		var e store.RawEvent
		var at, received int64
		err := rows.Scan(&e.Page, &e.Key, &e.Customer, &e.Name, &at, &received, &e.Understood, &e.Body)
		e.At, e.ReceivedAt = sqldb.FromMicros(at), sqldb.FromMicros(received)
		w.raw = append(w.raw, e)
		return err
	})
	w.log = map[model.PageID][]store.LogRow{}
	each(`SELECT page_id, seq, kind, object_id, at, stamp FROM events ORDER BY page_id, seq`, func(rows *sql.Rows) error {
		var page model.PageID
		var l store.LogRow
		var at int64
		err := rows.Scan(&page, &l.Seq, &l.Kind, &l.ID, &at, &l.Stamp)
		l.At = sqldb.FromMicros(at)
		w.log[page] = append(w.log[page], l)
		return err
	})
	return w
}

// docs reads records that were kept as JSON.
func docs[T any](each func(string, func(*sql.Rows) error), query string) (list []T) {
	each(query, func(rows *sql.Rows) error {
		var doc []byte
		var v T
		err := rows.Scan(&doc)
		if err == nil {
			err = sqldb.Decode(doc, &v)
		}
		list = append(list, v)
		return err
	})
	return list
}

// TestAnOlderStoreHoldsTheSame: whatever a store of the version before holds is there, as it was,
// once it is open.
func TestAnOlderStoreHoldsTheSame(t *testing.T) {
	t.Parallel()
	path := older(t, wideRows)
	was := readAsItWas(t, path)
	if len(was.raw) < 100 || len(was.messages) < 100 || len(was.replies) == 0 || len(was.conversations) == 0 {
		t.Fatalf("the older store holds too little: %d, %d, %d", len(was.raw), len(was.messages), len(was.replies))
	}
	var told strings.Builder
	s := openAt(t, path, Options{Exclusive: true, Logger: slog.New(slog.NewTextHandler(&told, nil))})
	if !strings.Contains(told.String(), fmt.Sprintf("done=%d of=%d", len(was.raw), len(was.raw))) {
		t.Errorf("told %s", &told)
	}
	err := s.Read(t.Context(), func(r store.Reader) error {
		same := func(what any, was, is any, err error) {
			if diff := cmp.Diff(was, is); err != nil || diff != "" {
				t.Errorf("%v (-was +is): %s %v", what, diff, err)
			}
		}
		for _, c := range was.conversations {
			is, err := r.Conversation(c.ID)
			same(c.ID, c, is, err)
			of, err := everyMessage(r, c.ID)
			var before []store.Message
			for _, m := range was.messages {
				if m.ConversationID == c.ID {
					before = append(before, m)
				}
			}
			slices.SortFunc(before, func(a, b store.Message) int {
				return compare.Or(a.Order.Compare(b.Order), int(a.FirstSeq-b.FirstSeq))
			})
			same(c.ID, before, of, err)
		}
		for _, m := range was.messages {
			is, err := r.Message(m.ID)
			same(m.ID, m, is, err)
			if m.MID != "" {
				is, err := r.MessageByMID(m.ID.Page(), m.MID)
				same(m.MID, m, is, err)
			}
		}
		for _, v := range was.replies {
			is, err := r.Reply(v.MessageID)
			same(v.MessageID, v, is, err)
		}
		for _, e := range was.raw {
			is, err := r.RawEvent(e.Page, e.Key)
			same(e.Key, e, is, err)
		}
		for page, rows := range was.log {
			is, err := r.Events(page, 0, len(rows)+1)
			same(page, rows, is, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	checkWhole(t, s)
}

// everyMessage reads a conversation page by page.
func everyMessage(r store.Reader, id model.ConversationID) (all []store.Message, err error) {
	for cursor := ""; ; {
		list, next, err := r.Messages(id, cursor, 7, store.Viewer{})
		all = append(slices.Clone(list), all...)
		if err != nil || next == "" {
			return all, err
		}
		cursor = next
	}
}
