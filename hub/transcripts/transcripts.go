package transcripts

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/hub/company"
	"parley/hub/crm"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// A linked conversation's transcript is kept in the CRM as notes. The store marks a sync when
// something changes that belongs in the transcript. One worker handles the marks and schedules
// the writing, another writes what is due. Both find their work in the store, so that a hub
// that was killed continues.

// Notes is the CRM's API for notes. as is the grant with which it is called; nil means the
// company token. Its errors are those of [crm.Records].
type Notes interface {
	// FindNotes returns the notes on a record that were changed since a time, the newest first.
	FindNotes(ctx context.Context, as *model.CRMGrant, of model.RecordRef, since time.Time) ([]model.CRMNote, error)
	Note(ctx context.Context, as *model.CRMGrant, id int64) (model.CRMNote, error)
	// CreateNote creates a note. After an [model.ErrCRMUnavailable] that is no
	// [*model.CRMLimit], the note may exist.
	CreateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote) (model.CRMNote, error)
	// UpdateNote replaces a note, and detaches it from records of the types in off.
	UpdateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote, off ...model.RecordType) (model.CRMNote, error)
}

// Timing holds the deadlines and intervals of transcripts.
type Timing struct {
	// Pause is how long a transcript is written after a message, Most how long after the first
	// unwritten one at most. A failure waits Retry, doubling up to RetryMax. Gap is the pause
	// between two writes.
	Pause, Most, Retry, RetryMax, Gap time.Duration
	// Call is the longest that one call to the CRM may take.
	Call time.Duration
}

// Options are the dependencies and settings of [Transcripts].
type Options struct {
	Store   *txn.Store
	Company *company.Company
	// Notes is the CRM's API for notes; nil if no transcripts are kept there.
	Notes Notes
	// Open returns a conversation with the links that a user may see, after asking the CRM.
	Open func(context.Context, model.User, model.ConversationID) (model.Conversation, error)
	// Checked returns nil for an admin who may change the Page's settings.
	Checked func(context.Context, model.User, model.PageID) error
	// ChangePage changes a Page and announces the change.
	ChangePage func(context.Context, model.PageID, func(store.PageTx, *store.Page) error) (model.Page, error)
	// Notice leaves a notice on a Page, within a transaction.
	Notice func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	Timing Timing
	// Now returns the time as it is stored and shown.
	Now func() time.Time
	Log *slog.Logger
}

// Transcripts writes the transcripts of linked conversations. It is safe for concurrent use.
type Transcripts struct {
	store      *txn.Store
	company    *company.Company
	notes      Notes
	open       func(context.Context, model.User, model.ConversationID) (model.Conversation, error)
	checked    func(context.Context, model.User, model.PageID) error
	changePage func(context.Context, model.PageID, func(store.PageTx, *store.Page) error) (model.Page, error)
	notice     func(t *txn.Tx, e model.Inbound, kind model.NoticeKind, reason model.Untrusted) error
	timing     Timing
	now        func() time.Time
	log        *slog.Logger

	changed, due wake.Signal
	paused       budget
}

// New returns transcripts; [Transcripts.RunTranscripts] writes them.
func New(o Options) *Transcripts {
	return &Transcripts{
		store: o.Store, company: o.Company, notes: o.Notes, open: o.Open, checked: o.Checked, changePage: o.ChangePage,
		notice: o.Notice, timing: o.Timing, now: o.Now, log: o.Log, changed: wake.NewSignal(), due: wake.NewSignal(),
	}
}

// Kept reports whether transcripts are kept at all.
func (ts *Transcripts) Kept() bool { return ts.notes != nil }

// NoteChange makes the worker look for changes of transcripts, because a Page changed.
func (ts *Transcripts) NoteChange(model.PageID) { ts.changed.Notify() }

// RunTranscripts handles changes and writes what is due, until ctx ends.
func (ts *Transcripts) RunTranscripts(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return ts.runSyncNotices(ctx) })
	g.Go(func() error { return ts.runSyncs(ctx) })
	return g.Wait()
}

// budget holds until when the CRM's budget is used up; nothing is written before.
type budget struct {
	mu    sync.Mutex
	until time.Time
}

func (s *budget) pausedUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until
}

func (s *budget) pause(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = until
}

const (
	// trouble is the pause after the store could not be read or written.
	trouble = time.Second
	// syncLook is the least time between two looks for changes, which every write of the hub
	// triggers.
	syncLook = 100 * time.Millisecond
	// syncsAtOnce is how many syncs are read at a time.
	syncsAtOnce = 20
)

// runSyncNotices handles changes of transcripts until ctx ends.
func (ts *Transcripts) runSyncNotices(ctx context.Context) error {
	for {
		ts.noticeChanges(ctx)
		if !wake.Pause(ctx, syncLook) || !ts.changed.Wait(ctx, wake.Idle) {
			return nil
		}
	}
}

func (ts *Transcripts) noticeChanges(ctx context.Context) {
	defer rescue.Log(ts.log, "notice changes of transcripts")
	for ctx.Err() == nil {
		var list []store.Sync
		err := ts.store.Read(ctx, func(r store.Reader) (err error) {
			list, err = r.ChangedSyncs(syncsAtOnce)
			return err
		})
		for _, s := range list {
			if err == nil {
				err = ts.noticeChange(ctx, s.Conversation)
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				ts.log.Error("notice changes of transcripts", logkey.Error, err)
			}
			wake.Pause(ctx, trouble)
			ts.changed.Notify()
			return
		}
		ts.due.Notify() // a write may have made something due
		if len(list) == 0 {
			return
		}
	}
}

// noticeChange schedules the writing of a changed transcript: a while after the last change,
// but not too long after the first.
func (ts *Transcripts) noticeChange(ctx context.Context, id model.ConversationID) error {
	return ts.changeSync(ctx, id, func(tx store.PageTx, s *store.Sync) error {
		if s.Changed <= s.Noticed {
			return nil
		}
		s.Noticed = s.Changed
		active, err := syncActive(tx, *s)
		if err != nil || !active {
			return err
		}
		now := ts.now()
		if s.Since.IsZero() {
			s.Since = now
		}
		wake := now.Add(ts.timing.Pause)
		if most := s.Since.Add(ts.timing.Most); wake.After(most) {
			wake = most
		}
		if s.Reason == "" || wake.After(s.WakeAt) { // a failure keeps its backoff
			s.WakeAt = wake
		}
		return nil
	})
}

// syncActive reports whether a conversation's transcript is to be written at all.
func syncActive(r store.Reader, s store.Sync) (bool, error) {
	p, err := r.Page(s.Conversation.Page())
	if err != nil || s.Off || p.SyncOff {
		return false, err
	}
	links, err := r.Links(s.Conversation)
	return len(links) > 0, err
}

// changeSync changes an existing sync, and announces the links if they show the change.
func (ts *Transcripts) changeSync(ctx context.Context, id model.ConversationID, f func(store.PageTx, *store.Sync) error) error {
	err := ts.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		s, err := tx.Sync(id)
		if err != nil {
			return err
		}
		was := s
		if err := f(tx, &s); err != nil || s == was {
			return err
		}
		return putSync(tx, was, s)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // the conversation was deleted
	}
	return err
}

// putSync stores a sync, and announces the links if they show another state.
func putSync(tx store.PageTx, was, s store.Sync) error {
	if err := tx.PutSync(s); err != nil {
		return err
	}
	before, now := Shown(&was, false), Shown(&s, false)
	if before.State == now.State && before.Reason == now.Reason && was.DoneAt.Equal(s.DoneAt) {
		return nil
	}
	return announceLinks(tx, s.Conversation)
}

func announceLinks(tx store.PageTx, id model.ConversationID) error {
	links, err := tx.Links(id)
	for _, l := range links {
		if err == nil {
			err = tx.PutLink(l)
		}
	}
	return err
}

// Shown returns the state of a transcript as users see it, nil if there is none.
func Shown(s *store.Sync, pageOff bool) *model.Sync {
	if s == nil {
		return nil
	}
	out := &model.Sync{State: model.SyncDone}
	if !s.DoneAt.IsZero() {
		at := s.DoneAt
		out.At = &at
	}
	switch {
	case s.Off || pageOff:
		out.State = model.SyncOff
	case s.Failures > 0:
		out.State, out.Reason = model.SyncFailed, s.Reason
	case !s.Since.IsZero() || s.DoneAt.IsZero():
		out.State, out.Reason = model.SyncWaiting, s.Reason
	}
	return out
}

// WriteSoon has a conversation's transcript written at once, because a record was linked.
func (ts *Transcripts) WriteSoon(tx store.PageTx, id model.ConversationID) error {
	if ts.notes == nil {
		return nil
	}
	s, err := tx.Sync(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	now := ts.now()
	s.Conversation, s.Failures, s.Reason, s.Since, s.WakeAt = id, 0, "", now, now
	return tx.PutSync(s)
}

// Detach leaves the notes on an unlinked record as they are.
func (*Transcripts) Detach(tx store.PageTx, id model.ConversationID, ref model.RecordRef) error {
	parts, err := tx.Transcript(id)
	for _, p := range parts {
		if err != nil {
			break
		}
		if p.Left || !p.On(ref) {
			continue
		}
		p.Left = true
		err = tx.PutTranscript(id, p)
	}
	return err
}

// runSyncs writes what is due until ctx ends.
func (ts *Transcripts) runSyncs(ctx context.Context) error {
	wake.Loop(ctx, ts.due, ts.syncDue)
	return nil
}

// syncDue writes what is due, one conversation after the other, and returns how long nothing
// else will be due.
func (ts *Transcripts) syncDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		now := ts.now()
		if until := ts.paused.pausedUntil(); now.Before(until) {
			return min(until.Sub(now), wake.Idle)
		}
		var list []store.Sync
		var next time.Time
		err := ts.store.Read(ctx, func(r store.Reader) (err error) {
			list, next, err = r.DueSyncs(now, syncsAtOnce)
			return err
		})
		for _, s := range list {
			if err == nil && !ts.now().Before(ts.paused.pausedUntil()) {
				err = ts.syncOne(ctx, s.Conversation)
			}
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				ts.log.Error("write transcripts", logkey.Error, err)
			}
			return trouble
		case len(list) > 0:
			continue // another may have become due
		}
		return wake.Until(next, now)
	}
	return wake.Idle
}

// syncOne writes one conversation's transcript and stores the result. An error is the store's.
func (ts *Transcripts) syncOne(ctx context.Context, id model.ConversationID) (err error) {
	whole := false
	defer func() {
		if !whole { // it panicked: others must not wait for it
			err = ts.endTurn(ctx, &turn{ts: ts, id: id}, errSyncBroken)
		}
	}()
	defer rescue.Log(ts.log, "write transcript")
	err = ts.syncTurn(ctx, id)
	whole = true
	return err
}

// errSyncBroken means that writing a transcript panicked.
var errSyncBroken = errors.New("panicked")

func (ts *Transcripts) syncTurn(ctx context.Context, id model.ConversationID) error {
	t, err := ts.newTurn(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if t.active {
		err = t.run(ctx)
	}
	if ctx.Err() != nil || errors.Is(err, store.ErrNotFound) {
		return nil // the hub continues after its restart, or the conversation was deleted
	}
	if errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return ts.endTurn(ctx, t, err)
}

// endTurn stores the result of a turn.
func (ts *Transcripts) endTurn(ctx context.Context, t *turn, err error) error {
	var limit *model.CRMLimit
	var later *laterError
	switch {
	case errors.As(err, &limit):
		return ts.syncLimited(ctx, t, limit)
	case errors.As(err, &later):
		return ts.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
			s.WakeAt = later.until
			return nil
		})
	case err != nil:
		ts.log.Warn("write transcript", logkey.Conversation, string(t.id), logkey.Error, err)
		return ts.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
			s.Failures++
			s.Reason = syncReason(err)
			s.WakeAt = ts.now().Add(retry.Delay(ts.timing.Retry, ts.timing.RetryMax, s.Failures))
			return nil
		})
	}
	if err := ts.syncUnlimited(ctx, t.id.Page()); err != nil {
		return err
	}
	return ts.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
		now := ts.now()
		s.Failures, s.Reason = 0, ""
		if t.active {
			s.DoneAt = now
		}
		if s.WakeAt.Equal(t.sync.WakeAt) { // otherwise somebody wants it written again
			s.Rest()
		}
		return nil
	})
}

// syncReason is the code of the reason why a transcript could not be written.
func syncReason(err error) model.Code {
	var refusal *model.Refusal
	switch err := crm.Refusal(err); {
	case errors.As(err, &refusal):
		return refusal.Code
	default:
		return model.CRMUnavailable
	}
}

// eventSync is the event name of notices about transcripts.
const eventSync = "sync"

// syncLimited stops writing until the CRM's budget has recovered. An exhausted daily budget
// leaves a notice on the Page, one until something could be written again.
func (ts *Transcripts) syncLimited(ctx context.Context, t *turn, limit *model.CRMLimit) error {
	ts.paused.pause(limit.Until)
	err := ts.changeSync(ctx, t.id, func(tx store.PageTx, s *store.Sync) error {
		s.WakeAt, s.Failures, s.Reason = limit.Until, 0, ""
		if !limit.Daily {
			return nil
		}
		s.Reason = model.CRMLimited
		b, err := txn.Begin(tx, t.id.Page(), ts.now())
		if err != nil || b.Page.SyncLimited {
			return err
		}
		b.Page.SyncLimited, b.PageChanged = true, true
		err = ts.notice(b, model.Inbound{Name: eventSync, At: b.Now.Truncate(time.Millisecond)}, model.NoticeSyncLimited, "")
		return errors.Join(err, b.Flush())
	})
	ts.log.Warn("the CRM's budget is used up", logkey.Page, string(t.id.Page()), "until", limit.Until, "daily", limit.Daily)
	return err
}

// syncUnlimited records that something could be written again.
func (ts *Transcripts) syncUnlimited(ctx context.Context, id model.PageID) error {
	var p store.Page
	err := ts.store.Read(ctx, func(r store.Reader) (err error) {
		p, err = r.Page(id)
		return err
	})
	if err != nil || !p.SyncLimited {
		return err
	}
	_, err = ts.changePage(ctx, id, func(_ store.PageTx, p *store.Page) error {
		p.SyncLimited = false
		return nil
	})
	return err
}
