package hub_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// outRows returns the messages to hanako.
func (w *world) outRows() []model.Message {
	w.Helper()
	var out []model.Message
	for _, m := range w.messages(hanako) {
		if m.Direction == model.Out {
			out = append(out, m)
		}
	}
	return out
}

// wantRows expects how many messages to hanako show.
func (w *world) wantRows(n int) {
	w.Helper()
	if rows := w.outRows(); len(rows) != n {
		w.Fatalf("%d rows of the Page, want %d", len(rows), n)
	}
}

// removed returns what the log says was removed.
func (w *world) removed(after int64) []string {
	w.Helper()
	var ids []string
	for _, row := range w.changes(after) {
		if row.Kind == store.KindRemoved {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

func TestEchoWithTokenMakesSent(t *testing.T) {
	drop := func(w *world, id model.MessageID) {
		_, err := w.hub.Drop(w.ctx, w.ann, id, conversationWith(hanako), nil)
		w.must(err)
	}
	tests := map[string]struct {
		script answer
		state  model.State
		then   func(w *world, id model.MessageID)
	}{
		"unknown": {staysSilent(), model.Unknown, nil},
		"ask":     {staysSilent(), model.Ask, func(w *world, _ model.MessageID) { w.pass(3 * time.Minute) }},
		"ask, not sent": {asksToWait(time.Hour), model.Ask, func(w *world, _ model.MessageID) {
			w.pass(11 * time.Minute)
		}},
		"dropped": {staysSilent(), model.Dropped, func(w *world, id model.MessageID) {
			w.pass(3 * time.Minute)
			drop(w, id)
		}},
		"failed": {refuses(model.GraphRefused), model.Failed, nil},
		"queued": {asksToWait(time.Minute), model.Queued, nil},
		"left in posting by a crash": {dies(true), model.Unknown, func(w *world, _ model.MessageID) {
			w.restart()
		}},
		"hours later": {staysSilent(), model.Dropped, func(w *world, id model.MessageID) {
			w.pass(3 * time.Minute)
			drop(w, id)
			w.pass(6 * time.Hour)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(tt.script)
				id := w.reply(hanako, "hello")
				if tt.then != nil {
					tt.then(w, id)
				}
				w.wantState(id, tt.state)
				at := now().Add(-5 * time.Second)
				e := echoOf(w.graph.last(), "m1")
				e.At = at
				w.receive(e)
				w.receive(e)
				m := w.wantState(id, model.Sent)
				if m.MID != "m1" || m.Error != nil || m.DeliveredTwice || m.Probably || !m.SentAt.Equal(at) || !m.MetaTime {
					t.Errorf("sent as %+v", m.Message)
				}
				w.wantRows(1)
				w.pass(time.Hour)
				w.wantSent(1)
			})
		})
	}
}

func TestEchoBeforeTheAnswer(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"token": echoOf, "no token": bareEchoOf} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(first(func(o model.Outgoing) {
					if err := w.hub.Receive(w.ctx, entry(echo(o, "m1"))); err != nil {
						t.Errorf("receive: %v", err)
					}
					sleep(time.Second)
				}, acceptsAs("m1")))
				id := w.reply(hanako, "hello")
				w.wantState(id, model.Sent) // before Meta answered
				w.pass(time.Minute)
				if m := w.wantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice || m.Attempt != 1 {
					t.Errorf("sent as %+v", m.Message)
				}
				w.wantRows(1)
				w.wantSent(1)
			})
		})
	}
}

func TestEchoAfterTheAnswer(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"token": echoOf, "no token": bareEchoOf} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(acceptsAs("m1"))
				id := w.reply(hanako, "hello")
				e := echo(w.graph.last(), "m1")
				e.At = now().Add(123 * time.Millisecond)
				w.receive(e)
				if m := w.wantState(id, model.Sent); !m.SentAt.Equal(e.At) || !m.Order.Equal(e.At) || m.DeliveredTwice {
					t.Errorf("sent as %+v", m.Message)
				}
				w.wantRows(1)
			})
		})
	}
}

// An echo that tells more than a lost answer: the reply is sent, nothing asks.
func TestEchoInsteadOfTheAnswer(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(first(func(o model.Outgoing) {
			w.must(w.hub.Receive(w.ctx, entry(echoOf(o, "m1"))))
		}, staysSilent()))
		id := w.reply(hanako, "hello")
		w.pass(time.Hour)
		w.wantState(id, model.Sent)
		w.wantSent(1)
	})
}

func TestEchoWithoutTokenMatchesByText(t *testing.T) {
	tests := map[string]struct {
		echo    model.Echo
		before  time.Duration // how long before the attempt it says it was created
		matches bool
	}{
		"the same text":            {model.Echo{AppID: ourApp, Text: "hello"}, 0, true},
		"clocks that differ":       {model.Echo{AppID: ourApp, Text: "hello"}, time.Minute, true},
		"white space trimmed":      {model.Echo{AppID: ourApp, Text: "hello "}, 0, true},
		"too early":                {model.Echo{AppID: ourApp, Text: "hello"}, time.Minute + time.Millisecond, false},
		"another text":             {model.Echo{AppID: ourApp, Text: "Hello"}, 0, false},
		"another app":              {model.Echo{AppID: otherApp, Text: "hello"}, 0, false},
		"Meta's own inbox":         {model.Echo{AppID: pageInbox, Text: "hello"}, 0, false},
		"no app":                   {model.Echo{Text: "hello"}, 0, false},
		"a token that is not ours": {model.Echo{AppID: ourApp, Text: "hello", Metadata: "AAAA"}, 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(staysSilent())
				id := w.reply(hanako, "hello")
				tt.echo.MID = "m1"
				w.receive(echoed(hanako, ago(tt.before), tt.echo))
				if !tt.matches {
					w.wantState(id, model.Unknown)
					w.wantRows(2)
					return
				}
				if m := w.wantState(id, model.Sent); m.MID != "m1" {
					t.Errorf("sent as %q", m.MID)
				}
				w.wantRows(1)
			})
		})
	}
}

func TestEchoWithoutTokenDoesNotMatchWhatNeverLeft(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		w.reply(hanako, "one")
		two := w.reply(hanako, "hello") // waits
		w.receive(echoed(hanako, now(), model.Echo{MID: "m1", AppID: ourApp, Text: "hello"}))
		w.wantState(two, model.Queued)
		w.wantRows(3)
	})
}

// twoCandidates makes two replies of the same text that may both be what an echo
// without token tells of: the first is being posted for ten seconds, the second
// asks.
func twoCandidates(w *world, then answer) (posting, asking model.MessageID) {
	w.Helper()
	w.customerWrites(hanako)
	w.graph.plays(refuses(model.GraphRefused), staysSilent(), after(10*time.Second, then))
	posting, asking = w.reply(hanako, "hello"), w.reply(hanako, "hello")
	w.pass(3 * time.Minute)
	w.wantState(asking, model.Ask)
	_, err := w.hub.Retry(w.ctx, w.ann, posting, conversationWith(hanako), 1, nil)
	w.must(err)
	w.settle()
	w.wantState(posting, model.Posting)
	return posting, asking
}

func TestTwoCandidatesMakeARowOfItsOwn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		posting, asking := twoCandidates(w, acceptsAs("m_other"))
		w.receive(bareEchoOf(w.graph.last(), "m1"))
		w.wantState(posting, model.Posting)
		w.wantState(asking, model.Ask)
		w.wantRows(3)
		if m := w.byMID("m1"); m.Author.Kind != model.ByApp || m.Author.ID != string(ourApp) || m.State != model.Sent {
			t.Errorf("the row is %+v", m.Message)
		}
		w.pass(time.Minute)
		w.wantState(posting, model.Sent)
		w.wantRows(3)
	})
}

func TestAnswerFoldsTheRowOfItsEcho(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		posting, asking := twoCandidates(w, acceptsAs("m1"))
		e := bareEchoOf(w.graph.last(), "m1")
		w.receive(e)
		row := w.byMID("m1")
		w.receive(
			event("reaction", hanako, now(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			event("response_feedback", hanako, now(), model.Feedback{Target: "m1", Words: "Good response"}),
		)
		before := w.head()
		w.pass(time.Minute)
		m := w.wantState(posting, model.Sent)
		if m.MID != "m1" || len(m.Reactions) != 1 || m.Feedback != "Good response" || !m.SentAt.Equal(e.At) || m.DeliveredTwice {
			t.Errorf("sent as %+v", m.Message)
		}
		if got := w.removed(before); !slices.Equal(got, []string{string(row.ID)}) {
			t.Errorf("removed %q, want %q", got, row.ID)
		}
		w.wantState(asking, model.Ask)
		w.wantRows(2)
		w.receive(e)
		w.wantRows(2)
		wantNoGaps(w)
	})
}

func TestEchoOfAnEarlierAttemptCancelsTheResend(t *testing.T) {
	t.Run("waiting for the time that Facebook named", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.customerWrites(hanako)
			w.graph.plays(staysSilent(), asksToWait(time.Minute))
			id := w.reply(hanako, "hello")
			w.pass(3 * time.Minute)
			_, err := w.hub.Retry(w.ctx, w.ann, id, conversationWith(hanako), 1, nil)
			w.must(err)
			w.settle()
			w.wantState(id, model.Queued)
			w.receive(echoOf(w.graph.sent()[0], "m1"))
			if m := w.wantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice {
				t.Errorf("sent as %+v", m.Message)
			}
			w.pass(time.Hour)
			w.wantSent(2)
			if w.graph.reached["hello"] != 1 {
				t.Errorf("reached %d times", w.graph.reached["hello"])
			}
		})
	})
	t.Run("waiting for another reply", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			w.graph.plays(staysSilent(), staysSilent())
			one, two := w.reply(hanako, "one"), w.reply(hanako, "two")
			w.pass(11 * time.Minute)
			// The second asks, never sent; the first asks, and may have arrived.
			w.wantError(two, model.Ask, model.NotSent)
			_, err := w.hub.Retry(w.ctx, w.ann, two, conversationWith(hanako), 0, nil)
			w.must(err)
			w.settle()
			w.wantState(two, model.Queued)
			w.receive(echoOf(w.graph.sent()[0], "m1"))
			w.wantState(one, model.Sent)
			w.wantState(two, model.Unknown)
			w.wantSent(2)
		})
	})
}

func TestDeliveredTwice(t *testing.T) {
	// Each case tells the hub in another order that both attempts arrived.
	const (
		one = model.MID("m_one")
		two = model.MID("m_two")
	)
	tests := map[string]struct {
		during func(w *world, attempt1, attempt2 model.Outgoing)
		answer answer
		later  func(w *world, attempt1, attempt2 model.Outgoing)
	}{
		"the first's echo after the second's answer": {
			nil, acceptsAs(two),
			func(w *world, o, _ model.Outgoing) { w.receive(echoOf(o, one)) },
		},
		"the first's echo while the second is posted": {
			func(w *world, o, _ model.Outgoing) { w.must(w.hub.Receive(w.ctx, entry(echoOf(o, one)))) },
			acceptsAs(two), nil,
		},
		"both echoes before the answer": {
			func(w *world, o1, o2 model.Outgoing) {
				w.must(w.hub.Receive(w.ctx, entry(echoOf(o1, one), echoOf(o2, two))))
			},
			acceptsAs(two), nil,
		},
		"both echoes before the answer, the second's first": {
			func(w *world, o1, o2 model.Outgoing) {
				w.must(w.hub.Receive(w.ctx, entry(echoOf(o2, two), echoOf(o1, one))))
			},
			acceptsAs(two), nil,
		},
		"both echoes and no answer": {
			nil, staysSilent(),
			func(w *world, o1, o2 model.Outgoing) { w.receive(echoOf(o1, one), echoOf(o2, two)) },
		},
		"both echoes and a refusal": {
			nil, refuses(model.GraphRefused),
			func(w *world, o1, o2 model.Outgoing) { w.receive(echoOf(o2, two), echoOf(o1, one)) },
		},
		"the first's echo, then the second's, after the answer": {
			nil, acceptsAs(two),
			func(w *world, o1, o2 model.Outgoing) { w.receive(echoOf(o1, one), echoOf(o2, two)) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(staysSilent(), first(func(second model.Outgoing) {
					if tt.during != nil {
						tt.during(w, w.graph.sent()[0], second)
					}
				}, tt.answer))
				id := w.reply(hanako, "hello")
				w.pass(3 * time.Minute)
				_, err := w.hub.Retry(w.ctx, w.ann, id, conversationWith(hanako), 1, nil)
				w.must(err)
				w.settle()
				calls := w.graph.sent()
				if len(calls) != 2 {
					t.Fatalf("Send was asked %d times", len(calls))
				}
				if tt.later != nil {
					tt.later(w, calls[0], calls[1])
				}
				w.pass(time.Hour)
				m := w.wantState(id, model.Sent)
				if !m.DeliveredTwice || m.Error != nil || m.MID != one && m.MID != two {
					t.Errorf("sent as %+v", m.Message)
				}
				w.wantRows(1) // a known token never makes a row
				w.wantSent(2)
				// News of either lands on the reply.
				w.receive(event("reaction", hanako, now(), model.Reacted{Target: one, By: model.ByCustomer, Kind: "love"}))
				w.receive(event("response_feedback", hanako, now(), model.Feedback{Target: two, Words: "Good response"}))
				if m := w.message(id); len(m.Reactions) != 1 || m.Feedback == "" {
					t.Errorf("reactions %d, feedback %v", len(m.Reactions), m.Feedback != "")
				}
			})
		})
	}
}

func TestResendThatArrivesAloneIsNotTwice(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent(), acceptsAs("m2"))
		id := w.reply(hanako, "hello")
		w.pass(3 * time.Minute)
		_, err := w.hub.Retry(w.ctx, w.ann, id, conversationWith(hanako), 1, nil)
		w.must(err)
		w.settle()
		w.receive(echoOf(w.graph.last(), "m2"))
		if m := w.wantState(id, model.Sent); m.DeliveredTwice || m.MID != "m2" || m.Attempt != 2 {
			t.Errorf("sent as %+v", m.Message)
		}
	})
}

// A text may tie a reply to another message of our app. What Meta says of the reply
// itself wins, and the other message shows as one of its own.
func TestAnotherMessageOfTheSameText(t *testing.T) {
	stray := echoed(hanako, time.Time{}, model.Echo{MID: "m_stray", AppID: ourApp, Text: "hello"})
	tests := map[string]answer{
		"the answer names another": acceptsAs("m_own"),
		"the echo names another":   staysSilent(),
		"echo and answer do":       acceptsAs("m_own"),
	}
	for name, a := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(first(func(o model.Outgoing) {
					e := stray
					e.At = now()
					w.must(w.hub.Receive(w.ctx, entry(e)))
					if name != "the answer names another" {
						w.must(w.hub.Receive(w.ctx, entry(echoOf(o, "m_own"))))
					}
				}, a))
				id := w.reply(hanako, "hello")
				m := w.wantState(id, model.Sent)
				if m.MID != "m_own" || m.DeliveredTwice {
					t.Errorf("sent as %q, twice: %v", m.MID, m.DeliveredTwice)
				}
				other := w.byMID("m_stray")
				if other.ID == id || other.Author.Kind != model.ByApp || other.State != model.Sent || other.Text != "hello" ||
					other.ClientID != "" {
					t.Errorf("the other message is %+v", other.Message)
				}
				w.wantRows(2)
				w.pass(time.Hour)
				w.wantSent(1)
				wantNoGaps(w)
			})
		})
	}
}

func TestAuthorsOfEchoes(t *testing.T) {
	for name, tt := range map[string]struct {
		app  model.AppID
		want model.Author
	}{
		"Business Suite":        {pageInbox, model.Author{Kind: model.ByPage}},
		"as Meta misprints it":  {"26390203743090", model.Author{Kind: model.ByPage}},
		"no app":                {"", model.Author{Kind: model.ByPage}},
		"another app":           {otherApp, model.Author{Kind: model.ByApp, ID: string(otherApp)}},
		"our app, not this hub": {ourApp, model.Author{Kind: model.ByApp, ID: string(ourApp)}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				at := ago(30 * time.Second)
				e := echoed(hanako, at, model.Echo{
					MID: "e1", AppID: tt.app, Text: "from elsewhere", ReplyTo: "m_in_7001",
					Attachments: []model.Attachment{{Type: "file"}},
				})
				w.receive(e, e)
				rows := w.outRows()
				if len(rows) != 1 {
					t.Fatalf("%d rows", len(rows))
				}
				m := rows[0]
				if m.Author != tt.want || m.State != model.Sent || !m.SentAt.Equal(at) || m.ClientID != "" || len(m.Attachments) != 1 ||
					m.ReplyTo != w.byMID("m_in_7001").ID {
					t.Errorf("got %+v", m)
				}
				if c := w.conversation(hanako); c.Unread != 1 || c.LastMessage.ID != m.ID {
					t.Errorf("%d unread, last message %q", c.Unread, c.LastMessage.ID)
				}
			})
		})
	}
}

// A delivery may name a message before its answer or echo does.
func TestDeliveryBeforeTheAnswer(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(first(func(model.Outgoing) {
			w.must(w.hub.Receive(w.ctx, entry(
				event("delivery", hanako, now(), model.DeliveredUpTo{MIDs: []model.MID{"m1"}}))))
		}, acceptsAs("m1")))
		w.wantState(w.reply(hanako, "hello"), model.Delivered)
	})
}

// A reply is moved on by a watermark once Meta has told its time.
func TestReadBeforeTheEcho(t *testing.T) {
	inWorld(t, func(_ *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(staysSilent())
		id := w.reply(hanako, "hello")
		e := echoOf(w.graph.last(), "m1")
		w.pass(time.Second)
		w.receive(event("read", hanako, now(), model.ReadUpTo{Watermark: now()}))
		w.wantState(id, model.Unknown)
		w.receive(e)
		w.wantState(id, model.Read)
	})
}
