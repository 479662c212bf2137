package hub_test

import (
	"testing"
	"time"

	"parley/model"
)

const day = 24 * time.Hour

func TestWindowEndsToTheMillisecond(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "hi", ago(day-time.Millisecond)), wrote(ken, "m2", "hi", ago(day)))
		w.wantVerdict(ken, model.WindowClosed)
		_, err := w.hub.Reply(w.ctx, w.ann, draft(ken, "too late"))
		w.refused(err, model.WindowClosed)

		c := w.conversation(hanako)
		if !c.Reply.Allowed || c.Reply.Until == nil || !c.Reply.Until.Equal(now().Add(time.Millisecond)) {
			t.Fatalf("a millisecond before the end: %+v", c.Reply)
		}
		id := w.reply(hanako, "just in time")
		w.wantState(id, model.Sent)
		w.pass(time.Millisecond)
		w.wantVerdict(hanako, model.WindowClosed)
		_, err = w.hub.Reply(w.ctx, w.ann, draft(hanako, "a millisecond late"))
		w.refused(err, model.WindowClosed)
		w.wantSent(1)
	})
}

func TestWhatOpensTheWindow(t *testing.T) {
	reacted := model.Reacted{Target: "m_out", By: model.ByCustomer, Kind: "love"}
	removed := reacted
	removed.Removed = true
	byPage := reacted
	byPage.By = model.ByPage
	tests := map[string]struct {
		event model.Event
		opens bool
	}{
		"message":             {model.CustomerMessage{MID: "m1", Text: "hi"}, true},
		"postback":            {model.Postback{Title: "Start"}, true},
		"reaction":            {reacted, true},
		"reaction removed":    {removed, false},
		"reaction of ours":    {byPage, false},
		"plugin opt-in":       {model.Optin{Plugin: true}, true},
		"other opt-in":        {model.Optin{Type: "notification_messages"}, false},
		"m.me link":           {model.Referral{Entry: model.Entry{Source: model.SourceShortlink}}, true},
		"ad alone":            {model.Referral{Entry: model.Entry{Source: model.SourceAds}}, false},
		"echo":                {model.Echo{MID: "e1", AppID: pageInbox, Text: "hi"}, false},
		"edit":                {model.Edit{Target: "m0", Text: "hi", Number: 1}, false},
		"read":                {model.ReadUpTo{Watermark: time.Unix(1, 0)}, false},
		"delivery":            {model.DeliveredUpTo{Watermark: time.Unix(1, 0)}, false},
		"account linking":     {model.Happened{Notable: model.Notable{Kind: model.EventAccountLinking}}, false},
		"Facebook's notice":   {model.Happened{Notable: model.Notable{Kind: model.EventAdminText, Payload: "handed back"}}, false},
		"message without mid": {model.Happened{Notable: model.Notable{Kind: model.EventUnknown, Payload: "hello"}}, false},
		"something not known": {nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				// A conversation that the Page began elsewhere: the customer never wrote.
				w.receive(echoed(hanako, ago(2*time.Hour), model.Echo{MID: "m_out", AppID: pageInbox, Text: "hello?"}))
				w.wantVerdict(hanako, model.NotStarted)
				at := ago(time.Hour)
				w.receive(event(name, hanako, at, tt.event))
				c := w.conversation(hanako)
				if c.Started != tt.opens || c.Reply.Allowed != tt.opens {
					t.Fatalf("started %v, reply %+v", c.Started, c.Reply)
				}
				if !tt.opens {
					w.wantVerdict(hanako, model.NotStarted)
					return
				}
				if c.WindowUntil == nil || !c.WindowUntil.Equal(at.Add(day)) {
					t.Errorf("window until %v, want a day after %v", c.WindowUntil, at)
				}
			})
		})
	}
}

func TestLateEventDoesNotShortenTheWindow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour)
		w.receive(wrote(hanako, "m2", "newer", at))
		w.receive(wrote(hanako, "m1", "older", at.Add(-10*time.Hour)))
		if c := w.conversation(hanako); !c.WindowUntil.Equal(at.Add(day)) {
			t.Errorf("window until %v, want %v", c.WindowUntil, at.Add(day))
		}
	})
}

// A webhook six hours late shows its own time and the window that goes with it.
func TestDelayedWebhookKeepsItsTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(6 * time.Hour)
		w.receive(wrote(hanako, "m1", "hi", at))
		c := w.conversation(hanako)
		if !c.WindowUntil.Equal(at.Add(day)) || !w.messages(hanako)[0].SentAt.Equal(at) {
			t.Errorf("window until %v, sent at %v", c.WindowUntil, w.messages(hanako)[0].SentAt)
		}
	})
}

func TestSendErrorClosesTheWindowUntilTheNextEvent(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(time.Hour)
		w.receive(wrote(hanako, "m1", "hi", at))
		w.graph.plays(refuses(model.WindowClosed))
		id := w.reply(hanako, "hello")
		m := w.wantError(id, model.Failed, model.WindowClosed)
		if m.Error.Detail == "" || m.Text != "hello" {
			t.Errorf("the reason or the text is lost: %+v", m.Error)
		}
		w.wantVerdict(hanako, model.WindowClosed)
		w.receive(wrote(hanako, "m0", "late", at.Add(-time.Second)))
		w.wantVerdict(hanako, model.WindowClosed)
		w.pass(time.Second)
		w.receive(wrote(hanako, "m2", "newer", now()))
		w.wantVerdict(hanako, "")
		w.wantState(w.reply(hanako, "again"), model.Sent)
	})
}

func TestUnreachableUntilTheNextEvent(t *testing.T) {
	newer := map[string]model.Event{
		"message":  model.CustomerMessage{MID: "m2", Text: "hi"},
		"reaction": model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"},
		"read":     model.ReadUpTo{Watermark: time.Unix(1, 0)},
	}
	for name, e := range newer {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				at := ago(time.Hour)
				w.receive(wrote(hanako, "m1", "hi", at))
				w.graph.plays(refuses(model.Unreachable))
				w.wantError(w.reply(hanako, "hello"), model.Failed, model.Unreachable)
				w.wantVerdict(hanako, model.Unreachable)
				w.receive(wrote(hanako, "m0", "late", at.Add(-time.Second)))
				w.wantVerdict(hanako, model.Unreachable)
				w.receive(echoed(hanako, now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "ours"}))
				w.wantVerdict(hanako, model.Unreachable)
				w.receive(event(name, hanako, at.Add(time.Second), e))
				w.wantVerdict(hanako, "")
			})
		})
	}
}

func TestOtherAppComesAndLifts(t *testing.T) {
	pass := func(action string, owner model.AppID, at time.Time) model.Inbound {
		return event(action+"_thread_control", hanako, at, model.ThreadControl{Action: action, Owner: owner})
	}
	comes := map[string]func(at time.Time) model.Inbound{
		"a standby message": func(at time.Time) model.Inbound { return standby(wrote(hanako, "s1", "to another", at)) },
		"a standby echo": func(at time.Time) model.Inbound {
			return standby(echoed(hanako, at, model.Echo{MID: "s1", AppID: otherApp, Text: "bot"}))
		},
		"passed to another": func(at time.Time) model.Inbound { return pass("pass", otherApp, at) },
		"taken by another":  func(at time.Time) model.Inbound { return pass("take", otherApp, at) },
	}
	lifts := map[string]func(at time.Time) model.Inbound{
		"passed to us": func(at time.Time) model.Inbound { return pass("pass", ourApp, at) },
		"passed to nobody": func(at time.Time) model.Inbound {
			return pass("pass", "", at)
		},
		"a message not standby": func(at time.Time) model.Inbound { return wrote(hanako, "m9", "to you", at) },
		"a postback not standby": func(at time.Time) model.Inbound {
			return event("postback", hanako, at, model.Postback{Title: "Human, please"})
		},
	}
	for came, come := range comes {
		for lifted, lift := range lifts {
			t.Run(came+", "+lifted, func(t *testing.T) {
				inWorld(t, func(_ *testing.T, w *world) {
					at := ago(time.Hour)
					w.receive(wrote(hanako, "m1", "hi", at))
					w.wantVerdict(hanako, "")
					w.receive(come(at.Add(10 * time.Second)))
					w.wantVerdict(hanako, model.OtherApp)
					w.receive(lift(at.Add(5 * time.Second))) // older than what set it
					w.wantVerdict(hanako, model.OtherApp)
					e := lift(at.Add(20 * time.Second))
					e.Key += " newer"
					if m, ok := e.Event.(model.CustomerMessage); ok {
						m.MID = "m10"
						e.Event = m
					}
					w.receive(e)
					w.wantVerdict(hanako, "")
				})
			})
		}
	}
}

func TestOtherAppLiftsWhenIdleForADay(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(standby(wrote(hanako, "s1", "to another", ago(day-time.Minute))))
		w.receive(event("reaction", hanako, ago(time.Hour), model.Reacted{Target: "s1", By: model.ByCustomer, Kind: "love"}))
		c := w.conversation(hanako)
		if c.Reply.Code != model.OtherApp || c.Reply.Until == nil || !c.Reply.Until.Equal(now().Add(time.Minute)) {
			t.Fatalf("verdict %+v", c.Reply)
		}
		w.pass(time.Minute - time.Millisecond)
		w.wantVerdict(hanako, model.OtherApp)
		w.pass(time.Millisecond)
		w.wantVerdict(hanako, "")
	})
}

func TestAskingForTheThreadChangesNothing(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.receive(event("request_thread_control", hanako, now(), model.ThreadControl{Action: "request", Owner: otherApp}))
		w.wantVerdict(hanako, "")
	})
}

func TestOtherAppLearntFromASendError(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(refuses(model.OtherApp))
		w.wantError(w.reply(hanako, "hello"), model.Failed, model.OtherApp)
		c := w.conversation(hanako)
		if c.Reply.Code != model.OtherApp || c.Reply.Until == nil || !c.Reply.Until.Equal(now().Add(day)) {
			t.Fatalf("verdict %+v", c.Reply)
		}
		w.pass(time.Second)
		w.receive(wrote(hanako, "m2", "to you", now()))
		w.wantVerdict(hanako, "")
	})
}
