package sqlite

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/model"
)

// Write implements [store.Store]. f runs on the caller's goroutine and must not
// write to the store by another way.
func (s *Store) Write(ctx context.Context, page model.PageID, f func(store.PageTx) error) error {
	if page == "" {
		return errors.New("write page: no page")
	}
	return s.write(ctx, func(ss *session) error { return f(pageTx{reader{ss}, page}) })
}

// Accounts implements [store.Store].
func (s *Store) Accounts(ctx context.Context, f func(store.AccountTx) error) error {
	return s.write(ctx, func(ss *session) error { return f(accountTx{reader{ss}}) })
}

func (s *Store) write(ctx context.Context, f func(*session) error) error {
	if s.writer == nil {
		return errReadOnly
	}
	return s.writer.do(ctx, f)
}

// pageTx is a transaction of one Page. Its methods stand with their subjects.
type pageTx struct {
	reader
	page model.PageID
}

var _ store.PageTx = pageTx{}

// own refuses what lies in another Page.
func (t pageTx) own(page model.PageID, id any) error {
	if page != t.page {
		return fmt.Errorf("%v is not of page %s", id, t.page)
	}
	return nil
}

// change takes the Page's next seq and logs the change. If what follows fails,
// the transaction can't be kept: the seq would be a gap. The caller hands its
// error to [pageTx.spoil].
func (t pageTx) change(kind store.Kind, id string) (int64, error) {
	var seq int64
	stamp := newStamp()
	err := t.get(`UPDATE pages SET seq = seq + 1, stamp = ? WHERE page_id = ? RETURNING seq`, arguments{stamp, t.page}, &seq)
	if err != nil {
		return 0, wrap(err, "take seq of page %s", t.page)
	}
	err = t.run(`INSERT INTO events (page_id, seq, kind, object_id, at, stamp) VALUES (?, ?, ?, ?, ?, ?)`,
		t.page, seq, kind, id, micros(t.now()), stamp)
	return seq, t.spoil(wrap(err, "log change of page %s", t.page))
}

// stampBytes are enough that no two logs have the same at a seq.
const stampBytes = 8

// newStamp returns what tells a row of a log from that which another store has there.
func newStamp() string {
	b := make([]byte, stampBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// spoil keeps the transaction from being committed if there is an error.
func (t pageTx) spoil(err error) error {
	if err != nil && t.broken == nil {
		t.broken = err
	}
	return err
}
