package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// connectedWorld is a world whose Page an admin has connected, shared unless told
// otherwise.
func connectedWorld(t *testing.T, settings ...string) (*world, *user) {
	t.Helper()
	w := newWorld(t, settings...)
	aki := w.addAdmin("Aki Mori")
	aki.connectsPage("shared").ok()
	return w, aki
}

// soon is how long a message may take from the customer to the list: a second is the
// aim, the rest is for machines that are busy.
const soon = 5 * time.Second

func TestCustomersMessagesShowUpAtOnce(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	hanako, ken := w.conversationWith("2001"), w.conversationWith("2002")

	began := time.Now()
	w.customerSays("2001", wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	within(t, "a Japanese message is in the list", soon, func() bool { return aki.holds(hanako, "見積もりをお願いできますか？") })
	w.customerSays("2002", wording{Text: "Is the large one in stock?", Name: "Ken Sato", Locale: "en_US"})
	within(t, "an English message is in the list", soon, func() bool { return aki.holds(ken, "Is the large one in stock?") })
	within(t, "the customers have names", patience, func() bool {
		cs := aki.conversations()
		return len(cs) == 2 && cs[0].Customer.Name == "Ken Sato" && cs[1].Customer.Name == "山田 花子"
	})

	l := aki.list()
	if len(l.Conversations) != 2 || l.Conversations[0].ID != ken || l.Conversations[1].ID != hanako {
		t.Fatalf("the list is not newest first: %+v", l.Conversations)
	}
	c := l.Conversations[1]
	if c.Customer.Locale != "ja_JP" || c.Unread != 1 || c.Status != "open" || !c.Started || !c.Reply.Allowed {
		t.Errorf("conversation: %+v", c)
	}
	if until := c.LastMessage; until == nil || until.Text != "見積もりをお願いできますか？" || until.Direction != "in" {
		t.Errorf("last message: %+v", c.LastMessage)
	}

	s := aki.show(hanako)
	if len(s.Messages) != 1 {
		t.Fatalf("%d messages, want one", len(s.Messages))
	}
	m := s.Messages[0]
	if m.Text != "見積もりをお願いできますか？" || m.Direction != "in" || m.Author.Kind != "customer" || m.Author.Name != "山田 花子" || m.MID == "" {
		t.Errorf("message: %+v", m)
	}
	if m.SentAt.Before(began.Add(-time.Second)) || m.SentAt.After(time.Now()) || m.SentAt.Location() != time.UTC {
		t.Errorf("sent at %s, want Meta's time, near %s, in UTC", m.SentAt, began)
	}
	if want := m.SentAt.Add(24 * time.Hour); c.WindowUntil == nil || !c.WindowUntil.Equal(want) {
		t.Errorf("reply window until %v, want %s", c.WindowUntil, want)
	}

	for _, words := range []string{"山田 花子", "見積もりをお願いできますか？", "Ken Sato", "Is the large one in stock?"} {
		if out := aki.cli("list").ok().out; !strings.Contains(out, words) {
			t.Errorf("list lacks %q:\n%s", words, out)
		}
	}
	if out := aki.cli("show", hanako).ok().out; !strings.Contains(out, "見積もりをお願いできますか？") || !strings.Contains(out, "山田 花子") {
		t.Errorf("show lacks the message:\n%s", out)
	}
}

// holds tells whether the newest message of a conversation in the list is that text.
func (u *user) holds(id, text string) bool {
	return slices.ContainsFunc(u.conversations(), func(c conversation) bool {
		return c.ID == id && c.LastMessage != nil && c.LastMessage.Text == text
	})
}

func TestRepliesReachTheCustomer(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "見積もりをお願いできますか？", Name: "山田 花子"})
	hanako := w.conversationWith("2001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(hanako, "見積もりをお願いできますか？") })

	texts := []string{"はい、本日中にお送りします。", "Two lines,\nthe second with 🍵👩‍👩‍👧 and é", "  - a dash\n\n and an end without one "}
	var m message
	fromJSON(t, []byte(aki.cli("reply", hanako, texts[0], "--json").ok().out), &m)
	if !m.arrived() || m.MID == "" || m.Text != texts[0] || m.Author.Name != aki.name || m.Direction != "out" {
		t.Errorf("reply: %+v", m)
	}
	out := aki.types(texts[1]+"\n", "reply", hanako, "-").ok().out
	if !slices.Contains([]string{"sent\n", "delivered\n", "read\n"}, out) {
		t.Errorf("reply said %q", out)
	}
	aki.types(texts[2]+"\r\n", "reply", hanako, "-").ok()
	if got := w.facebook.gotBy("2001"); !slices.Equal(got, texts) {
		t.Errorf("the customer got %q, want %q", got, texts)
	}
	waitFor(t, "the customer has read them all", patience, func() bool {
		return !slices.ContainsFunc(aki.messages(hanako), func(m message) bool { return m.Direction == "out" && m.State != "read" })
	})

	var shown []string
	var last time.Time
	for _, m := range aki.show(hanako).Messages {
		if m.SentAt.Before(last) {
			t.Errorf("show is not oldest first: %s after %s", m.SentAt, last)
		}
		shown, last = append(shown, m.Text), m.SentAt
	}
	if want := append([]string{"見積もりをお願いできますか？"}, texts...); !slices.Equal(shown, want) {
		t.Errorf("show has %q, want %q", shown, want)
	}
}

// TestOlderMessagesComePageByPage: show and list go on where they ended.
func TestOlderMessagesComePageByPage(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	began := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	var texts []string
	for i := range 7 {
		text := "message number " + string(rune('A'+i))
		texts = append(texts, text)
		w.customerSays("2001", wording{Text: text, At: began.Add(time.Duration(i) * time.Minute)})
		w.customerSays("210"+string(rune('0'+i)), wording{Text: text, At: began.Add(time.Duration(i) * time.Second)})
	}
	hanako := w.conversationWith("2001")
	waitFor(t, "all are there", patience, func() bool { return len(aki.conversations()) == 8 && len(aki.messages(hanako)) == 7 })

	var got []string
	before := ""
	for range 3 {
		args := []string{"show", hanako, "--json", "--limit", "3"}
		if before != "" {
			args = append(args, "--before", before)
		}
		var s shownConversation
		fromJSON(t, []byte(aki.cli(args...).ok().out), &s)
		var part []string
		for _, m := range s.Messages {
			part = append(part, m.Text)
		}
		got, before = append(part, got...), s.Cursor
	}
	if !slices.Equal(got, texts) || before != "" {
		t.Errorf("got %q and cursor %q, want %q", got, before, texts)
	}

	var ids []string
	for cursor := ""; ; {
		l := aki.list("--limit", "3", "--cursor", cursor)
		for _, c := range l.Conversations {
			ids = append(ids, c.ID)
		}
		if cursor = l.Cursor; cursor == "" {
			break
		}
	}
	if len(ids) != 8 || ids[0] != hanako || ids[1] != w.conversationWith("2106") || ids[7] != w.conversationWith("2100") {
		t.Errorf("the list in pages: %q", ids)
	}
}

// TestQuotes: a reply may quote a message, and shows what it quotes.
func TestQuotes(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("2201", "The blue one?")
	w.customerWrites("2201", "Or the red one?")
	w.customerWrites("2202", "Another conversation")
	id, other := w.conversationWith("2201"), w.conversationWith("2202")
	waitFor(t, "all are there", patience, func() bool { return len(aki.conversations()) == 2 && len(aki.messages(id)) == 2 })
	blue, foreign := aki.messages(id)[0], aki.messages(other)[0]
	body := map[string]string{"client_id": newReply("").ClientID, "text": "This one", "reply_to": foreign.ID}
	aki.post(conversationPath(id, "messages"), body).problem(http.StatusConflict, "no_reply_target")
	body["reply_to"] = blue.ID
	aki.post(conversationPath(id, "messages"), body).is(http.StatusAccepted)
	waitFor(t, "the reply arrives", patience, func() bool { return slices.Equal(w.facebook.quotedBy("2201"), []string{blue.MID}) })
	if m := aki.messages(id)[2]; m.ReplyTo != blue.ID || m.Text != "This one" {
		t.Errorf("reply: %+v, want it to quote %s", m, blue.ID)
	}

	// The command line quotes as well, and says what it can't.
	r := aki.cli("reply", id, "And this", "--reply-to", blue.ID, "--json").ok()
	var said message
	fromJSON(t, []byte(r.out), &said)
	if said.ReplyTo != blue.ID {
		t.Errorf("the command line's reply: %+v, want it to quote %s", said, blue.ID)
	}
	aki.cli("reply", id, "Or that", "--reply-to", foreign.ID).refused("no_reply_target")

	// Webhooks come in any order: what is quoted may come after what quotes it.
	early := strings.Replace(w.textEvent("2203", "m_quoting", "No, that one"), `"text"`, `"reply_to":{"mid":"m_quoted"},"text"`, 1)
	w.delivers(envelope(strings.ReplaceAll(early, "1795136400000", "1795136409000")))
	w.delivers(envelope(w.textEvent("2203", "m_quoted", "The green one?")))
	ms := aki.messages(w.conversationWith("2203"))
	if len(ms) != 2 || ms[1].ReplyToMID != "m_quoted" || ms[1].ReplyTo != ms[0].ID {
		t.Errorf("what quotes a message that came later does not name it: %+v", ms)
	}
}

// TestReadMark: what was read is not unread, for everybody, and stays so.
func TestReadMark(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	rob := w.addUser("Rob Reid")
	id := w.conversationWith("2301")
	for i := range 3 {
		w.customerSays("2301", wording{Text: "one of three", At: time.Now().Add(time.Duration(i-10) * time.Minute)})
	}
	waitFor(t, "all are there", patience, func() bool { return len(aki.conversations()) == 1 && len(aki.messages(id)) == 3 })
	read := func(u *user, n int) {
		t.Helper()
		u.post(conversationPath(id, "read"), map[string]string{"up_to": aki.messages(id)[n].ID}).is(http.StatusOK)
	}
	unread := func(want int) {
		t.Helper()
		for _, u := range []*user{aki, rob} {
			if c := u.conversations()[0]; c.Unread != want {
				t.Errorf("%s has %d unread, want %d", u.name, c.Unread, want)
			}
		}
	}
	unread(3)
	read(aki, 1)
	unread(1)
	read(rob, 0) // never back
	unread(1)
	read(rob, 2)
	unread(0)
	w.customerWrites("2301", "one more")
	waitFor(t, "the new one is there", patience, func() bool { return aki.holds(id, "one more") })
	unread(1)
}
