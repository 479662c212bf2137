package receive_test

import (
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/model"
)

func TestWindowEndsToTheMillisecond(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(day-time.Millisecond)), hubtest.Wrote(ken, "m2", "hi", hubtest.Ago(day)))
		w.WantVerdict(ken, model.WindowClosed)
		_, err := w.Hub.Reply(w.Ctx, w.Ann, hubtest.Draft(ken, "too late"))
		w.WantRefused(err, model.WindowClosed)

		c := w.Conversation(hanako)
		if !c.Reply.Allowed || c.Reply.Until == nil || !c.Reply.Until.Equal(hubtest.Now().Add(time.Millisecond)) {
			t.Fatalf("a millisecond before the end: %+v", c.Reply)
		}
		id := w.Reply(hanako, "just in time")
		w.WantState(id, model.Sent)
		w.Pass(time.Millisecond)
		w.WantVerdict(hanako, model.WindowClosed)
		_, err = w.Hub.Reply(w.Ctx, w.Ann, hubtest.Draft(hanako, "a millisecond late"))
		w.WantRefused(err, model.WindowClosed)
		w.WantSent(1)
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				// A conversation that the Page began elsewhere: the customer never wrote.
				w.Receive(hubtest.Echoed(hanako, hubtest.Ago(2*time.Hour), model.Echo{MID: "m_out", AppID: pageInbox, Text: "hello?"}))
				w.WantVerdict(hanako, model.NotStarted)
				at := hubtest.Ago(time.Hour)
				w.Receive(hubtest.Event(name, hanako, at, tt.event))
				c := w.Conversation(hanako)
				if c.Started != tt.opens || c.Reply.Allowed != tt.opens {
					t.Fatalf("started %v, reply %+v", c.Started, c.Reply)
				}
				if !tt.opens {
					w.WantVerdict(hanako, model.NotStarted)
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
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour)
		w.Receive(hubtest.Wrote(hanako, "m2", "newer", at))
		w.Receive(hubtest.Wrote(hanako, "m1", "older", at.Add(-10*time.Hour)))
		if c := w.Conversation(hanako); !c.WindowUntil.Equal(at.Add(day)) {
			t.Errorf("window until %v, want %v", c.WindowUntil, at.Add(day))
		}
	})
}

// A webhook six hours late shows its own time and the window that goes with it.
func TestDelayedWebhookKeepsItsTime(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(6 * time.Hour)
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", at))
		c := w.Conversation(hanako)
		if !c.WindowUntil.Equal(at.Add(day)) || !w.Messages(hanako)[0].SentAt.Equal(at) {
			t.Errorf("window until %v, sent at %v", c.WindowUntil, w.Messages(hanako)[0].SentAt)
		}
	})
}

func TestSendErrorClosesTheWindowUntilTheNextEvent(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(time.Hour)
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", at))
		w.Graph.Plays(hubtest.Refuses(model.WindowClosed))
		id := w.Reply(hanako, "hello")
		m := w.WantError(id, model.Failed, model.WindowClosed)
		if m.Error.Detail == "" || m.Text != "hello" {
			t.Errorf("the reason or the text is lost: %+v", m.Error)
		}
		w.WantVerdict(hanako, model.WindowClosed)
		w.Receive(hubtest.Wrote(hanako, "m0", "late", at.Add(-time.Second)))
		w.WantVerdict(hanako, model.WindowClosed)
		w.Pass(time.Second)
		w.Receive(hubtest.Wrote(hanako, "m2", "newer", hubtest.Now()))
		w.WantVerdict(hanako, "")
		w.WantState(w.Reply(hanako, "again"), model.Sent)
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				at := hubtest.Ago(time.Hour)
				w.Receive(hubtest.Wrote(hanako, "m1", "hi", at))
				w.Graph.Plays(hubtest.Refuses(model.Unreachable))
				w.WantError(w.Reply(hanako, "hello"), model.Failed, model.Unreachable)
				w.WantVerdict(hanako, model.Unreachable)
				w.Receive(hubtest.Wrote(hanako, "m0", "late", at.Add(-time.Second)))
				w.WantVerdict(hanako, model.Unreachable)
				w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "ours"}))
				w.WantVerdict(hanako, model.Unreachable)
				w.Receive(hubtest.Event(name, hanako, at.Add(time.Second), e))
				w.WantVerdict(hanako, "")
			})
		})
	}
}

func TestOtherAppComesAndLifts(t *testing.T) {
	pass := func(action string, owner model.AppID, at time.Time) model.Inbound {
		return hubtest.Event(action+"_thread_control", hanako, at, model.ThreadControl{Action: action, Owner: owner})
	}
	comes := map[string]func(at time.Time) model.Inbound{
		"a standby message": func(at time.Time) model.Inbound {
			return hubtest.Standby(hubtest.Wrote(hanako, "s1", "to another", at))
		},
		"a standby echo": func(at time.Time) model.Inbound {
			return hubtest.Standby(hubtest.Echoed(hanako, at, model.Echo{MID: "s1", AppID: otherApp, Text: "bot"}))
		},
		"passed to another": func(at time.Time) model.Inbound { return pass("pass", otherApp, at) },
		"taken by another":  func(at time.Time) model.Inbound { return pass("take", otherApp, at) },
	}
	lifts := map[string]func(at time.Time) model.Inbound{
		"passed to us": func(at time.Time) model.Inbound { return pass("pass", ourApp, at) },
		"passed to nobody": func(at time.Time) model.Inbound {
			return pass("pass", "", at)
		},
		"a message not standby": func(at time.Time) model.Inbound { return hubtest.Wrote(hanako, "m9", "to you", at) },
		"a postback not standby": func(at time.Time) model.Inbound {
			return hubtest.Event("postback", hanako, at, model.Postback{Title: "Human, please"})
		},
	}
	for came, come := range comes {
		for lifted, lift := range lifts {
			t.Run(came+", "+lifted, func(t *testing.T) {
				hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
					at := hubtest.Ago(time.Hour)
					w.Receive(hubtest.Wrote(hanako, "m1", "hi", at))
					w.WantVerdict(hanako, "")
					w.Receive(come(at.Add(10 * time.Second)))
					w.WantVerdict(hanako, model.OtherApp)
					w.Receive(lift(at.Add(5 * time.Second))) // older than what set it
					w.WantVerdict(hanako, model.OtherApp)
					e := lift(at.Add(20 * time.Second))
					e.Key += " newer"
					if m, ok := e.Event.(model.CustomerMessage); ok {
						m.MID = "m10"
						e.Event = m
					}
					w.Receive(e)
					w.WantVerdict(hanako, "")
				})
			})
		}
	}
}

func TestOtherAppLiftsWhenIdleForADay(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Standby(hubtest.Wrote(hanako, "s1", "to another", hubtest.Ago(day-time.Minute))))
		w.Receive(hubtest.Event("reaction", hanako, hubtest.Ago(time.Hour), model.Reacted{Target: "s1", By: model.ByCustomer, Kind: "love"}))
		c := w.Conversation(hanako)
		if c.Reply.Code != model.OtherApp || c.Reply.Until == nil || !c.Reply.Until.Equal(hubtest.Now().Add(time.Minute)) {
			t.Fatalf("verdict %+v", c.Reply)
		}
		w.Pass(time.Minute - time.Millisecond)
		w.WantVerdict(hanako, model.OtherApp)
		w.Pass(time.Millisecond)
		w.WantVerdict(hanako, "")
	})
}

func TestAskingForTheThreadChangesNothing(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Receive(hubtest.Event("request_thread_control", hanako, hubtest.Now(), model.ThreadControl{Action: "request", Owner: otherApp}))
		w.WantVerdict(hanako, "")
	})
}

func TestOtherAppLearntFromASendError(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.Refuses(model.OtherApp))
		w.WantError(w.Reply(hanako, "hello"), model.Failed, model.OtherApp)
		c := w.Conversation(hanako)
		if c.Reply.Code != model.OtherApp || c.Reply.Until == nil || !c.Reply.Until.Equal(hubtest.Now().Add(day)) {
			t.Fatalf("verdict %+v", c.Reply)
		}
		w.Pass(time.Second)
		w.Receive(hubtest.Wrote(hanako, "m2", "to you", hubtest.Now()))
		w.WantVerdict(hanako, "")
	})
}
