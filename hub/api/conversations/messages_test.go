package conversations_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func TestReplyIsTaken(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	body := apitest.With(apitest.Text("いつでもどうぞ 👋"), "attachments", []string{})
	a := w.Do(w.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", body)
	var m model.Message
	a.Want(http.StatusAccepted).Into(&m)
	if m.Text != "いつでもどうぞ 👋" || m.State != model.Queued || m.Direction != model.Out || m.ClientID != body["client_id"] ||
		m.Author.Kind != model.ByUser || m.Author.ID != string(w.Cat.ID) || m.ConversationID.Page() != apitest.Page || m.Seq == 0 {
		t.Errorf("taken as %s", a.Body)
	}
	var again model.Message
	w.Get(w.Ann, apitest.MessagePath(m), &again)
	if again.ID != m.ID || again.Text != m.Text {
		t.Errorf("got %+v, want %+v", again, m)
	}
	// What customers and colleagues wrote comes out as it went in.
	odd := "<b>&amp;\u202e\x1b[31m\x00\u2028\"\\ ﷽"
	if m := w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.Text(odd)); string(m.Text) != odd {
		t.Errorf("%q became %q", odd, string(m.Text))
	}
}

func TestReplyIsIdempotent(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	body := apitest.With(apitest.Text("once"), "seen_seq", 2)
	first := w.Reply(w.Ann, apitest.Page, apitest.Hanako, body)
	for range 3 {
		if m := w.Reply(w.Ann, apitest.Page, apitest.Hanako, body); m.ID != first.ID {
			t.Errorf("the same client_id made %s, then %s", first.ID, m.ID)
		}
	}
	// What the writer had seen is not what they wrote.
	if m := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(body, "seen_seq", 3)); m.ID != first.ID {
		t.Errorf("another seen_seq made %s", m.ID)
	}
	if m := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(body, "number", 1)); m.ID != first.ID {
		t.Errorf("another number made %s", m.ID)
	}
	// Whatever became of it, and however things stand, the same id is answered with
	// its message.
	w.ChangePage(func(p *store.Page) { p.TokenRefused = true })
	if m := w.Reply(w.Ann, apitest.Page, apitest.Hanako, body); m.ID != first.ID {
		t.Errorf("got %s, want %s", m.ID, first.ID)
	}
	w.ChangePage(func(p *store.Page) { p.TokenRefused = false })
	id := body["client_id"]
	for name, other := range map[string]map[string]any{
		"another text":  {"client_id": id, "text": "twice"},
		"a note":        {"client_id": id, "text": "once", "note": true},
		"another quote": {"client_id": id, "text": "once", "reply_to": first.ID},
	} {
		a := w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", other)
		if p := a.Problem(http.StatusConflict, model.ClientIDReused); p.Reply != nil {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Ken)+"/messages", body).Problem(http.StatusConflict, model.ClientIDReused)
	// The id is its user's own.
	if m := w.Reply(w.Ben, apitest.Page, apitest.Hanako, map[string]any{"client_id": id, "text": "mine"}); m.ID == first.ID {
		t.Error("another user's client_id is answered with this one's message")
	}
	if n := len(w.Messages(w.Ann, apitest.Page, apitest.Hanako)); n != 3 {
		t.Errorf("%d messages, want the customer's, ann's and ben's", n)
	}
}

// After CanSee a known client_id is answered before anything else: to who lost
// sight of the Page it is as if nothing were there.
func TestReplyOfWhoLostSight(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	body := apitest.Text("hi")
	w.Reply(w.Cat, apitest.Page, apitest.Hanako, body)
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	w.Do(w.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", body).Problem(http.StatusNotFound, "not_found")
}

// What became of a reply can be asked by its client id without handing it in: by whoever
// handed it in, for its conversation, while they see it.
func TestMessageByClientID(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	body := apitest.Text("hi")
	id := fmt.Sprint(body["client_id"])
	by := func(who apitest.Account, customer model.PSID) []model.Message {
		t.Helper()
		var out struct{ Messages []model.Message }
		w.Do(who, http.MethodGet, apitest.ConversationPath(apitest.Page, customer)+"/messages?client_id="+id, nil).Want(http.StatusOK).Into(&out)
		return out.Messages
	}
	if ms := by(w.Cat, apitest.Hanako); len(ms) != 0 {
		t.Errorf("before it was handed in: %v", ms)
	}
	m := w.Reply(w.Cat, apitest.Page, apitest.Hanako, body)
	if ms := by(w.Cat, apitest.Hanako); len(ms) != 1 || ms[0].ID != m.ID || string(ms[0].ClientID) != id {
		t.Errorf("got %v, want %s", ms, m.ID)
	}
	if ms := append(by(w.Cat, apitest.Ken), by(w.Ann, apitest.Hanako)...); len(ms) != 0 {
		t.Errorf("in another conversation or to another user: %v", ms)
	}
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	w.Do(w.Cat, http.MethodGet, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages?client_id="+id, nil).Problem(http.StatusNotFound, "not_found")
}

func TestClientIDMustBeAUUID(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	for _, id := range []string{"x", "1", "../../etc/passwd", strings.Repeat("z", 36), "0190b8a0-0000-7000-8000-00000000000"} {
		w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", map[string]any{"client_id": id, "text": "hi"}).
			Problem(http.StatusUnprocessableEntity, "invalid")
	}
}

// Each verdict refuses, says so in the 409 and in the conversation alike, and
// stores nothing.
func TestVerdictsRefuse(t *testing.T) {
	t.Parallel()
	later := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	past := time.Now().Add(-time.Hour)
	id := model.NewConversationID(apitest.Page, apitest.Hanako)
	onPage := func(change func(*store.Page)) func(*apitest.World) {
		return func(w *apitest.World) { w.ChangePage(change) }
	}
	onConversation := func(change func(*store.Conversation)) func(*apitest.World) {
		return func(w *apitest.World) { w.ChangeConversation(id, change) }
	}
	cases := map[string]struct {
		code  model.Code
		until *time.Time
		state func(*apitest.World)
	}{
		"token refused":     {model.PageDisconnected, nil, onPage(func(p *store.Page) { p.TokenRefused = true })},
		"subscription lost": {model.PageDisconnected, nil, onPage(func(p *store.Page) { p.Subscribed = false })},
		"uninstalled": {model.PageDisconnected, nil, func(w *apitest.World) {
			w.Do(w.Ben, http.MethodDelete, "/v1/pages/100", nil).Want(http.StatusOK)
		}},
		"restricted": {model.PageRestricted, nil, func(w *apitest.World) {
			w.Deliver(apitest.MetaPage, "messaging", apitest.Policy(apitest.MetaPage, "block", "spam", time.Now()))
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
			w := apitest.NewWithPage(t, model.Shared)
			c.state(w)
			var before apitest.ConversationList
			w.Get(w.Cat, "/v1/conversations", &before)
			a := w.Do(w.Cat, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", apitest.Text("hi"))
			v := a.Problem(http.StatusConflict, c.code).Reply
			if v == nil || v.Allowed || v.Code != c.code || !same(v.Until, c.until) {
				t.Errorf("the verdict is %s, want %s until %s", a.Body, c.code, c.until)
			}
			if got := before.Conversations[0].Reply; got.Allowed || got.Code != c.code || !same(got.Until, c.until) {
				t.Errorf("the conversation says %+v", got)
			}
			// A note needs no customer.
			var after apitest.ConversationList
			w.Get(w.Cat, "/v1/conversations", &after)
			if before.AsOf[apitest.Page] != after.AsOf[apitest.Page] || len(w.Messages(w.Cat, apitest.Page, apitest.Hanako)) != 1 {
				t.Error("what was refused left something")
			}
			w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("for us"), "note", true))
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
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	now := time.Now()
	standing := apitest.Message(apitest.MetaPage, "7010", "m_standby", "to another app", now)
	w.CustomerWrites(apitest.MetaPage, "7011", "m_old", "yesterday", now.Add(-25*time.Hour))
	w.Deliver(apitest.MetaPage, "messaging", apitest.Echo(apitest.MetaPage, "7012", "m_echo", "from the inbox", now))
	w.Deliver(apitest.MetaPage, "standby", standing)
	for psid, want := range map[model.PSID]model.Code{
		"7010": model.OtherApp, "7011": model.WindowClosed, "7012": model.NotStarted,
	} {
		w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, psid)+"/messages", apitest.Text("hi")).Problem(http.StatusConflict, want)
	}
}

func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"
	kens := w.Messages(w.Ann, apitest.Page, apitest.Ken)[0].ID
	pending := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("on its way"))
	for name, c := range map[string]struct {
		body map[string]any
		code model.Code
	}{
		"empty":               {apitest.Text(""), model.TextEmpty},
		"blank":               {apitest.Text(" \n\t\u3000"), model.TextEmpty},
		"an empty note":       {apitest.With(apitest.Text(" "), "note", true), model.TextEmpty},
		"too long":            {apitest.Text(strings.Repeat("a", 2001)), model.TextTooLong},
		"too long in UTF-16":  {apitest.Text(strings.Repeat("👋", 1001)), model.TextTooLong},
		"quotes another chat": {apitest.With(apitest.Text("hi"), "reply_to", kens), model.NoReplyTarget},
		"quotes nothing":      {apitest.With(apitest.Text("hi"), "reply_to", "100_nothing"), model.NoReplyTarget},
		"quotes the unsent":   {apitest.With(apitest.Text("hi"), "reply_to", pending.ID), model.NoReplyTarget},
	} {
		a := w.Do(w.Ann, http.MethodPost, to, c.body)
		if p := a.Problem(http.StatusConflict, c.code); p.Reply != nil {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text(strings.Repeat("a", 2000)))
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text(strings.Repeat("👋", 1000)))
}

func TestNewerReply(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	seen := w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0].Seq
	bens := w.Reply(w.Ben, apitest.Page, apitest.Hanako, apitest.Text("I was first"))
	to := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"
	if p := w.Do(w.Ann, http.MethodPost, to, apitest.With(apitest.Text("me too"), "seen_seq", seen)).Problem(http.StatusConflict, model.NewerReply); p.Reply != nil {
		t.Errorf("newer_reply has a verdict: %+v", p.Reply)
	}
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("I know"), "seen_seq", bens.Seq))
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("unchecked"))
	// One's own answer, and a note, are no reason.
	w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("and more"), "seen_seq", bens.Seq))
	w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("a note"), "note", true))
	w.Reply(w.Cat, apitest.Page, apitest.Hanako, apitest.With(apitest.With(apitest.Text("a note"), "note", true), "seen_seq", 0))
	w.Do(w.Ben, http.MethodPost, to, apitest.With(apitest.Text("again"), "seen_seq", bens.Seq)).Problem(http.StatusConflict, model.NewerReply)
}

func TestWhatLeaves(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.Run()
	customers := w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0]
	note := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text(apitest.HiddenNote), "note", true))
	quoting := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("to this"), "reply_to", customers.ID))
	a := w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", apitest.With(apitest.Text("see attached"), "attachments", []string{"1"}))
	a.Problem(http.StatusConflict, model.UploadGone)
	sent := w.AwaitState(w.Ann, quoting, model.Sent)
	if sent.MID == "" || sent.Attempt != 1 || sent.ReplyTo != customers.ID || sent.Error != nil {
		t.Errorf("sent as %+v", sent)
	}
	if note.Direction != model.Note || note.State != "" {
		t.Errorf("the note is %s %s", note.Direction, note.State)
	}
	last := w.Reply(w.Ben, apitest.Page, apitest.Hanako, apitest.Text("bye"))
	w.AwaitState(w.Ann, last, model.Sent)
	calls := w.Graph.Calls()
	if len(calls) != 2 || calls[0].Text != "to this" || calls[1].Text != "bye" {
		t.Fatalf("%d replies left, want the two that may", len(calls))
	}
	c := calls[0]
	if c.Page != apitest.MetaPage || c.To != apitest.Hanako || c.ReplyTo != "m_in_1" || c.Token != apitest.PageToken(apitest.UserToken) || c.Metadata == "" {
		t.Error("the reply left as another")
	}
	// What leaves carries the token of its attempt; no answer shows it.
	var l json.RawMessage
	w.Get(w.Ann, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/messages", &l)
	for _, secret := range []string{c.Metadata, c.Token, apitest.UserToken} {
		if strings.Contains(string(l), secret) {
			t.Error("an answer holds a token")
		}
	}
}

func TestRetryAndDrop(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.RefuseReplies()
	w.Run()
	m := w.AwaitState(w.Ann, w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("once more")), model.Failed)
	if m.Error == nil || m.Error.Code != model.GraphRefused || m.Attempt != 1 {
		t.Fatalf("failed as %+v", m)
	}
	retry, drop := apitest.MessagePath(m)+"/retry", apitest.MessagePath(m)+"/drop"
	for _, attempt := range []int{0, 2} {
		w.Do(w.Ann, http.MethodPost, retry, map[string]any{"attempt": attempt}).Problem(http.StatusConflict, model.StateChanged)
		w.Do(w.Ann, http.MethodPost, drop, map[string]any{"attempt": attempt}).Problem(http.StatusConflict, model.StateChanged)
	}
	for _, body := range []any{map[string]any{}, map[string]any{"attempt": -1}, map[string]any{"attempt": "1"}, map[string]any{"attempt": 1, "x": 1}} {
		w.Do(w.Ann, http.MethodPost, retry, body).Problem(http.StatusUnprocessableEntity, "invalid")
	}
	// A colleague may send it again, too; the rules are asked again.
	w.ChangePage(func(p *store.Page) { p.MessagesOff = true })
	p := w.Do(w.Cat, http.MethodPost, retry, map[string]any{"attempt": 1}).Problem(http.StatusConflict, model.MessagesOff)
	if p.Reply == nil || p.Reply.Code != model.MessagesOff {
		t.Errorf("the verdict is %+v", p.Reply)
	}
	w.ChangePage(func(p *store.Page) { p.MessagesOff = false })
	w.Graph.Set(func(g *apitest.Graph) { g.OnSend = nil })
	var queued model.Message
	w.Do(w.Cat, http.MethodPost, retry, map[string]any{"attempt": 1}).Want(http.StatusAccepted).Into(&queued)
	if queued.ID != m.ID || queued.Error != nil {
		t.Errorf("sent again as %+v", queued)
	}
	if sent := w.AwaitState(w.Ann, m, model.Sent); sent.Attempt != 2 {
		t.Errorf("sent as attempt %d", sent.Attempt)
	}
	for _, path := range []string{retry, drop} {
		w.Do(w.Ann, http.MethodPost, path, map[string]any{"attempt": 2}).Problem(http.StatusConflict, model.StateChanged)
	}
	w.RefuseReplies()
	m = w.AwaitState(w.Ann, w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("never mind")), model.Failed)
	var dropped model.Message
	w.Do(w.Cat, http.MethodPost, apitest.MessagePath(m)+"/drop", map[string]any{"attempt": 1}).Want(http.StatusOK).Into(&dropped)
	if dropped.State != model.Dropped {
		t.Errorf("dropped as %s", dropped.State)
	}
	// Without a body the attempt is not checked.
	m = w.AwaitState(w.Ann, w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("nor this")), model.Failed)
	w.Do(w.Ann, http.MethodPost, apitest.MessagePath(m)+"/drop", nil).Want(http.StatusOK)
	w.Do(w.Ann, http.MethodPost, apitest.MessagePath(m)+"/drop", nil).Problem(http.StatusConflict, model.StateChanged)
}

// Only replies are sent again or dropped: what customers wrote, and notes, are none.
func TestRetryOfWhatIsNoReply(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	note := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("note"), "note", true))
	reply := w.Reply(w.Ann, apitest.Page, apitest.Hanako, apitest.Text("reply"))
	elsewhere := reply
	elsewhere.ConversationID = model.NewConversationID(apitest.Page, apitest.Ken)
	for _, m := range []model.Message{w.Messages(w.Ann, apitest.Page, apitest.Hanako)[0], note, elsewhere} {
		w.Do(w.Ann, http.MethodPost, apitest.MessagePath(m)+"/retry", map[string]any{"attempt": 0}).Problem(http.StatusNotFound, "not_found")
		w.Do(w.Ann, http.MethodPost, apitest.MessagePath(m)+"/drop", nil).Problem(http.StatusNotFound, "not_found")
	}
	w.Do(w.Ann, http.MethodGet, apitest.MessagePath(elsewhere), nil).Problem(http.StatusNotFound, "not_found")
	// What waits can be dropped before it leaves.
	w.Do(w.Ann, http.MethodPost, apitest.MessagePath(reply)+"/retry", map[string]any{"attempt": 0}).Problem(http.StatusConflict, model.StateChanged)
	w.Do(w.Ann, http.MethodPost, apitest.MessagePath(reply)+"/drop", map[string]any{}).Want(http.StatusOK)
	if calls := w.Graph.Calls(); len(calls) != 0 {
		t.Errorf("%d replies left", len(calls))
	}
}

func TestReadMark(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Shared)
	for i := range 3 {
		w.CustomerWrites(apitest.MetaPage, apitest.Hanako, fmt.Sprint("m_", i), "hello", time.Now().Add(time.Duration(i-10)*time.Second))
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_ken", "hello", time.Now())
	ms := w.Messages(w.Ann, apitest.Page, apitest.Hanako)
	read := func(who apitest.Account, m model.MessageID) model.Conversation {
		var c model.Conversation
		w.Do(who, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/read", map[string]any{"up_to": m}).Want(http.StatusOK).Into(&c)
		return c
	}
	if c := read(w.Cat, ms[1].ID); c.Unread != 1 || c.ID.Customer() != apitest.Hanako || !c.Reply.Allowed {
		t.Errorf("%d unread after the second of three, the verdict %+v", c.Unread, c.Reply)
	}
	if c := read(w.Ann, ms[0].ID); c.Unread != 1 {
		t.Errorf("the mark went back: %d unread", c.Unread)
	}
	if c := read(w.Ben, ms[2].ID); c.Unread != 0 {
		t.Errorf("%d unread at the end", c.Unread)
	}
	for _, m := range []model.MessageID{w.Messages(w.Ann, apitest.Page, apitest.Ken)[0].ID, "100_nothing", "nothing"} {
		w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/read", map[string]any{"up_to": m}).Problem(http.StatusNotFound, "not_found")
	}
	for _, body := range []any{map[string]any{}, map[string]any{"up_to": ""}, map[string]any{"up_to": 1}} {
		w.Do(w.Ann, http.MethodPost, apitest.ConversationPath(apitest.Page, apitest.Hanako)+"/read", body).Problem(http.StatusUnprocessableEntity, "invalid")
	}
}
