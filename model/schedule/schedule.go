// Package schedule has the rules of replies that are to be sent later: until when one may be
// scheduled, and whether it may still leave by itself when its time has come.
package schedule

import (
	"time"

	"parley/model"
)

// Margin is how long before the end of the reply window a scheduled reply is sent at the latest.
// Whoever is refused a later time has this long to leave.
const Margin = time.Minute

// Latest returns the latest time for which a reply by that user may be scheduled now; false if
// there is none. What Facebook may refuse counts as refused.
func Latest(now time.Time, page model.Page, c model.Conversation, user model.UserID) (time.Time, bool) {
	if c.WindowUntil == nil {
		return time.Time{}, false
	}
	latest := c.WindowUntil.Add(-Margin)
	v := model.CanReply(latest, page, c, user)
	return latest, latest.After(now) && v.Allowed && !v.Uncertain
}

// Check refuses a time for which a reply may not be scheduled; nil if it may.
func Check(now, at time.Time, page model.Page, c model.Conversation, user model.UserID) *model.Refusal {
	latest, ok := Latest(now, page, c, user)
	v := model.CanReply(at, page, c, user)
	switch {
	case v.Code == model.Hidden:
		return model.RefuseReply(v, page, c)
	case !at.After(now):
		return model.Refuse(model.SendAtPast)
	case ok && at.After(latest):
		return &model.Refusal{Code: model.SendAtBeyond, Until: &latest}
	case !v.Allowed:
		return model.RefuseReply(v, page, c)
	case v.Uncertain, at.After(latest):
		return model.Refuse(model.SendAtBeyond)
	}
	return nil
}

// Meanwhile is what is known of a scheduled reply when its time has come.
type Meanwhile struct {
	// Wrote: the customer wrote what the reply's writer had not seen. Answered: somebody else
	// answered.
	Wrote, Answered bool
	// Removed: its writer is no user any more.
	Removed bool
	// Late: it could not leave for too long.
	Late bool
	// Verdict is the present verdict on a reply by its writer.
	Verdict model.Verdict
}

// Decide returns what becomes of a scheduled reply whose time has come, and why: it is posted,
// stays queued, asks, fails or is dropped.
func Decide(m Meanwhile) (model.State, model.Code) {
	switch v := m.Verdict; {
	case v.Code == model.Hidden:
		return model.Dropped, v.Code
	case m.Wrote:
		return model.Ask, model.CustomerWrote
	case m.Answered:
		return model.Ask, model.NewerReply
	case m.Removed:
		return model.Ask, model.WriterRemoved
	case m.Late:
		return model.Ask, model.NotSent
	case v.Code == model.RateLimited:
		return model.Queued, v.Code
	case !v.Allowed:
		return model.Failed, v.Code
	case v.Uncertain: // whoever scheduled it was promised a time within the window
		return model.Failed, model.WindowClosed
	}
	return model.Posting, ""
}
