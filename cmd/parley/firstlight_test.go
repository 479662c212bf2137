package main

import (
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

	s := aki.show(hanako)
	if len(s.Messages) != 4 {
		t.Fatalf("%d messages, want 4: %+v", len(s.Messages), s.Messages)
	}
	for i, m := range s.Messages {
		if i > 0 && m.SentAt.Before(s.Messages[i-1].SentAt) {
			t.Errorf("show is not oldest first: %s after %s", m.SentAt, s.Messages[i-1].SentAt)
		}
		if i > 0 && m.Text != texts[i-1] {
			t.Errorf("message %d is %q, want %q", i, m.Text, texts[i-1])
		}
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
