package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// chat is a client with one conversation of that many messages.
func chat(t *testing.T, messages int) (*wire, model.ConversationID) {
	t.Helper()
	c := loaded(t, 1)
	id := model.NewConversationID("1", model.PSID(mark("1")+"c0"))
	for range messages - 1 {
		c.w.now = c.w.now.Add(time.Minute)
		c.w.message(c.w.pages["1"], 0, model.In, "more")
	}
	if !c.settle() {
		t.Fatal(c.state())
	}
	return c, id
}

func (c *wire) answerAll() {
	for len(c.answers) > 0 {
		c.answer()
	}
}

func TestThreadLoads(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 8)
	if _, read := c.in.Open(id); !read {
		t.Error("opened, and nothing to read")
	}
	if th, ok := c.in.Thread(id); !ok || th.Loaded || len(th.Messages) > 0 {
		t.Errorf("before its messages came: %+v", th)
	}
	c.open(id)
	c.answerAll()
	for _, want := range []int{3, 6, 8} {
		th, _ := c.in.Thread(id)
		if !th.Loaded || th.Stale || len(th.Messages) != want || (th.Cursor == "") != (want == 8) {
			t.Errorf("%d messages, want %d, cursor %q", len(th.Messages), want, th.Cursor)
		}
		for i := 1; i < len(th.Messages); i++ {
			if th.Messages[i].SentAt.Before(th.Messages[i-1].SentAt) {
				t.Errorf("message %d is out of order", i)
			}
		}
		c.older(id)
		c.answerAll()
	}
	if _, read := c.in.Open(id); read {
		t.Error("held, and to be read again")
	}
}

// TestThreadWhileItIsRead: a message that comes between the hub's reading and the
// answer is there, as is one that comes before the hub reads.
func TestThreadWhileItIsRead(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	c.open(id)
	c.w.message(c.w.pages["1"], 0, model.Out, "meanwhile")
	c.stream(9)
	for len(c.frames) > 0 {
		c.deliver()
	}
	c.answerAll()
	if th, _ := c.in.Thread(id); len(th.Messages) != 3 {
		t.Errorf("%d messages, want 3", len(th.Messages))
	}
}

// TestThreadLateAnswer: an answer read before the thread listened is refused.
func TestThreadLateAnswer(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	at, _ := c.in.Position("1")
	o, _ := c.in.Open(id)
	for name, asOf := range map[string]model.Position{
		"older":         {Epoch: at.Epoch, Seq: at.Seq - 1},
		"another epoch": {Epoch: "e9.9", Seq: at.Seq},
	} {
		if ok, _ := c.in.SetMessages(o, nil, "", asOf); ok {
			t.Errorf("%s: taken", name)
		}
	}
	if ok, _ := c.in.SetMessages(inbox.Opening{Conversation: id}, nil, "", at); ok {
		t.Error("of another opening: taken")
	}
	if ok, _ := c.in.SetMessages(o, nil, "", at); !ok {
		t.Error("as of the position: refused")
	}
}

func TestThreadMessagesBeforeTheStretch(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 8)
	p := c.w.pages["1"]
	c.open(id)
	c.answerAll()
	all, _ := p.messages(id, "", 100)
	c.older(id) // read now, answered after the edit below
	m := p.msgs[all[4].ID]
	m.Text = "edited"
	m.Seq = p.next(model.ChangeMessage, string(m.ID))
	c.stream(9)
	for len(c.frames) > 0 {
		c.deliver()
	}
	if th, _ := c.in.Thread(id); len(th.Messages) != 3 {
		t.Errorf("an older one was put before a gap: %d messages", len(th.Messages))
	}
	c.answerAll() // refused: it would show the text of before
	c.older(id)
	c.answerAll()
	th, _ := c.in.Thread(id)
	if len(th.Messages) != 6 || th.Messages[2].Text != "edited" {
		t.Errorf("%d messages, the edited one says %q", len(th.Messages), string(th.Messages[2].Text))
	}
}

func TestThreadRemovedMessage(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	c.open(id)
	c.answerAll()
	th, _ := c.in.Thread(id)
	gone := th.Messages[1]
	c.w.pages["1"].removeMessage(gone.ID)
	c.stream(9)
	c.deliver()
	if th, _ := c.in.Thread(id); len(th.Messages) != 1 {
		t.Errorf("%d messages", len(th.Messages))
	}
	if c.in.PutMessage(gone).Any() {
		t.Error("came back by what was said before")
	}
	gone.Seq += 100
	if !c.in.PutMessage(gone).Any() {
		t.Error("newer than its removal, and not there")
	}
}

func TestThreadStaleAfterReload(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	c.open(id)
	c.answerAll()
	c.disconnect()
	for range 20 { // further behind than the hub makes up for
		c.w.message(c.w.pages["1"], 0, model.In, "missed")
	}
	if !c.settle() {
		t.Fatal(c.state())
	}
	if th, _ := c.in.Thread(id); !th.Stale || len(th.Messages) != 2 {
		t.Errorf("stale %v, %d messages", th.Stale, len(th.Messages))
	}
	c.open(id)
	c.answerAll()
	if th, _ := c.in.Thread(id); th.Stale || len(th.Messages) != 3 || th.Cursor == "" {
		t.Errorf("stale %v, %d messages", th.Stale, len(th.Messages))
	}
}

func TestThreadsAreBounded(t *testing.T) {
	t.Parallel()
	c := loaded(t, 52)
	ids := make([]model.ConversationID, 52)
	for i := range ids {
		ids[i] = model.NewConversationID("1", model.PSID(fmt.Sprintf("%sc%d", mark("1"), i)))
		c.in.Open(ids[i])
		c.in.Open(ids[0]) // stays, being opened again and again
	}
	held := 0
	for _, id := range ids {
		if _, ok := c.in.Thread(id); ok {
			held++
		}
	}
	_, first := c.in.Thread(ids[0])
	_, second := c.in.Thread(ids[1])
	if held != 50 || !first || second {
		t.Errorf("%d held, the first %v, the second %v", held, first, second)
	}
}

func TestThreadGoesWithItsConversation(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	c.open(id)
	c.answerAll()
	c.w.pages["1"].removeConversation(id)
	c.stream(9)
	c.deliver()
	if _, ok := c.in.Thread(id); ok {
		t.Error("its messages are still held")
	}
}

// TestThreadEmptied: with all of a stretch removed, nothing says where it began.
func TestThreadEmptied(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 8)
	c.open(id)
	c.answerAll()
	th, _ := c.in.Thread(id)
	for _, m := range th.Messages {
		c.w.pages["1"].removeMessage(m.ID)
	}
	c.stream(9)
	c.deliver()
	if th, _ := c.in.Thread(id); !th.Stale {
		t.Error("not to be read again")
	}
	c.open(id)
	c.answerAll()
	if th, _ := c.in.Thread(id); th.Stale || len(th.Messages) != 3 {
		t.Errorf("stale %v, %d messages", th.Stale, len(th.Messages))
	}
}

// TestThreadOfAnotherEpoch: messages read before the Page had a position go if its
// first list is of another epoch.
func TestThreadOfAnotherEpoch(t *testing.T) {
	t.Parallel()
	in := inbox.NewInbox(me)
	apply(in, inbox.PagesListed{Pages: []model.Page{openPage()}})
	o, _ := in.Open("1_7")
	m := model.Message{ID: "1_m", ConversationID: "1_7", Seq: 99}
	if ok, _ := in.SetMessages(o, []model.Message{m}, "", model.Position{Epoch: "e0.0", Seq: 99}); !ok {
		t.Fatal("refused")
	}
	apply(in, reloading("1"))
	if _, err := in.Apply(listed("1", nil, model.Position{Epoch: "e1.0", Seq: 5})); err != nil {
		t.Fatal(err)
	}
	if th, _ := in.Thread("1_7"); th.Loaded || len(th.Messages) > 0 {
		t.Errorf("%d messages of another epoch", len(th.Messages))
	}
}

func TestThreadMessageMovesInTime(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 3)
	c.open(id)
	c.answerAll()
	th, _ := c.in.Thread(id)
	m := th.Messages[0]
	m.Seq, m.SentAt = m.Seq+100, m.SentAt.Add(time.Hour)
	c.in.PutMessage(m)
	if th, _ := c.in.Thread(id); len(th.Messages) != 3 || th.Messages[2].ID != m.ID {
		t.Error("Meta's time came, and the message did not move")
	}
}

// TestThreadReadBeforeTheFirstList: what changed between the answer and the list's
// position was never told.
func TestThreadReadBeforeTheFirstList(t *testing.T) {
	t.Parallel()
	for _, early := range []bool{true, false} { // answered before the list, or after
		in := inbox.NewInbox(me)
		apply(in, inbox.PagesListed{Pages: []model.Page{openPage()}})
		o, _ := in.Open("1_7")
		if early {
			in.SetMessages(o, nil, "", positionAt(5))
		}
		apply(in, reloading("1"))
		if _, err := in.Apply(listed("1", nil, positionAt(6))); err != nil {
			t.Fatal(err)
		}
		if !early {
			in.SetMessages(o, nil, "", positionAt(5))
		}
		if _, read := in.Open("1_7"); !read {
			t.Errorf("early %v: not to be read again", early)
		}
	}
}

// TestThreadReadDuringAReload: what was read at the position that the first list has is
// not read again.
func TestThreadReadDuringAReload(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	c.open(id)
	c.answerAll()
	apply(c.in, reloading("1"))
	at := c.w.pages["1"].position()
	c.open(id)
	c.answerAll()
	if _, err := c.in.Apply(listed("1", nil, at)); err != nil {
		t.Fatal(err)
	}
	if _, read := c.in.Open(id); read {
		t.Error("read again, though nothing came in between")
	}
}

// TestThreadAnswerWithARemovedMessage: a message removed while the answer was under
// way does not come back with it.
func TestThreadAnswerWithARemovedMessage(t *testing.T) {
	t.Parallel()
	c, id := chat(t, 2)
	p := c.w.pages["1"]
	c.open(id)
	list, _ := p.messages(id, "", 10)
	p.removeMessage(list[1].ID)
	c.stream(9)
	c.deliver()
	c.answerAll()
	if th, _ := c.in.Thread(id); len(th.Messages) != 1 {
		t.Errorf("%d messages", len(th.Messages))
	}
}
