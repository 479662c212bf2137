package outbox

import (
	"time"

	"parley/hub/receive"
	"parley/hub/replies"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// rateLimitMax is the longest backoff when Meta names no time.
const rateLimitMax = time.Hour

// outcome applies the outcome of an attempt. An echo may have come first. The outcome of an
// attempt that is no longer the reply's last changes nothing but what it proves.
func (b *tx) outcome(c *txn.Conversation, r store.Reply, attempt int, out model.Outcome) error {
	if out.Kind == model.OutcomeAccepted {
		return b.accepted(c, r, attempt, out.MID)
	}
	b.applyRefusal(c, out)
	if r.Attempt != attempt || r.State != model.Posting {
		return nil
	}
	switch out.Kind {
	case model.OutcomeNothingWritten:
		r.Failures++
		return b.requeue(c, r, b.Now.Add(b.backOff(r.Failures)))
	case model.OutcomeRateLimited:
		return b.requeue(c, r, *b.Page.RateLimitedUntil)
	case model.OutcomeRefused:
		return b.Settle(c, r, model.Failed, &model.MessageError{Code: out.Code, Detail: out.Detail})
	default:
		return b.unknown(c, r, out.Detail)
	}
}

// accepted marks the reply as sent under Meta's id.
func (b *tx) accepted(c *txn.Conversation, r store.Reply, attempt int, mid model.MID) error {
	b.pageAnswers()
	attempts, err := b.Store.Attempts(r.MessageID)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if a.Number == attempt {
			if err := b.RememberAttempt(a, mid); err != nil {
				return err
			}
		}
	}
	m, err := b.Store.Message(r.MessageID)
	if err != nil {
		return err
	}
	switch {
	case m.MID == mid:
		return nil
	case m.MID == "":
		return b.Arrive(c, &r, replies.Arrival{MID: mid, At: b.Now})
	case provenElsewhere(attempts, attempt, m.MID):
		m.DeliveredTwice = true // an earlier attempt had arrived after all
		return b.Put(c, &m)
	}
	return b.Rebind(c, r, m, replies.Arrival{MID: mid, At: b.Now})
}

// provenElsewhere reports whether another attempt's own echo gave the reply its id.
func provenElsewhere(attempts []store.Attempt, attempt int, mid model.MID) bool {
	for _, a := range attempts {
		if a.Number != attempt && a.MID == mid {
			return true
		}
	}
	return false
}

// pageAnswers lifts restrictions that an accepted reply disproves.
func (b *tx) pageAnswers() {
	// A limit that still runs was set after this reply left, so it stands.
	if until := b.Page.RateLimitedUntil; b.Page.RateBackoff != 0 && (until == nil || !b.Now.Before(*until)) {
		b.Page.RateBackoff, b.Page.RateLimitedUntil, b.PageChanged = 0, nil, true
	}
	if p := b.Page.Restricted; p != nil && p.RetryAt != nil {
		b.Page.Restricted, b.PageChanged = nil, true
	}
}

// applyRefusal records what a refusal says about the Page or the conversation.
func (b *tx) applyRefusal(c *txn.Conversation, out model.Outcome) {
	if out.Kind == model.OutcomeRateLimited {
		b.rateLimited(out.RetryAfter)
		return
	}
	if out.Kind != model.OutcomeRefused {
		return
	}
	switch out.Code {
	case model.PageDisconnected:
		b.Page.TokenRefused, b.PageChanged = true, true
	case model.PageRestricted:
		b.restricted(out.Detail)
	case model.MessagesOff:
		b.Page.MessagesOff, b.PageChanged = true, true
	case model.WindowClosed:
		receive.CloseWindow(c, b.Now)
	case model.Unreachable:
		c.Unreachable, c.UnreachableAt, c.Changed = true, c.InboundAt, true
	case model.OtherApp:
		until := b.Now.Add(model.OtherAppIdle)
		c.OtherApp, c.OtherAppUntil, c.Changed = true, &until, true
		// Only something that the customer does after everything known lifts it.
		if c.InboundAt.After(c.OtherAppAt) {
			c.OtherAppAt = c.InboundAt
		}
	default: // it concerns this reply alone
	}
}

func (b *tx) rateLimited(after time.Duration) {
	if after <= 0 {
		after = model.RateLimitDefault
		if b.Page.RateBackoff > 0 {
			after = min(2*b.Page.RateBackoff, rateLimitMax)
		}
		b.Page.RateBackoff = after
	}
	until := b.Now.Add(after)
	b.Page.RateLimitedUntil, b.PageChanged = &until, true
}

// restricted sets a restriction learned from a refusal. One set by a policy event stands until
// Facebook lifts it.
func (b *tx) restricted(reason model.Untrusted) {
	if p := b.Page.Restricted; p != nil && p.RetryAt == nil {
		return
	}
	retry := b.Now.Add(model.RestrictionRetry)
	b.Page.Restricted = &model.Restriction{Reason: reason, Since: b.Now, RetryAt: &retry}
	b.PageChanged = true
}

// requeue queues a reply again that certainly did not leave. An earlier reply that somebody
// sent again meanwhile goes first.
func (b *tx) requeue(c *txn.Conversation, r store.Reply, at time.Time) error {
	r.State, r.WakeAt = model.Queued, replies.Earlier(at, r.AcceptedAt.Add(b.QueueLimit))
	if err := b.Move(c, r, nil); err != nil {
		return err
	}
	open, err := b.Unsettled(c.ID)
	if err != nil || open[0].MessageID == r.MessageID {
		return err
	}
	return b.Release(c)
}

func (b *tx) backOff(failures int) time.Duration {
	d := b.o.timing.RetryPause
	for i := 1; i < failures && d < b.o.timing.RetryPauseMax; i++ {
		d *= 2
	}
	return min(d, b.o.timing.RetryPauseMax)
}

// unknown marks a reply when nobody can tell whether it arrived; it is never sent again by
// itself. said is what Meta answered, if it did.
func (b *tx) unknown(c *txn.Conversation, r store.Reply, said model.Untrusted) error {
	b.o.uncertain.Inc()
	r.State = model.Unknown
	if r.UncertainSince.IsZero() {
		r.UncertainSince = r.AttemptAt
	}
	r.WakeAt = b.o.nextCheck(r)
	return b.Move(c, r, &model.MessageError{Code: model.OutcomeUnknown, Detail: said})
}
