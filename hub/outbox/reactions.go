package outbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/hub/access"
	"parley/hub/logkey"
	"parley/hub/ratelimit"
	"parley/hub/replies"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/wake"
	"parley/model"
)

// React sets our reaction to a message, or takes it back if the emoji is empty. It shows as
// pending at once, and as confirmed or failed once Meta has answered. A Page has one reaction
// to a message: the last request wins, whoever made it.
//
// A reaction that reaches Meta twice does no harm, so unlike a reply it is retried by itself.
func (rs *Reactions) React(ctx context.Context, user model.User, conversation model.ConversationID, id model.MessageID, emoji model.Untrusted) (model.Message, error) {
	if emoji != "" && !model.IsEmoji(emoji) {
		return model.Message{}, &model.InvalidError{Field: "emoji", Reason: "must be one emoji, or empty to take the reaction back"}
	}
	if conversation.Page() == "" {
		return model.Message{}, store.ErrNotFound
	}
	var out model.Message
	err := rs.o.store.Write(ctx, conversation.Page(), func(tx store.PageTx) error {
		page, c, err := access.AuthorizeConversation(tx, user.ID, conversation)
		if err != nil {
			return err
		}
		m, err := tx.Message(id)
		if err == nil && m.ConversationID != conversation {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if m.MID == "" || m.Deleted {
			return model.Refuse(model.NoReactionTarget)
		}
		if v := model.CanReply(rs.o.now(), page.Page, c.Conversation, user.ID); !v.Allowed {
			return model.RefuseReply(v, page.Page, c.Conversation)
		}
		out, err = rs.request(tx, user, m, emoji)
		return err
	})
	if err != nil {
		return model.Message{}, err
	}
	rs.wake.Notify()
	return out, nil
}

// request stores a reaction to be set, and shows it as pending.
func (rs *Reactions) request(tx store.PageTx, user model.User, m store.Message, emoji model.Untrusted) (model.Message, error) {
	b, err := rs.o.begin(tx, m.ID.Page())
	if err != nil {
		return model.Message{}, err
	}
	c, err := b.Find(m.ConversationID.Customer())
	if err != nil {
		return model.Message{}, err
	}
	r, err := tx.PendingReaction(m.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		r = store.PendingReaction{MessageID: m.ID, ConversationID: m.ConversationID, Was: reactionOfPage(m)}
	case err != nil:
		return model.Message{}, err
	}
	r.Number++
	if !r.WakeAt.After(b.Now) || r.UserID != user.ID || r.Tries > 0 { // otherwise it takes over the turn of the request before, which has not left
		r.WakeAt = b.Now.Add(rs.turns.Reserve(user.ID, b.Now))
	}
	r.UserID, r.Emoji, r.At, r.Tries = user.ID, emoji, b.Now, 0
	if err := tx.PutPendingReaction(r); err != nil {
		return model.Message{}, err
	}
	ref := user.Ref()
	shown := &model.Reaction{By: model.ByPage, Emoji: emoji, User: &ref, Pending: true}
	if emoji == "" {
		shown = nil
		if r.Was != nil {
			was := *r.Was
			was.Pending = true
			shown = &was
		}
	}
	setReactionOfPage(&m, shown)
	if err := b.Put(c, &m); err != nil {
		return model.Message{}, err
	}
	if err := b.Flush(); err != nil {
		return model.Message{}, err
	}
	stored, err := tx.Message(m.ID)
	return stored.Message, err
}

// reactionOfPage returns the Page's reaction that Meta has confirmed, nil if there is none.
func reactionOfPage(m store.Message) *model.Reaction {
	for _, r := range m.Reactions {
		if r.By == model.ByPage && !r.Pending && r.Error == nil {
			return &r
		}
	}
	return nil
}

// setReactionOfPage replaces everything that a message shows about the Page's own reaction.
func setReactionOfPage(m *store.Message, shown ...*model.Reaction) {
	kept := make([]model.Reaction, 0, len(m.Reactions)+len(shown))
	for _, r := range m.Reactions {
		if r.By != model.ByPage {
			kept = append(kept, r)
		}
	}
	for _, r := range shown {
		if r != nil {
			kept = append(kept, *r)
		}
	}
	m.Reactions = kept
}

const (
	// reactionWorkers is how many reactions are in flight at once.
	reactionWorkers = 8
	// reactionIdle is the longest sleep when nothing is due. Requests wake the loop; this only
	// guards against a lost wake-up.
	reactionIdle = time.Minute
)

// reactionRate is how many reactions of a user reach Meta in a second, reactionBurst how many
// at once. Further ones wait for their turn, and of several to one message only the last goes
// out. Hitting Meta's own limit would hold up all replies of the Page.
const (
	reactionRate  = 2
	reactionBurst = 20
)

// Reactions sends reactions to Meta, one at a time for each message, so that an earlier request
// never arrives after a later one.
type Reactions struct {
	o    *Outbox
	wake wake.Signal

	mu       sync.Mutex
	inFlight map[model.MessageID]struct{}
	turns    *ratelimit.Limits
}

// NewReactions returns the reactions that go with an outbox.
func NewReactions(o *Outbox) *Reactions {
	return &Reactions{o: o, wake: wake.NewSignal(), inFlight: make(map[model.MessageID]struct{}), turns: ratelimit.New(reactionRate, reactionBurst)}
}

// claim reserves a message for a worker. It returns false if none is free or the message is
// taken.
func (rs *Reactions) claim(id model.MessageID) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if _, taken := rs.inFlight[id]; taken || len(rs.inFlight) >= reactionWorkers {
		return false
	}
	rs.inFlight[id] = struct{}{}
	return true
}

func (rs *Reactions) release(id model.MessageID) {
	rs.mu.Lock()
	delete(rs.inFlight, id)
	rs.mu.Unlock()
	rs.wake.Notify()
}

// Run sends reactions to Meta when they are due, including those of a former run, until ctx
// ends.
func (rs *Reactions) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	wake.Loop(ctx, rs.wake, func(ctx context.Context) time.Duration { return rs.start(ctx, &workers) })
	return nil
}

// start starts a worker for each reaction that is due, and returns how long nothing else will
// be due.
func (rs *Reactions) start(ctx context.Context, workers *sync.WaitGroup) time.Duration {
	var list []store.PendingReaction
	err := rs.o.store.Read(ctx, func(r store.Reader) (err error) {
		list, err = r.PendingReactions()
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			rs.o.log.Error("read reactions on their way", logkey.Error, err)
		}
		return trouble
	}
	now := rs.o.now()
	for _, r := range list {
		if r.WakeAt.After(now) {
			return min(reactionIdle, r.WakeAt.Sub(now))
		}
		if !rs.claim(r.MessageID) {
			continue // whoever has it, or finishes first, wakes the loop
		}
		workers.Go(func() {
			defer rs.release(r.MessageID)
			err := rescue.Call(rs.o.log, "hand a reaction to Meta", func() error { return rs.send(ctx, r) })
			if err != nil && ctx.Err() == nil {
				rs.o.log.Error("hand a reaction to Meta", logkey.Message, string(r.MessageID), logkey.Error, err)
				wake.Pause(ctx, trouble)
			}
		})
	}
	return reactionIdle
}

// send sends a reaction to Meta, if the rules still allow it.
func (rs *Reactions) send(ctx context.Context, r store.PendingReaction) error {
	var a model.SenderAction
	err := rs.change(ctx, r, func(b *tx, c *txn.Conversation, m *store.Message) (err error) {
		a, err = b.claimReaction(c, &r, m)
		return err
	})
	if err != nil || a.Kind == "" {
		return err
	}
	whole := context.WithoutCancel(ctx)
	call, cancel := context.WithTimeout(whole, rs.o.timing.GraphCall)
	out := rs.o.graph.Act(call, a)
	cancel()
	if out.Kind == model.OutcomeAccepted {
		if err := rs.superseded(whole, r); err != nil {
			return err
		}
	}
	return rs.change(whole, r, func(b *tx, c *txn.Conversation, m *store.Message) error {
		return b.reactionOutcome(c, r, m, out)
	})
}

// superseded records what Meta confirmed although another reaction has been requested since: it
// is what the message shows if the newer one is refused.
func (rs *Reactions) superseded(ctx context.Context, r store.PendingReaction) error {
	return rs.o.store.Write(ctx, r.MessageID.Page(), func(tx store.PageTx) error {
		now, err := tx.PendingReaction(r.MessageID)
		if errors.Is(err, store.ErrNotFound) || err == nil && now.Number == r.Number {
			return nil
		}
		if err != nil {
			return err
		}
		now.Was = nil
		if r.Emoji != "" {
			now.Was = &model.Reaction{By: model.ByPage, Emoji: r.Emoji}
		}
		return tx.PutPendingReaction(now)
	})
}

// change runs f on a reaction's message, if the request is still the message's latest.
func (rs *Reactions) change(ctx context.Context, r store.PendingReaction, f func(*tx, *txn.Conversation, *store.Message) error) error {
	return rs.o.store.Write(ctx, r.MessageID.Page(), func(tx store.PageTx) error {
		now, err := tx.PendingReaction(r.MessageID)
		if errors.Is(err, store.ErrNotFound) || err == nil && now.Number != r.Number {
			return nil // its conversation is gone, or a newer request came
		}
		if err != nil {
			return err
		}
		m, err := tx.Message(r.MessageID)
		if errors.Is(err, store.ErrNotFound) {
			return tx.RemovePendingReaction(r.MessageID)
		}
		if err != nil {
			return err
		}
		b, err := rs.o.begin(tx, r.MessageID.Page())
		if err != nil {
			return err
		}
		c, err := b.Find(r.ConversationID.Customer())
		if err != nil || c == nil {
			return err
		}
		if err := f(b, c, &m); err != nil {
			return err
		}
		return b.Flush()
	})
}

// claimReaction judges a reaction once more and returns what to send to Meta. The action is
// empty if it may not be sent, or not now.
func (b *tx) claimReaction(c *txn.Conversation, r *store.PendingReaction, m *store.Message) (model.SenderAction, error) {
	none := model.SenderAction{}
	if !b.Now.Before(r.At.Add(b.QueueLimit)) {
		e := &model.MessageError{Code: model.NotSent}
		if r.Uncertain {
			e.Code, e.Detail = model.OutcomeUnknown, r.Said
		}
		return none, b.reactionFailed(c, *r, m, e)
	}
	v := model.CanReply(b.Now, b.Page.Page, c.Conversation.Conversation, r.UserID)
	switch {
	case v.Code == model.RateLimited:
		r.WakeAt = replies.Earlier(*v.Until, r.At.Add(b.QueueLimit))
		return none, b.Store.PutPendingReaction(*r)
	case !v.Allowed:
		return none, b.reactionFailed(c, *r, m, &model.MessageError{Code: v.Code})
	}
	token, err := b.o.token(b.Page)
	if err != nil {
		return none, err
	}
	a := model.SenderAction{
		Page: b.Page.PageID, Token: token, To: c.Customer.PSID, Kind: model.React, Target: m.MID, Emoji: r.Emoji,
	}
	if r.Emoji == "" {
		a.Kind = model.Unreact
	}
	return a, nil
}

// reactionOutcome stores the outcome of an attempt.
func (b *tx) reactionOutcome(c *txn.Conversation, r store.PendingReaction, m *store.Message, out model.Outcome) error {
	b.applyRefusal(c, out)
	switch out.Kind {
	case model.OutcomeAccepted:
		return b.reactionSet(c, r, m)
	case model.OutcomeRefused:
		return b.reactionFailed(c, r, m, &model.MessageError{Code: out.Code, Detail: out.Detail})
	case model.OutcomeRateLimited:
		r.WakeAt = *b.Page.RateLimitedUntil
	case model.OutcomeUncertain, model.OutcomeNothingWritten:
		r.Tries++
		r.Uncertain = r.Uncertain || out.Kind == model.OutcomeUncertain
		r.Said = cmp.Or(out.Detail, r.Said)
		r.WakeAt = b.Now.Add(b.backOff(r.Tries))
	}
	r.WakeAt = replies.Earlier(r.WakeAt, r.At.Add(b.QueueLimit))
	return b.Store.PutPendingReaction(r)
}

// reactionSet shows what Meta has confirmed.
func (b *tx) reactionSet(c *txn.Conversation, r store.PendingReaction, m *store.Message) error {
	var shown *model.Reaction
	if r.Emoji != "" {
		shown = &model.Reaction{By: model.ByPage, Emoji: r.Emoji, User: b.requester(*m)}
	}
	setReactionOfPage(m, shown)
	return b.endReaction(c, m)
}

// reactionFailed shows what was confirmed before, and beside it why the request failed.
func (b *tx) reactionFailed(c *txn.Conversation, r store.PendingReaction, m *store.Message, why *model.MessageError) error {
	failed := &model.Reaction{By: model.ByPage, Emoji: r.Emoji, User: b.requester(*m), Error: why}
	setReactionOfPage(m, r.Was, failed)
	return b.endReaction(c, m)
}

func (b *tx) endReaction(c *txn.Conversation, m *store.Message) error {
	if err := b.Store.RemovePendingReaction(m.ID); err != nil {
		return err
	}
	return b.Put(c, m)
}

// requester returns who asked for the reaction that a message shows as pending.
func (b *tx) requester(m store.Message) *model.UserRef {
	i := slices.IndexFunc(m.Reactions, func(r model.Reaction) bool { return r.By == model.ByPage && r.Pending })
	if i < 0 {
		return nil
	}
	return m.Reactions[i].User
}
