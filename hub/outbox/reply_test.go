package outbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/outbox"
	"parley/hub/store"
	"parley/model"
)

func TestReplyHappyPath(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		asked := w.ByMID("m_in_7001")
		d := hubtest.Draft(hanako, "  はい 😀 ")
		d.ReplyTo = asked.ID
		before := w.Head()
		m := w.Accept(w.Cat, d)
		if m.State != model.Queued || m.ClientID != d.ClientID || m.Direction != model.Out || m.Text != d.Text ||
			m.Author.Kind != model.ByUser || m.Author.ID != string(w.Cat.ID) || m.Author.Name != "Cat" || m.Seq <= before ||
			m.ReplyTo != asked.ID || m.Attempt != 0 || m.Error != nil || m.WaitsFor != "" || !m.SentAt.Equal(hubtest.Now()) {
			t.Errorf("accepted as %+v", m)
		}
		w.Settle()
		w.WantSent(1)
		o := w.Graph.Last()
		if o.Page != metaPage || o.Token != "page-token" || o.To != hanako || o.Text != d.Text || o.ReplyTo != asked.MID ||
			len(o.Metadata) < 22 {
			t.Errorf("sent to %s as reply to %q, %d letters of metadata", o.To, o.ReplyTo, len(o.Metadata))
		}
		sent := w.WantState(m.ID, model.Sent)
		if sent.MID != "m_out_1" || sent.Attempt != 1 || sent.Error != nil {
			t.Errorf("sent as %+v", sent.Message)
		}
		if c := w.Conversation(hanako); c.LastMessage.ID != m.ID || c.LastMessage.State != model.Sent || c.Unread != 1 {
			t.Errorf("the list shows %+v, %d unread", c.LastMessage, c.Unread)
		}
		w.Pass(time.Hour)
		w.WantSent(1)
		w.WantNoGaps()
	})
}

// The attempt and its token are on disk before the call begins.
func TestAttemptIsStoredBeforeTheCall(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.Graph.Plays(hubtest.First(func(o model.Outgoing) {
			err := w.Store.Read(w.Ctx, func(r store.Reader) error {
				v, a, err := r.ReplyByToken(page, o.Metadata)
				if err == nil && (v.State != model.Posting || v.Attempt != 1 || a.Number != 1 || !v.LeaseUntil.After(hubtest.Now())) {
					t.Errorf("stored as %+v", v)
				}
				return err
			})
			if err != nil {
				t.Errorf("the token of a call is not stored: %v", err)
			}
		}, hubtest.Accepts()))
		w.WantState(w.Reply(hanako, "hello"), model.Sent)
	})
}

func TestSameClientIDAnswersTheSameMessage(t *testing.T) {
	tests := []struct {
		state  model.State
		script hubtest.Answer
		then   func(w *hubtest.World, id model.MessageID)
	}{
		{model.Queued, hubtest.AsksToWait(5 * time.Minute), nil},
		{model.Posting, hubtest.After(10*time.Second, hubtest.Accepts()), nil},
		{model.Sent, hubtest.Accepts(), nil},
		{model.Failed, hubtest.Refuses(model.GraphRefused), nil},
		{model.Unknown, hubtest.StaysSilent(), nil},
		{model.Ask, hubtest.StaysSilent(), func(w *hubtest.World, _ model.MessageID) { w.Pass(3 * time.Minute) }},
		{model.Dropped, hubtest.Refuses(model.GraphRefused), func(w *hubtest.World, id model.MessageID) {
			_, err := w.Hub.Drop(w.Ctx, w.Ann, id, hubtest.ConversationWith(hanako), nil)
			w.Must(err)
		}},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				w.Graph.Plays(tt.script)
				d := hubtest.Draft(hanako, "hello")
				id := w.Accept(w.Ann, d).ID
				w.Settle()
				if tt.then != nil {
					tt.then(w, id)
				}
				w.WantState(id, tt.state)
				before := w.Head()
				for range 3 {
					m := w.Accept(w.Ann, d)
					w.Settle()
					if m.ID != id || m.State != tt.state {
						t.Fatalf("answered with %q in state %q", m.ID, m.State)
					}
				}
				if got := w.Head(); got != before {
					t.Errorf("a repeated request wrote %v", w.Changes(before))
				}
				w.WantSent(1)
				w.Pass(30 * time.Minute)
				if n := w.Graph.Reached["hello"]; n > 1 {
					t.Errorf("the customer may have got it %d times", n)
				}
			})
		})
	}
}

// A known client id is answered before anything else is judged.
func TestSameClientIDAfterTheWindowClosed(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(day-time.Second)))
		d := hubtest.Draft(hanako, "hello")
		id := w.Accept(w.Ann, d).ID
		w.Pass(time.Minute)
		w.WantVerdict(hanako, model.WindowClosed)
		if m := w.Accept(w.Ann, d); m.ID != id {
			t.Errorf("answered with %q", m.ID)
		}
		_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
		w.Must(err)
		if m := w.Accept(w.Ann, d); m.ID != id {
			t.Errorf("answered with %q", m.ID)
		}
	})
}

func TestClientIDIsUniqueWithItsUserAndPage(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := hubtest.Draft(hanako, "hello")
		a, b := w.Accept(w.Ann, d), w.Accept(w.Ben, d)
		if a.ID == b.ID {
			t.Error("two users share a reply")
		}
		w.Settle()
		w.WantSent(2)
	})
}

func TestOtherBodyUnderAClientID(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		d := hubtest.Draft(hanako, "hello")
		w.Accept(w.Ann, d)
		w.Settle()
		before := w.Head()
		text, to, note, quoting := d, d, d, d
		text.Text = "hello!"
		to.Conversation = hubtest.ConversationWith(ken)
		note.Note = true
		quoting.ReplyTo = w.ByMID("m_in_7001").ID
		for name, other := range map[string]outbox.Draft{"text": text, "customer": to, "note": note, "quoted": quoting} {
			_, err := w.Hub.Reply(w.Ctx, w.Ann, other)
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != model.ClientIDReused {
				t.Errorf("another %s: %v", name, err)
			}
		}
		seen := d
		seen.SeenSeq = &before // what was seen is not of the body
		w.Accept(w.Ann, seen)
		if got := w.Head(); got != before {
			t.Errorf("wrote %v", w.Changes(before))
		}
		w.WantSent(1)
	})
}

func TestConcurrentRepeatsAreOneReply(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := hubtest.Draft(hanako, "hello")
		ids := make(chan model.MessageID, 20)
		for range cap(ids) {
			go func() {
				m, err := w.Hub.Reply(w.Ctx, w.Ann, d)
				if err != nil {
					t.Errorf("reply: %v", err)
				}
				ids <- m.ID
			}()
		}
		id := <-ids
		for range cap(ids) - 1 {
			if other := <-ids; other != id {
				t.Errorf("answered with %q and %q", id, other)
			}
		}
		w.Settle()
		w.WantSent(1)
	})
}

func TestReplyToWhatIsNotThere(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
		w.Must(err)
		before := w.Head()
		for _, tt := range []struct {
			user         model.User
			conversation model.ConversationID
		}{
			{w.Ann, hubtest.ConversationWith(ken)},
			{w.Ann, "999_7001"},
			{w.Ann, "nonsense"},
			{w.Ann, ""},
			{w.Ben, hubtest.ConversationWith(hanako)}, // hidden, though an admin
			{w.Cat, hubtest.ConversationWith(hanako)},
			{model.User{}, hubtest.ConversationWith(hanako)},
		} {
			d := hubtest.Draft(hanako, "hello")
			d.Conversation = tt.conversation
			_, err := w.Hub.Reply(w.Ctx, tt.user, d)
			w.WantHidden(err)
			d.Text = "" // not even the text is judged
			_, err = w.Hub.Reply(w.Ctx, tt.user, d)
			w.WantHidden(err)
		}
		if got := w.Head(); got != before {
			t.Errorf("wrote %v", w.Changes(before))
		}
	})
}

func TestClientIDMustBeAUUID(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		for _, id := range []model.ClientID{"", "1", "not-a-uuid"} {
			d := hubtest.Draft(hanako, "hello")
			d.ClientID = id
			_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
			var invalid *model.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "client_id" {
				t.Errorf("client id %q: %v", id, err)
			}
		}
		w.WantSent(0)
	})
}

// put changes the Page and a conversation behind the hub's back.
func put(w *hubtest.World, customer model.PSID, f func(*model.Page, *model.Conversation)) {
	w.Helper()
	w.Must(w.Store.Write(w.Ctx, page, func(tx store.PageTx) error {
		p, err := tx.Page(page)
		if err != nil {
			return err
		}
		c, err := tx.Conversation(hubtest.ConversationWith(customer))
		if err != nil {
			return err
		}
		f(&p.Page, &c.Conversation)
		return errors.Join(tx.PutPage(&p), tx.PutConversation(&c))
	}))
}

func TestEveryVerdictRefusesAndStoresNothing(t *testing.T) {
	soon := func() *time.Time { t := hubtest.Now().Add(time.Minute); return &t }
	tests := map[string]struct {
		code  model.Code
		until bool
		apply func(*model.Page, *model.Conversation)
	}{
		"uninstalled":       {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.UninstalledAt = soon() }},
		"token refused":     {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.TokenRefused = true }},
		"subscription lost": {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.Subscribed = false }},
		"restricted": {model.PageRestricted, false, func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{Since: hubtest.Now()}
		}},
		"restricted, learnt": {model.PageRestricted, true, func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{Since: hubtest.Now(), RetryAt: soon()}
		}},
		"messages off":  {model.MessagesOff, false, func(p *model.Page, _ *model.Conversation) { p.MessagesOff = true }},
		"not started":   {model.NotStarted, false, func(_ *model.Page, c *model.Conversation) { c.Started = false }},
		"window closed": {model.WindowClosed, false, func(_ *model.Page, c *model.Conversation) { u := hubtest.Now(); c.WindowUntil = &u }},
		"unreachable":   {model.Unreachable, false, func(_ *model.Page, c *model.Conversation) { c.Unreachable = true }},
		"other app": {model.OtherApp, true, func(_ *model.Page, c *model.Conversation) {
			c.OtherApp, c.OtherAppUntil = true, soon()
		}},
		"rate limited": {model.RateLimited, true, func(p *model.Page, _ *model.Conversation) { p.RateLimitedUntil = soon() }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				put(w, hanako, tt.apply)
				before := w.Head()
				_, err := w.Hub.Reply(w.Ctx, w.Ann, hubtest.Draft(hanako, "hello"))
				w.WantRefused(err, tt.code)
				var r *model.Refusal
				if errors.As(err, &r); r.Verdict == nil || r.Verdict.Code != tt.code || (r.Verdict.Until != nil) != tt.until {
					t.Errorf("verdict %+v", r.Verdict)
				}
				w.Settle()
				if got := w.Head(); got != before {
					t.Errorf("a refusal wrote %v", w.Changes(before))
				}
				w.WantSent(0)

				d := hubtest.Draft(hanako, "for colleagues")
				d.Note = true // a note goes nowhere, so nothing stands in its way
				if m := w.Accept(w.Ann, d); m.Direction != model.Note || m.State != "" {
					t.Errorf("the note is %+v", m)
				}
			})
		})
	}
}

func TestTextIsJudged(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		before := w.Head()
		for text, code := range map[string]model.Code{
			"": model.TextEmpty, " \n\t ": model.TextEmpty, strings.Repeat("a", 2001): model.TextTooLong,
			strings.Repeat("😀", 1001): model.TextTooLong,
		} {
			for _, note := range []bool{false, true} {
				d := hubtest.Draft(hanako, text)
				d.Note = note
				_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
				w.WantRefused(err, code)
			}
		}
		if got := w.Head(); got != before {
			t.Errorf("wrote %v", w.Changes(before))
		}
		w.WantState(w.Reply(hanako, strings.Repeat("😀", 1000)), model.Sent)
	})
}

func TestQuotedMessageMustBeHere(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		note := hubtest.Draft(hanako, "a note")
		note.Note = true
		noteID := w.Accept(w.Ann, note).ID
		before := w.Head()
		for name, id := range map[string]model.MessageID{
			"nowhere": "100_nothing", "of another": w.ByMID("m_in_7002").ID, "without an id of Meta's": noteID,
		} {
			d := hubtest.Draft(hanako, "hello")
			d.ReplyTo = id
			_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != model.NoReplyTarget {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := w.Head(); got != before {
			t.Errorf("wrote %v", w.Changes(before))
		}
	})
}

func TestNotesNeverLeave(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		d := hubtest.Draft(hanako, "call him back")
		d.Note = true
		m := w.Accept(w.Cat, d)
		if again := w.Accept(w.Cat, d); again.ID != m.ID {
			t.Error("a repeated note is stored twice")
		}
		w.Restart()
		w.Pass(time.Hour)
		w.WantSent(0)
		_, err := w.Hub.Drop(w.Ctx, w.Cat, m.ID, hubtest.ConversationWith(hanako), nil)
		w.WantHidden(err)
		_, err = w.Hub.Retry(w.Ctx, w.Cat, m.ID, hubtest.ConversationWith(hanako), 0, nil)
		w.WantHidden(err)
		if c := w.Conversation(hanako); c.Unread != 1 {
			t.Errorf("%d unread, want 1", c.Unread)
		}
	})
}

func TestNewerReply(t *testing.T) {
	colleague := func(w *hubtest.World) {
		w.Accept(w.Ben, hubtest.Draft(hanako, "from ben"))
		w.Settle()
	}
	inbox := func(w *hubtest.World) {
		w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "from Business Suite"}))
	}
	tests := []struct {
		name    string
		between func(w *hubtest.World)
		refused bool
	}{
		{"a colleague's", colleague, true},
		{"a colleague's, on its way", func(w *hubtest.World) {
			w.Graph.Plays(hubtest.After(time.Minute, hubtest.Accepts()))
			colleague(w)
		}, true},
		{"a colleague's, of unknown outcome", func(w *hubtest.World) {
			w.Graph.Plays(hubtest.StaysSilent())
			colleague(w)
		}, true},
		{"a colleague's that failed", func(w *hubtest.World) {
			w.Graph.Plays(hubtest.Refuses(model.GraphRefused))
			colleague(w)
		}, false},
		{"a colleague's note", func(w *hubtest.World) {
			d := hubtest.Draft(hanako, "for us")
			d.Note = true
			w.Accept(w.Ben, d)
		}, false},
		{"one of Business Suite", inbox, true},
		{"one of another app", func(w *hubtest.World) {
			w.Receive(hubtest.Echoed(hanako, hubtest.Now(), model.Echo{MID: "e1", AppID: otherApp, Text: "from a bot"}))
		}, true},
		{"one's own", func(w *hubtest.World) { w.Reply(hanako, "from ann") }, false},
		{"the customer's", func(w *hubtest.World) { w.Receive(hubtest.Wrote(hanako, "m2", "hurry", hubtest.Now())) }, false},
		{"a colleague's to somebody else", func(w *hubtest.World) {
			w.CustomerWrites(ken)
			w.Accept(w.Ben, hubtest.Draft(ken, "to ken"))
			w.Settle()
		}, false},
		{"nothing", func(*hubtest.World) {}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				w.CustomerWrites(hanako)
				seen := w.Head()
				w.Pass(time.Second)
				tt.between(w)
				before := w.Head()
				d := hubtest.Draft(hanako, "from ann, later")
				d.SeenSeq = &seen
				_, err := w.Hub.Reply(w.Ctx, w.Ann, d)
				if !tt.refused {
					w.Must(err)
					return
				}
				w.WantRefused(err, model.NewerReply)
				if got := w.Head(); got != before {
					t.Errorf("wrote %v", w.Changes(before))
				}
				d.SeenSeq = &before // now the writer has seen it
				w.Accept(w.Ann, d)
				unchecked := hubtest.Draft(hanako, "unchecked")
				w.Accept(w.Ann, unchecked)
			})
		})
	}
}

func TestReplyStandsAfterAllThatItsWriterSaw(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		// Meta's clock is ahead of ours.
		w.Receive(hubtest.Wrote(hanako, "m1", "from the future", hubtest.Now().Add(5*time.Second)))
		seen := w.Head()
		d := hubtest.Draft(hanako, "answer")
		d.SeenSeq = &seen
		w.Graph.Plays(hubtest.After(time.Minute, hubtest.Accepts()))
		w.Accept(w.Ann, d)
		w.Settle()
		if got := w.Texts(hanako); !slices.Equal(got, []string{"from the future", "answer"}) {
			t.Errorf("got %q", got)
		}
		w.Receive(hubtest.Wrote(hanako, "m2", "meanwhile", hubtest.Now().Add(6*time.Second)))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"from the future", "answer", "meanwhile"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestRepliesLeaveInOrder(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.CustomerWrites(hanako)
		w.CustomerWrites(ken)
		w.Graph.ByDefault = hubtest.After(3*time.Second, hubtest.Accepts())
		var want []string
		var ids []model.MessageID
		for i := range 10 {
			text := fmt.Sprintf("reply %d", i)
			want = append(want, text)
			ids = append(ids, w.Accept([]model.User{w.Ann, w.Ben}[i%2], hubtest.Draft(hanako, text)).ID)
			if m := w.Message(ids[i]); i > 0 && m.WaitsFor != ids[0] {
				t.Errorf("reply %d waits for %q", i, m.WaitsFor)
			}
		}
		w.Accept(w.Ann, hubtest.Draft(ken, "to ken")) // nobody else's conversation waits
		w.Pass(time.Second)
		w.WantSent(2)
		w.Pass(time.Minute)
		var got []string
		for _, o := range w.Graph.Sent() {
			if o.To == hanako {
				got = append(got, string(o.Text))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("left as %q", got)
		}
		if len(w.Graph.Collisions) != 0 {
			t.Errorf("%d were on their way beside another", len(w.Graph.Collisions))
		}
		for _, id := range ids {
			if m := w.WantState(id, model.Sent); m.WaitsFor != "" {
				t.Errorf("%q still waits", id)
			}
		}
	})
}

// Of many replies some go at once, the others as those arrive; meanwhile nobody asks
// the store again and again.
func TestManyConversationsAtOnce(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		const customers = 70
		disk := w.Breakable()
		w.Graph.ByDefault = hubtest.After(3*time.Second, hubtest.Accepts())
		var (
			events []model.Inbound
			ids    []model.MessageID
		)
		customer := func(i int) model.PSID { return model.PSID(fmt.Sprintf("8%03d", i)) }
		for i := range customers {
			events = append(events, hubtest.Wrote(customer(i), model.MID(fmt.Sprintf("m%d", i)), "hello", hubtest.Ago(time.Minute)))
		}
		w.Receive(events...)
		for i := range customers {
			ids = append(ids, w.Accept(w.Ann, hubtest.Draft(customer(i), "hello")).ID)
		}
		w.Settle()
		before := disk.Reads()
		w.Pass(2 * time.Second)
		if n := disk.Reads() - before; n > 20 {
			t.Errorf("the store was read %d times while all were busy", n)
		}
		w.Pass(time.Minute)
		for _, id := range ids {
			w.WantState(id, model.Sent)
		}
		w.WantSent(customers)
	})
}

func TestJudgedAgainBeforeTheCall(t *testing.T) {
	// A reply waits behind another, which takes ten seconds and fails.
	waiting := func(w *hubtest.World, u model.User) model.MessageID {
		w.Helper()
		w.Graph.Plays(hubtest.After(10*time.Second, hubtest.Refuses(model.GraphRefused)))
		w.Reply(hanako, "first")
		id := w.Accept(u, hubtest.Draft(hanako, "second")).ID
		w.Settle()
		w.WantState(id, model.Queued)
		return id
	}
	t.Run("the window closed", func(t *testing.T) {
		hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
			w.Receive(hubtest.Wrote(hanako, "m1", "hi", hubtest.Ago(day-5*time.Second)))
			id := waiting(w, w.Ann)
			w.Pass(time.Minute)
			if m := w.WantError(id, model.Failed, model.WindowClosed); m.Text != "second" {
				t.Error("the text is lost")
			}
			w.WantSent(1)
		})
	})
	t.Run("hidden", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			id := waiting(w, w.Cat)
			_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
			w.Must(err)
			w.Pass(time.Minute)
			w.WantError(id, model.Dropped, model.Hidden)
			w.WantSent(1)
		})
	})
	t.Run("hidden, but the installer's own", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			id := waiting(w, w.Ann)
			_, err := w.Hub.SetVisibility(w.Ctx, w.Ann, page, model.Private)
			w.Must(err)
			w.Pass(time.Minute)
			w.WantState(id, model.Sent)
		})
	})
	t.Run("rate limited", func(t *testing.T) {
		hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			w.CustomerWrites(ken)
			id := waiting(w, w.Ann)
			w.Graph.Plays(hubtest.AsksToWait(90 * time.Second))
			w.Reply(ken, "asked to wait")
			w.Pass(80 * time.Second)
			w.WantState(id, model.Queued)
			w.WantSent(2)
			w.Pass(10 * time.Second)
			w.WantState(id, model.Sent)
			w.WantSent(4)
		})
	})
	t.Run("uninstalled", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			id := waiting(w, w.Ann)
			_, err := w.Hub.Uninstall(w.Ctx, w.Ben, page)
			w.Must(err)
			w.WantError(id, model.Failed, model.PageDisconnected)
			w.Pass(time.Minute)
			w.WantError(id, model.Failed, model.PageDisconnected)
			w.WantSent(1)
		})
	})
	t.Run("blocked by Facebook", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			id := waiting(w, w.Ann)
			w.Receive(hubtest.Policy("block", "spam", hubtest.Now()))
			w.Pass(time.Minute)
			w.WantError(id, model.Failed, model.PageRestricted)
			w.WantSent(1)
		})
	})
	t.Run("another app took the thread", func(t *testing.T) {
		hubtest.InWorld(t, func(_ *testing.T, w *hubtest.World) {
			w.CustomerWrites(hanako)
			id := waiting(w, w.Ann)
			w.Receive(hubtest.Event("take_thread_control", hanako, hubtest.Now(), model.ThreadControl{Action: "take", Owner: otherApp}))
			w.Pass(time.Minute)
			w.WantError(id, model.Failed, model.OtherApp)
		})
	})
}
