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

// replyReader reads replies on their way.
type replyReader struct{ *pgdb.Session }

// Reply implements [store.Reader].
func (r replyReader) Reply(id model.MessageID) (store.Reply, error) {
	v, err := pgdb.One[store.Reply](r.Session, `SELECT doc FROM replies WHERE page_id = ? AND message_id = ?`, id.Page(), id)
	return v, pgdb.Wrap(err, "read reply %s", id)
}

// ReplyByClientID implements [store.Reader].
func (r replyReader) ReplyByClientID(page model.PageID, user model.UserID, client model.ClientID) (store.Reply, error) {
	v, err := pgdb.One[store.Reply](r.Session, `SELECT doc FROM replies
		WHERE page_id = ? AND user_id = ? AND client_id = ? AND client_id <> ''`, page, user, client)
	return v, pgdb.Wrap(err, "read reply of page %s by client id", page)
}

// ReplyByToken implements [store.Reader].
func (r replyReader) ReplyByToken(page model.PageID, token string) (store.Reply, store.Attempt, error) {
	var a store.Attempt
	var mid string
	var at int64
	err := r.Get(`SELECT message_id, number, token, mid, at FROM attempts
		WHERE page_id = ? AND token = ? AND token <> ''`, pgdb.Args{page, token},
		&a.MessageID, &a.Number, &a.Token, &mid, &at)
	if err != nil {
		return store.Reply{}, store.Attempt{}, pgdb.Wrap(err, "read attempt of page %s by token", page)
	}
	a.At, a.MID = engine.FromMicros(at), pgdb.Text[model.MID](mid)
	reply, err := r.Reply(a.MessageID)
	if err != nil {
		return store.Reply{}, store.Attempt{}, err
	}
	return reply, a, nil
}

// UnsettledReplies implements [store.Reader].
func (r replyReader) UnsettledReplies(id model.ConversationID) ([]store.Reply, error) {
	return r.unlessNone("unsettled replies", id, r.unsettledReplies)
}

// unlessNone reads replies on their way, unless it is known that there are none.
func (r replyReader) unlessNone(what string, id model.ConversationID, read func(model.ConversationID) ([]store.Reply, error)) ([]store.Reply, error) {
	if known := aheadOf(r.Session).conversation(id); known != nil && !known.replies {
		return told(r.Session, what, nil, nil, func() ([]store.Reply, error) { return read(id) })
	}
	return read(id)
}

func (r replyReader) unsettledReplies(id model.ConversationID) ([]store.Reply, error) {
	list, err := pgdb.Many[store.Reply](r.Session, `SELECT doc FROM replies
		WHERE page_id = ? AND conversation_id = ? AND state IN (?, ?, ?, ?) ORDER BY accepted_seq, message_id`,
		id.Page(), id, model.Queued, model.Posting, model.Unknown, model.Ask)
	return list, pgdb.Wrap(err, "read unsettled replies of %s", id)
}

// ScheduledReplies implements [store.Reader]. The state is in the query, as it is in the index.
func (r replyReader) ScheduledReplies(id model.ConversationID) ([]store.Reply, error) {
	return r.unlessNone("scheduled replies", id, r.scheduledReplies)
}

func (r replyReader) scheduledReplies(id model.ConversationID) ([]store.Reply, error) {
	list, err := pgdb.Many[store.Reply](r.Session, `SELECT doc FROM replies
		WHERE page_id = ? AND conversation_id = ? AND state = 'scheduled' ORDER BY accepted_seq, message_id`, id.Page(), id)
	return list, pgdb.Wrap(err, "read scheduled replies of %s", id)
}

// RepliesIn implements [store.Reader].
func (r replyReader) RepliesIn(page model.PageID, states ...model.State) ([]store.Reply, error) {
	if len(states) == 0 {
		return nil, nil
	}
	list, err := pgdb.Many[store.Reply](r.Session, `SELECT doc FROM replies
		WHERE page_id = ? AND state = ANY(?) ORDER BY accepted_seq, message_id`, page, states)
	return list, pgdb.Wrap(err, "read replies of page %s", page)
}

const (
	waitingPageQuery = `SELECT page_id FROM replies WHERE wake_at <> 0 AND page_id > ? ORDER BY page_id LIMIT 1`
	dueRepliesQuery  = `SELECT doc FROM replies
		WHERE page_id = ? AND state = ? AND wake_at <> 0 ORDER BY wake_at, message_id LIMIT ?`
)

// WaitingPages implements [store.Reader]. It asks the index for one Page after the other: a
// DISTINCT would read as many rows as there are replies.
func (r replyReader) WaitingPages() ([]model.PageID, error) {
	var list []model.PageID
	for after := model.PageID(""); ; {
		err := r.Get(waitingPageQuery, pgdb.Args{after}, &after)
		if errors.Is(err, store.ErrNotFound) {
			return list, nil
		}
		if err != nil {
			return nil, pgdb.Wrap(err, "read pages with replies that wait")
		}
		list = append(list, after)
	}
}

// DueReplies implements [store.Reader].
func (r replyReader) DueReplies(page model.PageID, state model.State, now time.Time, limit int) ([]store.Reply, time.Time, error) {
	limit = max(limit, 0)
	list, err := pgdb.Many[store.Reply](r.Session, dueRepliesQuery, page, state, limit+1)
	if err != nil {
		return nil, time.Time{}, pgdb.Wrap(err, "read due replies of page %s", page)
	}
	for i, reply := range list {
		if i == limit || reply.WakeAt.After(now) {
			return list[:i], reply.WakeAt, nil
		}
	}
	return list, time.Time{}, nil
}

// Attempts implements [store.Reader].
func (r replyReader) Attempts(reply model.MessageID) ([]store.Attempt, error) {
	var list []store.Attempt
	err := r.Each(`SELECT number, token, mid, at FROM attempts
		WHERE page_id = ? AND message_id = ? ORDER BY number`,
		pgdb.Args{reply.Page(), reply}, func(rows pgx.Rows) error {
			a := store.Attempt{MessageID: reply}
			var mid string
			var at int64
			err := rows.Scan(&a.Number, &a.Token, &mid, &at)
			a.At, a.MID = engine.FromMicros(at), pgdb.Text[model.MID](mid)
			list = append(list, a)
			return err
		})
	return list, pgdb.Wrap(err, "read attempts of %s", reply)
}

// UploadInUse implements [store.Reader].
func (r replyReader) UploadInUse(upload string) (bool, error) {
	var used bool
	err := r.Get(`SELECT EXISTS (SELECT 1 FROM carried c WHERE c.upload = ? AND NOT EXISTS (
		SELECT 1 FROM replies r WHERE r.page_id = c.page_id AND r.message_id = c.message_id AND r.state = ? AND NOT EXISTS (
			SELECT 1 FROM attempts a WHERE a.page_id = c.page_id AND a.message_id = c.message_id)))`, pgdb.Args{upload, model.Dropped}, &used)
	return used, pgdb.Wrap(err, "look for replies that carry a file")
}

// Uploads implements [store.Reader].
func (r replyReader) Uploads(id model.ConversationID) ([]string, error) {
	var list []string
	err := r.Each(`SELECT upload FROM carried WHERE page_id = ? AND conversation_id = ?`, pgdb.Args{id.Page(), id}, func(rows pgx.Rows) error {
		var upload string
		err := rows.Scan(&upload)
		list = append(list, upload)
		return err
	})
	return list, pgdb.Wrap(err, "read uploads of %s", id)
}

// replyWriter stores replies on their way.
type replyWriter struct{ pageBase }

// PutReply implements [store.PageTx].
func (t replyWriter) PutReply(v store.Reply) error {
	if err := errors.Join(t.own(v.MessageID.Page(), v.MessageID),
		t.own(v.ConversationID.Page(), v.ConversationID)); err != nil {
		return pgdb.Wrap(err, "put reply")
	}
	if err := t.freeClientID(v); err != nil {
		return pgdb.Wrap(err, "put reply %s", v.MessageID)
	}
	v.WakeAt = engine.Exact(v.WakeAt)
	doc, err := pgdb.Encode(v)
	if err != nil {
		return pgdb.Wrap(err, "put reply %s", v.MessageID)
	}
	err = t.Run(`INSERT INTO replies (page_id, message_id, conversation_id, user_id, client_id, state,
		accepted_seq, wake_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, message_id) DO UPDATE SET conversation_id = excluded.conversation_id,
		user_id = excluded.user_id, client_id = excluded.client_id, state = excluded.state,
		accepted_seq = excluded.accepted_seq, wake_at = excluded.wake_at, doc = excluded.doc`,
		t.page, v.MessageID, v.ConversationID, v.UserID, v.ClientID, v.State,
		v.AcceptedSeq, engine.Micros(v.WakeAt), doc)
	if err == nil && v.File != nil {
		err = t.Run(`INSERT INTO carried (page_id, message_id, conversation_id, upload) VALUES (?, ?, ?, ?)
			ON CONFLICT (page_id, message_id) DO UPDATE SET upload = excluded.upload`,
			t.page, v.MessageID, v.ConversationID, v.File.Upload)
	}
	return t.Spoil(pgdb.Wrap(err, "put reply %s", v.MessageID))
}

// PutAttempt implements [store.PageTx].
func (t replyWriter) PutAttempt(a store.Attempt) error {
	if err := t.own(a.MessageID.Page(), a.MessageID); err != nil {
		return pgdb.Wrap(err, "put attempt")
	}
	if err := t.freeToken(a); err != nil {
		return pgdb.Wrap(err, "put attempt %d of %s", a.Number, a.MessageID)
	}
	err := t.Run(`INSERT INTO attempts (page_id, message_id, number, token, mid, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (page_id, message_id, number) DO UPDATE SET
		token = excluded.token, mid = excluded.mid, at = excluded.at`,
		t.page, a.MessageID, a.Number, a.Token, a.MID, engine.Micros(a.At))
	return pgdb.Wrap(err, "put attempt %d of %s", a.Number, a.MessageID)
}

// freeClientID refuses a client id that the user used on the Page for another reply. The Page is
// locked, so that nobody uses it meanwhile.
func (t replyWriter) freeClientID(v store.Reply) error {
	if v.ClientID == "" {
		return nil
	}
	var id model.MessageID
	err := t.Get(`SELECT message_id FROM replies WHERE page_id = ? AND user_id = ? AND client_id = ? AND client_id <> ''`,
		pgdb.Args{t.page, v.UserID, v.ClientID}, &id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && id == v.MessageID:
		return nil
	case err != nil:
		return err
	}
	return pgdb.Wrap(store.ErrConflict, "client id belongs to reply %s", id)
}

// freeToken refuses the token of another attempt.
func (t replyWriter) freeToken(a store.Attempt) error {
	if a.Token == "" {
		return nil
	}
	var id model.MessageID
	var number int
	err := t.Get(`SELECT message_id, number FROM attempts WHERE page_id = ? AND token = ? AND token <> ''`, pgdb.Args{t.page, a.Token}, &id, &number)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && id == a.MessageID && number == a.Number:
		return nil
	case err != nil:
		return err
	}
	return pgdb.Wrap(store.ErrConflict, "token belongs to attempt %d of %s", number, id)
}
