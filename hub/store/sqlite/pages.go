package sqlite

import (
	"errors"
	"strconv"
	"strings"

	"parley/hub/store"
	"parley/model"
)

// Page implements [store.Reader].
func (r reader) Page(id model.PageID) (store.Page, error) {
	p, err := one[store.Page](r.session, `SELECT doc FROM pages WHERE page_id = ?`, id)
	return p, wrap(err, "read page %s", id)
}

// Pages implements [store.Reader].
func (r reader) Pages() ([]store.Page, error) {
	list, err := many[store.Page](r.session, `SELECT doc FROM pages ORDER BY page_id`)
	return list, wrap(err, "read pages")
}

// ActivePage implements [store.Reader].
func (r reader) ActivePage(id model.MetaPageID) (store.Page, error) {
	p, err := one[store.Page](r.session, `SELECT doc FROM pages WHERE meta_id = ? AND active = 1
		ORDER BY installation DESC LIMIT 1`, id)
	return p, wrap(err, "read active installation of page %s", id)
}

// Installations implements [store.Reader].
func (r reader) Installations(id model.MetaPageID) ([]store.Page, error) {
	list, err := many[store.Page](r.session, `SELECT doc FROM pages WHERE meta_id = ? ORDER BY installation`, id)
	return list, wrap(err, "read installations of page %s", id)
}

// Head implements [store.Reader].
func (r reader) Head(page model.PageID) (int64, error) {
	var seq int64
	err := r.get(`SELECT seq FROM pages WHERE page_id = ?`, arguments{page}, &seq)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return seq, wrap(err, "read head of page %s", page)
}

// HeadStamp implements [store.Reader].
func (r reader) HeadStamp(page model.PageID) (string, error) {
	var stamp string
	err := r.get(`SELECT stamp FROM pages WHERE page_id = ?`, arguments{page}, &stamp)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return stamp, wrap(err, "read head of page %s", page)
}

// PutPage implements [store.PageTx].
func (t pageTx) PutPage(p *store.Page) error {
	if err := t.own(p.ID, p.ID); err != nil {
		return wrap(err, "put page")
	}
	err := t.run(`INSERT INTO pages (page_id, meta_id, installation, active, seq, doc)
		VALUES (?, '', 0, 0, 0, '{}') ON CONFLICT (page_id) DO NOTHING`, p.ID)
	if err != nil {
		return wrap(err, "put page %s", p.ID)
	}
	seq, err := t.change(store.KindPage, string(p.ID))
	if err != nil {
		// The row may be new, and is not yet a Page.
		return t.spoil(wrap(err, "put page"))
	}
	p.Seq = seq
	doc, err := encode(p)
	if err == nil {
		err = t.run(`UPDATE pages SET meta_id = ?, installation = ?, active = ?, doc = ? WHERE page_id = ?`,
			p.PageID, installation(p.ID), flag(p.UninstalledAt == nil), doc, p.ID)
	}
	return t.spoil(wrap(err, "put page %s", p.ID))
}

// installation returns which installation of its Page an id names, from 1.
func installation(id model.PageID) int {
	number, found := strings.CutPrefix(strings.TrimPrefix(string(id), string(id.Meta())), "~")
	if n, err := strconv.Atoi(number); found && err == nil {
		return n
	}
	return 1
}
