package tables

import (
	"fmt"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// Row is the row of a Page, as a transaction that has locked it goes along.
type Row struct {
	Page model.PageID
	// Exists: there is such a row.
	Exists bool
	Seq    int64
	Stamp  string
	// Writes counts the transactions that wrote in the Page.
	Writes int64
}

const (
	lockRow = `SELECT seq, stamp, writes FROM pages WHERE page_id = $1 FOR UPDATE`
	addRow  = `INSERT INTO pages (page_id, meta_id, installation, active, seq, stamp, writes, doc)
		VALUES (?, '', 0, false, 0, '', 0, '{}') ON CONFLICT (page_id) DO NOTHING`
	keepRow = `UPDATE pages SET seq = $2, stamp = $3, writes = $4 WHERE page_id = $1`
)

// Lock locks the row, which holds up all others who write in the Page, and reads it.
func (r *Row) Lock(s *pgdb.Session) error {
	err := s.Get(lockRow, pgdb.Args{r.Page}, &r.Seq, &r.Stamp, &r.Writes)
	r.Exists = err == nil
	return err
}

// Keep queues the row as it is, after one more transaction.
func (r *Row) Keep(s *pgdb.Session) {
	if r.Exists {
		r.Writes++
		s.Control(keepRow, string(r.Page), r.Seq, r.Stamp, r.Writes)
	}
}

// pageBase is a transaction of one Page, as used by all roles that write in it.
type pageBase struct {
	*pgdb.Session
	page model.PageID
	row  *Row
}

// begin adds the Page's row, if there is none yet, and locks it.
func (t pageBase) begin() error {
	if t.row.Exists {
		return nil
	}
	if err := t.Run(addRow, t.page); err != nil {
		return err
	}
	return t.row.Lock(t.Session)
}

// exists returns [store.ErrNotFound] if there is no such conversation.
func (t pageBase) exists(id model.ConversationID) error {
	var one int
	return t.Get(`SELECT 1 FROM conversations WHERE page_id = ? AND id = ?`, pgdb.Args{id.Page(), id}, &one)
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
// [pgdb.Session.Spoil].
func (t pageBase) change(kind store.Kind, id string) (int64, error) {
	if !t.row.Exists {
		return 0, pgdb.Wrap(store.ErrNotFound, "take seq of page %s", t.page)
	}
	t.row.Seq++
	t.row.Stamp = engine.NewStamp()
	err := t.Note(`INSERT INTO events (page_id, seq, kind, object_id, at, stamp) VALUES (?, ?, ?, ?, ?, ?)`,
		t.page, t.row.Seq, kind, id, engine.Micros(t.Time()), t.row.Stamp)
	return t.row.Seq, t.Spoil(pgdb.Wrap(err, "log change of page %s", t.page))
}
