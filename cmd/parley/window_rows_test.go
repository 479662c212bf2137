package main

import (
	"testing"
	"time"

	"parley/model"
)

// openers are the events that open the reply window, and those that don't, by the names
// of their plays: the time of the last step is t.
var openers = map[string]bool{
	"message-text": true, "message-quick-reply": true, "message-image": true, "message-like": true, "message-commands": true,
	"message-ad-referral": true, "message-unsupported": true, "message-prior": true,
	"postback": true, "postback-get-started": true, "postback-mme": true, "postback-ad": true,
	"reaction-react": true, "reaction-changed": true, "optin-plugin": true, "referral-mme": true, "standby-postback": true,

	"referral-ad": false, "referral-ad-bare": false, "optin-notification": false, "optin-notification-resume": false,
	"optin-one-time": false, "account-linked": false, "order": false, "feedback": false, "echo-inbox": false, "echo-app": false,
	"delivery": false, "read": false, "thread-pass": false, "response-feedback-good": false, "reaction-page": false, "unknown": false,
}

// TestWhatOpensTheWindowAtItsEdge: a millisecond before t + 24 h a reply is allowed, at
// t + 24 h it isn't, by the hub and by the model that clients judge with.
func TestWhatOpensTheWindowAtItsEdge(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	n := 0
	for name, opens := range openers {
		n++
		psid := numbered(n)
		t.Run(name, func(t *testing.T) {
			w := w.of(t)
			at := w.clock()
			if name == "reaction-page" { // the customer wrote a second before
				at = at.Add(-model.ReplyWindow).Add(time.Second)
			}
			w.plays(psid, name, at)
			c := w.conversation(psid)
			if !opens {
				w.staysShut(c, at)
				return
			}
			if c.WindowUntil == nil || !c.WindowUntil.Equal(at.Add(model.ReplyWindow)) {
				t.Fatalf("the window is open until %v, want a day after %v", c.WindowUntil, at)
			}
			c.OtherApp = false // of standby, which is another rule
			for _, edge := range []struct {
				at   time.Time
				code model.Code
			}{{at.Add(model.ReplyWindow - time.Millisecond), ""}, {at.Add(model.ReplyWindow), model.WindowClosed}} {
				w.passes(edge.at.Sub(w.clock()))
				if v := model.CanReply(edge.at, w.pageNow(), c, w.ann.ID); v.Code != edge.code {
					t.Errorf("at %v the model says %q, want %q", edge.at, v.Code, edge.code)
				}
				held := edge.code == "" && w.conversation(psid).OtherApp
				if v := w.conversation(psid).Reply; v.Code != edge.code && !held {
					t.Errorf("at %v the hub says %q, want %q", edge.at, v.Code, edge.code)
				}
			}
		})
	}
}

// staysShut expects that nothing opened the window at that time.
func (w *metaWorld) staysShut(c model.Conversation, at time.Time) {
	w.Helper()
	if c.WindowUntil != nil && !c.WindowUntil.Before(at.Add(model.ReplyWindow)) {
		w.Fatalf("the window is open until %v", c.WindowUntil)
	}
	if c.WindowUntil == nil && (c.Started || c.Reply.Code != model.NotStarted) {
		w.Fatalf("started %v, the verdict is %+v", c.Started, c.Reply)
	}
}

// TestTakingAReactionBackOpensNothing: the window stays where the reaction put it.
func TestTakingAReactionBackOpensNothing(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	w.plays(hanako, "reaction-unreact", metaNow) // it reacts a second before
	want := metaNow.Add(-time.Second).Add(model.ReplyWindow)
	if c := w.conversation(hanako); c.WindowUntil == nil || !c.WindowUntil.Equal(want) {
		t.Fatalf("the window is open until %v, want %v", c.WindowUntil, want)
	}
}

// TestAnEditOpensNothing: Meta does not say that it does.
func TestAnEditOpensNothing(t *testing.T) {
	t.Parallel()
	w := newMetaWorld(t)
	w.plays(hanako, "message-edit", metaNow) // it writes a second before
	want := metaNow.Add(-time.Second).Add(model.ReplyWindow)
	if c := w.conversation(hanako); c.WindowUntil == nil || !c.WindowUntil.Equal(want) {
		t.Fatalf("the window is open until %v, want %v", c.WindowUntil, want)
	}
}
