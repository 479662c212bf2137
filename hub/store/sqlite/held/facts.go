package held

import (
	"errors"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// factsQuery asks what a Page has of what is seldom there.
const factsQuery = `SELECT EXISTS (SELECT 1 FROM tombstones WHERE page_id = ?1),
	EXISTS (SELECT 1 FROM buried_mids WHERE page_id = ?1) OR EXISTS (SELECT 1 FROM buried_tokens WHERE page_id = ?1),
	EXISTS (SELECT 1 FROM buried_keys WHERE page_id = ?1), EXISTS (SELECT 1 FROM pending WHERE page_id = ?1)`

// facts returns what is known of a Page's deletions and pending events.
func (t tx) facts(id model.PageID) (*page, error) {
	p := t.s.pageOf(id)
	if p.asked {
		return p, nil
	}
	var tombstones, buried, keys, pending bool
	err := t.on.Get(factsQuery, sqldb.Args{id}, &tombstones, &buried, &keys, &pending)
	if err == nil {
		p.asked, p.noTombstones, p.noBuried, p.noBuriedKeys, p.noPending = true, !tombstones, !buried, !keys, !pending
	}
	return p, err
}

// Tombstone implements [store.DeletionReader].
func (t tx) Tombstone(id model.ConversationID) (time.Time, error) {
	p, err := t.facts(id.Page())
	if err != nil {
		return time.Time{}, err
	}
	read := func() (time.Time, error) { return t.PageTx.Tombstone(id) }
	if !p.noTombstones {
		return read()
	}
	_, err = hit(t, "tombstone", time.Time{}, func() (time.Time, error) {
		until, err := read()
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return until, err
	})
	if err == nil {
		err = store.ErrNotFound
	}
	return time.Time{}, err
}

// Buried implements [store.DeletionReader].
func (t tx) Buried(id model.PageID, token string, mid model.MID) (bool, error) {
	p, err := t.facts(id)
	if err != nil {
		return false, err
	}
	read := func() (bool, error) { return t.PageTx.Buried(id, token, mid) }
	if p.noBuried {
		return hit(t, "buried", false, read)
	}
	return read()
}

// BuriedEvent implements [store.DeletionReader].
func (t tx) BuriedEvent(id model.PageID, key string) (bool, error) {
	p, err := t.facts(id)
	if err != nil {
		return false, err
	}
	read := func() (bool, error) { return t.PageTx.BuriedEvent(id, key) }
	if p.noBuriedKeys {
		return hit(t, "buried event", false, read)
	}
	return read()
}

// BuryMID implements [store.DeletionWriter].
func (t tx) BuryMID(mid model.MID) error {
	t.s.changed = true
	t.s.pageOf(t.page).asked = false
	return t.PageTx.BuryMID(mid)
}

// Pending implements [store.EventReader].
func (t tx) Pending(id model.PageID, mid model.MID) ([]store.Pending, error) {
	p, err := t.facts(id)
	if err != nil {
		return nil, err
	}
	read := func() ([]store.Pending, error) { return t.PageTx.Pending(id, mid) }
	if p.noPending {
		return hit(t, "pending events", []store.Pending(nil), read)
	}
	return read()
}

// AddPending implements [store.EventWriter].
func (t tx) AddPending(e store.Pending) error {
	t.s.changed = true
	t.s.pageOf(t.page).asked = false
	return t.PageTx.AddPending(e)
}

// RemovePending implements [store.EventWriter].
func (t tx) RemovePending(id model.PageID, mid model.MID) error {
	t.s.changed = true
	t.s.pageOf(t.page).asked = false
	return t.PageTx.RemovePending(id, mid)
}
