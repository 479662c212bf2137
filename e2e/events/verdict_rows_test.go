package events

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"parley/client/outbox"
	"parley/hub"
	huboutbox "parley/hub/outbox"
	"parley/model"
)

// Each row of the table of verdicts comes and lifts as it says, at a hub on the sandbox's
// Graph API. hidden has tests of its own (hub/api, visibility).

const hanako = "5500000000000001"

// newTalk is a world in which a customer wrote a minute ago.
func newTalk(t *testing.T, change ...func(*hub.Timing)) *metaWorld {
	t.Helper()
	t.Parallel()
	w := newMetaWorld(t, change...)
	w.plays(hanako, "message-text", metaNow.Add(-time.Minute))
	w.wants(hanako, "")
	return w
}

// looksOften has the hub look at its Pages all the time.
func looksOften(t *hub.Timing) { t.PageCheck = 20 * time.Millisecond }

// says expects a notice of that kind.
func (w *metaWorld) says(kind model.NoticeKind) {
	w.Helper()
	if !slices.ContainsFunc(w.notices(), func(n model.Notice) bool { return n.Kind == kind }) {
		w.Fatalf("no notice %s among %d", kind, len(w.notices()))
	}
}

// checks asks how the Page stands, as ann.
func (w *metaWorld) checks(repair bool) model.Page {
	w.Helper()
	p, err := w.client.CheckPage(w.Context(), model.PageID(w.page()), repair)
	w.must(err)
	return p
}

// TestPageDisconnectedBySilentUnsubscription: noticed by looking, told, repaired on
// request. That looking again finds nothing new says nothing.
func TestPageDisconnectedBySilentUnsubscription(t *testing.T) {
	w := newTalk(t, looksOften)
	w.sets(map[string]any{"subscribed": false})
	w.comes(hanako, model.PageDisconnected)
	w.says(model.NoticeSubscriptionLost)
	before := len(w.notices())
	w.checks(false)
	w.checks(false)
	if n := len(w.notices()); n != before {
		t.Errorf("%d notices after looking again, want %d", n, before)
	}
	w.wants(hanako, model.PageDisconnected)
	if p := w.checks(true); !p.Connected() {
		t.Fatalf("repaired: %+v", p)
	}
	w.wants(hanako, "")
	w.says(model.NoticeSubscriptionBack)
	w.sends(hanako)
}

// TestPageDisconnectedByItsToken: refused by Meta (190), learnt from a reply; it lifts when
// the token is taken again, and else by a new connection.
func TestPageDisconnectedByItsToken(t *testing.T) {
	w := newTalk(t)
	w.sets(map[string]any{"token_refused": true})
	w.refuses(hanako, model.PageDisconnected)
	w.wants(hanako, model.PageDisconnected)
	if p := w.checks(true); !p.TokenRefused {
		t.Fatal("a repair by a token that is refused repairs nothing")
	}
	w.sets(map[string]any{"token_refused": false})
	w.checks(false)
	w.wants(hanako, "")
}

// TestPageDisconnectedByItsTokenIsNoticed without a reply.
func TestPageDisconnectedByItsTokenIsNoticed(t *testing.T) {
	w := newTalk(t, looksOften)
	w.sets(map[string]any{"token_refused": true})
	w.comes(hanako, model.PageDisconnected)
	w.says(model.NoticeTokenRefused)
	w.sets(map[string]any{"token_refused": false})
	w.comes(hanako, "")
}

// TestPageRestrictedByAPolicyEvent: only unblock lifts it.
func TestPageRestrictedByAPolicyEvent(t *testing.T) {
	w := newTalk(t)
	w.plays(hanako, "policy-warning", metaNow.Add(-30*time.Second))
	w.wants(hanako, "")
	w.plays(hanako, "policy-block", metaNow)
	w.wants(hanako, model.PageRestricted)
	w.passes(2 * time.Hour)
	w.wants(hanako, model.PageRestricted)
	w.plays(hanako, "policy-unblock", w.clock())
	w.wants(hanako, "")
	w.sends(hanako)
}

// TestPageRestrictedDeliveredInTheWrongOrder: an unblock that overtakes its block, and a
// block that comes again, change nothing in the end.
func TestPageRestrictedDeliveredInTheWrongOrder(t *testing.T) {
	w := newTalk(t)
	block, unblock := metaNow.Add(-20*time.Second), metaNow.Add(-10*time.Second)
	w.plays(hanako, "policy-unblock", unblock)
	w.plays(hanako, "policy-block", block)
	w.wants(hanako, "")
	w.plays(hanako, "policy-block", metaNow)
	w.wants(hanako, model.PageRestricted)
	w.plays(hanako, "policy-unblock", unblock)
	w.wants(hanako, model.PageRestricted)
}

// TestPageRestrictedLearntFromASendError: after an hour one reply is let through, and says
// how it stands.
func TestPageRestrictedLearntFromASendError(t *testing.T) {
	w := newTalk(t)
	w.sets(map[string]any{"restricted": true})
	w.refuses(hanako, model.PageRestricted)
	w.passes(time.Hour - time.Millisecond)
	w.wants(hanako, model.PageRestricted)
	w.passes(time.Millisecond)
	w.wants(hanako, "")
	w.refuses(hanako, model.PageRestricted) // it still stands, for another hour
	w.wants(hanako, model.PageRestricted)
	w.passes(time.Hour)
	w.sets(map[string]any{"restricted": false})
	w.sends(hanako)
	w.wants(hanako, "")
}

// TestPageRestrictedByEachError that means it.
func TestPageRestrictedByEachError(t *testing.T) {
	w := newTalk(t)
	for _, e := range []struct{ code, subcode int }{{368, 0}, {10, 1893063}, {613, 2018338}} {
		w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": e.code, "subcode": e.subcode, "count": 1}, nil)
		w.refuses(hanako, model.PageRestricted)
		w.wants(hanako, model.PageRestricted)
		w.passes(time.Hour)
		w.sends(hanako)
	}
}

// TestMessagesOff: learnt from a send error or by looking; lifted by looking, or by "check
// again".
func TestMessagesOff(t *testing.T) {
	w := newTalk(t)
	w.sets(map[string]any{"messages_off": true})
	w.refuses(hanako, model.MessagesOff)
	w.wants(hanako, model.MessagesOff)
	w.checks(false)
	w.wants(hanako, model.MessagesOff)
	w.sets(map[string]any{"messages_off": false})
	w.checks(false)
	w.wants(hanako, "")
	w.sends(hanako)
}

// TestMessagesOffIsNoticed without a reply.
func TestMessagesOffIsNoticed(t *testing.T) {
	w := newTalk(t, looksOften)
	w.sets(map[string]any{"messages_off": true})
	w.comes(hanako, model.MessagesOff)
	w.sets(map[string]any{"messages_off": false})
	w.comes(hanako, "")
}

// TestNotStarted: who was only written to, or came by an ad, has not begun.
func TestNotStarted(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	w.plays(hanako, "echo-inbox", metaNow.Add(-2*time.Minute))
	w.wants(hanako, model.NotStarted)
	w.plays(hanako, "referral-ad", metaNow.Add(-time.Minute))
	w.wants(hanako, model.NotStarted)
	w.plays(hanako, "message-text", metaNow)
	w.wants(hanako, "")
}

// TestWindowClosed by its time, and by a send error until the customer's next act.
func TestWindowClosed(t *testing.T) {
	w := newTalk(t)
	w.passes(model.ReplyWindow)
	w.wants(hanako, model.WindowClosed)
	w.plays(hanako, "reaction-unreact", w.clock()) // it reacts a second before
	w.wants(hanako, "")
	w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 10, "subcode": 2018278, "count": 1}, nil)
	w.refuses(hanako, model.WindowClosed)
	w.wants(hanako, model.WindowClosed)
	w.plays(hanako, "postback", w.clock().Add(time.Second))
	w.wants(hanako, "")
	w.sends(hanako)
}

// TestWindowOfAnAd is a week: uncertain after the first day, until it is over or a send
// error closes it.
func TestWindowOfAnAd(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	uncertain := func(want bool) {
		t.Helper()
		if v := w.conversation(hanako).Reply; !v.Allowed || v.Uncertain != want || v.Until == nil {
			t.Fatalf("the verdict is %+v", v)
		}
	}
	w.plays(hanako, "message-ad-referral", metaNow)
	uncertain(false)
	w.passes(model.ReplyWindow)
	uncertain(true)
	w.sends(hanako)
	w.passes(model.AdWindow - model.ReplyWindow - time.Millisecond)
	uncertain(true)
	w.passes(time.Millisecond)
	w.wants(hanako, model.WindowClosed)
	w.plays(hanako, "message-text", w.clock())
	uncertain(false)
	w.passes(model.ReplyWindow)
	uncertain(true)
	w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 10, "subcode": 2018278, "count": 1}, nil)
	w.refuses(hanako, model.WindowClosed)
	w.wants(hanako, model.WindowClosed)
	w.plays(hanako, "postback", w.clock().Add(time.Second))
	uncertain(false)
}

// TestUnreachable until the next inbound event, by each of its errors.
func TestUnreachable(t *testing.T) {
	w := newTalk(t)
	for i, fault := range []map[string]any{
		{"code": 551, "subcode": 1545041}, {"code": 551}, {"code": 200, "subcode": 1545041}, {"code": 10, "subcode": 2018108},
	} {
		fault["on"], fault["kind"], fault["count"] = "send", "error", 1
		w.control(http.MethodPost, "/faults", fault, nil)
		w.refuses(hanako, model.Unreachable)
		w.wants(hanako, model.Unreachable)
		w.passes(time.Minute)
		w.plays(hanako, []string{"read", "message-text", "reaction-react", "message-edit"}[i], w.clock())
		w.wants(hanako, "")
	}
}

// TestOtherApp holds the thread until it is passed to us, a message to us comes that is
// not standby, or a day without news.
func TestOtherApp(t *testing.T) {
	w := newTalk(t)
	at := metaNow
	for _, comes := range []string{"standby-message", "thread-pass-app", "thread-take-inbox", "standby-echo"} {
		for _, lifts := range []string{"thread-pass", "message-text", "postback"} {
			at = at.Add(time.Second)
			w.plays(hanako, comes, at)
			w.wants(hanako, model.OtherApp)
			at = at.Add(time.Second)
			w.plays(hanako, lifts, at)
			w.wants(hanako, "")
		}
	}
	w.plays(hanako, "thread-request", at.Add(time.Second)) // to ask is not to have
	w.wants(hanako, "")
	w.plays(hanako, "standby-echo", at.Add(2*time.Second))
	w.passes(3 * time.Hour)
	w.plays(hanako, "reaction-react", w.clock()) // what comes meanwhile keeps the window open
	w.passes(at.Add(2 * time.Second).Add(model.OtherAppIdle - time.Millisecond).Sub(w.clock()))
	w.wants(hanako, model.OtherApp)
	w.passes(time.Millisecond)
	w.wants(hanako, "")
}

// TestOtherAppLearntFromASendError: 2018300, as Meta writes it, until the customer acts.
func TestOtherAppLearntFromASendError(t *testing.T) {
	w := newTalk(t)
	w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 10, "subcode": 2018300, "count": 1}, nil)
	w.refuses(hanako, model.OtherApp)
	w.wants(hanako, model.OtherApp)
	w.plays(hanako, "message-text", metaNow.Add(time.Second))
	w.wants(hanako, "")
}

// limited expects that replies wait until then.
func (w *metaWorld) limited(d time.Duration) {
	w.Helper()
	w.comes(hanako, model.RateLimited)
	until := w.conversation(hanako).Reply.Until
	if until == nil || !until.Equal(w.clock().Add(d)) {
		w.Fatalf("replies wait until %v, want %v", until, w.clock().Add(d))
	}
}

// queues hands a reply in and leaves it.
func (w *metaWorld) queues(text string) {
	w.Helper()
	_, err := w.hub.Reply(w.Context(), w.ann.User, huboutbox.Draft{
		Conversation: w.conversationID(hanako), ClientID: outbox.NewClientID(), Text: model.Untrusted(text),
	})
	w.must(err)
}

// TestRateLimitedByTheHeader waits as long as Meta says, and lifts by itself.
func TestRateLimitedByTheHeader(t *testing.T) {
	w := newTalk(t)
	w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 80006, "regain_minutes": 7, "count": 1}, nil)
	w.queues("one")
	w.limited(7 * time.Minute)
	w.passes(7*time.Minute - time.Millisecond)
	w.wants(hanako, model.RateLimited)
	w.passes(time.Millisecond)
	w.wants(hanako, "")
}

// TestRateLimitedWithoutAHeader waits a minute, then two.
func TestRateLimitedWithoutAHeader(t *testing.T) {
	w := newTalk(t)
	w.control(http.MethodPost, "/faults", map[string]any{"on": "send", "kind": "error", "code": 613, "regain_minutes": 0, "count": 2}, nil)
	w.queues("one")
	w.limited(time.Minute)
	w.passes(time.Minute)
	w.queues("two") // wakes the first
	w.limited(2 * time.Minute)
	w.passes(2 * time.Minute)
	w.wants(hanako, "")
}
