package hub_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/store"
	"parley/model"
)

func TestNothingWrittenIsTriedAgainWithBackOff(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(writesNothing(), writesNothing(), writesNothing(), writesNothing())
		id := w.reply(hanako, "hello")
		if m := w.wantState(id, model.Queued); m.Error != nil {
			t.Errorf("asks for attention: %+v", m.Error)
		}
		w.pass(time.Minute)
		w.wantState(id, model.Sent)
		w.wantSent(5)
		var pauses []time.Duration
		for i, at := range w.graph.times[1:] {
			pauses = append(pauses, at.Sub(w.graph.times[i]))
		}
		const ms = time.Millisecond
		if want := []time.Duration{500 * ms, 1000 * ms, 2000 * ms, 4000 * ms}; !slices.Equal(pauses, want) {
			t.Errorf("pauses %v, want %v", pauses, want)
		}
		if w.graph.reached["hello"] != 1 {
			t.Errorf("reached %d times", w.graph.reached["hello"])
		}
	})
}

func TestEachAttemptHasATokenOfItsOwn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(writesNothing(), writesNothing())
		w.reply(hanako, "hello")
		w.pass(time.Minute)
		tokens := make(map[string]bool)
		for _, o := range w.graph.sent() {
			tokens[o.Metadata] = true
		}
		if len(tokens) != 3 || tokens[""] {
			t.Errorf("%d tokens of 3 attempts", len(tokens))
		}
	})
}

func TestQueueLimit(t *testing.T) {
	for name, a := range map[string]answer{
		"nothing written": writesNothing(), "asked to wait for an hour": asksToWait(time.Hour),
		"asked to wait again and again": asksToWait(time.Minute),
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.byDefault = a
				id := w.reply(hanako, "hello")
				w.pass(10*time.Minute - time.Second)
				w.wantState(id, model.Queued)
				w.pass(time.Second)
				if m := w.wantError(id, model.Ask, model.NotSent); m.Error.Unchecked {
					t.Error("a reply that was never sent needs no check")
				}
				n := len(w.graph.sent())
				if n > 40 {
					t.Errorf("tried %d times in ten minutes", n)
				}
				w.pass(time.Hour)
				w.wantSent(n)
			})
		})
	}
}

// A reply near its limit is not tried faster and faster.
func TestBackOffKeepsItsPauseNearTheLimit(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.byDefault = writesNothing()
		w.reply(hanako, "hello")
		w.pass(11 * time.Minute)
		for i, at := range w.graph.times[1:] {
			if pause := at.Sub(w.graph.times[i]); pause < 500*time.Millisecond {
				t.Fatalf("attempt %d came %v after the one before", i+2, pause)
			}
		}
	})
}

func TestRateLimitWaitsTheNamedTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		w.graph.plays(asksToWait(95 * time.Second))
		id := w.reply(hanako, "hello")
		w.wantState(id, model.Queued)
		until := w.conversation(ken).Reply.Until // it holds for the whole Page
		if w.verdict(ken) != model.RateLimited || until == nil || !until.Equal(now().Add(95*time.Second)) {
			t.Errorf("verdict %q until %v", w.verdict(ken), until)
		}
		w.pass(95*time.Second - time.Millisecond)
		w.wantSent(1)
		w.pass(time.Millisecond)
		w.wantState(id, model.Sent)
		w.wantSent(2)
		w.wantVerdict(ken, "")
	})
}

func TestRateLimitWithoutATimeDoubles(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(asksToWait(0), asksToWait(0), asksToWait(0), accepts(), asksToWait(0))
		id := w.reply(hanako, "hello")
		w.pass(8 * time.Minute)
		w.wantState(id, model.Sent)
		w.reply(hanako, "again") // begins anew after a reply that went through
		w.pass(2 * time.Minute)
		var pauses []time.Duration
		for i, at := range w.graph.times[1:] {
			pauses = append(pauses, at.Sub(w.graph.times[i]))
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
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.shows(model.SentMessage{MID: "x", FromPage: true, Text: from, CreatedAt: now()})
				w.graph.plays(staysSilent())
				id := w.reply(hanako, "hello")
				start := time.Now()
				w.wantError(id, model.Unknown, model.OutcomeUnknown)
				for i, at := range hub.DefaultTiming().UnknownChecks {
					w.graph.mu.Lock()
					w.graph.threadErr = nil
					if !tt.answered[i] {
						w.graph.threadErr = errGraphDown
					}
					w.graph.mu.Unlock()
					w.pass(time.Until(start.Add(at)) - time.Millisecond)
					w.wantState(id, model.Unknown)
					w.pass(time.Millisecond)
					if len(w.graph.threadCalls) != i+1 || !w.graph.threadCalls[i].Equal(start.Add(at)) {
						t.Errorf("check %d: asked at %v", i+1, w.graph.threadCalls)
					}
				}
				if m := w.wantError(id, model.Ask, model.OutcomeUnknown); m.Error.Unchecked != tt.unchecked {
					t.Errorf("unchecked %v, want %v", m.Error.Unchecked, tt.unchecked)
				}
				w.pass(time.Hour)
				w.wantSent(1)
				w.wantState(id, model.Ask)
				if len(w.graph.threadCalls) != 3 {
					t.Errorf("%d checks", len(w.graph.threadCalls))
				}
			})
		})
	}
}

func TestFoundInThePagesInbox(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		created := now().Truncate(time.Second)
		w.graph.plays(staysSilent())
		id := w.reply(hanako, " hello ")
		next := w.reply(hanako, "next")
		if m := w.wantState(next, model.Queued); m.WaitsFor != id {
			t.Errorf("the next waits for %q", m.WaitsFor)
		}
		w.graph.shows(model.SentMessage{MID: "m_found", FromPage: true, Text: "hello", CreatedAt: created})
		w.pass(5 * time.Second)
		m := w.wantState(id, model.Sent)
		if !m.Probably || m.MID != "m_found" || m.Error != nil || !m.SentAt.Equal(created) {
			t.Errorf("found as %+v", m.Message)
		}
		if m := w.wantState(next, model.Sent); m.WaitsFor != "" {
			t.Error("the next still waits")
		}
		// The echo makes it certain, and gives it Meta's time.
		o := w.graph.sent()[0]
		w.receive(echoed(hanako, created.Add(321*time.Millisecond), model.Echo{
			MID: "m_found", AppID: ourApp, Metadata: o.Metadata, Text: "hello",
		}))
		m = w.wantState(id, model.Sent)
		if m.Probably || m.DeliveredTwice || !m.SentAt.Equal(created.Add(321*time.Millisecond)) {
			t.Errorf("after its echo %+v", m.Message)
		}
		w.wantSent(2)
	})
}

func TestNotFoundInThePagesInbox(t *testing.T) {
	base := model.SentMessage{MID: "m_x", FromPage: true, Text: "hello"}
	tests := map[string]func(w *world, s *model.SentMessage){
		"the customer's own words":   func(_ *world, s *model.SentMessage) { s.FromPage = false },
		"another text":               func(_ *world, s *model.SentMessage) { s.Text = "hello!" },
		"created long before":        func(_ *world, s *model.SentMessage) { s.CreatedAt = ago(61 * time.Second) },
		"a message that is here":     func(_ *world, s *model.SentMessage) { s.MID = "e_known" },
		"nothing with such a prefix": func(_ *world, s *model.SentMessage) { s.Text = "hell" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				w.customerWrites(hanako)
				w.receive(echoed(hanako, now(), model.Echo{MID: "e_known", AppID: pageInbox, Text: "hello"}))
				s := base
				s.CreatedAt = now()
				change(w, &s)
				w.graph.shows(s)
				w.graph.plays(staysSilent())
				id := w.reply(hanako, "hello")
				w.pass(3 * time.Minute)
				w.wantError(id, model.Ask, model.OutcomeUnknown)
			})
		})
	}
}

// What an earlier reply was found as is no sign of a later one.
func TestOneMessageInTheInboxProvesOneReply(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.shows(model.SentMessage{MID: "m_one", FromPage: true, Text: "hello", CreatedAt: now()})
		w.graph.plays(staysSilent(), staysSilent())
		a, b := w.reply(hanako, "hello"), w.reply(hanako, "hello")
		w.pass(5 * time.Second)
		w.wantState(a, model.Sent)
		w.wantState(b, model.Unknown)
		w.pass(3 * time.Minute)
		w.wantError(b, model.Ask, model.OutcomeUnknown)
	})
}

func TestRefusedFails(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(refuses(model.GraphRefused))
		id, next := w.reply(hanako, "hello"), w.reply(hanako, "next")
		if m := w.wantError(id, model.Failed, model.GraphRefused); m.Error.Detail != "(#1) no" || m.Text != "hello" {
			t.Errorf("failed as %+v", m.Message)
		}
		w.wantState(next, model.Sent) // a failure holds nobody up
		w.pass(time.Hour)
		w.wantSent(2)
	})
}

func TestRefusalTeachesThePage(t *testing.T) {
	tests := map[model.Code]func(p store.Page) bool{
		model.PageDisconnected: func(p store.Page) bool { return p.TokenRefused },
		model.MessagesOff:      func(p store.Page) bool { return p.MessagesOff },
		model.PageRestricted: func(p store.Page) bool {
			return p.Restricted != nil && p.Restricted.RetryAt != nil && p.Restricted.RetryAt.Equal(now().Add(time.Hour)) &&
				p.Restricted.Reason == "(#1) no"
		},
	}
	for code, learnt := range tests {
		t.Run(string(code), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.customerWrites(ken)
				w.graph.plays(refuses(code))
				before := w.head()
				w.wantError(w.reply(hanako, "hello"), model.Failed, code)
				if !learnt(w.pageNow()) {
					t.Errorf("the Page is %+v", w.pageNow().Page)
				}
				w.wantVerdict(ken, code)
				var told int
				for _, row := range w.changes(before) {
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
				w.connect(w.ann, "") // a repair
				w.wantVerdict(ken, "")
			})
		})
	}
}

func TestRestrictionLetsOneReplyThroughAfterAnHour(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		w.graph.plays(refuses(model.PageRestricted), after(10*time.Second, refuses(model.PageRestricted)), after(10*time.Second, accepts()))
		w.wantError(w.reply(hanako, "one"), model.Failed, model.PageRestricted)
		w.pass(time.Hour - time.Millisecond)
		w.wantVerdict(hanako, model.PageRestricted)
		w.pass(time.Millisecond)
		w.wantVerdict(hanako, "")
		probe := w.reply(hanako, "probe")
		w.wantVerdict(ken, model.PageRestricted) // one, not one for each conversation
		w.pass(time.Minute)
		w.wantError(probe, model.Failed, model.PageRestricted)
		w.pass(time.Hour)
		again := w.reply(hanako, "second probe")
		w.pass(time.Minute)
		w.wantState(again, model.Sent)
		w.wantVerdict(ken, "")
	})
}

// A block told by a policy event stands until Facebook lifts it, whatever a refusal
// says.
func TestBlockOutlastsARefusal(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(after(10*time.Second, refuses(model.PageRestricted)))
		w.reply(hanako, "one")
		w.receive(policy("block", "spam", now()))
		w.pass(2 * time.Hour)
		if r := w.pageNow().Restricted; r == nil || r.RetryAt != nil || r.Reason != "spam" {
			t.Errorf("restriction %+v", r)
		}
		w.receive(policy("unblock", "", now()))
		w.wantVerdict(hanako, "")
	})
}

func TestRetry(t *testing.T) {
	tests := map[string]struct {
		script []answer
		state  model.State
	}{
		"of a failed reply":             {[]answer{refuses(model.GraphRefused)}, model.Failed},
		"of one that asks":              {[]answer{staysSilent()}, model.Ask},
		"of one that could not be sent": {slices.Repeat([]answer{writesNothing()}, 40), model.Ask},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(tt.script...)
				id := w.reply(hanako, "hello")
				w.pass(11 * time.Minute)
				m := w.wantState(id, tt.state)
				w.graph.script = nil
				n := len(w.graph.sent())
				c := conversationWith(hanako)

				_, err := w.hub.Retry(w.ctx, w.ben, id, c, m.Attempt+1, nil)
				w.refused(err, model.StateChanged)
				_, err = w.hub.Retry(w.ctx, w.ben, id, c, m.Attempt-1, nil)
				w.refused(err, model.StateChanged)
				w.settle()
				w.wantSent(n)

				got, err := w.hub.Retry(w.ctx, w.ben, id, c, m.Attempt, nil)
				w.must(err)
				if got.ID != id || got.State != model.Queued || got.Error != nil {
					t.Errorf("answered with %+v", got)
				}
				w.settle()
				sent := w.wantState(id, model.Sent)
				if sent.Attempt != m.Attempt+1 || sent.Author.ID != string(w.ann.ID) {
					t.Errorf("attempt %d by %q", sent.Attempt, sent.Author.ID)
				}
				w.wantSent(n + 1)
				if first := w.graph.sent()[0]; first.Metadata == w.graph.last().Metadata {
					t.Error("the resend has the token of an earlier attempt")
				}

				_, err = w.hub.Retry(w.ctx, w.ann, id, c, sent.Attempt, nil)
				w.refused(err, model.StateChanged)
				w.wantSent(n + 1)
				if got := w.textsOf(hanako); !slices.Equal(got, []string{"hello", "hello"}) { // hers, and the one reply
					t.Errorf("the conversation holds %q", got)
				}
			})
		})
	}
}

func TestRetryIsJudged(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		c := conversationWith(hanako)
		w.graph.plays(refuses(model.GraphRefused))
		id := w.reply(hanako, "hello")
		seen := w.head()
		w.accept(w.ben, draft(hanako, "ben was faster"))
		w.settle()
		_, err := w.hub.Retry(w.ctx, w.ann, id, c, 1, &seen)
		w.refused(err, model.NewerReply)
		w.put(hanako, func(p *model.Page, _ *model.Conversation) { p.MessagesOff = true })
		_, err = w.hub.Retry(w.ctx, w.ann, id, c, 1, nil)
		w.refused(err, model.MessagesOff)
		w.put(hanako, func(p *model.Page, _ *model.Conversation) {
			p.MessagesOff, p.Visibility = false, model.Private
		})
		_, err = w.hub.Retry(w.ctx, w.ben, id, c, 1, nil)
		w.hidden(err)
		_, err = w.hub.Drop(w.ctx, w.ben, id, c, nil)
		w.hidden(err)
		for _, other := range []model.ConversationID{conversationWith(ken), "nonsense", "999_1"} {
			_, err = w.hub.Retry(w.ctx, w.ann, id, other, 1, nil)
			w.hidden(err)
			_, err = w.hub.Drop(w.ctx, w.ann, id, other, nil)
			w.hidden(err)
		}
		_, err = w.hub.Retry(w.ctx, w.ann, w.byMID("m_in_7001").ID, c, 0, nil)
		w.hidden(err) // a message that is no reply
		w.wantSent(2)
		w.wantState(id, model.Failed)
	})
}

func TestRetryOnlyOfWhatFailedOrAsks(t *testing.T) {
	for state, a := range map[model.State]answer{
		model.Queued: asksToWait(time.Minute), model.Posting: after(10*time.Second, accepts()),
		model.Unknown: staysSilent(), model.Sent: accepts(),
	} {
		t.Run(string(state), func(t *testing.T) {
			inWorld(t, func(_ *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(a)
				id := w.reply(hanako, "hello")
				w.wantState(id, state)
				_, err := w.hub.Retry(w.ctx, w.ann, id, conversationWith(hanako), 1, nil)
				w.refused(err, model.StateChanged)
				if state == model.Queued {
					return // that one may be dropped
				}
				_, err = w.hub.Drop(w.ctx, w.ann, id, conversationWith(hanako), nil)
				w.refused(err, model.StateChanged)
			})
		})
	}
}

func TestDrop(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(asksToWait(time.Minute))
		id, next := w.reply(hanako, "no, wait"), w.message
		wrong, right := 0, 1
		_, err := w.hub.Drop(w.ctx, w.ann, id, conversationWith(hanako), &wrong)
		w.refused(err, model.StateChanged)
		m, err := w.hub.Drop(w.ctx, w.ben, id, conversationWith(hanako), &right)
		w.must(err)
		if m.State != model.Dropped || next(id).Error != nil {
			w.Fatalf("dropped as %+v", m)
		}
		_, err = w.hub.Drop(w.ctx, w.ben, id, conversationWith(hanako), nil)
		w.refused(err, model.StateChanged)
		_, err = w.hub.Retry(w.ctx, w.ben, id, conversationWith(hanako), 1, nil)
		w.refused(err, model.StateChanged)
		w.pass(time.Hour)
		w.wantSent(1)
		w.wantState(id, model.Dropped)
	})
}

func TestLaterRepliesWaitForOneThatAsks(t *testing.T) {
	c := conversationWith(hanako)
	decisions := map[string]struct {
		decide func(w *world, id model.MessageID) error
		order  []string
	}{
		"resent": {func(w *world, id model.MessageID) error {
			_, err := w.hub.Retry(w.ctx, w.ann, id, c, 1, nil)
			return err
		}, []string{"one", "one", "two", "three"}},
		"dropped": {func(w *world, id model.MessageID) error {
			_, err := w.hub.Drop(w.ctx, w.ann, id, c, nil)
			return err
		}, []string{"one", "two", "three"}},
		"told by its echo": {func(w *world, _ model.MessageID) error {
			w.receive(echoOf(w.graph.sent()[0], "m_after_all"))
			return nil
		}, []string{"one", "two", "three"}},
	}
	for name, tt := range decisions {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(staysSilent())
				one := w.reply(hanako, "one")
				two := w.reply(hanako, "two")
				w.pass(3 * time.Minute)
				three := w.reply(hanako, "three")
				w.wantState(one, model.Ask)
				for _, id := range []model.MessageID{two, three} {
					if m := w.wantState(id, model.Queued); m.WaitsFor != one {
						t.Errorf("waits for %q, want %q", m.WaitsFor, one)
					}
				}
				w.wantSent(1)
				w.must(tt.decide(w, one))
				w.settle()
				if got := w.graph.texts(); !slices.Equal(got, tt.order) {
					t.Errorf("left as %q, want %q", got, tt.order)
				}
				for _, id := range []model.MessageID{two, three} {
					w.wantState(id, model.Sent)
				}
			})
		})
	}
}

func TestThoseThatWaitTooLongAsk(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		one, two := w.reply(hanako, "one"), w.reply(hanako, "two")
		w.pass(10 * time.Minute)
		w.wantError(one, model.Ask, model.OutcomeUnknown)
		w.wantError(two, model.Ask, model.NotSent)
		// The second, resent, still waits for the first.
		_, err := w.hub.Retry(w.ctx, w.ann, two, conversationWith(hanako), 0, nil)
		w.must(err)
		w.settle()
		if m := w.wantState(two, model.Queued); m.WaitsFor != one {
			w.Fatalf("waits for %q", m.WaitsFor)
		}
		_, err = w.hub.Drop(w.ctx, w.ann, one, conversationWith(hanako), nil)
		w.must(err)
		w.settle()
		w.wantState(two, model.Sent)
	})
}

// One reply of a conversation is on its way at a time, also when a person resends
// an earlier one.
func TestResendWaitsForWhatIsOnItsWay(t *testing.T) {
	for name, tt := range map[string]struct {
		a     answer
		state model.State // of the later reply, when the earlier one is resent
		pass  time.Duration
	}{
		"being posted":    {after(10*time.Second, accepts()), model.Posting, 10 * time.Second},
		"unknown":         {staysSilent(), model.Unknown, 3 * time.Minute},
		"tried once more": {after(10*time.Second, writesNothing()), model.Posting, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(refuses(model.GraphRefused), tt.a)
				one, two := w.reply(hanako, "one"), w.reply(hanako, "two")
				w.wantState(one, model.Failed)
				w.wantState(two, tt.state)
				_, err := w.hub.Retry(w.ctx, w.ann, one, conversationWith(hanako), 1, nil)
				w.must(err)
				w.settle()
				if m := w.wantState(one, model.Queued); m.WaitsFor != two {
					t.Errorf("waits for %q, want the one on its way", m.WaitsFor)
				}
				w.pass(tt.pass)
				w.wantState(one, model.Sent)
				if len(w.graph.collisions) != 0 {
					t.Error("two were on their way at once")
				}
				if name == "tried once more" {
					w.pass(time.Second)
					w.wantState(two, model.Sent)
				}
			})
		})
	}
}

func TestReplyLeftInPostingByACrash(t *testing.T) {
	for name, reached := range map[string]bool{"it had arrived": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(dies(reached))
				id := w.reply(hanako, "hello")
				w.wantState(id, model.Posting)
				w.restart()
				m := w.wantError(id, model.Unknown, model.OutcomeUnknown)
				if m.Attempt != 1 {
					t.Errorf("attempt %d", m.Attempt)
				}
				next := w.reply(hanako, "next")
				w.pass(3 * time.Minute)
				w.wantState(id, model.Ask)
				w.wantState(next, model.Queued)
				w.restart()
				w.pass(time.Hour)
				w.wantSent(1)
				if !reached {
					return
				}
				w.receive(echoOf(w.graph.last(), "m_late"))
				w.wantState(id, model.Sent)
			})
		})
	}
}

// Without a restart the lease ends it.
func TestLeaseEndsAnAttemptThatNobodyFollows(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(dies(true))
		id := w.reply(hanako, "hello")
		w.pass(time.Minute - time.Millisecond)
		w.wantState(id, model.Posting)
		w.pass(time.Millisecond)
		w.wantState(id, model.Unknown)
		w.pass(time.Hour)
		w.wantState(id, model.Ask)
		w.wantSent(1)
	})
}

func TestQueuedRepliesSurviveARestart(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(asksToWait(time.Minute))
		id := w.reply(hanako, "hello")
		w.stop()
		w.pass(30 * time.Second)
		w.start()
		w.wantState(id, model.Queued)
		w.pass(30 * time.Second)
		w.wantState(id, model.Sent)
		w.wantSent(2)
	})
}

// The hub's end does not cut off a call that has begun.
func TestEndingFinishesWhatIsBeingPosted(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(after(20*time.Second, accepts()))
		id := w.reply(hanako, "hello")
		w.wantState(id, model.Posting)
		w.stop()
		w.wantState(id, model.Sent)
		w.start()
		w.pass(time.Hour)
		w.wantSent(1)
	})
}

func TestOutcomeIsNotLostWhileTheStoreCantBeWritten(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		disk := w.breakable()
		w.customerWrites(hanako)
		w.graph.plays(first(func(model.Outgoing) { disk.set(true) }, accepts()))
		id := w.reply(hanako, "hello")
		w.pass(10 * time.Second)
		w.wantState(id, model.Posting)
		disk.set(false)
		w.pass(time.Second)
		if m := w.wantState(id, model.Sent); m.MID != "m_out_1" {
			t.Errorf("sent as %q", m.MID)
		}
		w.wantSent(1)
	})
}

func TestOutcomeLostToABrokenStoreIsUnknown(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		disk := w.breakable()
		w.customerWrites(hanako)
		w.graph.plays(first(func(model.Outgoing) { disk.set(true) }, accepts()))
		id := w.reply(hanako, "hello")
		w.pass(5 * time.Minute)
		disk.set(false)
		w.pass(5 * time.Minute)
		w.wantState(id, model.Ask)
		w.pass(time.Hour)
		w.wantSent(1)
	})
}

// A reply whose attempt could not be committed has not left.
func TestNothingLeavesWithoutACommittedAttempt(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		disk := w.breakable()
		w.customerWrites(hanako)
		w.graph.plays(asksToWait(30 * time.Second))
		id := w.reply(hanako, "hello")
		disk.set(true)
		w.pass(time.Minute)
		w.wantSent(1)
		disk.set(false)
		w.pass(5 * time.Second)
		w.wantState(id, model.Sent)
		w.wantSent(2)
	})
}

func TestSubscribeAppUntilMetaAgrees(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.graph.appRefusals = 3
		if got := w.hub.Ready(w.ctx).Webhooks; got != "not asked" {
			t.Errorf("webhooks %q", got)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.hub.SubscribeApp(w.ctx, "https://hub.example.com")
		}()
		w.settle()
		if r := w.hub.Ready(w.ctx); r.Webhooks != "refused" || !r.Ready {
			t.Errorf("readiness %+v", r)
		}
		<-done
		if got := w.hub.Ready(w.ctx).Webhooks; got != "subscribed" {
			t.Errorf("webhooks %q", got)
		}
		if want := fmt.Sprint(slices.Repeat([]string{"https://hub.example.com"}, 4)); fmt.Sprint(w.graph.appCallbacks) != want {
			t.Errorf("asked with %v", w.graph.appCallbacks)
		}
	})
}
