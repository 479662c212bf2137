package tables

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// mediaReader reads the content of attachments.
type mediaReader struct{ *pgdb.Session }

// Media implements [store.Reader].
func (r mediaReader) Media(id model.MediaID) (store.Media, error) {
	m, err := pgdb.One[store.Media](r.Session, `SELECT doc FROM media WHERE page_id = ? AND id = ?`, id.Page(), id)
	return m, pgdb.Wrap(err, "read media %s", id)
}

const (
	mediaPageQuery = `SELECT page_id FROM media WHERE wake_at <> 0 AND page_id > ? ORDER BY page_id LIMIT 1`
	dueMediaQuery  = `SELECT doc FROM media WHERE page_id = ? AND wake_at <> 0 AND wake_at <= ? ORDER BY later, wake_at, id LIMIT ?`
	nextMediaQuery = `SELECT COALESCE(MIN(wake_at), 0) FROM media WHERE page_id = ? AND wake_at <> 0 AND wake_at > ?`
)

// PagesWithMedia implements [store.Reader]. It asks the index for one Page after the other.
func (r mediaReader) PagesWithMedia() ([]model.PageID, error) {
	var list []model.PageID
	for after := model.PageID(""); ; {
		err := r.Get(mediaPageQuery, pgdb.Args{after}, &after)
		if errors.Is(err, store.ErrNotFound) {
			return list, nil
		}
		if err != nil {
			return nil, pgdb.Wrap(err, "read pages with media")
		}
		list = append(list, after)
	}
}

// DueMedia implements [store.Reader].
func (r mediaReader) DueMedia(page model.PageID, now time.Time, limit int) ([]store.Media, time.Time, error) {
	limit = max(limit, 0)
	list, err := pgdb.Many[store.Media](r.Session, dueMediaQuery, page, engine.Micros(now), limit+1)
	if err != nil {
		return nil, time.Time{}, pgdb.Wrap(err, "read due media of page %s", page)
	}
	if len(list) > limit {
		return list[:limit], now, nil
	}
	var next int64
	err = r.Get(nextMediaQuery, pgdb.Args{page, engine.Micros(now)}, &next)
	return list, engine.FromMicros(next), pgdb.Wrap(err, "read due media of page %s", page)
}

// MediaInUse implements [store.Reader].
func (r mediaReader) MediaInUse(hash string) (bool, error) {
	var used bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM media WHERE hash = ? AND hash <> '')`, pgdb.Args{hash}, &used)
	return used, pgdb.Wrap(err, "look for media by its content")
}

const oldestMediaQuery = `SELECT doc FROM media WHERE hash <> '' AND at < ? ORDER BY at, page_id, id LIMIT ?`

// OldestMedia implements [store.Reader].
func (r mediaReader) OldestMedia(before time.Time, limit int) ([]store.Media, error) {
	list, err := pgdb.Many[store.Media](r.Session, oldestMediaQuery, engine.Micros(before), max(limit, 0))
	return list, pgdb.Wrap(err, "read oldest media")
}

// DroppedMedia implements [store.Reader].
func (r mediaReader) DroppedMedia(page model.PageID, limit int) ([]store.DroppedMedia, error) {
	var list []store.DroppedMedia
	err := r.Each(`SELECT page_id, hash FROM dropped_media WHERE ?::text IN ('', page_id) ORDER BY page_id, hash LIMIT ?`,
		pgdb.Args{page, max(limit, 0)}, func(rows pgx.Rows) error {
			var d store.DroppedMedia
			err := rows.Scan(&d.Page, &d.Hash)
			list = append(list, d)
			return err
		})
	return list, pgdb.Wrap(err, "read dropped media")
}

// mediaWriter stores the content of attachments.
type mediaWriter struct{ pageBase }

// PutMedia implements [store.PageTx].
func (t mediaWriter) PutMedia(m store.Media) error {
	if err := errors.Join(t.own(m.ID.Page(), m.ID), t.own(m.Conversation.Page(), m.Conversation)); err != nil {
		return pgdb.Wrap(err, "put media")
	}
	in, err := messageReader{t.Session}.Message(m.ID.Message())
	if err == nil && in.ConversationID != m.Conversation {
		err = store.ErrNotFound
	}
	if err != nil {
		return pgdb.Wrap(err, "put media %s", m.ID)
	}
	m.At, m.Since, m.WakeAt = engine.Exact(m.At), engine.Exact(m.Since), engine.Exact(m.WakeAt)
	doc, err := pgdb.Encode(m)
	if err != nil {
		return pgdb.Wrap(err, "put media %s", m.ID)
	}
	if err := t.drop(`id = ? AND hash <> ?`, m.ID, m.Hash); err != nil {
		return pgdb.Wrap(err, "put media %s", m.ID)
	}
	err = t.Run(`INSERT INTO media (page_id, id, message_id, conversation_id, later, wake_at, hash, at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, id) DO UPDATE SET later = excluded.later, wake_at = excluded.wake_at, hash = excluded.hash,
		at = excluded.at, doc = excluded.doc`,
		t.page, m.ID, m.ID.Message(), m.Conversation, m.Later, engine.Micros(m.WakeAt), m.Hash, engine.Micros(m.At), doc)
	return pgdb.Wrap(err, "put media %s", m.ID)
}

// ForgetDropped implements [store.PageTx].
func (t mediaWriter) ForgetDropped(hash string) error {
	err := t.Run(`DELETE FROM dropped_media WHERE page_id = ? AND hash = ?`, t.page, hash)
	return pgdb.Wrap(err, "forget dropped media of page %s", t.page)
}

// drop notes the contents of the media that a condition selects, as their rows go or change.
func (t mediaWriter) drop(condition string, args ...any) error {
	return t.Run(`INSERT INTO dropped_media (page_id, hash) SELECT DISTINCT page_id, hash FROM media
		WHERE page_id = ? AND hash <> '' AND `+condition+` ON CONFLICT DO NOTHING`, append(pgdb.Args{t.page}, args...)...)
}

// removeMedia removes the media that a condition selects.
func (t mediaWriter) removeMedia(condition string, args ...any) error {
	if err := t.drop(condition, args...); err != nil {
		return err
	}
	return t.Run(`DELETE FROM media WHERE page_id = ? AND `+condition, append(pgdb.Args{t.page}, args...)...)
}

// removeMediaOf removes the media of attachments that a message no longer has.
func (t mediaWriter) removeMediaOf(was *store.Message, m store.Message) error {
	if was == nil {
		return nil
	}
	kept := map[string]bool{}
	for _, a := range m.Attachments {
		kept[a.ID] = true
	}
	for _, a := range was.Attachments {
		if a.Media == nil || kept[a.ID] {
			continue
		}
		if err := t.removeMedia(`id = ?`, a.ID); err != nil {
			return err
		}
	}
	return nil
}
