package tables

import (
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// pageReader reads installations of Pages.
type pageReader struct{ *pgdb.Session }

// Page implements [store.Reader].
func (r pageReader) Page(id model.PageID) (store.Page, error) {
	p, err := pgdb.One[store.Page](r.Session, `SELECT doc FROM pages WHERE page_id = ?`, id)
	return p, pgdb.Wrap(err, "read page %s", id)
}

// Pages implements [store.Reader].
func (r pageReader) Pages() ([]store.Page, error) {
	list, err := pgdb.Many[store.Page](r.Session, `SELECT doc FROM pages ORDER BY page_id`)
	return list, pgdb.Wrap(err, "read pages")
}

// ActivePage implements [store.Reader].
func (r pageReader) ActivePage(id model.MetaPageID) (store.Page, error) {
	p, err := pgdb.One[store.Page](r.Session, `SELECT doc FROM pages WHERE meta_id = ? AND active
		ORDER BY installation DESC LIMIT 1`, id)
	return p, pgdb.Wrap(err, "read active installation of page %s", id)
}

// Installations implements [store.Reader].
func (r pageReader) Installations(id model.MetaPageID) ([]store.Page, error) {
	list, err := pgdb.Many[store.Page](r.Session, `SELECT doc FROM pages WHERE meta_id = ? ORDER BY installation`, id)
	return list, pgdb.Wrap(err, "read installations of page %s", id)
}

// pageWriter writes an installation.
type pageWriter struct{ pageBase }

// PutPage implements [store.PageTx].
func (t pageWriter) PutPage(p *store.Page) error {
	if err := t.own(p.ID, p.ID); err != nil {
		return pgdb.Wrap(err, "put page")
	}
	if err := t.begin(); err != nil {
		return t.Spoil(pgdb.Wrap(err, "put page %s", p.ID))
	}
	seq, err := t.change(store.KindPage, string(p.ID))
	if err != nil {
		// The row may be new, and is not a Page yet.
		return t.Spoil(pgdb.Wrap(err, "put page"))
	}
	p.Seq = seq
	doc, err := pgdb.Encode(p)
	if err == nil {
		err = t.Run(`UPDATE pages SET meta_id = ?, installation = ?, active = ?, doc = ? WHERE page_id = ?`,
			p.PageID, engine.Installation(p.ID), p.UninstalledAt == nil, doc, p.ID)
	}
	return t.Spoil(pgdb.Wrap(err, "put page %s", p.ID))
}
