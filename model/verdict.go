package model

import "time"

// Times of the rules.
const (
	// ReplyWindow is how long after the customer's last act the Page may answer.
	// Source: Messenger Platform, "Standard messaging window".
	ReplyWindow = 24 * time.Hour
	// AdWindow is how long after that act the Page may answer who came by a
	// Click-to-Messenger ad: up to that, Meta says, so that Facebook may refuse from the
	// end of [ReplyWindow] on.
	// Source: Messenger Platform policy, 28 September 2026.
	AdWindow = 7 * 24 * time.Hour
	// OtherAppIdle is how long another app's hold of a thread lasts without news.
	// Source: Messenger Platform, "Conversation routing".
	OtherAppIdle = 24 * time.Hour
	// RestrictionRetry is how long after a send refused for a restriction one
	// reply is let through again.
	RestrictionRetry = time.Hour
	// RateLimitDefault is how long to wait where Meta names no time.
	RateLimitDefault = time.Minute
)

// Verdict says whether a reply would be allowed.
type Verdict struct {
	Allowed bool `json:"allowed"`
	// Uncertain: it is allowed, and Facebook may refuse it all the same.
	Uncertain bool `json:"uncertain"`
	// Code is why not; empty when allowed.
	Code Code `json:"code"`
	// Until is when the verdict changes by itself: for an allowed one the end of
	// the window, after which it may be uncertain; for an uncertain one the end of that;
	// nil where only an event changes it.
	Until *time.Time `json:"until"`
}

func denied(code Code, until *time.Time) Verdict { return Verdict{Code: code, Until: until} }

// CanReply judges a reply by that user, at that time. The first rule that
// applies wins. Hub and clients use this same function, on the hub's time.
func CanReply(now time.Time, page Page, c Conversation, user UserID) Verdict {
	if !CanSee(user, page) {
		return denied(Hidden, nil)
	}
	if v, blocked := pageVerdict(now, page); blocked {
		return v
	}
	if v, blocked := conversationVerdict(now, c); blocked {
		return v
	}
	if page.RateLimitedUntil != nil && now.Before(*page.RateLimitedUntil) {
		return denied(RateLimited, page.RateLimitedUntil)
	}
	if !before(now, c.WindowUntil) {
		return Verdict{Allowed: true, Uncertain: true, Until: c.UncertainUntil}
	}
	return Verdict{Allowed: true, Until: c.WindowUntil}
}

// before tells whether there is such a time, and it is to come.
func before(now time.Time, until *time.Time) bool { return until != nil && now.Before(*until) }

// pageVerdict judges what holds for every conversation of the Page.
func pageVerdict(now time.Time, p Page) (Verdict, bool) {
	if !p.Connected() {
		return denied(PageDisconnected, nil), true
	}
	if r := p.Restricted; r != nil && (r.RetryAt == nil || now.Before(*r.RetryAt)) {
		return denied(PageRestricted, r.RetryAt), true
	}
	if p.MessagesOff {
		return denied(MessagesOff, nil), true
	}
	return Verdict{}, false
}

// conversationVerdict judges what holds for this conversation alone.
func conversationVerdict(now time.Time, c Conversation) (Verdict, bool) {
	switch {
	case !c.Started:
		return denied(NotStarted, nil), true
	case !before(now, c.WindowUntil) && !before(now, c.UncertainUntil):
		return denied(WindowClosed, nil), true
	case c.Unreachable:
		return denied(Unreachable, nil), true
	case c.OtherApp && (c.OtherAppUntil == nil || now.Before(*c.OtherAppUntil)):
		return denied(OtherApp, c.OtherAppUntil), true
	}
	return Verdict{}, false
}

// PageTrouble returns why the Page's own state refuses every reply at that time,
// whatever the conversation; empty where it does not.
func PageTrouble(now time.Time, p Page) Code {
	if v, blocked := pageVerdict(now, p); blocked {
		return v.Code
	}
	if p.RateLimitedUntil != nil && now.Before(*p.RateLimitedUntil) {
		return RateLimited
	}
	return ""
}

// PageBlocks tells whether the Page's own state refuses every reply at that
// time, whatever the conversation.
func PageBlocks(now time.Time, p Page) bool {
	return PageTrouble(now, p) != ""
}
