//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/model"
)

// lost collects what differs from what was acknowledged.
type lost []string

// mostLost are enough to see the kind of loss.
const mostLost = 10

func (l *lost) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

func (l lost) err(when string) error {
	if len(l) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s: %d: %s", errHeld, when, len(l), strings.Join(l[:min(len(l), mostLost)], "; "))
}

// newest is the hub's newest messages of a conversation.
type newest struct {
	Messages []struct {
		ID      string `json:"id"`
		MID     string `json:"mid"`
		Text    string `json:"text"`
		State   string `json:"state"`
		Attempt int    `json:"attempt"`
	} `json:"messages"`
}

// newestOf returns the newest messages of a conversation.
func (w *world) newestOf(ctx context.Context, conversation string, most int) (n newest, err error) {
	said, err := w.call(ctx, http.MethodGet, fmt.Sprintf("/v1/conversations/%s/messages?limit=%d", conversation, most), nil, http.StatusOK)
	if err == nil {
		err = json.Unmarshal(said, &n)
	}
	return n, err
}

// shown checks that the hub shows what was acknowledged since then, exactly once.
func (w *world) shown(ctx context.Context, since time.Time) error {
	now := time.Now()
	before, repliesBefore := w.ledger.acknowledged(since)
	messages, replies := w.ledger.acknowledged(now)
	old := map[string]bool{}
	for _, m := range before {
		old[m.mid] = true
	}
	for _, r := range repliesBefore {
		old[r.id] = true
	}
	count := map[string]int{}
	for _, c := range w.conversations {
		n, err := w.newestOf(ctx, c, 1000)
		if err != nil {
			return err
		}
		for _, m := range n.Messages {
			count[m.ID]++
			if m.MID != "" {
				count[m.MID]++
			}
		}
	}
	var l lost
	for _, m := range messages {
		if n := count[m.mid]; n > 1 || n == 0 && !old[m.mid] {
			l.add("message %s is there %d times", m.mid, n)
		}
	}
	for _, r := range replies {
		if n := count[r.id]; n > 1 || n == 0 && !old[r.id] {
			l.add("reply %s is there %d times", r.id, n)
		}
	}
	return l.err("shown")
}

// held checks the store itself, which nothing may have open, against what was acknowledged by then,
// and what customers had got by then.
func (w *world) held(ctx context.Context, path string, by time.Time, got map[string]int) (err error) {
	s, err := sqlite.Open(ctx, path, sqlite.Options{Exclusive: true})
	if err != nil {
		return fmt.Errorf("%w: %w", errHeld, err)
	}
	var l lost
	err = s.Read(ctx, func(r store.Reader) error {
		w.heldMessages(r, by, got, &l)
		w.heldLabels(r, by, &l)
		return w.heldLog(r, &l)
	})
	if err = errors.Join(err, w.heldCounts(ctx, s, by, &l), s.Close()); err != nil {
		return err
	}
	sound(ctx, path, &l)
	return l.err("held")
}

func (w *world) heldMessages(r store.Reader, by time.Time, got map[string]int, l *lost) {
	messages, replies := w.ledger.acknowledged(by)
	for _, m := range messages {
		if _, err := r.MessageByMID(model.PageID(w.facebook.PageID), model.MID(m.mid)); err != nil {
			l.add("message %s: %v", m.mid, err)
		}
	}
	for _, a := range replies {
		m, err := r.Message(model.MessageID(a.id))
		switch {
		case err != nil:
			l.add("reply %s: %v", a.id, err)
		case m.Text != model.Untrusted(a.text):
			l.add("reply %s is another text", a.id)
		case got[a.text] > 0 && m.State == model.Queued:
			l.add("reply %s has left and would leave again", a.id)
		}
	}
}

// heldCounts compares the counts that are kept with those that a transaction counts.
func (w *world) heldCounts(ctx context.Context, s store.Store, at time.Time, l *lost) error {
	q := store.CountQuery{Pages: []store.PageScope{{ID: model.PageID(w.facebook.PageID)}}, Now: at}
	var kept, counted store.Counts
	err := s.Read(ctx, func(r store.Reader) (err error) {
		kept, err = r.CountConversations(q)
		return err
	})
	if err == nil {
		err = s.Write(ctx, q.Pages[0].ID, func(tx store.PageTx) (err error) {
			counted, err = tx.CountConversations(q)
			return err
		})
	}
	if kept != counted {
		l.add("counts are kept as %+v and are %+v", kept, counted)
	}
	return err
}

func (w *world) heldLabels(r store.Reader, by time.Time, l *lost) {
	for _, c := range w.conversations {
		may, must := w.ledger.may(c, by)
		if !must {
			continue
		}
		is, err := r.Conversation(model.ConversationID(c))
		switch {
		case err != nil:
			l.add("conversation %s: %v", c, err)
		case len(is.Labels) != 1 || !slices.Contains(may, string(is.Labels[0])):
			l.add("labels of %s are %v", c, is.Labels)
		}
	}
}

// heldLog checks that the log has no gap.
func (w *world) heldLog(r store.Reader, l *lost) error {
	page := model.PageID(w.facebook.PageID)
	head, err := r.Head(page)
	if err != nil {
		return err
	}
	const most = 1 << 22
	rows, err := r.Events(page, 0, most)
	if err != nil {
		return err
	}
	for i, row := range rows[min(1, len(rows)):] {
		if row.Seq != rows[i].Seq+1 {
			l.add("the log goes from %d to %d", rows[i].Seq, row.Seq)
		}
	}
	if len(rows) > 0 && rows[len(rows)-1].Seq != head {
		l.add("the log ends at %d, its head is %d", rows[len(rows)-1].Seq, head)
	}
	return nil
}

// sound checks the file's integrity, and that there are no duplicates.
func sound(ctx context.Context, path string, l *lost) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		l.add("%v", err)
		return
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	var said string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(3)`).Scan(&said); err != nil || said != "ok" {
		l.add("integrity: %s %v", said, err)
	}
	var twice int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM messages WHERE mid IS NOT NULL GROUP BY mid HAVING COUNT(*) > 1)`).Scan(&twice); err != nil || twice != 0 {
		l.add("%d messages are there twice: %v", twice, err)
	}
}

// delivered is what a customer got.
type delivered struct {
	Delivered []struct {
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	} `json:"delivered"`
}

// got counts what customers got by then, by text.
func (w *world) got(ctx context.Context, by time.Time) (map[string]int, error) {
	var d delivered
	if err := w.control(ctx, http.MethodGet, "/delivered", nil, &d); err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, m := range d.Delivered {
		if m.At.Add(time.Millisecond).Before(by) { // its time is truncated to milliseconds
			count[m.Text]++
		}
	}
	return count, nil
}

// sentOnce waits until all replies are settled, and checks that each accepted one arrived once, or
// is known to be uncertain, and none arrived twice.
func (w *world) sentOnce(ctx context.Context) (sent, asking int, err error) {
	states := map[string]string{}
	settled := func() error {
		w.userAnswers(ctx)
		_, replies := w.ledger.acknowledged(time.Now())
		waits := 0
		for _, r := range replies {
			if r.note || states[r.id] != "" {
				continue
			}
			said, err := w.call(ctx, http.MethodGet, "/v1/conversations/"+r.conversation+"/messages/"+r.id, nil, http.StatusOK)
			if err != nil {
				return err
			}
			var m struct {
				State model.State `json:"state"`
			}
			if err := json.Unmarshal(said, &m); err != nil {
				return err
			}
			switch m.State {
			case model.Queued, model.Posting, model.Unknown, model.Ask:
				waits++
			default:
				states[r.id] = string(m.State)
			}
		}
		if waits > 0 {
			return fmt.Errorf("%w: %d replies are on their way", errAnswer, waits)
		}
		return nil
	}
	for range settleTries {
		if err = w.until(ctx, "replies are settled", settled); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return 0, 0, err
	}
	return w.counted(ctx, states)
}

// settleTries is how many minutes to wait: the outcome of a reply is looked up for a while.
const settleTries = 5

func (w *world) counted(ctx context.Context, states map[string]string) (sent, asking int, err error) {
	got, err := w.got(ctx, time.Now().Add(time.Hour))
	if err != nil {
		return 0, 0, err
	}
	var l lost
	_, replies := w.ledger.acknowledged(time.Now())
	for _, r := range replies {
		n, state := got[r.text], model.State(states[r.id])
		switch {
		case r.note:
		case n > 1:
			l.add("reply %s left %d times", r.id, n)
		case state.Arrived() && n == 0:
			l.add("reply %s is %s and did not arrive", r.id, state)
		case state.Arrived():
			sent++
		default:
			asking++
		}
	}
	for text, n := range got {
		if _, ours := w.ledger.begun[text]; ours && n > 1 {
			l.add("%q arrived %d times", text, n)
		}
	}
	return sent, asking, l.err("sent")
}
