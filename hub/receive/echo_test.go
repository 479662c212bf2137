package receive_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// outRows returns the messages to hanako.
func outRows(w *hubtest.World) []model.Message {
	w.Helper()
	var out []model.Message
	for _, m := range w.Messages(hanako) {
		if m.Direction == model.Out {
			out = append(out, m)
		}
	}
	return out
}

// wantRows expects how many messages to hanako show.
func wantRows(w *hubtest.World, n int) {
	w.Helper()
	if rows := outRows(w); len(rows) != n {
		w.Fatalf("%d rows of the Page, want %d", len(rows), n)
	}
}

// removed returns what the log says was removed.
func removed(w *hubtest.World, after int64) []string {
	w.Helper()
	var ids []string
	for _, row := range w.Changes(after) {
		if row.Kind == store.KindRemoved {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

func TestEchoWithTokenMakesSent(t *testing.T) {
	drop := func(w *hubtest.World, id model.MessageID) {
		_, err := w.Hub.Drop(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), nil)
		w.Must(err)
	}
	tests := map[string]struct {
		script hubtest.Answer
		state  model.State
		then   func(w *hubtest.World, id model.MessageID)
	}{
		"unknown": {hubtest.StaysSilent(), model.Unknown, nil},
		"ask":     {hubtest.StaysSilent(), model.Ask, func(w *hubtest.World, _ model.MessageID) { w.Pass(3 * time.Minute) }},
		"ask, not sent": {hubtest.AsksToWait(time.Hour), model.Ask, func(w *hubtest.World, _ model.MessageID) {
			w.Pass(11 * time.Minute)
		}},
		"dropped": {hubtest.StaysSilent(), model.Dropped, func(w *hubtest.World, id model.MessageID) {
			w.Pass(3 * time.Minute)
			drop(w, id)
		}},
		"failed": {hubtest.Refuses(model.GraphRefused), model.Failed, nil},
		"queued": {hubtest.AsksToWait(time.Minute), model.Queued, nil},
		"left in posting by a crash": {hubtest.Dies(true), model.Unknown, func(w *hubtest.World, _ model.MessageID) {
			w.Restart()
		}},
		"hours later": {hubtest.StaysSilent(), model.Dropped, func(w *hubtest.World, id model.MessageID) {
			w.Pass(3 * time.Minute)
			drop(w, id)
			w.Pass(6 * time.Hour)
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(tt.script)
				id := w.Reply(hanako, "hello")
				if tt.then != nil {
					tt.then(w, id)
				}
				w.WantState(id, tt.state)
				at := hubtest.Now().Add(-5 * time.Second)
				e := hubtest.EchoOf(w.Graph.Last(), "m1")
				e.At = at
				w.Receive(e)
				w.Receive(e)
				m := w.WantState(id, model.Sent)
				if m.MID != "m1" || m.Error != nil || m.DeliveredTwice || m.Probably || !m.SentAt.Equal(at) || !m.MetaTime {
					t.Errorf("sent as %+v", m.Message)
				}
				wantRows(w, 1)
				w.Pass(time.Hour)
				w.WantSent(1)
			})
		})
	}
}

func TestEchoBeforeTheAnswer(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"token": hubtest.EchoOf, "no token": hubtest.BareEchoOf} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.First(func(o model.Outgoing) {
					if err := w.Hub.Receive(w.Ctx, hubtest.Entry(echo(o, "m1"))); err != nil {
						t.Errorf("receive: %v", err)
					}
					hubtest.Sleep(time.Second)
				}, hubtest.AcceptsAs("m1")))
				id := w.Reply(hanako, "hello")
				w.WantState(id, model.Sent) // before Meta answered
				w.Pass(time.Minute)
				if m := w.WantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice || m.Attempt != 1 {
					t.Errorf("sent as %+v", m.Message)
				}
				wantRows(w, 1)
				w.WantSent(1)
			})
		})
	}
}

func TestEchoAfterTheAnswer(t *testing.T) {
	for name, echo := range map[string]func(model.Outgoing, model.MID) model.Inbound{"token": hubtest.EchoOf, "no token": hubtest.BareEchoOf} {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.AcceptsAs("m1"))
				id := w.Reply(hanako, "hello")
				e := echo(w.Graph.Last(), "m1")
				e.At = hubtest.Now().Add(123 * time.Millisecond)
				w.Receive(e)
				if m := w.WantState(id, model.Sent); !m.SentAt.Equal(e.At) || !m.Order.Equal(e.At) || m.DeliveredTwice {
					t.Errorf("sent as %+v", m.Message)
				}
				wantRows(w, 1)
			})
		})
	}
}

// An echo that tells more than a lost answer: the reply is sent, nothing asks.
func TestEchoInsteadOfTheAnswer(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.First(func(o model.Outgoing) {
			w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(o, "m1"))))
		}, hubtest.StaysSilent()))
		id := w.Reply(hanako, "hello")
		w.Pass(time.Hour)
		w.WantState(id, model.Sent)
		w.WantSent(1)
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.StaysSilent())
				id := w.Reply(hanako, "hello")
				tt.echo.MID = "m1"
				w.Receive(hubtest.Echoed(hanako, hubtest.Ago(tt.before), tt.echo))
				if !tt.matches {
					w.WantState(id, model.Unknown)
					wantRows(w, 2)
					return
				}
				if m := w.WantState(id, model.Sent); m.MID != "m1" {
					t.Errorf("sent as %q", m.MID)
				}
				wantRows(w, 1)
			})
		})
	}
}

func TestEchoWithoutTokenDoesNotMatchWhatNeverLeft(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		w.Reply(hanako, "one")
		two := w.Reply(hanako, "hello") // waits
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "m1", AppID: ourApp, Text: "hello"}))
		w.WantState(two, model.Queued)
		wantRows(w, 3)
	})
}

// twoCandidates makes two replies of the same text that may both be what an echo
// without token tells of: the first is being posted for ten seconds, the second
// asks.
func twoCandidates(w *hubtest.World, then hubtest.Answer) (posting, asking model.MessageID) {
	w.Helper()
	w.CustomerWrites(hanako)
	w.Graph.Plays(hubtest.Refuses(model.GraphRefused), hubtest.StaysSilent(), hubtest.After(10*time.Second, then))
	posting, asking = w.Reply(hanako, "hello"), w.Reply(hanako, "hello")
	w.Pass(3 * time.Minute)
	w.WantState(asking, model.Ask)
	_, err := w.Hub.Retry(w.Ctx, w.Ann, posting, hubtest.ConversationWith(hanako), 1, nil)
	w.Must(err)
	w.Settle()
	w.WantState(posting, model.Posting)
	return posting, asking
}

func TestTwoCandidatesMakeARowOfItsOwn(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		posting, asking := twoCandidates(w, hubtest.AcceptsAs("m_other"))
		w.Receive(hubtest.BareEchoOf(w.Graph.Last(), "m1"))
		w.WantState(posting, model.Posting)
		w.WantState(asking, model.Ask)
		wantRows(w, 3)
		if m := w.ByMID("m1"); m.Author.Kind != model.ByApp || m.Author.ID != string(ourApp) || m.State != model.Sent {
			t.Errorf("the row is %+v", m.Message)
		}
		w.Pass(time.Minute)
		w.WantState(posting, model.Sent)
		wantRows(w, 3)
	})
}

func TestAnswerFoldsTheRowOfItsEcho(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		posting, asking := twoCandidates(w, hubtest.AcceptsAs("m1"))
		e := hubtest.BareEchoOf(w.Graph.Last(), "m1")
		w.Receive(e)
		row := w.ByMID("m1")
		w.Receive(
			hubtest.Event("reaction", hanako, hubtest.Now(), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"}),
			hubtest.Event("response_feedback", hanako, hubtest.Now(), model.Feedback{Target: "m1", Words: "Good response"}),
		)
		before := w.Head()
		w.Pass(time.Minute)
		m := w.WantState(posting, model.Sent)
		if m.MID != "m1" || len(m.Reactions) != 1 || m.Feedback != "Good response" || !m.SentAt.Equal(e.At) || m.DeliveredTwice {
			t.Errorf("sent as %+v", m.Message)
		}
		if got := removed(w, before); !slices.Equal(got, []string{string(row.ID)}) {
			t.Errorf("removed %q, want %q", got, row.ID)
		}
		w.WantState(asking, model.Ask)
		wantRows(w, 2)
		w.Receive(e)
		wantRows(w, 2)
		w.WantNoGaps()
	})
}

func TestEchoOfAnEarlierAttemptCancelsTheResend(t *testing.T) {
	t.Run("waiting for the time that Facebook named", func(t *testing.T) {
		hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			w.Graph.Plays(hubtest.StaysSilent(), hubtest.AsksToWait(time.Minute))
			id := w.Reply(hanako, "hello")
			w.Pass(3 * time.Minute)
			_, err := w.Hub.Retry(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), 1, nil)
			w.Must(err)
			w.Settle()
			w.WantState(id, model.Queued)
			w.Receive(hubtest.EchoOf(w.Graph.Sent()[0], "m1"))
			if m := w.WantState(id, model.Sent); m.MID != "m1" || m.DeliveredTwice {
				t.Errorf("sent as %+v", m.Message)
			}
			w.Pass(time.Hour)
			w.WantSent(2)
			if w.Graph.Reached["hello"] != 1 {
				t.Errorf("reached %d times", w.Graph.Reached["hello"])
			}
		})
	})
	t.Run("waiting for another reply", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			w.Graph.Plays(hubtest.StaysSilent(), hubtest.StaysSilent())
			one, two := w.Reply(hanako, "one"), w.Reply(hanako, "two")
			w.Pass(11 * time.Minute)
			// The second asks, never sent; the first asks, and may have arrived.
			w.WantError(two, model.Ask, model.NotSent)
			_, err := w.Hub.Retry(w.Ctx, w.Ann, two, hubtest.ConversationWith(hanako), 0, nil)
			w.Must(err)
			w.Settle()
			w.WantState(two, model.Queued)
			w.Receive(hubtest.EchoOf(w.Graph.Sent()[0], "m1"))
			w.WantState(one, model.Sent)
			w.WantState(two, model.Unknown)
			w.WantSent(2)
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
		during func(w *hubtest.World, attempt1, attempt2 model.Outgoing)
		answer hubtest.Answer
		later  func(w *hubtest.World, attempt1, attempt2 model.Outgoing)
	}{
		"the first's echo after the second's answer": {
			nil, hubtest.AcceptsAs(two),
			func(w *hubtest.World, o, _ model.Outgoing) { w.Receive(hubtest.EchoOf(o, one)) },
		},
		"the first's echo while the second is posted": {
			func(w *hubtest.World, o, _ model.Outgoing) {
				w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(o, one))))
			},
			hubtest.AcceptsAs(two), nil,
		},
		"both echoes before the answer": {
			func(w *hubtest.World, o1, o2 model.Outgoing) {
				w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(o1, one), hubtest.EchoOf(o2, two))))
			},
			hubtest.AcceptsAs(two), nil,
		},
		"both echoes before the answer, the second's first": {
			func(w *hubtest.World, o1, o2 model.Outgoing) {
				w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(o2, two), hubtest.EchoOf(o1, one))))
			},
			hubtest.AcceptsAs(two), nil,
		},
		"both echoes and no answer": {
			nil, hubtest.StaysSilent(),
			func(w *hubtest.World, o1, o2 model.Outgoing) {
				w.Receive(hubtest.EchoOf(o1, one), hubtest.EchoOf(o2, two))
			},
		},
		"both echoes and a refusal": {
			nil, hubtest.Refuses(model.GraphRefused),
			func(w *hubtest.World, o1, o2 model.Outgoing) {
				w.Receive(hubtest.EchoOf(o2, two), hubtest.EchoOf(o1, one))
			},
		},
		"the first's echo, then the second's, after the answer": {
			nil, hubtest.AcceptsAs(two),
			func(w *hubtest.World, o1, o2 model.Outgoing) {
				w.Receive(hubtest.EchoOf(o1, one), hubtest.EchoOf(o2, two))
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.StaysSilent(), hubtest.First(func(second model.Outgoing) {
					if tt.during != nil {
						tt.during(w, w.Graph.Sent()[0], second)
					}
				}, tt.answer))
				id := w.Reply(hanako, "hello")
				w.Pass(3 * time.Minute)
				_, err := w.Hub.Retry(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), 1, nil)
				w.Must(err)
				w.Settle()
				calls := w.Graph.Sent()
				if len(calls) != 2 {
					t.Fatalf("Send was asked %d times", len(calls))
				}
				if tt.later != nil {
					tt.later(w, calls[0], calls[1])
				}
				w.Pass(time.Hour)
				m := w.WantState(id, model.Sent)
				if !m.DeliveredTwice || m.Error != nil || m.MID != one && m.MID != two {
					t.Errorf("sent as %+v", m.Message)
				}
				wantRows(w, 1) // a known token never makes a row
				w.WantSent(2)
				// News of either lands on the reply.
				w.Receive(hubtest.Event("reaction", hanako, hubtest.Now(), model.Reacted{Target: one, By: model.ByCustomer, Kind: "love"}))
				w.Receive(hubtest.Event("response_feedback", hanako, hubtest.Now(), model.Feedback{Target: two, Words: "Good response"}))
				if m := w.Message(id); len(m.Reactions) != 1 || m.Feedback == "" {
					t.Errorf("reactions %d, feedback %v", len(m.Reactions), m.Feedback != "")
				}
			})
		})
	}
}

func TestResendThatArrivesAloneIsNotTwice(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent(), hubtest.AcceptsAs("m2"))
		id := w.Reply(hanako, "hello")
		w.Pass(3 * time.Minute)
		_, err := w.Hub.Retry(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), 1, nil)
		w.Must(err)
		w.Settle()
		w.Receive(hubtest.EchoOf(w.Graph.Last(), "m2"))
		if m := w.WantState(id, model.Sent); m.DeliveredTwice || m.MID != "m2" || m.Attempt != 2 {
			t.Errorf("sent as %+v", m.Message)
		}
	})
}

// A text may tie a reply to another message of our app. What Meta says of the reply
// itself wins, and the other message shows as one of its own.
func TestAnotherMessageOfTheSameText(t *testing.T) {
	stray := hubtest.Echoed(hanako, time.Time{}, model.Echo{MID: "m_stray", AppID: ourApp, Text: "hello"})
	tests := map[string]hubtest.Answer{
		"the answer names another": hubtest.AcceptsAs("m_own"),
		"the echo names another":   hubtest.StaysSilent(),
		"echo and answer do":       hubtest.AcceptsAs("m_own"),
	}
	for name, a := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(hubtest.First(func(o model.Outgoing) {
					e := stray
					e.At = hubtest.Now()
					w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(e)))
					if name != "the answer names another" {
						w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(hubtest.EchoOf(o, "m_own"))))
					}
				}, a))
				id := w.Reply(hanako, "hello")
				m := w.WantState(id, model.Sent)
				if m.MID != "m_own" || m.DeliveredTwice {
					t.Errorf("sent as %q, twice: %v", m.MID, m.DeliveredTwice)
				}
				other := w.ByMID("m_stray")
				if other.ID == id || other.Author.Kind != model.ByApp || other.State != model.Sent || other.Text != "hello" ||
					other.ClientID != "" {
					t.Errorf("the other message is %+v", other.Message)
				}
				wantRows(w, 2)
				w.Pass(time.Hour)
				w.WantSent(1)
				w.WantNoGaps()
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
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				at := hubtest.Ago(30 * time.Second)
				e := hubtest.Echoed(hanako, at, model.Echo{
					MID: "e1", AppID: tt.app, Text: "from elsewhere", ReplyTo: "m_in_7001",
					Attachments: []model.Attachment{{Type: "file"}},
				})
				w.Receive(e, e)
				rows := outRows(w)
				if len(rows) != 1 {
					t.Fatalf("%d rows", len(rows))
				}
				m := rows[0]
				if m.Author != tt.want || m.State != model.Sent || !m.SentAt.Equal(at) || m.ClientID != "" || len(m.Attachments) != 1 ||
					m.ReplyTo != w.ByMID("m_in_7001").ID {
					t.Errorf("got %+v", m)
				}
				if c := w.Conversation(hanako); c.Unread != 1 || c.LastMessage.ID != m.ID {
					t.Errorf("%d unread, last message %q", c.Unread, c.LastMessage.ID)
				}
			})
		})
	}
}

// A delivery may name a message before its answer or echo does.
func TestDeliveryBeforeTheAnswer(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.First(func(model.Outgoing) {
			w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(
				hubtest.Event("delivery", hanako, hubtest.Now(), model.DeliveredUpTo{MIDs: []model.MID{"m1"}}))))
		}, hubtest.AcceptsAs("m1")))
		w.WantState(w.Reply(hanako, "hello"), model.Delivered)
	})
}

// A reply is moved on by a watermark once Meta has told its time.
func TestReadBeforeTheEcho(t *testing.T) {
	hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.StaysSilent())
		id := w.Reply(hanako, "hello")
		e := hubtest.EchoOf(w.Graph.Last(), "m1")
		w.Pass(time.Second)
		w.Receive(hubtest.Event("read", hanako, hubtest.Now(), model.ReadUpTo{Watermark: hubtest.Now()}))
		w.WantState(id, model.Unknown)
		w.Receive(e)
		w.WantState(id, model.Read)
	})
}
