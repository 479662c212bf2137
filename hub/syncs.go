package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/hub/crm"
	"parley/hub/logkey"
	"parley/hub/rescue"
	"parley/hub/retry"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// A linked conversation's transcript is kept in the CRM as notes. The store
// marks a sync when something changes that a transcript tells; one worker sees to the
// marks, which sets when the transcript is written, another writes what is due. Both find
// what there is to do in the store, so that a hub that was killed goes on.

// Notes is what the hub needs of the CRM's notes. as is by whose grant it is asked, nil by
// the company token. Its errors are those of [Records].
type Notes interface {
	// FindNotes returns the notes on a record that were changed since a time, the newest
	// first.
	FindNotes(ctx context.Context, as *model.CRMGrant, of model.RecordRef, since time.Time) ([]model.CRMNote, error)
	Note(ctx context.Context, as *model.CRMGrant, id int64) (model.CRMNote, error)
	// CreateNote writes a note; where it is [model.ErrCRMUnavailable] and no
	// [*model.CRMLimit], it may stand there.
	CreateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote) (model.CRMNote, error)
	// UpdateNote writes a note anew, and takes it off records of those types.
	UpdateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote, off ...model.RecordType) (model.CRMNote, error)
}

// syncing is what is held in memory of writing transcripts.
type syncing struct {
	changed, due wake.Signal

	mu sync.Mutex
	// until is when the CRM's budget may be there again; nothing is written before.
	until time.Time
}

func newSyncing() syncing { return syncing{changed: wake.NewSignal(), due: wake.NewSignal()} }

func (s *syncing) pausedUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until
}

func (s *syncing) pause(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = until
}

const (
	// syncLook is between two looks for changes, which every write of the hub asks for.
	syncLook = 100 * time.Millisecond
	// syncsAtOnce is how many syncs are read at a time.
	syncsAtOnce = 20
)

// runSyncNotices sees to changes of transcripts until ctx ends.
func (h *Hub) runSyncNotices(ctx context.Context) error {
	for {
		h.noticeChanges(ctx)
		if !wake.Pause(ctx, syncLook) || !h.syncs.changed.Wait(ctx, wake.Idle) {
			return nil
		}
	}
}

func (h *Hub) noticeChanges(ctx context.Context) {
	defer rescue.Log(h.log, "notice changes of transcripts")
	for ctx.Err() == nil {
		var list []store.Sync
		err := h.store.Read(ctx, func(r store.Reader) (err error) {
			list, err = r.ChangedSyncs(syncsAtOnce)
			return err
		})
		for _, s := range list {
			if err == nil {
				err = h.noticeChange(ctx, s.Conversation)
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				h.log.Error("notice changes of transcripts", logkey.Error, err)
			}
			wake.Pause(ctx, storeTrouble)
			h.syncs.changed.Notify()
			return
		}
		h.syncs.due.Notify() // a write may have made something due
		if len(list) == 0 {
			return
		}
	}
}

// noticeChange sets when a transcript that changed is written: a while after the last
// change, but not too long after the first.
func (h *Hub) noticeChange(ctx context.Context, id model.ConversationID) error {
	return h.changeSync(ctx, id, func(tx store.PageTx, s *store.Sync) error {
		if s.Changed <= s.Noticed {
			return nil
		}
		s.Noticed = s.Changed
		active, err := syncActive(tx, *s)
		if err != nil || !active {
			return err
		}
		now := h.utc()
		if s.Since.IsZero() {
			s.Since = now
		}
		wake := now.Add(h.timing.SyncPause)
		if most := s.Since.Add(h.timing.SyncMost); wake.After(most) {
			wake = most
		}
		if s.Reason == "" || wake.After(s.WakeAt) { // what failed waits as long as it waits
			s.WakeAt = wake
		}
		return nil
	})
}

// syncActive tells whether a conversation's transcript is to be written at all.
func syncActive(r store.Reader, s store.Sync) (bool, error) {
	p, err := r.Page(s.Conversation.Page())
	if err != nil || s.Off || p.SyncOff {
		return false, err
	}
	links, err := r.Links(s.Conversation)
	return len(links) > 0, err
}

// changeSync changes a sync that is there, and tells who sees the links if they see it.
func (h *Hub) changeSync(ctx context.Context, id model.ConversationID, f func(store.PageTx, *store.Sync) error) error {
	err := h.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
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

// putSync stores a sync, and has the links told anew if they show another state.
func putSync(tx store.PageTx, was, s store.Sync) error {
	if err := tx.PutSync(s); err != nil {
		return err
	}
	before, now := shownSync(&was, false), shownSync(&s, false)
	if before.State == now.State && before.Reason == now.Reason && was.DoneAt.Equal(s.DoneAt) {
		return nil
	}
	return retellLinks(tx, s.Conversation)
}

func retellLinks(tx store.PageTx, id model.ConversationID) error {
	links, err := tx.Links(id)
	for _, l := range links {
		if err == nil {
			err = tx.PutLink(l)
		}
	}
	return err
}

// shownSync is how a transcript stands, as users are told; nil where nothing is known.
func shownSync(s *store.Sync, pageOff bool) *model.Sync {
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

// transcripts is what of them the CRM's links bring about.
type transcripts struct{ h *Hub }

// Soon implements [crm.Transcripts].
func (t transcripts) Soon(tx store.PageTx, id model.ConversationID) error {
	return t.h.syncSoon(tx, id)
}

// Leave implements [crm.Transcripts].
func (transcripts) Leave(tx store.PageTx, id model.ConversationID, ref model.RecordRef) error {
	return leaveNotes(tx, id, ref)
}

// syncSoon has a conversation's transcript written at once: a record was linked.
func (h *Hub) syncSoon(tx store.PageTx, id model.ConversationID) error {
	if h.notes == nil {
		return nil
	}
	s, err := tx.Sync(id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	now := h.utc()
	s.Conversation, s.Failures, s.Reason, s.Since, s.WakeAt = id, 0, "", now, now
	return tx.PutSync(s)
}

// leaveNotes has the notes on a record that is unlinked stay as they are.
func leaveNotes(tx store.PageTx, id model.ConversationID, ref model.RecordRef) error {
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
func (h *Hub) runSyncs(ctx context.Context) error {
	wake.Loop(ctx, h.syncs.due, h.syncDue)
	return nil
}

// syncDue writes what is due, one conversation after the other, and returns how long
// nothing else will be.
func (h *Hub) syncDue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		now := h.utc()
		if until := h.syncs.pausedUntil(); now.Before(until) {
			return min(until.Sub(now), wake.Idle)
		}
		var list []store.Sync
		var next time.Time
		err := h.store.Read(ctx, func(r store.Reader) (err error) {
			list, next, err = r.DueSyncs(now, syncsAtOnce)
			return err
		})
		for _, s := range list {
			if err == nil && !h.utc().Before(h.syncs.pausedUntil()) {
				err = h.syncOne(ctx, s.Conversation)
			}
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				h.log.Error("write transcripts", logkey.Error, err)
			}
			return storeTrouble
		case len(list) > 0:
			continue // another may have become due
		}
		return wake.Until(next, now)
	}
	return wake.Idle
}

// syncOne writes one conversation's transcript and stores how it stands then. An error is
// the store's.
func (h *Hub) syncOne(ctx context.Context, id model.ConversationID) (err error) {
	whole := false
	defer func() {
		if !whole { // it panicked: others must not wait for it
			err = h.endTurn(ctx, &turn{h: h, id: id}, errSyncBroken)
		}
	}()
	defer rescue.Log(h.log, "write transcript")
	err = h.syncTurn(ctx, id)
	whole = true
	return err
}

// errSyncBroken: a mistake of ours kept a transcript from being written.
var errSyncBroken = errors.New("panicked")

func (h *Hub) syncTurn(ctx context.Context, id model.ConversationID) error {
	t, err := h.newTurn(ctx, id)
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
		return nil // the hub ends, and goes on when it begins; or it was deleted meanwhile
	}
	if errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return h.endTurn(ctx, t, err)
}

// endTurn stores what became of a turn.
func (h *Hub) endTurn(ctx context.Context, t *turn, err error) error {
	var limit *model.CRMLimit
	var later *laterError
	switch {
	case errors.As(err, &limit):
		return h.syncLimited(ctx, t, limit)
	case errors.As(err, &later):
		return h.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
			s.WakeAt = later.until
			return nil
		})
	case err != nil:
		h.log.Warn("write transcript", logkey.Conversation, string(t.id), logkey.Error, err)
		return h.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
			s.Failures++
			s.Reason = syncReason(err)
			s.WakeAt = h.utc().Add(retry.Delay(h.timing.SyncRetry, h.timing.SyncRetryMax, s.Failures))
			return nil
		})
	}
	if err := h.syncUnlimited(ctx, t.id.Page()); err != nil {
		return err
	}
	return h.changeSync(ctx, t.id, func(_ store.PageTx, s *store.Sync) error {
		now := h.utc()
		s.Failures, s.Reason = 0, ""
		if t.active {
			s.DoneAt = now
		}
		if s.WakeAt.Equal(t.sync.WakeAt) { // else somebody wants it written anew since
			s.Rest()
		}
		return nil
	})
}

// syncReason is the code of why a transcript could not be written.
func syncReason(err error) model.Code {
	var refusal *model.Refusal
	switch err := crm.Refusal(err); {
	case errors.As(err, &refusal):
		return refusal.Code
	default:
		return model.CRMUnavailable
	}
}

// eventSync is the event of notices about transcripts.
const eventSync = "sync"

// syncLimited stops writing until the CRM's budget is there again. That of the day is told
// on the Page, once until something could be written again.
func (h *Hub) syncLimited(ctx context.Context, t *turn, limit *model.CRMLimit) error {
	h.syncs.pause(limit.Until)
	err := h.changeSync(ctx, t.id, func(tx store.PageTx, s *store.Sync) error {
		s.WakeAt, s.Failures, s.Reason = limit.Until, 0, ""
		if !limit.Daily {
			return nil
		}
		s.Reason = model.CRMLimited
		b, err := txn.Begin(tx, t.id.Page(), h.utc())
		if err != nil || b.Page.SyncLimited {
			return err
		}
		b.Page.SyncLimited, b.PageChanged = true, true
		err = h.notice(b, model.Inbound{Name: eventSync, At: b.Now.Truncate(time.Millisecond)}, model.NoticeSyncLimited, "")
		return errors.Join(err, b.Flush())
	})
	h.log.Warn("the CRM's budget is used up", logkey.Page, string(t.id.Page()), "until", limit.Until, "daily", limit.Daily)
	return err
}

// syncUnlimited takes over that something could be written.
func (h *Hub) syncUnlimited(ctx context.Context, id model.PageID) error {
	var p store.Page
	err := h.store.Read(ctx, func(r store.Reader) (err error) {
		p, err = r.Page(id)
		return err
	})
	if err != nil || !p.SyncLimited {
		return err
	}
	_, err = h.changePage(ctx, id, func(_ store.PageTx, p *store.Page) error {
		p.SyncLimited = false
		return nil
	})
	return err
}
