package sqlite

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"parley/hub/store"
	"parley/model"
)

// pageBase is a transaction of one Page, as all roles that write in it use it.
type pageBase struct {
	*session
	page model.PageID
	// words is what the transaction changes of the search index.
	words rewording
}

// index keeps the search index in step with what is stored.
func (t pageBase) index() indexWriter { return indexWriter{t.session, t.page, t.words} }

// there answers [store.ErrNotFound] where there is no such conversation.
func (t pageBase) there(id model.ConversationID) error {
	_, err := conversationReader{t.session}.Conversation(id)
	return err
}

// own refuses what lies in another Page.
func (t pageBase) own(page model.PageID, id any) error {
	if page != t.page {
		return fmt.Errorf("%v is not of page %s", id, t.page)
	}
	return nil
}

// change takes the Page's next seq and logs the change. If what follows fails,
// the transaction can't be kept: the seq would be a gap. The caller hands its
// error to [pageBase.spoil].
func (t pageBase) change(kind store.Kind, id string) (int64, error) {
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
func (t pageBase) spoil(err error) error {
	if err != nil && t.broken == nil {
		t.broken = err
	}
	return err
}
