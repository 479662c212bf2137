package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

func TestReplyIsTaken(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	body := with(text("いつでもどうぞ 👋"), "attachments", []string{})
	a := w.do(w.cat, http.MethodPost, conversation(page, hanako)+"/messages", body)
	var m model.Message
	a.want(http.StatusAccepted).into(&m)
	if m.Text != "いつでもどうぞ 👋" || m.State != model.Queued || m.Direction != model.Out || m.ClientID != body["client_id"] ||
		m.Author.Kind != model.ByUser || m.Author.ID != string(w.cat.ID) || m.ConversationID.Page() != page || m.Seq == 0 {
		t.Errorf("taken as %s", a.body)
	}
	var again model.Message
	w.get(w.ann, messagePath(m), &again)
	if again.ID != m.ID || again.Text != m.Text {
		t.Errorf("got %+v, want %+v", again, m)
	}
	// What customers and colleagues wrote comes out as it went in.
	odd := "<b>&amp;\u202e\x1b[31m\x00\u2028\"\\ ﷽"
	if m := w.reply(w.cat, page, hanako, text(odd)); string(m.Text) != odd {
		t.Errorf("%q became %q", odd, string(m.Text))
	}
}

func TestReplyIsIdempotent(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	body := with(text("once"), "seen_seq", 2)
	first := w.reply(w.ann, page, hanako, body)
	for range 3 {
		if m := w.reply(w.ann, page, hanako, body); m.ID != first.ID {
			t.Errorf("the same client_id made %s, then %s", first.ID, m.ID)
		}
	}
	// What the writer had seen is not what they wrote.
	if m := w.reply(w.ann, page, hanako, with(body, "seen_seq", 3)); m.ID != first.ID {
		t.Errorf("another seen_seq made %s", m.ID)
	}
	if m := w.reply(w.ann, page, hanako, with(body, "number", 1)); m.ID != first.ID {
		t.Errorf("another number made %s", m.ID)
	}
	// Whatever became of it, and however things stand, the same id is answered with
	// its message.
	w.changePage(func(p *store.Page) { p.TokenRefused = true })
	if m := w.reply(w.ann, page, hanako, body); m.ID != first.ID {
		t.Errorf("got %s, want %s", m.ID, first.ID)
	}
	w.changePage(func(p *store.Page) { p.TokenRefused = false })
	id := body["client_id"]
	for name, other := range map[string]map[string]any{
		"another text":  {"client_id": id, "text": "twice"},
		"a note":        {"client_id": id, "text": "once", "note": true},
		"another quote": {"client_id": id, "text": "once", "reply_to": first.ID},
	} {
		a := w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/messages", other)
		if p := a.problem(http.StatusConflict, model.ClientIDReused); p.Reply != nil {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	w.do(w.ann, http.MethodPost, conversation(page, ken)+"/messages", body).problem(http.StatusConflict, model.ClientIDReused)
	// The id is its user's own.
	if m := w.reply(w.ben, page, hanako, map[string]any{"client_id": id, "text": "mine"}); m.ID == first.ID {
		t.Error("another user's client_id is answered with this one's message")
	}
	if n := len(w.messages(w.ann, page, hanako)); n != 3 {
		t.Errorf("%d messages, want the customer's, ann's and ben's", n)
	}
}

// After CanSee a known client_id is answered before anything else: to who lost
// sight of the Page it is as if nothing were there.
func TestReplyOfWhoLostSight(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	body := text("hi")
	w.reply(w.cat, page, hanako, body)
	w.setVisibility(w.ann, page, model.Private)
	w.do(w.cat, http.MethodPost, conversation(page, hanako)+"/messages", body).problem(http.StatusNotFound, "not_found")
}

// What became of a reply can be asked by its client id without handing it in: by whoever
// handed it in, for its conversation, while they see it.
func TestMessageByClientID(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	body := text("hi")
	id := fmt.Sprint(body["client_id"])
	by := func(who account, customer model.PSID) []model.Message {
		t.Helper()
		var out struct{ Messages []model.Message }
		w.do(who, http.MethodGet, conversation(page, customer)+"/messages?client_id="+id, nil).want(http.StatusOK).into(&out)
		return out.Messages
	}
	if ms := by(w.cat, hanako); len(ms) != 0 {
		t.Errorf("before it was handed in: %v", ms)
	}
	m := w.reply(w.cat, page, hanako, body)
	if ms := by(w.cat, hanako); len(ms) != 1 || ms[0].ID != m.ID || string(ms[0].ClientID) != id {
		t.Errorf("got %v, want %s", ms, m.ID)
	}
	if ms := append(by(w.cat, ken), by(w.ann, hanako)...); len(ms) != 0 {
		t.Errorf("in another conversation or to another user: %v", ms)
	}
	w.setVisibility(w.ann, page, model.Private)
	w.do(w.cat, http.MethodGet, conversation(page, hanako)+"/messages?client_id="+id, nil).problem(http.StatusNotFound, "not_found")
}

func TestClientIDMustBeAUUID(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	for _, id := range []string{"x", "1", "../../etc/passwd", strings.Repeat("z", 36), "0190b8a0-0000-7000-8000-00000000000"} {
		w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/messages", map[string]any{"client_id": id, "text": "hi"}).
			problem(http.StatusUnprocessableEntity, "invalid")
	}
}

// Each verdict refuses, says so in the 409 and in the conversation alike, and
// stores nothing.
func TestVerdictsRefuse(t *testing.T) {
	t.Parallel()
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	past := time.Now().Add(-time.Hour)
	id := model.NewConversationID(page, hanako)
	onPage := func(change func(*store.Page)) func(*world) {
		return func(w *world) { w.changePage(change) }
	}
	onConversation := func(change func(*store.Conversation)) func(*world) {
		return func(w *world) { w.changeConversation(id, change) }
	}
	cases := map[string]struct {
		code  model.Code
		until *time.Time
		state func(*world)
	}{
		"token refused":     {model.PageDisconnected, nil, onPage(func(p *store.Page) { p.TokenRefused = true })},
		"subscription lost": {model.PageDisconnected, nil, onPage(func(p *store.Page) { p.Subscribed = false })},
		"uninstalled": {model.PageDisconnected, nil, func(w *world) {
			w.do(w.ben, http.MethodDelete, "/v1/pages/100", nil).want(http.StatusOK)
		}},
		"restricted": {model.PageRestricted, nil, func(w *world) {
			w.deliver(meta, "messaging", policy(meta, "block", "spam", time.Now()))
		}},
		"restricted for an hour": {model.PageRestricted, &later, onPage(func(p *store.Page) {
			p.Restricted = &model.Restriction{Since: past, RetryAt: &later}
		})},
		"messages off": {model.MessagesOff, nil, onPage(func(p *store.Page) { p.MessagesOff = true })},
		"not started":  {model.NotStarted, nil, onConversation(func(c *store.Conversation) { c.Started, c.WindowUntil = false, nil })},
		"window over":  {model.WindowClosed, nil, onConversation(func(c *store.Conversation) { c.WindowUntil = &past })},
		"unreachable":  {model.Unreachable, nil, onConversation(func(c *store.Conversation) { c.Unreachable = true })},
		"other app":    {model.OtherApp, &later, onConversation(func(c *store.Conversation) { c.OtherApp, c.OtherAppUntil = true, &later })},
		"rate limited": {model.RateLimited, &later, onPage(func(p *store.Page) { p.RateLimitedUntil = &later })},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withPage(t, model.Shared)
			c.state(w)
			var before conversationList
			w.get(w.cat, "/v1/conversations", &before)
			a := w.do(w.cat, http.MethodPost, conversation(page, hanako)+"/messages", text("hi"))
			v := a.problem(http.StatusConflict, c.code).Reply
			if v == nil || v.Allowed || v.Code != c.code || !same(v.Until, c.until) {
				t.Errorf("the verdict is %s, want %s until %s", a.body, c.code, c.until)
			}
			if got := before.Conversations[0].Reply; got.Allowed || got.Code != c.code || !same(got.Until, c.until) {
				t.Errorf("the conversation says %+v", got)
			}
			// A note needs no customer.
			var after conversationList
			w.get(w.cat, "/v1/conversations", &after)
			if before.AsOf[page] != after.AsOf[page] || len(w.messages(w.cat, page, hanako)) != 1 {
				t.Error("what was refused left something")
			}
			w.reply(w.cat, page, hanako, with(text("for us"), "note", true))
		})
	}
}

func same(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// The same verdicts, brought about by what Meta tells.
func TestVerdictsThroughEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	now := time.Now()
	standing := message(meta, "7010", "m_standby", "to another app", now)
	w.customerWrites(meta, "7011", "m_old", "yesterday", now.Add(-25*time.Hour))
	w.deliver(meta, "messaging", echo(meta, "7012", "m_echo", "from the inbox", now))
	w.deliver(meta, "standby", standing)
	for psid, want := range map[model.PSID]model.Code{
		"7010": model.OtherApp, "7011": model.WindowClosed, "7012": model.NotStarted,
	} {
		w.do(w.ann, http.MethodPost, conversation(page, psid)+"/messages", text("hi")).problem(http.StatusConflict, want)
	}
}

func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	to := conversation(page, hanako) + "/messages"
	kens := w.messages(w.ann, page, ken)[0].ID
	pending := w.reply(w.ann, page, hanako, text("on its way"))
	for name, c := range map[string]struct {
		body map[string]any
		code model.Code
	}{
		"empty":               {text(""), model.TextEmpty},
		"blank":               {text(" \n\t\u3000"), model.TextEmpty},
		"an empty note":       {with(text(" "), "note", true), model.TextEmpty},
		"too long":            {text(strings.Repeat("a", 2001)), model.TextTooLong},
		"too long in UTF-16":  {text(strings.Repeat("👋", 1001)), model.TextTooLong},
		"quotes another chat": {with(text("hi"), "reply_to", kens), model.NoReplyTarget},
		"quotes nothing":      {with(text("hi"), "reply_to", "100_nothing"), model.NoReplyTarget},
		"quotes the unsent":   {with(text("hi"), "reply_to", pending.ID), model.NoReplyTarget},
	} {
		a := w.do(w.ann, http.MethodPost, to, c.body)
		if p := a.problem(http.StatusConflict, c.code); p.Reply != nil {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	w.reply(w.ann, page, hanako, text(strings.Repeat("a", 2000)))
	w.reply(w.ann, page, hanako, text(strings.Repeat("👋", 1000)))
}

func TestNewerReply(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	seen := w.messages(w.ann, page, hanako)[0].Seq
	bens := w.reply(w.ben, page, hanako, text("I was first"))
	to := conversation(page, hanako) + "/messages"
	if p := w.do(w.ann, http.MethodPost, to, with(text("me too"), "seen_seq", seen)).problem(http.StatusConflict, model.NewerReply); p.Reply != nil {
		t.Errorf("newer_reply has a verdict: %+v", p.Reply)
	}
	w.reply(w.ann, page, hanako, with(text("I know"), "seen_seq", bens.Seq))
	w.reply(w.ann, page, hanako, text("unchecked"))
	// One's own answer, and a note, are no reason.
	w.reply(w.ann, page, hanako, with(text("and more"), "seen_seq", bens.Seq))
	w.reply(w.cat, page, hanako, with(text("a note"), "note", true))
	w.reply(w.cat, page, hanako, with(with(text("a note"), "note", true), "seen_seq", 0))
	w.do(w.ben, http.MethodPost, to, with(text("again"), "seen_seq", bens.Seq)).problem(http.StatusConflict, model.NewerReply)
}

func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.run()
	customers := w.messages(w.ann, page, hanako)[0]
	note := w.reply(w.ann, page, hanako, with(text(hiddenNote), "note", true))
	quoting := w.reply(w.ann, page, hanako, with(text("to this"), "reply_to", customers.ID))
	a := w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/messages", with(text("see attached"), "attachments", []string{"1"}))
	a.problem(http.StatusConflict, model.UploadGone)
	sent := w.wait(w.ann, quoting, model.Sent)
	if sent.MID == "" || sent.Attempt != 1 || sent.ReplyTo != customers.ID || sent.Error != nil {
		t.Errorf("sent as %+v", sent)
	}
	if note.Direction != model.Note || note.State != "" {
		t.Errorf("the note is %s %s", note.Direction, note.State)
	}
	last := w.reply(w.ben, page, hanako, text("bye"))
	w.wait(w.ann, last, model.Sent)
	calls := w.graph.calls()
	if len(calls) != 2 || calls[0].Text != "to this" || calls[1].Text != "bye" {
		t.Fatalf("%d replies left, want the two that may", len(calls))
	}
	c := calls[0]
	if c.Page != meta || c.To != hanako || c.ReplyTo != "m_in_1" || c.Token != pageToken(userToken) || c.Metadata == "" {
		t.Error("the reply left as another")
	}
	// What leaves carries the token of its attempt; no answer shows it.
	var l json.RawMessage
	w.get(w.ann, conversation(page, hanako)+"/messages", &l)
	for _, secret := range []string{c.Metadata, c.Token, userToken} {
		if strings.Contains(string(l), secret) {
			t.Error("an answer holds a token")
		}
	}
}

func TestRetryAndDrop(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.fails()
	w.run()
	m := w.wait(w.ann, w.reply(w.ann, page, hanako, text("once more")), model.Failed)
	if m.Error == nil || m.Error.Code != model.GraphRefused || m.Attempt != 1 {
		t.Fatalf("failed as %+v", m)
	}
	retry, drop := messagePath(m)+"/retry", messagePath(m)+"/drop"
	for _, attempt := range []int{0, 2} {
		w.do(w.ann, http.MethodPost, retry, map[string]any{"attempt": attempt}).problem(http.StatusConflict, model.StateChanged)
		w.do(w.ann, http.MethodPost, drop, map[string]any{"attempt": attempt}).problem(http.StatusConflict, model.StateChanged)
	}
	for _, body := range []any{map[string]any{}, map[string]any{"attempt": -1}, map[string]any{"attempt": "1"}, map[string]any{"attempt": 1, "x": 1}} {
		w.do(w.ann, http.MethodPost, retry, body).problem(http.StatusUnprocessableEntity, "invalid")
	}
	// A colleague may send it again, too; the rules are asked again.
	w.changePage(func(p *store.Page) { p.MessagesOff = true })
	p := w.do(w.cat, http.MethodPost, retry, map[string]any{"attempt": 1}).problem(http.StatusConflict, model.MessagesOff)
	if p.Reply == nil || p.Reply.Code != model.MessagesOff {
		t.Errorf("the verdict is %+v", p.Reply)
	}
	w.changePage(func(p *store.Page) { p.MessagesOff = false })
	w.graph.set(func(g *fakeGraph) { g.onSend = nil })
	var queued model.Message
	w.do(w.cat, http.MethodPost, retry, map[string]any{"attempt": 1}).want(http.StatusAccepted).into(&queued)
	if queued.ID != m.ID || queued.Error != nil {
		t.Errorf("sent again as %+v", queued)
	}
	if sent := w.wait(w.ann, m, model.Sent); sent.Attempt != 2 {
		t.Errorf("sent as attempt %d", sent.Attempt)
	}
	for _, path := range []string{retry, drop} {
		w.do(w.ann, http.MethodPost, path, map[string]any{"attempt": 2}).problem(http.StatusConflict, model.StateChanged)
	}
	w.fails()
	m = w.wait(w.ann, w.reply(w.ann, page, hanako, text("never mind")), model.Failed)
	var dropped model.Message
	w.do(w.cat, http.MethodPost, messagePath(m)+"/drop", map[string]any{"attempt": 1}).want(http.StatusOK).into(&dropped)
	if dropped.State != model.Dropped {
		t.Errorf("dropped as %s", dropped.State)
	}
	// Without a body the attempt is not checked.
	m = w.wait(w.ann, w.reply(w.ann, page, hanako, text("nor this")), model.Failed)
	w.do(w.ann, http.MethodPost, messagePath(m)+"/drop", nil).want(http.StatusOK)
	w.do(w.ann, http.MethodPost, messagePath(m)+"/drop", nil).problem(http.StatusConflict, model.StateChanged)
}

// Only replies are sent again or dropped: what customers wrote, and notes, are none.
func TestRetryOfWhatIsNoReply(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	note := w.reply(w.ann, page, hanako, with(text("note"), "note", true))
	reply := w.reply(w.ann, page, hanako, text("reply"))
	elsewhere := reply
	elsewhere.ConversationID = model.NewConversationID(page, ken)
	for _, m := range []model.Message{w.messages(w.ann, page, hanako)[0], note, elsewhere} {
		w.do(w.ann, http.MethodPost, messagePath(m)+"/retry", map[string]any{"attempt": 0}).problem(http.StatusNotFound, "not_found")
		w.do(w.ann, http.MethodPost, messagePath(m)+"/drop", nil).problem(http.StatusNotFound, "not_found")
	}
	w.do(w.ann, http.MethodGet, messagePath(elsewhere), nil).problem(http.StatusNotFound, "not_found")
	// What waits can be dropped before it leaves.
	w.do(w.ann, http.MethodPost, messagePath(reply)+"/retry", map[string]any{"attempt": 0}).problem(http.StatusConflict, model.StateChanged)
	w.do(w.ann, http.MethodPost, messagePath(reply)+"/drop", map[string]any{}).want(http.StatusOK)
	if calls := w.graph.calls(); len(calls) != 0 {
		t.Errorf("%d replies left", len(calls))
	}
}

func TestReadMark(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Shared)
	for i := range 3 {
		w.customerWrites(meta, hanako, fmt.Sprint("m_", i), "hello", time.Now().Add(time.Duration(i-10)*time.Second))
	}
	w.customerWrites(meta, ken, "m_ken", "hello", time.Now())
	ms := w.messages(w.ann, page, hanako)
	read := func(who account, m model.MessageID) model.Conversation {
		var c model.Conversation
		w.do(who, http.MethodPost, conversation(page, hanako)+"/read", map[string]any{"up_to": m}).want(http.StatusOK).into(&c)
		return c
	}
	if c := read(w.cat, ms[1].ID); c.Unread != 1 || c.ID.Customer() != hanako || !c.Reply.Allowed {
		t.Errorf("%d unread after the second of three, the verdict %+v", c.Unread, c.Reply)
	}
	if c := read(w.ann, ms[0].ID); c.Unread != 1 {
		t.Errorf("the mark went back: %d unread", c.Unread)
	}
	if c := read(w.ben, ms[2].ID); c.Unread != 0 {
		t.Errorf("%d unread at the end", c.Unread)
	}
	for _, m := range []model.MessageID{w.messages(w.ann, page, ken)[0].ID, "100_nothing", "nothing"} {
		w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/read", map[string]any{"up_to": m}).problem(http.StatusNotFound, "not_found")
	}
	for _, body := range []any{map[string]any{}, map[string]any{"up_to": ""}, map[string]any{"up_to": 1}} {
		w.do(w.ann, http.MethodPost, conversation(page, hanako)+"/read", body).problem(http.StatusUnprocessableEntity, "invalid")
	}
}
