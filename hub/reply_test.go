package hub_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/outbox"
	"parley/hub/store"
	"parley/model"
)

func TestReplyHappyPath(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		asked := w.byMID("m_in_7001")
		d := draft(hanako, "  はい 😀 ")
		d.ReplyTo = asked.ID
		before := w.head()
		m := w.accept(w.cat, d)
		if m.State != model.Queued || m.ClientID != d.ClientID || m.Direction != model.Out || m.Text != d.Text ||
			m.Author.Kind != model.ByUser || m.Author.ID != string(w.cat.ID) || m.Author.Name != "Cat" || m.Seq <= before ||
			m.ReplyTo != asked.ID || m.Attempt != 0 || m.Error != nil || m.WaitsFor != "" || !m.SentAt.Equal(now()) {
			t.Errorf("accepted as %+v", m)
		}
		w.settle()
		w.wantSent(1)
		o := w.graph.last()
		if o.Page != metaPage || o.Token != "page-token" || o.To != hanako || o.Text != d.Text || o.ReplyTo != asked.MID ||
			len(o.Metadata) < 22 {
			t.Errorf("sent to %s as reply to %q, %d letters of metadata", o.To, o.ReplyTo, len(o.Metadata))
		}
		sent := w.wantState(m.ID, model.Sent)
		if sent.MID != "m_out_1" || sent.Attempt != 1 || sent.Error != nil {
			t.Errorf("sent as %+v", sent.Message)
		}
		if c := w.conversation(hanako); c.LastMessage.ID != m.ID || c.LastMessage.State != model.Sent || c.Unread != 1 {
			t.Errorf("the list shows %+v, %d unread", c.LastMessage, c.Unread)
		}
		w.pass(time.Hour)
		w.wantSent(1)
		wantNoGaps(w)
	})
}

// The attempt and its token are on disk before the call begins.
func TestAttemptIsStoredBeforeTheCall(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.graph.plays(first(func(o model.Outgoing) {
			err := w.store.Read(w.ctx, func(r store.Reader) error {
				v, a, err := r.ReplyByToken(page, o.Metadata)
				if err == nil && (v.State != model.Posting || v.Attempt != 1 || a.Number != 1 || !v.LeaseUntil.After(now())) {
					t.Errorf("stored as %+v", v)
				}
				return err
			})
			if err != nil {
				t.Errorf("the token of a call is not stored: %v", err)
			}
		}, accepts()))
		w.wantState(w.reply(hanako, "hello"), model.Sent)
	})
}

func TestSameClientIDAnswersTheSameMessage(t *testing.T) {
	tests := []struct {
		state  model.State
		script answer
		then   func(w *world, id model.MessageID)
	}{
		{model.Queued, asksToWait(5 * time.Minute), nil},
		{model.Posting, after(10*time.Second, accepts()), nil},
		{model.Sent, accepts(), nil},
		{model.Failed, refuses(model.GraphRefused), nil},
		{model.Unknown, staysSilent(), nil},
		{model.Ask, staysSilent(), func(w *world, _ model.MessageID) { w.pass(3 * time.Minute) }},
		{model.Dropped, refuses(model.GraphRefused), func(w *world, id model.MessageID) {
			_, err := w.hub.Drop(w.ctx, w.ann, id, conversationWith(hanako), nil)
			w.must(err)
		}},
	}
	for _, tt := range tests {
		t.Run(string(tt.state), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.graph.plays(tt.script)
				d := draft(hanako, "hello")
				id := w.accept(w.ann, d).ID
				w.settle()
				if tt.then != nil {
					tt.then(w, id)
				}
				w.wantState(id, tt.state)
				before := w.head()
				for range 3 {
					m := w.accept(w.ann, d)
					w.settle()
					if m.ID != id || m.State != tt.state {
						t.Fatalf("answered with %q in state %q", m.ID, m.State)
					}
				}
				if got := w.head(); got != before {
					t.Errorf("a repeated request wrote %v", w.changes(before))
				}
				w.wantSent(1)
				w.pass(30 * time.Minute)
				if n := w.graph.reached["hello"]; n > 1 {
					t.Errorf("the customer may have got it %d times", n)
				}
			})
		})
	}
}

// A known client id is answered before anything else is judged.
func TestSameClientIDAfterTheWindowClosed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.receive(wrote(hanako, "m1", "hi", ago(day-time.Second)))
		d := draft(hanako, "hello")
		id := w.accept(w.ann, d).ID
		w.pass(time.Minute)
		w.wantVerdict(hanako, model.WindowClosed)
		if m := w.accept(w.ann, d); m.ID != id {
			t.Errorf("answered with %q", m.ID)
		}
		_, err := w.hub.Uninstall(w.ctx, w.ben, page)
		w.must(err)
		if m := w.accept(w.ann, d); m.ID != id {
			t.Errorf("answered with %q", m.ID)
		}
	})
}

func TestClientIDIsUniqueWithItsUserAndPage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		d := draft(hanako, "hello")
		a, b := w.accept(w.ann, d), w.accept(w.ben, d)
		if a.ID == b.ID {
			t.Error("two users share a reply")
		}
		w.settle()
		w.wantSent(2)
	})
}

func TestOtherBodyUnderAClientID(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		d := draft(hanako, "hello")
		w.accept(w.ann, d)
		w.settle()
		before := w.head()
		text, to, note, quoting := d, d, d, d
		text.Text = "hello!"
		to.Conversation = conversationWith(ken)
		note.Note = true
		quoting.ReplyTo = w.byMID("m_in_7001").ID
		for name, other := range map[string]outbox.Draft{"text": text, "customer": to, "note": note, "quoted": quoting} {
			_, err := w.hub.Reply(w.ctx, w.ann, other)
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != model.ClientIDReused {
				t.Errorf("another %s: %v", name, err)
			}
		}
		seen := d
		seen.SeenSeq = &before // what was seen is not of the body
		w.accept(w.ann, seen)
		if got := w.head(); got != before {
			t.Errorf("wrote %v", w.changes(before))
		}
		w.wantSent(1)
	})
}

func TestConcurrentRepeatsAreOneReply(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		d := draft(hanako, "hello")
		ids := make(chan model.MessageID, 20)
		for range cap(ids) {
			go func() {
				m, err := w.hub.Reply(w.ctx, w.ann, d)
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
		w.settle()
		w.wantSent(1)
	})
}

func TestReplyToWhatIsNotThere(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		_, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
		w.must(err)
		before := w.head()
		for _, tt := range []struct {
			user         model.User
			conversation model.ConversationID
		}{
			{w.ann, conversationWith(ken)},
			{w.ann, "999_7001"},
			{w.ann, "nonsense"},
			{w.ann, ""},
			{w.ben, conversationWith(hanako)}, // hidden, though an admin
			{w.cat, conversationWith(hanako)},
			{model.User{}, conversationWith(hanako)},
		} {
			d := draft(hanako, "hello")
			d.Conversation = tt.conversation
			_, err := w.hub.Reply(w.ctx, tt.user, d)
			w.hidden(err)
			d.Text = "" // not even the text is judged
			_, err = w.hub.Reply(w.ctx, tt.user, d)
			w.hidden(err)
		}
		if got := w.head(); got != before {
			t.Errorf("wrote %v", w.changes(before))
		}
	})
}

func TestClientIDMustBeAUUID(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		for _, id := range []model.ClientID{"", "1", "not-a-uuid"} {
			d := draft(hanako, "hello")
			d.ClientID = id
			_, err := w.hub.Reply(w.ctx, w.ann, d)
			var invalid *model.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "client_id" {
				t.Errorf("client id %q: %v", id, err)
			}
		}
		w.wantSent(0)
	})
}

// put changes the Page and a conversation behind the hub's back.
func (w *world) put(customer model.PSID, f func(*model.Page, *model.Conversation)) {
	w.Helper()
	w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
		p, err := tx.Page(page)
		if err != nil {
			return err
		}
		c, err := tx.Conversation(conversationWith(customer))
		if err != nil {
			return err
		}
		f(&p.Page, &c.Conversation)
		return errors.Join(tx.PutPage(&p), tx.PutConversation(&c))
	}))
}

func TestEveryVerdictRefusesAndStoresNothing(t *testing.T) {
	soon := func() *time.Time { t := now().Add(time.Minute); return &t }
	tests := map[string]struct {
		code  model.Code
		until bool
		apply func(*model.Page, *model.Conversation)
	}{
		"uninstalled":       {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.UninstalledAt = soon() }},
		"token refused":     {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.TokenRefused = true }},
		"subscription lost": {model.PageDisconnected, false, func(p *model.Page, _ *model.Conversation) { p.Subscribed = false }},
		"restricted": {model.PageRestricted, false, func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{Since: now()}
		}},
		"restricted, learnt": {model.PageRestricted, true, func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{Since: now(), RetryAt: soon()}
		}},
		"messages off":  {model.MessagesOff, false, func(p *model.Page, _ *model.Conversation) { p.MessagesOff = true }},
		"not started":   {model.NotStarted, false, func(_ *model.Page, c *model.Conversation) { c.Started = false }},
		"window closed": {model.WindowClosed, false, func(_ *model.Page, c *model.Conversation) { u := now(); c.WindowUntil = &u }},
		"unreachable":   {model.Unreachable, false, func(_ *model.Page, c *model.Conversation) { c.Unreachable = true }},
		"other app": {model.OtherApp, true, func(_ *model.Page, c *model.Conversation) {
			c.OtherApp, c.OtherAppUntil = true, soon()
		}},
		"rate limited": {model.RateLimited, true, func(p *model.Page, _ *model.Conversation) { p.RateLimitedUntil = soon() }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				w.put(hanako, tt.apply)
				before := w.head()
				_, err := w.hub.Reply(w.ctx, w.ann, draft(hanako, "hello"))
				w.refused(err, tt.code)
				var r *model.Refusal
				if errors.As(err, &r); r.Verdict == nil || r.Verdict.Code != tt.code || (r.Verdict.Until != nil) != tt.until {
					t.Errorf("verdict %+v", r.Verdict)
				}
				w.settle()
				if got := w.head(); got != before {
					t.Errorf("a refusal wrote %v", w.changes(before))
				}
				w.wantSent(0)

				d := draft(hanako, "for colleagues")
				d.Note = true // a note goes nowhere, so nothing stands in its way
				if m := w.accept(w.ann, d); m.Direction != model.Note || m.State != "" {
					t.Errorf("the note is %+v", m)
				}
			})
		})
	}
}

func TestTextIsJudged(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		before := w.head()
		for text, code := range map[string]model.Code{
			"": model.TextEmpty, " \n\t ": model.TextEmpty, strings.Repeat("a", 2001): model.TextTooLong,
			strings.Repeat("😀", 1001): model.TextTooLong,
		} {
			for _, note := range []bool{false, true} {
				d := draft(hanako, text)
				d.Note = note
				_, err := w.hub.Reply(w.ctx, w.ann, d)
				w.refused(err, code)
			}
		}
		if got := w.head(); got != before {
			t.Errorf("wrote %v", w.changes(before))
		}
		w.wantState(w.reply(hanako, strings.Repeat("😀", 1000)), model.Sent)
	})
}

func TestQuotedMessageMustBeHere(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		note := draft(hanako, "a note")
		note.Note = true
		noteID := w.accept(w.ann, note).ID
		before := w.head()
		for name, id := range map[string]model.MessageID{
			"nowhere": "100_nothing", "of another": w.byMID("m_in_7002").ID, "without an id of Meta's": noteID,
		} {
			d := draft(hanako, "hello")
			d.ReplyTo = id
			_, err := w.hub.Reply(w.ctx, w.ann, d)
			var r *model.Refusal
			if !errors.As(err, &r) || r.Code != model.NoReplyTarget {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := w.head(); got != before {
			t.Errorf("wrote %v", w.changes(before))
		}
	})
}

func TestNotesNeverLeave(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		d := draft(hanako, "call him back")
		d.Note = true
		m := w.accept(w.cat, d)
		if again := w.accept(w.cat, d); again.ID != m.ID {
			t.Error("a repeated note is stored twice")
		}
		w.restart()
		w.pass(time.Hour)
		w.wantSent(0)
		_, err := w.hub.Drop(w.ctx, w.cat, m.ID, conversationWith(hanako), nil)
		w.hidden(err)
		_, err = w.hub.Retry(w.ctx, w.cat, m.ID, conversationWith(hanako), 0, nil)
		w.hidden(err)
		if c := w.conversation(hanako); c.Unread != 1 {
			t.Errorf("%d unread, want 1", c.Unread)
		}
	})
}

func TestNewerReply(t *testing.T) {
	colleague := func(w *world) {
		w.accept(w.ben, draft(hanako, "from ben"))
		w.settle()
	}
	inbox := func(w *world) {
		w.receive(echoed(hanako, now(), model.Echo{MID: "e1", AppID: pageInbox, Text: "from Business Suite"}))
	}
	tests := []struct {
		name    string
		between func(w *world)
		refused bool
	}{
		{"a colleague's", colleague, true},
		{"a colleague's, on its way", func(w *world) {
			w.graph.plays(after(time.Minute, accepts()))
			colleague(w)
		}, true},
		{"a colleague's, of unknown outcome", func(w *world) {
			w.graph.plays(staysSilent())
			colleague(w)
		}, true},
		{"a colleague's that failed", func(w *world) {
			w.graph.plays(refuses(model.GraphRefused))
			colleague(w)
		}, false},
		{"a colleague's note", func(w *world) {
			d := draft(hanako, "for us")
			d.Note = true
			w.accept(w.ben, d)
		}, false},
		{"one of Business Suite", inbox, true},
		{"one of another app", func(w *world) {
			w.receive(echoed(hanako, now(), model.Echo{MID: "e1", AppID: otherApp, Text: "from a bot"}))
		}, true},
		{"one's own", func(w *world) { w.reply(hanako, "from ann") }, false},
		{"the customer's", func(w *world) { w.receive(wrote(hanako, "m2", "hurry", now())) }, false},
		{"a colleague's to somebody else", func(w *world) {
			w.customerWrites(ken)
			w.accept(w.ben, draft(ken, "to ken"))
			w.settle()
		}, false},
		{"nothing", func(*world) {}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.customerWrites(hanako)
				seen := w.head()
				w.pass(time.Second)
				tt.between(w)
				before := w.head()
				d := draft(hanako, "from ann, later")
				d.SeenSeq = &seen
				_, err := w.hub.Reply(w.ctx, w.ann, d)
				if !tt.refused {
					w.must(err)
					return
				}
				w.refused(err, model.NewerReply)
				if got := w.head(); got != before {
					t.Errorf("wrote %v", w.changes(before))
				}
				d.SeenSeq = &before // now the writer has seen it
				w.accept(w.ann, d)
				unchecked := draft(hanako, "unchecked")
				w.accept(w.ann, unchecked)
			})
		})
	}
}

func TestReplyStandsAfterAllThatItsWriterSaw(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		// Meta's clock is ahead of ours.
		w.receive(wrote(hanako, "m1", "from the future", now().Add(5*time.Second)))
		seen := w.head()
		d := draft(hanako, "answer")
		d.SeenSeq = &seen
		w.graph.plays(after(time.Minute, accepts()))
		w.accept(w.ann, d)
		w.settle()
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"from the future", "answer"}) {
			t.Errorf("got %q", got)
		}
		w.receive(wrote(hanako, "m2", "meanwhile", now().Add(6*time.Second)))
		if got := w.textsOf(hanako); !slices.Equal(got, []string{"from the future", "answer", "meanwhile"}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestRepliesLeaveInOrder(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.customerWrites(hanako)
		w.customerWrites(ken)
		w.graph.byDefault = after(3*time.Second, accepts())
		var want []string
		var ids []model.MessageID
		for i := range 10 {
			text := fmt.Sprintf("reply %d", i)
			want = append(want, text)
			ids = append(ids, w.accept([]model.User{w.ann, w.ben}[i%2], draft(hanako, text)).ID)
			if m := w.message(ids[i]); i > 0 && m.WaitsFor != ids[0] {
				t.Errorf("reply %d waits for %q", i, m.WaitsFor)
			}
		}
		w.accept(w.ann, draft(ken, "to ken")) // nobody else's conversation waits
		w.pass(time.Second)
		w.wantSent(2)
		w.pass(time.Minute)
		var got []string
		for _, o := range w.graph.sent() {
			if o.To == hanako {
				got = append(got, string(o.Text))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("left as %q", got)
		}
		if len(w.graph.collisions) != 0 {
			t.Errorf("%d were on their way beside another", len(w.graph.collisions))
		}
		for _, id := range ids {
			if m := w.wantState(id, model.Sent); m.WaitsFor != "" {
				t.Errorf("%q still waits", id)
			}
		}
	})
}

// Of many replies some go at once, the others as those arrive; meanwhile nobody asks
// the store again and again.
func TestManyConversationsAtOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const customers = 70
		disk := w.breakable()
		w.graph.byDefault = after(3*time.Second, accepts())
		var (
			events []model.Inbound
			ids    []model.MessageID
		)
		customer := func(i int) model.PSID { return model.PSID(fmt.Sprintf("8%03d", i)) }
		for i := range customers {
			events = append(events, wrote(customer(i), model.MID(fmt.Sprintf("m%d", i)), "hello", ago(time.Minute)))
		}
		w.receive(events...)
		for i := range customers {
			ids = append(ids, w.accept(w.ann, draft(customer(i), "hello")).ID)
		}
		w.settle()
		before := disk.reads.Load()
		w.pass(2 * time.Second)
		if n := disk.reads.Load() - before; n > 20 {
			t.Errorf("the store was read %d times while all were busy", n)
		}
		w.pass(time.Minute)
		for _, id := range ids {
			w.wantState(id, model.Sent)
		}
		w.wantSent(customers)
	})
}

func TestJudgedAgainBeforeTheCall(t *testing.T) {
	// A reply waits behind another, which takes ten seconds and fails.
	waiting := func(w *world, u model.User) model.MessageID {
		w.Helper()
		w.graph.plays(after(10*time.Second, refuses(model.GraphRefused)))
		w.reply(hanako, "first")
		id := w.accept(u, draft(hanako, "second")).ID
		w.settle()
		w.wantState(id, model.Queued)
		return id
	}
	t.Run("the window closed", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.receive(wrote(hanako, "m1", "hi", ago(day-5*time.Second)))
			id := waiting(w, w.ann)
			w.pass(time.Minute)
			if m := w.wantError(id, model.Failed, model.WindowClosed); m.Text != "second" {
				t.Error("the text is lost")
			}
			w.wantSent(1)
		})
	})
	t.Run("hidden", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			id := waiting(w, w.cat)
			_, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
			w.must(err)
			w.pass(time.Minute)
			w.wantError(id, model.Dropped, model.Hidden)
			w.wantSent(1)
		})
	})
	t.Run("hidden, but the installer's own", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			id := waiting(w, w.ann)
			_, err := w.hub.SetVisibility(w.ctx, w.ann, page, model.Private)
			w.must(err)
			w.pass(time.Minute)
			w.wantState(id, model.Sent)
		})
	})
	t.Run("rate limited", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.customerWrites(hanako)
			w.customerWrites(ken)
			id := waiting(w, w.ann)
			w.graph.plays(asksToWait(90 * time.Second))
			w.reply(ken, "asked to wait")
			w.pass(80 * time.Second)
			w.wantState(id, model.Queued)
			w.wantSent(2)
			w.pass(10 * time.Second)
			w.wantState(id, model.Sent)
			w.wantSent(4)
		})
	})
	t.Run("uninstalled", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			id := waiting(w, w.ann)
			_, err := w.hub.Uninstall(w.ctx, w.ben, page)
			w.must(err)
			w.wantError(id, model.Failed, model.PageDisconnected)
			w.pass(time.Minute)
			w.wantError(id, model.Failed, model.PageDisconnected)
			w.wantSent(1)
		})
	})
	t.Run("blocked by Facebook", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			id := waiting(w, w.ann)
			w.receive(policy("block", "spam", now()))
			w.pass(time.Minute)
			w.wantError(id, model.Failed, model.PageRestricted)
			w.wantSent(1)
		})
	})
	t.Run("another app took the thread", func(t *testing.T) {
		inWorld(t, func(_ *testing.T, w *world) {
			w.customerWrites(hanako)
			id := waiting(w, w.ann)
			w.receive(event("take_thread_control", hanako, now(), model.ThreadControl{Action: "take", Owner: otherApp}))
			w.pass(time.Minute)
			w.wantError(id, model.Failed, model.OtherApp)
		})
	})
}
