package model

import "time"

// Durations of the rules.
const (
	// ReplyWindow is how long the Page may reply after the customer's last act.
	// Source: Messenger Platform, "Standard messaging window".
	ReplyWindow = 24 * time.Hour
	// AdWindow is how long the Page may reply to a customer who came by a Click-to-Messenger
	// ad. Meta says "up to" that, so Facebook may refuse once [ReplyWindow] is over.
	// Source: Messenger Platform policy, 28 September 2026.
	AdWindow = 7 * 24 * time.Hour
	// OtherAppIdle is how long another app keeps a thread if nothing is heard of it.
	// Source: Messenger Platform, "Conversation routing".
	OtherAppIdle = 24 * time.Hour
	// RestrictionRetry is how long after a send was refused for a restriction one reply is
	// let through again.
	RestrictionRetry = time.Hour
	// RateLimitDefault is how long to wait if Meta does not say.
	RateLimitDefault = time.Minute
)

// Verdict says whether a reply would be allowed.
type Verdict struct {
	Allowed bool `json:"allowed"`
	// Uncertain: it is allowed, but Facebook may still refuse.
	Uncertain bool `json:"uncertain"`
	// Code is why not; empty when allowed.
	Code Code `json:"code"`
	// Until is when the verdict changes by itself: if allowed, the end of the window, after
	// which it may be uncertain; if uncertain, the end of that. Nil: only an event changes it.
	Until *time.Time `json:"until"`
}

func denied(code Code, until *time.Time) Verdict { return Verdict{Code: code, Until: until} }

// CanReply judges a reply by that user at that time. The first rule that applies wins. Hub
// and clients both use it, with the hub's time.
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

// before reports whether until is set and still to come.
func before(now time.Time, until *time.Time) bool { return until != nil && now.Before(*until) }

// pageVerdict applies the rules that hold for every conversation of the Page.
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

// conversationVerdict applies the rules of one conversation.
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

// PageTrouble returns why the Page refuses every reply at that time, whatever the
// conversation; empty if it does not.
func PageTrouble(now time.Time, p Page) Code {
	if v, blocked := pageVerdict(now, p); blocked {
		return v.Code
	}
	if p.RateLimitedUntil != nil && now.Before(*p.RateLimitedUntil) {
		return RateLimited
	}
	return ""
}

// PageBlocks reports whether the Page refuses every reply at that time, whatever the
// conversation.
func PageBlocks(now time.Time, p Page) bool {
	return PageTrouble(now, p) != ""
}
