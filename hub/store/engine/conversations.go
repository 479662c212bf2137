package engine

import (
	"math"

	"parley/hub/store"
	"parley/model"
)

// Times that no conversation reaches.
const (
	never   = math.MaxInt64
	already = math.MinInt64
)

// Who waits, as stored in a column.
const (
	WaitsCustomer = 1
	WaitsReply    = 2
)

// Waits returns who waits in a conversation, as stored: [WaitsCustomer], [WaitsReply], or 0 for
// nobody.
func Waits(c model.Conversation) int {
	switch c.Waits {
	case model.WaitsCustomer:
		return WaitsCustomer
	case model.WaitsReply:
		return WaitsReply
	case model.WaitsNobody:
	}
	return 0
}

// AwakeAt is the time from which a conversation counts as open: [model.Conversation.Asleep] as
// a time.
func AwakeAt(c model.Conversation) int64 {
	switch {
	case c.Status != model.Snoozed:
		return already
	case c.SnoozedUntil == nil:
		return never
	}
	return c.SnoozedUntil.UnixMicro()
}

// Free is the time in which the conversation itself allows a reply, from inclusive until
// exclusive: what [model.CanReply] judges of it, as times.
func Free(c model.Conversation) (from, until int64) {
	from, until = already, already
	if at := c.ClosedAt(); c.Started && !c.Unreachable && at != nil {
		until = at.UnixMicro()
	}
	switch {
	case c.OtherApp && c.OtherAppUntil == nil:
		from = never
	case c.OtherApp:
		from = c.OtherAppUntil.UnixMicro()
	}
	return from, until
}

// Kept returns a conversation as it is kept: without what is filled in when it is read, its times
// as columns hold them.
func Kept(c store.Conversation) store.Conversation {
	c.Links, c.Reply = nil, model.Verdict{}
	c.UpdatedAt, c.ProfileAt = Exact(c.UpdatedAt), Exact(c.ProfileAt)
	c.WaitsSince = ExactOrNil(c.WaitsSince)
	c.SnoozedUntil, c.WindowUntil = ExactOrNil(c.SnoozedUntil), ExactOrNil(c.WindowUntil)
	c.OtherAppUntil, c.UncertainUntil = ExactOrNil(c.OtherAppUntil), ExactOrNil(c.UncertainUntil)
	return c
}
