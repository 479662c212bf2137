package tables

import (
	"fmt"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/sqlite/searchindex"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// pageBase is a transaction of one Page, as used by all roles that write in it.
type pageBase struct {
	*sqldb.Session
	page model.PageID
	// words are the transaction's changes of the search index.
	words searchindex.Changes
}

// index returns the writer that updates the search index.
func (t pageBase) index() searchindex.Writer {
	return searchindex.NewWriter(t.Session, t.page, t.words)
}

// pageKey returns the number that stands for the Page in its rows.
func (t pageBase) pageKey() (int64, error) { return t.index().PageKey() }

// exists returns [store.ErrNotFound] if there is no such conversation.
func (t pageBase) exists(id model.ConversationID) error {
	_, err := conversationReader{t.Session}.Conversation(id)
	return err
}

// own refuses what belongs to another Page.
func (t pageBase) own(page model.PageID, id any) error {
	if page != t.page {
		return fmt.Errorf("%v is not of page %s", id, t.page)
	}
	return nil
}

// change takes the Page's next seq and logs the change. If what follows fails, the transaction
// must not be committed, as the seq would be a gap: the caller passes its error to
// [sqldb.Session.Spoil].
func (t pageBase) change(kind store.Kind, id string) (int64, error) {
	var seq int64
	stamp := engine.NewStamp()
	err := t.Get(`UPDATE pages SET seq = seq + 1, stamp = ? WHERE page_id = ? RETURNING seq`, sqldb.Args{stamp, t.page}, &seq)
	if err != nil {
		return 0, sqldb.Wrap(err, "take seq of page %s", t.page)
	}
	key, err := t.pageKey()
	if err == nil {
		err = t.Run(`INSERT INTO events (`+sqldb.LogColumns+`) VALUES (?, ?, ?, ?, ?)`,
			sqldb.LogRow(key, t.page, store.LogRow{Seq: seq, Kind: kind, ID: id, At: t.Time(), Stamp: stamp})...)
	}
	return seq, t.Spoil(sqldb.Wrap(err, "log change of page %s", t.page))
}
