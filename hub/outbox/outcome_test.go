package outbox_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

func TestNothingWrittenIsTriedAgainWithBackOff(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.WritesNothing(), hubtest.WritesNothing(), hubtest.WritesNothing(), hubtest.WritesNothing())
		id := w.Reply(hanako, "hello")
		if m := w.WantState(id, model.Queued); m.Error != nil {
			t.Errorf("asks for attention: %+v", m.Error)
		}
		w.Pass(time.Minute)
		w.WantState(id, model.Sent)
		w.WantSent(5)
		var pauses []time.Duration
		for i, at := range w.Graph.Times[1:] {
			pauses = append(pauses, at.Sub(w.Graph.Times[i]))
		}
		const ms = time.Millisecond
		if want := []time.Duration{500 * ms, 1000 * ms, 2000 * ms, 4000 * ms}; !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
		if w.Graph.Reached["hello"] != 1 {
			t.Errorf("reached %d times", w.Graph.Reached["hello"])
		}
	})
}

func TestEachAttemptHasATokenOfItsOwn(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.WritesNothing(), hubtest.WritesNothing())
		w.Reply(hanako, "hello")
		w.Pass(time.Minute)
		tokens := make(map[string]bool)
		for _, o := range w.Graph.Sent() {
			tokens[o.Metadata] = true
		}
		if len(tokens) != 3 || tokens[""] {
			t.Errorf("%d tokens of 3 attempts", len(tokens))
		}
	})
}

func TestQueueLimit(t *testing.T) {
	for name, a := range map[string]hubtest.Answer{
		"nothing written": hubtest.WritesNothing(), "asked to wait for an hour": hubtest.AsksToWait(time.Hour),
		"asked to wait again and again": hubtest.AsksToWait(time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.ByDefault = a
				id := w.Reply(hanako, "hello")
				w.Pass(10*time.Minute - time.Second)
				w.WantState(id, model.Queued)
				w.Pass(time.Second)
				if m := w.WantError(id, model.Ask, model.NotSent); m.Error.Unchecked {
					t.Error("a reply that was never sent needs no check")
				}
				n := len(w.Graph.Sent())
				if n > 40 {
					t.Errorf("tried %d times in ten minutes", n)
				}
				w.Pass(time.Hour)
				w.WantSent(n)
			})
		})
	}
}

// A reply near its limit is not tried faster and faster.
func TestBackOffKeepsItsPauseNearTheLimit(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.ByDefault = hubtest.WritesNothing()
		w.Reply(hanako, "hello")
		w.Pass(11 * time.Minute)
		for i, at := range w.Graph.Times[1:] {
			if pause := at.Sub(w.Graph.Times[i]); pause < 500*time.Millisecond {
				t.Fatalf("attempt %d came %v after the one before", i+2, pause)
			}
		}
	})
}

func TestRateLimitWaitsTheNamedTime(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		w.Graph.Plays(hubtest.AsksToWait(95 * time.Second))
		id := w.Reply(hanako, "hello")
		w.WantState(id, model.Queued)
		until := w.Conversation(ken).Reply.Until // it holds for the whole Page
		if w.Verdict(ken) != model.RateLimited || until == nil || !until.Equal(hubtest.Now().Add(95*time.Second)) {
			t.Errorf("verdict %q until %v", w.Verdict(ken), until)
		}
		w.Pass(95*time.Second - time.Millisecond)
		w.WantSent(1)
		w.Pass(time.Millisecond)
		w.WantState(id, model.Sent)
		w.WantSent(2)
		w.WantVerdict(ken, "")
	})
}

func TestRateLimitWithoutATimeDoubles(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.AsksToWait(0), hubtest.AsksToWait(0), hubtest.AsksToWait(0), hubtest.Accepts(), hubtest.AsksToWait(0))
		id := w.Reply(hanako, "hello")
		w.Pass(8 * time.Minute)
		w.WantState(id, model.Sent)
		w.Reply(hanako, "again") // begins anew after a reply that went through
		w.Pass(2 * time.Minute)
		var pauses []time.Duration
		for i, at := range w.Graph.Times[1:] {
			pauses = append(pauses, at.Sub(w.Graph.Times[i]))
		}
		const minute = time.Minute
		want := []time.Duration{minute, 2 * minute, 4 * minute, minute, minute}
		if !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
	})
}

func TestUnknownOutcomeIsCheckedThenAsks(t *testing.T) {
	const from = "somebody"
	tests := []struct {
		name string
		// answered tells which of the three checks is answered.
		answered  [3]bool
		unchecked bool
	}{
		{"all checks answered", [3]bool{true, true, true}, false},
		{"the last one answered", [3]bool{false, false, true}, false},
		{"the second answered, at thirty seconds", [3]bool{false, true, false}, false},
		{"only the first answered, too early to count", [3]bool{true, false, false}, true},
		{"none answered", [3]bool{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Shows(model.SentMessage{MID: "x", FromPage: true, Text: from, CreatedAt: hubtest.Now()})
				w.Graph.Plays(hubtest.StaysSilent())
				id := w.Reply(hanako, "hello")
				start := time.Now()
				w.WantError(id, model.Unknown, model.OutcomeUnknown)
				for i, at := range hub.DefaultTiming().UnknownChecks {
					w.Graph.Set(func() {
						w.Graph.ThreadErr = nil
						if !tt.answered[i] {
							w.Graph.ThreadErr = hubtest.ErrGraphDown
						}
					})
					w.Pass(time.Until(start.Add(at)) - time.Millisecond)
					w.WantState(id, model.Unknown)
					w.Pass(time.Millisecond)
					if len(w.Graph.ThreadCalls) != i+1 || !w.Graph.ThreadCalls[i].Equal(start.Add(at)) {
						t.Errorf("check %d: asked at %v", i+1, w.Graph.ThreadCalls)
					}
				}
				if m := w.WantError(id, model.Ask, model.OutcomeUnknown); m.Error.Unchecked != tt.unchecked {
					t.Errorf("unchecked %v, want %v", m.Error.Unchecked, tt.unchecked)
				}
				w.Pass(time.Hour)
				w.WantSent(1)
				w.WantState(id, model.Ask)
				if len(w.Graph.ThreadCalls) != 3 {
					t.Errorf("%d checks", len(w.Graph.ThreadCalls))
				}
			})
		})
	}
}

func TestFoundInThePagesInbox(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		created := hubtest.Now().Truncate(time.Second)
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, " hello ")
		next := w.Reply(hanako, "next")
		if m := w.WantState(next, model.Queued); m.WaitsFor != id {
			t.Errorf("the next waits for %q", m.WaitsFor)
		}
		w.Graph.Shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: created})
		w.Pass(5 * time.Second)
		m := w.WantState(id, model.Sent)
		if !m.Probably || m.MID != "m_found" || m.Error != nil || !m.SentAt.Equal(created) {
			t.Errorf("found as %+v", m.Message)
		}
		if m := w.WantState(next, model.Sent); m.WaitsFor != "" {
			t.Error("the next still waits")
		}
		// The echo makes it certain, and gives it Meta's time.
		o := w.Graph.Sent()[0]
		w.Receive(hubtest.Echoed(hanako, created.Add(321*time.Millisecond), model.Echo{
			MID: "m_found", AppID: ourApp, Metadata: o.Metadata, Text: "hello",
		}))
		m = w.WantState(id, model.Sent)
		if m.Probably || m.DeliveredTwice || !m.SentAt.Equal(created.Add(321*time.Millisecond)) {
			t.Errorf("after its echo %+v", m.Message)
		}
		w.WantSent(2)
	})
}

func TestNotFoundInThePagesInbox(t *testing.T) {
	base := model.SentMessage{MID: "m_x", FromPage: true, Text: "hello"}
	tests := map[string]func(w *hubtest.World, s *model.SentMessage){
		"the customer's own words":   func(_ *hubtest.World, s *model.SentMessage) { s.FromPage = false },
		"another text":               func(_ *hubtest.World, s *model.SentMessage) { s.Text = "hello!" },
		"created long before":        func(_ *hubtest.World, s *model.SentMessage) { s.CreatedAt = hubtest.Ago(61 * time.Second) },
		"a message that is here":     func(_ *hubtest.World, s *model.SentMessage) { s.MID = "e_known" },
		"nothing with such a prefix": func(_ *hubtest.World, s *model.SentMessage) { s.Text = "hell" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e_known", AppID: pageInbox, Text: "hello"}))
				s := base
				s.CreatedAt = hubtest.Now()
				change(w, &s)
				w.Graph.Shows(s)
				w.Graph.Plays(hubtest.StaysSilent())
				id := w.Reply(hanako, "hello")
				w.Pass(3 * time.Minute)
				w.WantError(id, model.Ask, model.OutcomeUnknown)
			})
		})
	}
}

// What an earlier reply was found as is no sign of a later one.
func TestOneMessageInTheInboxProvesOneReply(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Shows(model.SentMessage{MID: "m_one", FromPage: true, Text: "hello", CreatedAt: hubtest.Now()})
		w.Graph.Plays(hubtest.StaysSilent(), hubtest.StaysSilent())
		a, b := w.Reply(hanako, "hello"), w.Reply(hanako, "hello")
		w.Pass(5 * time.Second)
		w.WantState(a, model.Sent)
		w.WantState(b, model.Unknown)
		w.Pass(3 * time.Minute)
		w.WantError(b, model.Ask, model.OutcomeUnknown)
	})
}

func TestRefusedFails(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.Refuses(model.GraphRefused))
		id, next := w.Reply(hanako, "hello"), w.Reply(hanako, "next")
		if m := w.WantError(id, model.Failed, model.GraphRefused); m.Error.Detail != "(#1) no" || m.Text != "hello" {
			t.Errorf("failed as %+v", m.Message)
		}
		w.WantState(next, model.Sent) // a failure holds nobody up
		w.Pass(time.Hour)
		w.WantSent(2)
	})
}

func TestRefusalTeachesThePage(t *testing.T) {
	tests := map[model.Code]func(p store.Page) bool{
		model.PageDisconnected: func(p store.Page) bool { return p.TokenRefused },
		model.MessagesOff:      func(p store.Page) bool { return p.MessagesOff },
		model.PageRestricted: func(p store.Page) bool {
			return p.Restricted != nil && p.Restricted.RetryAt != nil && p.Restricted.RetryAt.Equal(hubtest.Now().Add(time.Hour)) &&
				p.Restricted.Reason == "(#1) no"
		},
	}
	for code, learnt := range tests {
		t.Run(string(code), func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.CustomerWrites(ken)
				w.Graph.Plays(hubtest.Refuses(code))
				before := w.Head()
				w.WantError(w.Reply(hanako, "hello"), model.Failed, code)
				if !learnt(w.Page()) {
					t.Errorf("the Page is %+v", w.Page().Page)
				}
				w.WantVerdict(ken, code)
				var told int
				for _, row := range w.Changes(before) {
					if row.Kind == store.KindPage {
						told++
					}
				}
				if told != 1 {
					t.Errorf("%d changes of the Page told, want 1", told)
				}
				if !slices.Contains([]model.Code{model.PageDisconnected, model.MessagesOff}, code) {
					return
				}
				w.Connect(w.Ann, "") // a repair
				w.WantVerdict(ken, "")
			})
		})
	}
}

func TestRestrictionLetsOneReplyThroughAfterAnHour(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		w.Graph.Plays(hubtest.Refuses(model.PageRestricted), hubtest.After(10*time.Second, hubtest.Refuses(model.PageRestricted)), hubtest.After(10*time.Second, hubtest.Accepts()))
		w.WantError(w.Reply(hanako, "one"), model.Failed, model.PageRestricted)
		w.Pass(time.Hour - time.Millisecond)
		w.WantVerdict(hanako, model.PageRestricted)
		w.Pass(time.Millisecond)
		w.WantVerdict(hanako, "")
		probe := w.Reply(hanako, "probe")
		w.WantVerdict(ken, model.PageRestricted) // one, not one for each conversation
		w.Pass(time.Minute)
		w.WantError(probe, model.Failed, model.PageRestricted)
		w.Pass(time.Hour)
		again := w.Reply(hanako, "second probe")
		w.Pass(time.Minute)
		w.WantState(again, model.Sent)
		w.WantVerdict(ken, "")
	})
}

// A block told by a policy event stands until Facebook lifts it, whatever a refusal
// says.
func TestBlockOutlastsARefusal(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.After(10*time.Second, hubtest.Refuses(model.PageRestricted)))
		w.Reply(hanako, "one")
		w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
		w.Pass(2 * time.Hour)
		if r := w.Page().Restricted; r == nil || r.RetryAt != nil || r.Reason != "spam" {
			t.Errorf("restriction %+v", r)
		}
		w.Receive(hubtest.Policy("unblock", "", hubtest.Now()))
		w.WantVerdict(hanako, "")
	})
}

func TestRetry(t *testing.T) {
	tests := map[string]struct {
		script []hubtest.Answer
		state  model.State
	}{
		"of a failed reply":             {[]hubtest.Answer{hubtest.Refuses(model.GraphRefused)}, model.Failed},
		"of one that asks":              {[]hubtest.Answer{hubtest.StaysSilent()}, model.Ask},
		"of one that could not be sent": {slices.Repeat([]hubtest.Answer{hubtest.WritesNothing()}, 40), model.Ask},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(tt.script...)
				id := w.Reply(hanako, "hello")
				w.Pass(11 * time.Minute)
				m := w.WantState(id, tt.state)
				w.Graph.EndScript()
				n := len(w.Graph.Sent())
				c := hubtest.ConversationWith(hanako)

				_, err := w.Hub.Retry(w.Ctx, w.Ben, id, c, m.Attempt+1, nil)
				w.WantRefused(err, model.StateChanged)
				_, err = w.Hub.Retry(w.Ctx, w.Ben, id, c, m.Attempt-1, nil)
				w.WantRefused(err, model.StateChanged)
				w.Settle()
				w.WantSent(n)

				got, err := w.Hub.Retry(w.Ctx, w.Ben, id, c, m.Attempt, nil)
				w.Must(err)
				if got.ID != id || got.State != model.Queued || got.Error != nil {
					t.Errorf("answered with %+v", got)
				}
				w.Settle()
				sent := w.WantState(id, model.Sent)
				if sent.Attempt != m.Attempt+1 || sent.Author.ID != string(w.Ann.ID) {
					t.Errorf("attempt %d by %q", sent.Attempt, sent.Author.ID)
				}
				w.WantSent(n + 1)
				if first := w.Graph.Sent()[0]; first.Metadata == w.Graph.Last().Metadata {
					t.Error("the resend has the token of an earlier attempt")
				}

				_, err = w.Hub.Retry(w.Ctx, w.Ann, id, c, sent.Attempt, nil)
				w.WantRefused(err, model.StateChanged)
				w.WantSent(n + 1)
				if got := w.Texts(hanako); !slices.Equal(got, []string{"hello", "hello"}) { // hers, and the one reply
					t.Errorf("the conversation holds %q", got)
				}
			})
		})
	}
}

func TestRetryIsJudged(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		c := hubtest.ConversationWith(hanako)
		w.Graph.Plays(hubtest.Refuses(model.GraphRefused))
		id := w.Reply(hanako, "hello")
		seen := w.Head()
		w.Accept(w.Ben, hubtest.Draft(hanako, "ben was faster"))
		w.Settle()
		_, err := w.Hub.Retry(w.Ctx, w.Ann, id, c, 1, &seen)
		w.WantRefused(err, model.NewerReply)
		put(w, hanako, func(p *model.Page, _ *model.Conversation) { p.MessagesOff = true })
		_, err = w.Hub.Retry(w.Ctx, w.Ann, id, c, 1, nil)
		w.WantRefused(err, model.MessagesOff)
		put(w, hanako, func(p *model.Page, _ *model.Conversation) {
			p.MessagesOff, p.Visibility = false, model.Private
		})
		_, err = w.Hub.Retry(w.Ctx, w.Ben, id, c, 1, nil)
		w.WantHidden(err)
		_, err = w.Hub.Drop(w.Ctx, w.Ben, id, c, nil)
		w.WantHidden(err)
		for _, other := range []model.ConversationID{hubtest.ConversationWith(ken), "nonsense", "999_1"} {
			_, err = w.Hub.Retry(w.Ctx, w.Ann, id, other, 1, nil)
			w.WantHidden(err)
			_, err = w.Hub.Drop(w.Ctx, w.Ann, id, other, nil)
			w.WantHidden(err)
		}
		_, err = w.Hub.Retry(w.Ctx, w.Ann, w.ByMID("m_in_7001").ID, c, 0, nil)
		w.WantHidden(err) // a message that is no reply
		w.WantSent(2)
		w.WantState(id, model.Failed)
	})
}

func TestRetryOnlyOfWhatFailedOrAsks(t *testing.T) {
	for state, a := range map[model.State]hubtest.Answer{
		model.Queued: hubtest.AsksToWait(time.Minute), model.Posting: hubtest.After(10*time.Second, hubtest.Accepts()),
		model.Unknown: hubtest.StaysSilent(), model.Sent: hubtest.Accepts(),
	} {
		t.Run(string(state), func(t *testing.T) {
			hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(a)
				id := w.Reply(hanako, "hello")
				w.WantState(id, state)
				_, err := w.Hub.Retry(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), 1, nil)
				w.WantRefused(err, model.StateChanged)
				if state == model.Queued {
					return // that one may be dropped
				}
				_, err = w.Hub.Drop(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), nil)
				w.WantRefused(err, model.StateChanged)
			})
		})
	}
}

func TestDrop(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.AsksToWait(time.Minute))
		id, next := w.Reply(hanako, "no, wait"), w.Message
		wrong, right := 0, 1
		_, err := w.Hub.Drop(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), &wrong)
		w.WantRefused(err, model.StateChanged)
		m, err := w.Hub.Drop(w.Ctx, w.Ben, id, hubtest.ConversationWith(hanako), &right)
		w.Must(err)
		if m.State != model.Dropped || next(id).Error != nil {
			w.Fatalf("dropped as %+v", m)
		}
		_, err = w.Hub.Drop(w.Ctx, w.Ben, id, hubtest.ConversationWith(hanako), nil)
		w.WantRefused(err, model.StateChanged)
		_, err = w.Hub.Retry(w.Ctx, w.Ben, id, hubtest.ConversationWith(hanako), 1, nil)
		w.WantRefused(err, model.StateChanged)
		w.Pass(time.Hour)
		w.WantSent(1)
		w.WantState(id, model.Dropped)
	})
}

func TestLaterRepliesWaitForOneThatAsks(t *testing.T) {
	c := hubtest.ConversationWith(hanako)
	decisions := map[string]struct {
		decide func(w *hubtest.World, id model.MessageID) error
		order  []string
	}{
		"resent": {func(w *hubtest.World, id model.MessageID) error {
			_, err := w.Hub.Retry(w.Ctx, w.Ann, id, c, 1, nil)
			return err
		}, []string{"one", "one", "two", "three"}},
		"dropped": {func(w *hubtest.World, id model.MessageID) error {
			_, err := w.Hub.Drop(w.Ctx, w.Ann, id, c, nil)
			return err
		}, []string{"one", "two", "three"}},
		"told by its echo": {func(w *hubtest.World, _ model.MessageID) error {
			w.Receive(hubtest.EchoOf(w.Graph.Sent()[0], "m_after_all"))
			return nil
		}, []string{"one", "two", "three"}},
	}
	for name, tt := range decisions {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.StaysSilent())
				one := w.Reply(hanako, "one")
				two := w.Reply(hanako, "two")
				w.Pass(3 * time.Minute)
				three := w.Reply(hanako, "three")
				w.WantState(one, model.Ask)
				for _, id := range []model.MessageID{two, three} {
					if m := w.WantState(id, model.Queued); m.WaitsFor != one {
						t.Errorf("waits for %q, want %q", m.WaitsFor, one)
					}
				}
				w.WantSent(1)
				w.Must(tt.decide(w, one))
				w.Settle()
				if got := w.Graph.Texts(); !slices.Equal(got, tt.order) {
					t.Errorf("left as %q, want %q", got, tt.order)
				}
				for _, id := range []model.MessageID{two, three} {
					w.WantState(id, model.Sent)
				}
			})
		})
	}
}

func TestThoseThatWaitTooLongAsk(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		one, two := w.Reply(hanako, "one"), w.Reply(hanako, "two")
		w.Pass(10 * time.Minute)
		w.WantError(one, model.Ask, model.OutcomeUnknown)
		w.WantError(two, model.Ask, model.NotSent)
		// The second, resent, still waits for the first.
		_, err := w.Hub.Retry(w.Ctx, w.Ann, two, hubtest.ConversationWith(hanako), 0, nil)
		w.Must(err)
		w.Settle()
		if m := w.WantState(two, model.Queued); m.WaitsFor != one {
			w.Fatalf("waits for %q", m.WaitsFor)
		}
		_, err = w.Hub.Drop(w.Ctx, w.Ann, one, hubtest.ConversationWith(hanako), nil)
		w.Must(err)
		w.Settle()
		w.WantState(two, model.Sent)
	})
}

// One reply of a conversation is on its way at a time, also when a person resends
// an earlier one.
func TestResendWaitsForWhatIsOnItsWay(t *testing.T) {
	for name, tt := range map[string]struct {
		a     hubtest.Answer
		state model.State // of the later reply, when the earlier one is resent
		pass  time.Duration
	}{
		"being posted":    {hubtest.After(10*time.Second, hubtest.Accepts()), model.Posting, 10 * time.Second},
		"unknown":         {hubtest.StaysSilent(), model.Unknown, 3 * time.Minute},
		"tried once more": {hubtest.After(10*time.Second, hubtest.WritesNothing()), model.Posting, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.Refuses(model.GraphRefused), tt.a)
				one, two := w.Reply(hanako, "one"), w.Reply(hanako, "two")
				w.WantState(one, model.Failed)
				w.WantState(two, tt.state)
				_, err := w.Hub.Retry(w.Ctx, w.Ann, one, hubtest.ConversationWith(hanako), 1, nil)
				w.Must(err)
				w.Settle()
				if m := w.WantState(one, model.Queued); m.WaitsFor != two {
					t.Errorf("waits for %q, want the one on its way", m.WaitsFor)
				}
				w.Pass(tt.pass)
				w.WantState(one, model.Sent)
				if len(w.Graph.Collisions) != 0 {
					t.Error("two were on their way at once")
				}
				if name == "tried once more" {
					w.Pass(time.Second)
					w.WantState(two, model.Sent)
				}
			})
		})
	}
}

func TestReplyLeftInPostingByACrash(t *testing.T) {
	for name, reached := range map[string]bool{"it had arrived": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.Dies(reached))
				id := w.Reply(hanako, "hello")
				w.WantState(id, model.Posting)
				w.Restart()
				m := w.WantError(id, model.Unknown, model.OutcomeUnknown)
				if m.Attempt != 1 {
					t.Errorf("attempt %d", m.Attempt)
				}
				next := w.Reply(hanako, "next")
				w.Pass(3 * time.Minute)
				w.WantState(id, model.Ask)
				w.WantState(next, model.Queued)
				w.Restart()
				w.Pass(time.Hour)
				w.WantSent(1)
				if !reached {
					return
				}
				w.Receive(hubtest.EchoOf(w.Graph.Last(), "m_late"))
				w.WantState(id, model.Sent)
			})
		})
	}
}

// Without a restart the lease ends it.
func TestLeaseEndsAnAttemptThatNobodyFollows(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.Dies(true))
		id := w.Reply(hanako, "hello")
		w.Pass(time.Minute - time.Millisecond)
		w.WantState(id, model.Posting)
		w.Pass(time.Millisecond)
		w.WantState(id, model.Unknown)
		w.Pass(time.Hour)
		w.WantState(id, model.Ask)
		w.WantSent(1)
	})
}

func TestQueuedRepliesSurviveARestart(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.AsksToWait(time.Minute))
		id := w.Reply(hanako, "hello")
		w.Stop()
		w.Pass(30 * time.Second)
		w.Start()
		w.WantState(id, model.Queued)
		w.Pass(30 * time.Second)
		w.WantState(id, model.Sent)
		w.WantSent(2)
	})
}

// The hub's end does not cut off a call that has begun.
func TestEndingFinishesWhatIsBeingPosted(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.After(20*time.Second, hubtest.Accepts()))
		id := w.Reply(hanako, "hello")
		w.WantState(id, model.Posting)
		w.Stop()
		w.WantState(id, model.Sent)
		w.Start()
		w.Pass(time.Hour)
		w.WantSent(1)
	})
}

func TestOutcomeIsNotLostWhileTheStoreCantBeWritten(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		disk := w.Breakable()
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.First(func(model.Outgoing) { disk.Break(true) }, hubtest.Accepts()))
		id := w.Reply(hanako, "hello")
		w.Pass(10 * time.Second)
		w.WantState(id, model.Posting)
		disk.Break(false)
		w.Pass(time.Second)
		if m := w.WantState(id, model.Sent); m.MID != "m_out_1" {
			t.Errorf("sent as %q", m.MID)
		}
		w.WantSent(1)
	})
}

func TestOutcomeLostToABrokenStoreIsUnknown(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		disk := w.Breakable()
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.First(func(model.Outgoing) { disk.Break(true) }, hubtest.Accepts()))
		id := w.Reply(hanako, "hello")
		w.Pass(5 * time.Minute)
		disk.Break(false)
		w.Pass(5 * time.Minute)
		w.WantState(id, model.Ask)
		w.Pass(time.Hour)
		w.WantSent(1)
	})
}

// A reply whose attempt could not be committed has not left.
func TestNothingLeavesWithoutACommittedAttempt(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		disk := w.Breakable()
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.AsksToWait(30 * time.Second))
		id := w.Reply(hanako, "hello")
		disk.Break(true)
		w.Pass(time.Minute)
		w.WantSent(1)
		disk.Break(false)
		w.Pass(5 * time.Second)
		w.WantState(id, model.Sent)
		w.WantSent(2)
	})
}
