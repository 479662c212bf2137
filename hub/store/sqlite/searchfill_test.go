package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/hub/store"
	"parley/hub/store/sqlite/disk"
	"parley/hub/store/sqlite/migrations"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// foundOn returns what a search of a Page finds.
func foundOn(t testing.TB, s *Store, page model.PageID, query string) []model.ConversationID {
	t.Helper()
	var ids []model.ConversationID
	err := s.Read(t.Context(), func(r store.Reader) error {
		list, _, err := r.SearchConversations(store.ConversationQuery{
			Pages: []store.PageScope{{ID: page}}, Filter: store.FilterAll, Limit: 100, Search: query,
		})
		for _, f := range list {
			ids = append(ids, f.ID)
		}
		return err
	})
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	return ids
}

// asFirst replaces a closed store's file by one as the first program wrote it, with the same
// conversations, messages and replies.
func asFirst(t testing.TB, path string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	var conversations []store.Conversation
	var messages []store.Message
	var replies []store.Reply
	err = s.read(t.Context(), func(ss *sqldb.Session) (err error) {
		if messages, err = sqldb.Messages(ss, sqldb.SelectMessages+` ORDER BY m.key`); err != nil {
			return err
		}
		if replies, err = sqldb.Many[store.Reply](ss, `SELECT doc FROM replies`); err != nil {
			return err
		}
		conversations, err = sqldb.Conversations(ss, sqldb.SelectConversations+` ORDER BY id`)
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", disk.LogSuffix, disk.IndexSuffix, ".mark"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	writeFirst(t, path, conversations, messages, replies)
}

// writeFirst writes a store as the first program did.
func writeFirst(t testing.TB, path string, conversations []store.Conversation, messages []store.Message, replies []store.Reply) {
	t.Helper()
	db, err := sql.Open(sqldb.Driver, sqldb.DSN(path, sqldb.ForWriting))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }()
	steps, err := migrations.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(t.Context())
	if err == nil {
		err = errors.Join(migrations.Run(t.Context(), c, steps[:1], slog.New(slog.DiscardHandler)), c.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(t.Context(), query, args...)
		}
	}
	doc := func(v any) string {
		s, e := sqldb.Encode(v)
		err = errors.Join(err, e)
		return s
	}
	for _, page := range []string{"1", "2"} {
		exec(`INSERT INTO pages (page_id, meta_id, installation, active, seq, doc) VALUES (?, ?, 1, 1, 1000000, ?)`,
			page, page, doc(store.Page{Page: model.Page{ID: model.PageID(page)}}))
	}
	for _, v := range conversations {
		exec(`INSERT INTO conversations (page_id, id, status, updated_at, awake_at, free_from, free_until, unread, nameless, profile_at, doc)
			VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?)`, v.PageID, v.ID, v.Status, sqldb.Micros(v.UpdatedAt), doc(v))
	}
	for _, m := range messages {
		exec(`INSERT INTO messages (page_id, id, conversation_id, mid, direction, state, author_kind, author_id, order_at, first_seq, meta_time, doc)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`, m.ID.Page(), m.ID, m.ConversationID, m.MID, m.Direction, m.State, m.Author.Kind, m.Author.ID,
			sqldb.Micros(m.Order), m.FirstSeq, doc(m))
	}
	for _, v := range replies {
		exec(`INSERT INTO replies (page_id, message_id, conversation_id, user_id, client_id, state, accepted_seq, wake_at, doc)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, v.MessageID.Page(), v.MessageID, v.ConversationID, v.UserID, v.ClientID, v.State, v.AcceptedSeq,
			sqldb.Micros(v.WakeAt), doc(v))
	}
	if err := errors.Join(err, tx.Commit()); err != nil {
		t.Fatal(err)
	}
}

// TestFillSearch: what a store held before there was an index is found, over more
// rows than a chunk, and is kept in step from then on.
func TestFillSearch(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	if err := errors.Join(putPage(s, "2"), putPage(s, "1")); err != nil {
		t.Fatal(err)
	}
	const chunk = 2000 // rows that are indexed at once
	fillMany(t, s, 2*chunk+500, chunk+700)
	err := s.Write(t.Context(), "2", func(tx store.PageTx) error {
		c := manyth(1, true)
		c.ID, c.PageID = "2_a", "2"
		err := tx.PutConversation(&c)
		for id, m := range map[string]model.Message{
			"said": {Text: "前の見積"}, "unsent": {Text: "withdrawn", Deleted: true}, "system": {Text: "joined", Direction: model.System},
		} {
			stored := messageOf("2_a", id, "", start)
			stored.Text, stored.Deleted = m.Text, m.Deleted
			if m.Direction != "" {
				stored.Direction = m.Direction
			}
			err = errors.Join(err, tx.PutMessage(&stored))
		}
		orphan := messageOf("2_b", "orphan", "alone", start)
		return errors.Join(err, tx.PutMessage(&orphan))
	})
	if err != nil {
		t.Fatal(err)
	}
	queries := []string{"please", "お願い", "zebra", "花子", "花子2500", "東京"}
	var want [][]model.ConversationID
	for _, q := range queries {
		want = append(want, foundOn(t, s, "1", q))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	asFirst(t, path)
	s = openAt(t, path, Options{Exclusive: true})
	for i, q := range queries {
		if got := foundOn(t, s, "1", q); len(got) == 0 || !slices.Equal(got, want[i]) {
			t.Errorf("%q: %d found, want %d", q, len(got), len(want[i]))
		}
	}
	check := func(query string, want ...model.ConversationID) {
		t.Helper()
		if got := foundOn(t, s, "2", query); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
	check("見積", "2_a")
	check("customer", "2_a")
	check("withdrawn")
	check("joined")
	check("alone")
	err = s.Write(t.Context(), "2", func(tx store.PageTx) error {
		m := messageOf("2_a", "said", "後の納期", start)
		c := manyth(1, true)
		c.ID, c.PageID, c.Customer.Name = "2_a", "2", "Renamed"
		return errors.Join(tx.PutMessage(&m), tx.PutConversation(&c))
	})
	if err != nil {
		t.Fatal(err)
	}
	check("見積")
	check("納期", "2_a")
	check("customer")
	check("renamed", "2_a")
}

// oldStore makes a store with messages that has no index of them.
func oldStore(t *testing.T, messages int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	if err := putPage(s, "1"); err != nil {
		t.Fatal(err)
	}
	fillMany(t, s, messages, 10)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	asFirst(t, path)
	return path
}

// lines calls a function for each line that is logged.
type lines struct{ each func(string) }

func (l lines) Write(b []byte) (int, error) {
	l.each(string(b))
	return len(b), nil
}

// TestFillSearchTellsHowFarItIs: in numbers, from the beginning to the end.
func TestFillSearchTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	path := oldStore(t, 200)
	var told []string
	log := slog.New(slog.NewTextHandler(lines{func(line string) {
		if strings.Contains(line, "index messages") {
			told = append(told, line)
		}
	}}, nil))
	s := openAt(t, path, Options{Exclusive: true, Logger: log})
	var stored int
	err := s.readers.With(t.Context(), func(c *sqldb.Conn) error {
		return c.SQL.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM messages`).Scan(&stored)
	})
	if err != nil || len(told) < 2 {
		t.Fatalf("told %q (%v)", told, err)
	}
	for i, want := range map[int]int{0: 0, len(told) - 1: stored} {
		if !strings.Contains(told[i], fmt.Sprintf("done=%d of=%d", want, stored)) {
			t.Errorf("line %d is %q, want %d of %d", i, told[i], want, stored)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	told = nil
	openAt(t, path, Options{Exclusive: true, Logger: log})
	if len(told) > 0 {
		t.Errorf("told of a store that is up to date: %q", told)
	}
}

// TestFillSearchCanBeCutShort: the file stays as it was, and is indexed the next time.
func TestFillSearchCanBeCutShort(t *testing.T) {
	t.Parallel()
	path := oldStore(t, 200)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := slog.New(slog.NewTextHandler(lines{func(string) { cancel() }}, nil))
	if s, err := Open(ctx, path, Options{Exclusive: true, Logger: log}); err == nil {
		t.Errorf("opened although it was cut short: %v", s.Close())
	}
	s := openAt(t, path, Options{Exclusive: true})
	if found := foundOn(t, s, "1", "please"); len(found) == 0 {
		t.Error("nothing is found")
	}
}

// BenchmarkFillSearch is the migration of a store of 100,000 messages.
func BenchmarkFillSearch(b *testing.B) {
	path := filepath.Join(b.TempDir(), "hub.db")
	open := func() *Store {
		s, err := Open(b.Context(), path, Options{Exclusive: true})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	s := open()
	if err := putPage(s, "1"); err != nil {
		b.Fatal(err)
	}
	fillMany(b, s, searchMessages, searchConversations)
	closeStore(b, s)
	for b.Loop() {
		b.StopTimer()
		asFirst(b, path)
		b.StartTimer()
		closeStore(b, open())
	}
}
