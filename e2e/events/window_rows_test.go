package events

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

// byAnAd are those by which a customer comes from an ad: for a week after they wrote
// Facebook may take a reply.
var byAnAd = map[string]bool{"message-ad-referral": true, "postback-ad": true}

// TestWhatOpensTheWindowAtItsEdge: a millisecond before t + 24 h a reply is allowed, at
// t + 24 h it isn't, or is uncertain until t + 7 days where an ad brought the customer; by
// the hub and by the model that clients judge with.
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
			for _, edge := range edges(byAnAd[name]) {
				w.passes(at.Add(edge.after).Sub(w.clock()))
				if v := model.CanReply(at.Add(edge.after), w.pageNow(), c, w.ann.ID); v.Code != edge.code || v.Uncertain != edge.uncertain {
					t.Errorf("after %v the model says %q, uncertain %t, want %q", edge.after, v.Code, v.Uncertain, edge.code)
				}
				held := edge.code == "" && w.conversation(psid).OtherApp
				if v := w.conversation(psid).Reply; (v.Code != edge.code || v.Uncertain != edge.uncertain) && !held {
					t.Errorf("after %v the hub says %q, uncertain %t, want %q", edge.after, v.Code, v.Uncertain, edge.code)
				}
			}
		})
	}
}

// edge is what is judged so long after the customer's last word.
type edge struct {
	after     time.Duration
	code      model.Code
	uncertain bool
}

func edges(byAd bool) []edge {
	const week = 7 * 24 * time.Hour
	all := []edge{{model.ReplyWindow - time.Millisecond, "", false}}
	if byAd {
		return append(all, edge{model.ReplyWindow, "", true}, edge{week - time.Millisecond, "", true}, edge{week, model.WindowClosed, false})
	}
	return append(all, edge{model.ReplyWindow, model.WindowClosed, false})
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
