package hub

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/e2e/driver"
)

func TestCustomersMessagesShowUpAtOnce(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	hanako, ken := w.ConversationWith("2001"), w.ConversationWith("2002")

	began := time.Now()
	w.CustomerSays("2001", driver.Wording{Text: "見積もりをお願いできますか？", Name: "山田 花子", Locale: "ja_JP"})
	driver.Within(t, "a Japanese message is in the list", driver.Soon, func() bool { return aki.Holds(hanako, "見積もりをお願いできますか？") })
	w.CustomerSays("2002", driver.Wording{Text: "Is the large one in stock?", Name: "Ken Sato", Locale: "en_US"})
	driver.Within(t, "an English message is in the list", driver.Soon, func() bool { return aki.Holds(ken, "Is the large one in stock?") })
	driver.Within(t, "the customers have names", driver.Patience, func() bool {
		cs := aki.Conversations()
		return len(cs) == 2 && cs[0].Customer.Name == "Ken Sato" && cs[1].Customer.Name == "山田 花子"
	})

	l := aki.List()
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

	s := aki.Show(hanako)
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
		if out := aki.Cli("list").Ok().Out; !strings.Contains(out, words) {
			t.Errorf("list lacks %q:\n%s", words, out)
		}
	}
	if out := aki.Cli("show", hanako).Ok().Out; !strings.Contains(out, "見積もりをお願いできますか？") || !strings.Contains(out, "山田 花子") {
		t.Errorf("show lacks the message:\n%s", out)
	}
}

func TestRepliesReachTheCustomer(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "見積もりをお願いできますか？", Name: "山田 花子"})
	hanako := w.ConversationWith("2001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(hanako, "見積もりをお願いできますか？") })

	texts := []string{"はい、本日中にお送りします。", "Two lines,\nthe second with 🍵👩‍👩‍👧 and é", "  - a dash\n\n and an end without one "}
	var m driver.Message
	driver.FromJSON(t, []byte(aki.Cli("reply", hanako, texts[0], "--json").Ok().Out), &m)
	if !m.Arrived() || m.MID == "" || m.Text != texts[0] || m.Author.Name != aki.Name || m.Direction != "out" {
		t.Errorf("reply: %+v", m)
	}
	out := aki.Types(texts[1]+"\n", "reply", hanako, "-").Ok().Out
	if !slices.Contains([]string{"sent\n", "delivered\n", "read\n"}, out) {
		t.Errorf("reply said %q", out)
	}
	aki.Types(texts[2]+"\r\n", "reply", hanako, "-").Ok()
	if got := w.Facebook.GotBy("2001"); !slices.Equal(got, texts) {
		t.Errorf("the customer got %q, want %q", got, texts)
	}
	driver.WaitFor(t, "the customer has read them all", driver.Patience, func() bool {
		return !slices.ContainsFunc(aki.Messages(hanako), func(m driver.Message) bool { return m.Direction == "out" && m.State != "read" })
	})

	var shown []string
	var last time.Time
	for _, m := range aki.Show(hanako).Messages {
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
	w, aki := driver.ConnectedWorld(t)
	began := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	var texts []string
	for i := range 7 {
		text := "message number " + string(rune('A'+i))
		texts = append(texts, text)
		w.CustomerSays("2001", driver.Wording{Text: text, At: began.Add(time.Duration(i) * time.Minute)})
		w.CustomerSays("210"+string(rune('0'+i)), driver.Wording{Text: text, At: began.Add(time.Duration(i) * time.Second)})
	}
	hanako := w.ConversationWith("2001")
	driver.WaitFor(t, "all are there", driver.Patience, func() bool { return len(aki.Conversations()) == 8 && len(aki.Messages(hanako)) == 7 })

	var got []string
	before := ""
	for range 3 {
		args := []string{"show", hanako, "--json", "--limit", "3"}
		if before != "" {
			args = append(args, "--before", before)
		}
		var s driver.ShownConversation
		driver.FromJSON(t, []byte(aki.Cli(args...).Ok().Out), &s)
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
		l := aki.List("--limit", "3", "--cursor", cursor)
		for _, c := range l.Conversations {
			ids = append(ids, c.ID)
		}
		if cursor = l.Cursor; cursor == "" {
			break
		}
	}
	if len(ids) != 8 || ids[0] != hanako || ids[1] != w.ConversationWith("2106") || ids[7] != w.ConversationWith("2100") {
		t.Errorf("the list in pages: %q", ids)
	}
}

// TestQuotes: a reply may quote a message, and shows what it quotes.
func TestQuotes(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("2201", "The blue one?")
	w.CustomerWrites("2201", "Or the red one?")
	w.CustomerWrites("2202", "Another conversation")
	id, other := w.ConversationWith("2201"), w.ConversationWith("2202")
	driver.WaitFor(t, "all are there", driver.Patience, func() bool { return len(aki.Conversations()) == 2 && len(aki.Messages(id)) == 2 })
	blue, foreign := aki.Messages(id)[0], aki.Messages(other)[0]
	body := map[string]string{"client_id": newReply("").ClientID, "text": "This one", "reply_to": foreign.ID}
	aki.Post(driver.ConversationPath(id, "messages"), body).Problem(http.StatusConflict, "no_reply_target")
	body["reply_to"] = blue.ID
	aki.Post(driver.ConversationPath(id, "messages"), body).Is(http.StatusAccepted)
	driver.WaitFor(t, "the reply arrives", driver.Patience, func() bool { return slices.Equal(w.Facebook.QuotedBy("2201"), []string{blue.MID}) })
	if m := aki.Messages(id)[2]; m.ReplyTo != blue.ID || m.Text != "This one" {
		t.Errorf("reply: %+v, want it to quote %s", m, blue.ID)
	}

	// The command line quotes as well, and says what it can't.
	r := aki.Cli("reply", id, "And this", "--reply-to", blue.ID, "--json").Ok()
	var said driver.Message
	driver.FromJSON(t, []byte(r.Out), &said)
	if said.ReplyTo != blue.ID {
		t.Errorf("the command line's reply: %+v, want it to quote %s", said, blue.ID)
	}
	aki.Cli("reply", id, "Or that", "--reply-to", foreign.ID).Refused("no_reply_target")

	// Webhooks come in any order: what is quoted may come after what quotes it.
	early := strings.Replace(textEvent(w, "2203", "m_quoting", "No, that one"), `"text"`, `"reply_to":{"mid":"m_quoted"},"text"`, 1)
	w.Delivers(driver.Envelope(strings.ReplaceAll(early, "1795136400000", "1795136409000")))
	w.Delivers(driver.Envelope(textEvent(w, "2203", "m_quoted", "The green one?")))
	ms := aki.Messages(w.ConversationWith("2203"))
	if len(ms) != 2 || ms[1].ReplyToMID != "m_quoted" || ms[1].ReplyTo != ms[0].ID {
		t.Errorf("what quotes a message that came later does not name it: %+v", ms)
	}
}

// TestReadMark: what was read is not unread, for everybody, and stays so.
func TestReadMark(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	rob := w.AddUser("Rob Reid")
	id := w.ConversationWith("2301")
	for i := range 3 {
		w.CustomerSays("2301", driver.Wording{Text: "one of three", At: time.Now().Add(time.Duration(i-10) * time.Minute)})
	}
	driver.WaitFor(t, "all are there", driver.Patience, func() bool { return len(aki.Conversations()) == 1 && len(aki.Messages(id)) == 3 })
	read := func(u *driver.User, n int) {
		t.Helper()
		u.Post(driver.ConversationPath(id, "read"), map[string]string{"up_to": aki.Messages(id)[n].ID}).Is(http.StatusOK)
	}
	unread := func(want int) {
		t.Helper()
		for _, u := range []*driver.User{aki, rob} {
			if c := u.Conversations()[0]; c.Unread != want {
				t.Errorf("%s has %d unread, want %d", u.Name, c.Unread, want)
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
	w.CustomerWrites("2301", "one more")
	driver.WaitFor(t, "the new one is there", driver.Patience, func() bool { return aki.Holds(id, "one more") })
	unread(1)
}
