package tables

import (
	"time"

	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/hub/transcript"
	"parley/model"
)

const syncColumns = `SELECT doc, changed, noticed FROM syncs`

// transcriptReader reads the state of transcripts.
type transcriptReader struct{ *pgdb.Session }

// syncs reads rows of syncColumns.
func (r transcriptReader) syncs(query string, args ...any) (list []store.Sync, err error) {
	err = r.Each(query, args, func(rows pgx.Rows) error {
		var doc []byte
		var s store.Sync
		var changed, noticed int64
		if err := rows.Scan(&doc, &changed, &noticed); err != nil {
			return err
		}
		if err := engine.Decode(doc, &s); err != nil {
			return err
		}
		s.Changed, s.Noticed = changed, noticed
		list = append(list, s)
		return nil
	})
	return list, err
}

// Sync implements [store.Reader].
func (r transcriptReader) Sync(id model.ConversationID) (store.Sync, error) {
	list, err := r.syncs(syncColumns+` WHERE page_id = ? AND conversation_id = ?`, id.Page(), id)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Sync{}, pgdb.Wrap(err, "read sync of %s", id)
	}
	return list[0], nil
}

const (
	dueSyncsQuery     = syncColumns + ` WHERE wake_at <> 0 ORDER BY wake_at, page_id, conversation_id LIMIT ?`
	changedSyncsQuery = syncColumns + ` WHERE changed > noticed ORDER BY page_id, conversation_id LIMIT ?`
)

// DueSyncs implements [store.Reader].
func (r transcriptReader) DueSyncs(now time.Time, limit int) ([]store.Sync, time.Time, error) {
	limit = max(limit, 0)
	list, err := r.syncs(dueSyncsQuery, limit+1)
	if err != nil {
		return nil, time.Time{}, pgdb.Wrap(err, "read due syncs")
	}
	for i, s := range list {
		if i == limit || s.WakeAt.After(now) {
			return list[:i], s.WakeAt, nil
		}
	}
	return list, time.Time{}, nil
}

// ChangedSyncs implements [store.Reader].
func (r transcriptReader) ChangedSyncs(limit int) ([]store.Sync, error) {
	list, err := r.syncs(changedSyncsQuery, max(limit, 0))
	return list, pgdb.Wrap(err, "read changed syncs")
}

// PageSyncs implements [store.Reader].
func (r transcriptReader) PageSyncs(page model.PageID) ([]store.Sync, error) {
	list, err := r.syncs(syncColumns+` WHERE page_id = ? ORDER BY conversation_id`, page)
	return list, pgdb.Wrap(err, "read syncs of page %s", page)
}

// Transcript implements [store.Reader].
func (r transcriptReader) Transcript(id model.ConversationID) ([]transcript.Part, error) {
	list, err := pgdb.Many[transcript.Part](r.Session, `SELECT doc FROM transcripts WHERE page_id = ? AND conversation_id = ?
		ORDER BY day, number`, id.Page(), id)
	return list, pgdb.Wrap(err, "read transcript of %s", id)
}

// TranscriptPart implements [store.Reader].
func (r transcriptReader) TranscriptPart(id model.ConversationID, day string, number int) (transcript.Part, error) {
	p, err := pgdb.One[transcript.Part](r.Session, `SELECT doc FROM transcripts
		WHERE page_id = ? AND conversation_id = ? AND day = ? AND number = ?`, id.Page(), id, day, number)
	return p, pgdb.Wrap(err, "read transcript of %s", id)
}

// transcriptsOf is the name of a record's transcripts in a cursor.
func transcriptsOf(record model.RecordRef) string { return "transcripts:" + record.String() }

const transcriptsQuery = `SELECT t.doc FROM transcript_records r
	JOIN transcripts t ON t.page_id = r.page_id AND t.conversation_id = r.conversation_id AND t.day = r.day AND t.number = r.number
	WHERE r.record_type = ? AND r.record_id = ?`

// TranscriptsOn implements [store.Reader]. The cursor names only the note, which whoever may
// see the record knows, and not the conversation, which they may not see.
func (r transcriptReader) TranscriptsOn(record model.RecordRef, cursor string, limit int) ([]transcript.Part, string, error) {
	list := transcriptsOf(record)
	from, err := engine.ParseCursor(cursor, list)
	if err != nil || limit <= 0 {
		return nil, "", pgdb.Wrap(err, "read transcripts on %s", record)
	}
	query, args := transcriptsQuery, pgdb.Args{record.Type, record.ID}
	if from != nil {
		query += ` AND (r.day, r.note) < (?, ?)`
		args = append(args, from.ID, from.Seq)
	}
	found, err := pgdb.Many[transcript.Part](r.Session, query+` ORDER BY r.day DESC, r.note DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil {
		return nil, "", pgdb.Wrap(err, "read transcripts on %s", record)
	}
	var next string
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		next, err = engine.Place{List: list, ID: last.Day, Seq: last.Note}.Cursor()
	}
	return found, next, err
}

// transcriptWriter stores the state of transcripts.
type transcriptWriter struct{ pageBase }

// PutSync implements [store.PageTx].
func (t transcriptWriter) PutSync(s store.Sync) error {
	if err := t.own(s.Conversation.Page(), s.Conversation); err != nil {
		return pgdb.Wrap(err, "put sync")
	}
	if err := t.exists(s.Conversation); err != nil {
		return pgdb.Wrap(err, "put sync")
	}
	s.Since, s.WakeAt, s.DoneAt = engine.Exact(s.Since), engine.Exact(s.WakeAt), engine.Exact(s.DoneAt)
	noticed := s.Noticed
	s.Changed, s.Noticed = 0, 0 // the columns have them
	doc, err := pgdb.Encode(s)
	if err != nil {
		return pgdb.Wrap(err, "put sync of %s", s.Conversation)
	}
	err = t.Run(`INSERT INTO syncs (page_id, conversation_id, noticed, wake_at, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (page_id, conversation_id) DO UPDATE SET noticed = excluded.noticed, wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, s.Conversation, noticed, engine.Micros(s.WakeAt), doc)
	return pgdb.Wrap(err, "put sync of %s", s.Conversation)
}

// PutTranscript implements [store.PageTx].
func (t transcriptWriter) PutTranscript(id model.ConversationID, p transcript.Part) error {
	if err := t.own(id.Page(), id); err != nil {
		return pgdb.Wrap(err, "put transcript")
	}
	if err := t.exists(id); err != nil {
		return pgdb.Wrap(err, "put transcript")
	}
	doc, err := pgdb.Encode(p)
	if err != nil {
		return pgdb.Wrap(err, "put transcript of %s", id)
	}
	err = t.Run(`INSERT INTO transcripts (page_id, conversation_id, day, number, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (page_id, conversation_id, day, number) DO UPDATE SET doc = excluded.doc`, t.page, id, p.Day, p.Number, doc)
	if err == nil {
		err = t.Run(`DELETE FROM transcript_records WHERE page_id = ? AND conversation_id = ? AND day = ? AND number = ?`,
			t.page, id, p.Day, p.Number)
	}
	if p.Note == 0 || p.Gone {
		return pgdb.Wrap(err, "put transcript of %s", id)
	}
	for _, r := range p.Records {
		if err == nil {
			err = t.Run(`INSERT INTO transcript_records (page_id, conversation_id, day, number, record_type, record_id, note)
				VALUES (?, ?, ?, ?, ?, ?, ?)`, t.page, id, p.Day, p.Number, r.Type, r.ID, p.Note)
		}
	}
	return pgdb.Wrap(err, "put transcript of %s", id)
}

// noteChange records that the transcript changed, if there is a sync.
func (t transcriptWriter) noteChange(id model.ConversationID, seq int64) error {
	if known := aheadOf(t.Session).conversation(id); known != nil && !known.sync {
		return nil
	}
	return t.Note(`UPDATE syncs SET changed = ? WHERE page_id = ? AND conversation_id = ?`, seq, t.page, id)
}

// syncOf decodes a sync from a join; nil if there is none.
func syncOf(doc []byte) (*store.Sync, error) {
	if len(doc) == 0 {
		return nil, nil //nolint:nilnil // that there is none is an ordinary answer here
	}
	var s store.Sync
	err := engine.Decode(doc, &s)
	return &s, err
}
