package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub/store"
	"parley/model"
)

func TestStreamTakesTheTokenFromTheHeaderAlone(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.runs()
	for name, c := range map[string]struct {
		query  string
		header http.Header
		status int
	}{
		"no token":              {"", nil, http.StatusUnauthorized},
		"a token of nobody":     {"", http.Header{"Authorization": {"Bearer " + w.stranger.token}}, http.StatusUnauthorized},
		"no bearer":             {"", http.Header{"Authorization": {w.ann.token}}, http.StatusUnauthorized},
		"an empty token":        {"", http.Header{"Authorization": {"Bearer "}}, http.StatusUnauthorized},
		"in the URL":            {"?token=" + w.ann.token, nil, http.StatusUnauthorized},
		"in the URL, as bearer": {"?access_token=" + w.ann.token + "&Authorization=Bearer%20" + w.ann.token, nil, http.StatusUnauthorized},
		"in a cookie":           {"", http.Header{"Cookie": {"token=" + w.ann.token}}, http.StatusUnauthorized},
		"of another origin":     {"", http.Header{"Authorization": {"Bearer " + w.ann.token}, "Origin": {"https://example.com"}}, http.StatusForbidden},
	} {
		l, resp, err := w.listenWith(c.query, c.header)
		if err == nil {
			l.hangUp()
			t.Errorf("%s: let in", name)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		var p problem
		if resp.StatusCode != c.status || json.Unmarshal(body, &p) != nil || p.Status != c.status || p.Code == "" {
			t.Errorf("%s: answered %s %s", name, resp.Status, body)
		}
	}
	l := w.listen(w.ann)
	if got := l.conn.Subprotocol(); got != "parley.v1" {
		t.Errorf("subprotocol %q", got)
	}
	l.hello(nil)
}

func TestWelcomeNamesEveryPageThatIsSeen(t *testing.T) {
	t.Parallel()
	w := threePages(t)
	w.runs()
	for _, who := range []account{w.ann, w.ben, w.cat} {
		var pages pageList
		w.get(who, "/v1/pages", &pages)
		before := time.Now().Add(-time.Millisecond)
		got := w.listen(who).hello(nil)
		if got.FeedbackURL != feedbackURL {
			t.Errorf("%s may say what they miss at %q", who.Name, string(got.FeedbackURL))
		}
		if got.User != who.User {
			t.Errorf("%s is told to be %+v", who.Name, got.User)
		}
		if got.Now.Before(before) || got.Now.After(time.Now()) {
			t.Errorf("%s is told that it is %s", who.Name, got.Now)
		}
		want := map[model.PageID]model.WelcomePage{}
		for id, at := range pages.AsOf {
			want[id] = model.WelcomePage{Epoch: at.Epoch, Seq: at.Seq, Resume: model.ResumeReload}
		}
		if !maps.Equal(got.Pages, want) || len(want) == 0 {
			t.Errorf("%s is welcomed to %+v, want %+v", who.Name, got.Pages, want)
		}
	}
}

func TestResumeOrReload(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.runs()
	at := w.position(w.ann, page)
	for name, c := range map[string]struct {
		from model.Position
		want string
	}{
		"at the head":         {at, model.ResumeOK},
		"one behind":          {model.Position{Epoch: at.Epoch, Seq: at.Seq - 1}, model.ResumeOK},
		"from the beginning":  {model.Position{Epoch: at.Epoch}, model.ResumeOK},
		"beyond the head":     {model.Position{Epoch: at.Epoch, Seq: at.Seq + 1}, model.ResumeReload},
		"before all":          {model.Position{Epoch: at.Epoch, Seq: -1}, model.ResumeReload},
		"of another epoch":    {model.Position{Epoch: strings.Repeat("0", len(at.Epoch)), Seq: at.Seq}, model.ResumeReload},
		"of no epoch":         {model.Position{Seq: at.Seq}, model.ResumeReload},
		"somebody else's end": {model.Position{Epoch: at.Epoch + "0", Seq: at.Seq}, model.ResumeReload},
	} {
		l := w.listen(w.ann)
		got := l.hello(resume{page: c.from, "999": {Epoch: "x", Seq: 1}})
		want := map[model.PageID]model.WelcomePage{page: {Epoch: at.Epoch, Seq: at.Seq, Resume: c.want}}
		if !maps.Equal(got.Pages, want) {
			t.Errorf("%s: welcomed to %+v", name, got.Pages)
		}
		l.hangUp()
	}
	// A hidden Page is not there, whatever is known of it.
	if got := w.listen(w.ben).hello(resume{page: at}); len(got.Pages) != 0 {
		t.Errorf("another is welcomed to %+v", got.Pages)
	}
}

func TestFarBehindMeansReload(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private, withTiming(quick))
	w.ages(page, hanako, model.ReloadBeyond)
	w.runs()
	at := w.position(w.ann, page)

	last := w.listen(w.ann)
	from := model.Position{Epoch: at.Epoch, Seq: at.Seq - model.ReloadBeyond}
	if got := last.hello(resume{page: from}).Pages[page].Resume; got != model.ResumeOK {
		t.Fatalf("%d behind: %s", model.ReloadBeyond, got)
	}
	contiguous(t, from.Seq, last.upTo(page, at.Seq))

	far := w.listen(w.ann)
	from.Seq--
	if got := far.hello(resume{page: from}).Pages[page].Resume; got != model.ResumeReload {
		t.Fatalf("%d behind: %s", model.ReloadBeyond+1, got)
	}
	// Nothing of the Page comes until the next hello.
	w.customerWrites(meta, ken, "m_new", "news", time.Now())
	last.upTo(page, at.Seq+1)
	far.beat()
	if got := far.batches(page); len(got) != 0 {
		t.Fatalf("sent before it asked again: %+v", got)
	}
	if strings.Contains(far.received(), "news") {
		t.Error("told of what it did not ask for")
	}
	if got := far.hello(resume{page: at}).Pages[page].Resume; got != model.ResumeOK {
		t.Fatalf("from the list's position: %s", got)
	}
	contiguous(t, at.Seq, far.upTo(page, w.head(page)))
}

// everyKind brings about each kind of change of a Page, and returns what must be known
// of it by those alone who see it.
func (w *world) everyKind(id model.MetaPageID, installation model.PageID, mark string) []string {
	w.Helper()
	now := time.Now()
	mid := func(s string) string { return "m_" + mark + "_" + s }
	said := func(s string) string { return mark + " says " + s }
	w.customerWrites(id, hanako, mid("one"), said("one"), now.Add(-3*time.Second))
	w.customerWrites(id, hanako, mid("two"), said("two"), now.Add(-2*time.Second))
	w.customerWrites(id, ken, mid("three"), said("three"), now.Add(-time.Second))
	w.deliver(id, "messaging", policy(id, "warning", said("policy"), now))
	w.deliver(id, "messaging", policy(id, "block", said("block"), now.Add(time.Millisecond)))
	w.deliver(id, "messaging", policy(id, "unblock", said("unblock"), now.Add(2*time.Millisecond)))
	w.deliver(id, "messaging", echo(id, hanako, mid("echo"), said("echo"), now))
	ms := w.messages(w.ann, installation, hanako)
	w.must(w.store.Write(w.Context(), installation, func(tx store.PageTx) error { return tx.RemoveMessage(ms[0].ID) }))
	w.deliver(id, "messaging", map[string]any{
		"sender": party(hanako), "recipient": party(id), "timestamp": now.UnixMilli(),
		"message_edit": map[string]any{"mid": mid("two"), "text": said("edited"), "num_edit": 1},
	})
	w.reply(w.ann, installation, hanako, text(said("reply")))
	return []string{string(installation) + "_", mark}
}

// kinds are the kinds of change that the hub tells of; links come with the CRM.
var kinds = []model.ChangeKind{
	model.ChangeMessage, model.ChangeConversation, model.ChangePage, model.ChangeNotice, model.ChangeRemoved,
}

func TestBatchesCoverEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.connect(w.ann, meta, model.Private)
	w.runs()
	early := w.listen(w.ann)
	early.hello(resume{page: {Epoch: w.position(w.ann, page).Epoch}})
	w.everyKind(meta, page, "quince")
	w.ages(page, hanako, 1200)
	w.customerWrites(meta, ken, "m_last", "the last", time.Now())
	eventually(t, "the reply is sent", patience, func() bool { return len(w.graph.calls()) == 1 })
	eventually(t, "the reply is settled", patience, func() bool {
		return w.messages(w.ann, page, hanako)[2].State == model.Sent
	})
	w.quiet()
	late := w.listen(w.ann)
	late.hello(resume{page: {Epoch: w.position(w.ann, page).Epoch}})
	head := w.head(page)
	for name, l := range map[string]*listener{"early": early, "late": late} {
		bs := l.upTo(page, head)
		contiguous(t, 0, bs)
		w.covers(name, bs)
	}
}

// covers expects batches from the beginning to tell of all that is in the log, in the
// end as it is now.
func (w *world) covers(name string, bs []model.Batch) {
	w.Helper()
	held, seen := map[string]json.RawMessage{}, map[model.ChangeKind]bool{}
	for _, b := range bs {
		for _, e := range b.Events {
			var o struct {
				ID  string `json:"id"`
				Seq int64  `json:"seq"`
			}
			w.must(json.Unmarshal(e.Object, &o))
			if e.Kind != model.ChangeRemoved && o.Seq < e.Seq {
				w.Errorf("%s: %s %s of seq %d is told at %d", name, e.Kind, o.ID, o.Seq, e.Seq)
			}
			held[string(e.Kind)+" "+o.ID], seen[e.Kind] = e.Object, true
		}
	}
	for _, k := range kinds {
		if !seen[k] {
			w.Errorf("%s: no change of kind %s came", name, k)
		}
	}
	var cs conversationList
	w.get(w.ann, "/v1/conversations?limit=1000", &cs)
	if len(cs.Conversations) == 0 {
		w.Fatal("no conversations")
	}
	for _, c := range cs.Conversations {
		w.same(name, held["conversation "+string(c.ID)], c, "reply")
		for _, m := range w.messages(w.ann, c.PageID, c.Customer.PSID) {
			w.same(name, held["message "+string(m.ID)], m)
		}
	}
	var ns noticeList
	w.get(w.ann, "/v1/notices?limit=100", &ns)
	for _, n := range ns.Notices {
		w.same(name, held["notice "+n.ID], n)
	}
}

// same expects an object as it is now. Fields of which the time decides are left out.
func (w *world) same(name string, got json.RawMessage, want any, but ...string) {
	w.Helper()
	raw, err := json.Marshal(want)
	w.must(err)
	a, b := map[string]any{}, map[string]any{}
	w.must(json.Unmarshal(raw, &b))
	if got != nil {
		w.must(json.Unmarshal(got, &a))
	}
	for _, f := range but {
		delete(a, f)
		delete(b, f)
	}
	if fmt.Sprint(a) != fmt.Sprint(b) {
		w.Errorf("%s: told %v, it is %v", name, a, b)
	}
}

func TestAnObjectComesAsItIsNow(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.runs()
	at := w.position(w.ann, page)
	w.deliver(meta, "messaging", map[string]any{
		"sender": party(hanako), "recipient": party(meta), "timestamp": time.Now().UnixMilli(),
		"message_edit": map[string]any{"mid": "m_in_1", "text": "hello again", "num_edit": 1},
	})
	l := w.listen(w.ann)
	l.hello(resume{page: {Epoch: at.Epoch}})
	times := 0
	for _, b := range l.upTo(page, w.head(page)) {
		for _, e := range b.Events {
			if e.Kind != model.ChangeMessage {
				continue
			}
			var m model.Message
			w.must(json.Unmarshal(e.Object, &m))
			times++
			if m.Text != "hello again" || !m.Edited || m.Seq != e.Seq || m.Seq <= at.Seq-1 {
				t.Errorf("told at %d: %+v", e.Seq, m)
			}
		}
	}
	if times != 1 {
		t.Errorf("a message that changed twice came %d times", times)
	}
}

func TestHelloAgainRepositionsOnlyThePagesItNames(t *testing.T) {
	t.Parallel()
	const other, otherMeta = model.PageID("200"), model.MetaPageID("200")
	w := withPage(t, model.Private)
	w.connect(w.ann, otherMeta, model.Private)
	w.customerWrites(otherMeta, ken, "m_other_1", "hi", time.Now())
	w.runs()
	l := w.listen(w.ann)
	a, b := w.position(w.ann, page), w.position(w.ann, other)
	l.hello(resume{page: a, other: b})
	w.customerWrites(meta, hanako, "m_in_2", "two", time.Now())
	w.customerWrites(otherMeta, ken, "m_other_2", "two", time.Now())
	l.upTo(page, w.head(page))
	l.upTo(other, w.head(other))

	// One Page begins anew, the other goes on.
	got := l.hello(resume{page: {Epoch: a.Epoch}})
	if got.Pages[page].Resume != model.ResumeOK || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	again := slices.IndexFunc(l.batches(page), func(b model.Batch) bool { return b.From == 0 })
	l.until("the Page begins anew", func() bool {
		again = slices.IndexFunc(l.batches(page), func(b model.Batch) bool { return b.From == 0 })
		return again > 0
	})
	w.customerWrites(meta, hanako, "m_in_3", "three", time.Now())
	w.customerWrites(otherMeta, ken, "m_other_3", "three", time.Now())
	contiguous(t, 0, l.upTo(page, w.head(page))[again:])
	contiguous(t, b.Seq, l.upTo(other, w.head(other)))

	// One that can't be resumed is no longer sent; the other still is.
	got = l.hello(resume{page: {Epoch: "gone", Seq: 1}})
	if got.Pages[page].Resume != model.ResumeReload || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	n := len(l.batches(page))
	w.customerWrites(meta, hanako, "m_in_4", "four", time.Now())
	w.customerWrites(otherMeta, ken, "m_other_4", "four", time.Now())
	l.upTo(other, w.head(other))
	if got := l.hello(nil); got.Pages[page].Resume != model.ResumeReload || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	if len(l.batches(page)) != n {
		t.Error("sent what was to be read anew")
	}
}

func TestHeadsTellTheTimeAndHowFarEachPageIs(t *testing.T) {
	t.Parallel()
	fast := withPage(t, model.Shared, withTiming(quick))
	fast.connect(fast.ben, "300", model.Private)
	fast.runs()
	for _, who := range []account{fast.ann, fast.ben} {
		l := fast.listen(who)
		l.hello(nil)
		before := time.Now()
		l.beat()
		hs := l.of(model.FrameHeads)
		h := into[model.Heads](t, hs[len(hs)-1])
		if h.Now.Before(before.Add(-time.Second)) || h.Now.After(time.Now()) {
			t.Errorf("it is %s, they say", h.Now)
		}
		want := map[model.PageID]int64{page: fast.head(page)}
		if who == fast.ben {
			want["300"] = fast.head("300")
		}
		if !maps.Equal(h.Pages, want) {
			t.Errorf("%s: heads %v, want %v", who.Name, h.Pages, want)
		}
		l.mu.Lock()
		if l.pings < 2 {
			t.Errorf("%d pings in %d heads", l.pings, len(hs))
		}
		l.mu.Unlock()
	}
}

func TestAPrunedLogMeansReload(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.runs()
	at := w.position(w.ann, page)
	following := w.listen(w.ann)
	following.hello(resume{page: at})
	w.must(w.store.Prune(t.Context(), time.Now().Add(time.Hour)))
	for seq, want := range map[int64]string{0: model.ResumeReload, at.Seq - 1: model.ResumeReload, at.Seq: model.ResumeOK} {
		l := w.listen(w.ann)
		if got := l.hello(resume{page: {Epoch: at.Epoch, Seq: seq}}).Pages[page].Resume; got != want {
			t.Errorf("from %d of %d: %s, want %s", seq, at.Seq, got, want)
		}
	}
	w.customerWrites(meta, hanako, "m_in_2", "two", time.Now())
	contiguous(t, at.Seq, following.upTo(page, w.head(page)))
}

// TestAStreamUnderTheSameNameIsProven: a store that was put back, and went past where its
// clients were, is told from the one that they followed by what they hand back; clients
// of before, which hand nothing back, go on as they did.
func TestAStreamUnderTheSameNameIsProven(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.runs()
	first := w.proven(w.ann, page)
	l := w.listen(w.ann)
	l.hello(resume{page: first})
	for i := range 4 {
		w.customerWrites(meta, hanako, fmt.Sprintf("m_more_%d", i), "more", time.Now())
	}
	bs := l.upTo(page, w.head(page))
	last := bs[len(bs)-1]
	at := model.Position{Epoch: first.Epoch, Seq: last.To, Proof: last.Proof}
	l.hangUp()
	if first.Proof == "" || last.Proof == "" || at != w.proven(w.ann, page) {
		t.Fatalf("proofs %+v, %+v, in the list %+v", first, at, w.proven(w.ann, page))
	}
	late := w.listen(w.ann)
	late.hello(resume{page: {Epoch: at.Epoch}})
	if bs := late.upTo(page, at.Seq); bs[len(bs)-1].Proof != at.Proof {
		t.Errorf("read from the store, the changes up to %d prove %q, want %q", at.Seq, bs[len(bs)-1].Proof, at.Proof)
	}
	late.hangUp()
	ask := func(what string, from model.Position, want model.WelcomePage) {
		t.Helper()
		l := w.listen(w.ann)
		defer l.hangUp()
		want.Epoch, want.Seq = at.Epoch, w.head(page)
		if got := l.hello(resume{page: from}).Pages[page]; got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	ok, reload := model.WelcomePage{Resume: model.ResumeOK}, model.WelcomePage{Resume: model.ResumeReload}
	other := model.WelcomePage{Resume: model.ResumeReload, Anew: true}
	unproven := func(p model.Position) model.Position { p.Proof = ""; return p }
	ask("at the head", at, ok)
	ask("behind", first, ok)
	ask("at the beginning", model.Position{Epoch: at.Epoch}, ok)
	if r := w.hub.Ready(t.Context()); r.StorePutBack != nil {
		t.Errorf("put back, without any sign: %+v", r)
	}
	// What is here from the third last change on is not what the client was sent.
	w.sql(`UPDATE events SET stamp = 'other' || seq WHERE page_id = ?1 AND seq > ?2;
		UPDATE pages SET stamp = 'other' || seq WHERE page_id = ?1`, string(page), at.Seq-3)
	ask("at the head of another", at, other)
	ask("at the head of another, of before", unproven(at), ok)
	ask("before they part", first, ok)
	w.customerWrites(meta, ken, "m_new", "news", time.Now())
	ask("behind in another", at, other)
	ask("behind in another, of before", unproven(at), ok)
	if r := w.hub.Ready(t.Context()); r.StorePutBack == nil || !r.Ready {
		t.Errorf("it is not said: %+v", r)
	}
	// Where the change that was last is forgotten, nothing is proven by it.
	w.prunedTo(page, at.Seq+1)
	ask("its last change is forgotten", at, reload)
	ask("its last change is forgotten, of before", unproven(at), ok)
}

// rows is a Page's log as it is kept.
func (w *world) rows(id model.PageID) (rows []store.LogRow) {
	w.Helper()
	w.must(w.store.Read(w.Context(), func(r store.Reader) (err error) {
		rows, err = r.Events(id, 0, 1<<20)
		return err
	}))
	return rows
}

// prunedTo forgets what a Page's log holds before that seq.
func (w *world) prunedTo(id model.PageID, seq int64) {
	w.Helper()
	old := time.Now().Add(-48 * time.Hour)
	w.sql(`UPDATE events SET at = ? WHERE page_id = ? AND seq < ?`, old.UnixMicro(), string(id), seq)
	w.must(w.store.Prune(w.Context(), old.Add(time.Hour)))
	if rows := w.rows(id); len(rows) == 0 || rows[0].Seq != seq {
		w.Fatalf("the log begins with %+v, want %d", rows[:min(len(rows), 1)], seq)
	}
}

// TestAHalfPrunedLogMeansReloadInItsGap: who is where the log no longer reaches reads
// anew; who is at its beginning or after goes on, and misses nothing.
func TestAHalfPrunedLogMeansReloadInItsGap(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.ages(page, hanako, 20)
	w.runs()
	at := w.position(w.ann, page)
	begins := at.Seq - 8
	w.prunedTo(page, begins)
	for seq := int64(0); seq <= at.Seq; seq++ {
		l := w.listen(w.ann)
		want := model.ResumeReload
		if seq >= begins-1 {
			want = model.ResumeOK
		}
		if got := l.hello(resume{page: {Epoch: at.Epoch, Seq: seq}}).Pages[page].Resume; got != want {
			t.Errorf("from %d where the log begins with %d: %s, want %s", seq, begins, got, want)
		}
		if want == model.ResumeOK && seq < at.Seq {
			contiguous(t, seq, l.upTo(page, at.Seq))
		}
		l.hangUp()
	}
}

// TestTheLogIsPrunedUnderAClientThatIsBehind: its session ends, so that it asks anew,
// instead of going on after a gap.
func TestTheLogIsPrunedUnderAClientThatIsBehind(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private, withTiming(rarely))
	w.ages(page, hanako, 1500) // three batches
	w.runs()
	at := w.position(w.ann, page)
	ann := w.tap(w.ann, stays)
	w.greet(ann, nil)
	free := ann.stick()
	defer free()
	w.must(ann.Hello(t.Context(), model.Hello{Type: model.FrameHello, Resume: resume{page: {Epoch: at.Epoch}}}))
	// The welcome is what is stuck: nothing of the log was read yet.
	eventually(t, "the welcome", patience, func() bool { return len(ann.of(model.FrameWelcome)) == 2 })
	w.prunedTo(page, at.Seq-10)
	free()
	select {
	case err := <-ann.ended:
		if err == nil {
			t.Error("the session ended without saying why")
		}
	case <-time.After(patience):
		t.Error("the session goes on")
	}
	if got := ann.of(model.FrameBatch); len(got) != 0 {
		t.Errorf("sent after a gap: %.200s", got[0].raw)
	}
}

func TestFramesThatMakeNoSenseEndTheConnection(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Private)
	w.runs()
	for name, say := range map[string]func(*listener) error{
		"half JSON": func(l *listener) error { return l.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hel`)) },
		"no object": func(l *listener) error { return l.conn.WriteMessage(websocket.TextMessage, []byte(`["hello"]`)) },
		"a hello of words": func(l *listener) error {
			return l.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","resume":"all"}`))
		},
		"a broken typing": func(l *listener) error {
			return l.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"typing","page":7}`))
		},
		"binary": func(l *listener) error {
			return l.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"hello"}`))
		},
		"too large": func(l *listener) error {
			_ = l.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","x":"`+strings.Repeat("x", 256<<10)+`"}`))
			return nil // the hub may hang up while it is written
		},
	} {
		l := w.listen(w.ann)
		w.must(say(l))
		var end *websocket.CloseError
		if err := l.closed(patience); err == nil || errors.As(err, &end) && end.Code == websocket.CloseNormalClosure {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
	// What a newer client may say is passed over; a large hello is not too large.
	l := w.listen(w.ann)
	l.says(`{"type":"later","resume":7}`)
	l.says(`{}`)
	many := resume{}
	for i := range 1000 {
		many[model.PageID(fmt.Sprintf("%015d~2", i))] = model.Position{Epoch: strings.Repeat("e", 16), Seq: 1 << 40}
	}
	if got := l.hello(many); len(got.Pages) != 1 {
		t.Errorf("welcomed to %+v", got.Pages)
	}
}

func TestTypingGoesToThoseWhoSeeThePage(t *testing.T) {
	t.Parallel()
	const private, privateMeta = model.PageID("300"), model.MetaPageID("300")
	w := withPage(t, model.Shared, withTiming(quick))
	w.connect(w.ben, privateMeta, model.Private)
	w.customerWrites(privateMeta, ken, "m_private", "psst", time.Now())
	w.runs()
	ann, ann2, ben, cat := w.listen(w.ann), w.listen(w.ann), w.listen(w.ben), w.listen(w.cat)
	everyone := []*listener{ann, ann2, ben, cat}
	for _, l := range everyone {
		l.hello(nil)
	}
	at := func(p model.PageID, c model.ConversationID) model.Ephemeral {
		return model.Ephemeral{Type: model.FrameTyping, Page: p, Conversation: c, User: w.ben.Ref(), Active: true}
	}
	shared := model.NewConversationID(page, hanako)
	hidden := model.NewConversationID(private, ken)
	cat.sends(at(page, shared))    // she says she is ben
	cat.sends(at(private, hidden)) // which she can't see
	cat.sends(at(page, hidden))    // which is no conversation of that Page
	cat.sends(at("", ""))          //
	cat.sends(at("999", "999_1"))  // which is not there
	ben.sends(model.Ephemeral{Type: model.FramePresence, Page: private, Conversation: hidden, Active: true})
	ben.sends(model.Ephemeral{Type: model.FramePresence, Page: page, Conversation: shared})

	ephemeral := func(l *listener) (out []model.Ephemeral) {
		for _, f := range append(l.of(model.FrameTyping), l.of(model.FramePresence)...) {
			out = append(out, into[model.Ephemeral](t, f))
		}
		return out
	}
	typing := model.Ephemeral{Type: model.FrameTyping, Page: page, Conversation: shared, User: w.cat.Ref(), Active: true}
	presence := model.Ephemeral{Type: model.FramePresence, Page: page, Conversation: shared, User: w.ben.Ref()}
	for l, want := range map[*listener][]model.Ephemeral{
		ann: {typing, presence}, ann2: {typing, presence}, ben: {typing}, cat: {presence},
	} {
		l.until("what others do", func() bool { return len(ephemeral(l)) >= len(want) })
		l.beat()
		if got := ephemeral(l); !slices.Equal(got, want) {
			t.Errorf("told %+v, want %+v", got, want)
		}
	}
}

// TestAPrivatePageIsInNothingThatOthersAreSent looks at every byte that others get
// while each kind of change comes about.
func TestAPrivatePageIsInNothingThatOthersAreSent(t *testing.T) {
	t.Parallel()
	const secret, secretMeta = model.PageID("424242424242"), model.MetaPageID("424242424242")
	w := withPage(t, model.Shared, withTiming(quick))
	w.connect(w.ann, secretMeta, model.Private)
	w.runs()
	ann := w.listen(w.ann)
	others := []*listener{w.listen(w.ben), w.listen(w.cat), w.listen(w.cat)}
	at := w.position(w.ann, secret)
	ann.hello(resume{secret: at, page: {Epoch: w.position(w.ann, page).Epoch}})
	for i, l := range others {
		r := resume{page: w.position(w.cat, page)}
		if i > 0 { // even who knows all of it
			r[secret] = model.Position{Epoch: at.Epoch, Seq: at.Seq}
		}
		l.hello(r)
	}
	marks := append(w.everyKind(secretMeta, secret, "quince"), string(secret), at.Epoch)
	ann.sends(model.Ephemeral{Type: model.FrameTyping, Page: secret, Conversation: model.NewConversationID(secret, hanako), Active: true})
	ann.sends(model.Ephemeral{Type: model.FramePresence, Page: secret, Conversation: model.NewConversationID(secret, hanako), Active: true})
	w.customerWrites(meta, hanako, "m_open", "open to all", time.Now())
	seen := map[model.ChangeKind]bool{}
	for _, b := range ann.upTo(secret, w.head(secret)) {
		for _, e := range b.Events {
			seen[e.Kind] = true
		}
	}
	for _, k := range kinds {
		if !seen[k] {
			t.Errorf("no change of kind %s came to the installer", k)
		}
	}
	for _, l := range others {
		l.upTo(page, w.head(page))
		l.beat()
		l.hello(resume{secret: at})
		if !l.open() {
			t.Error("cut off")
		}
		got := l.received()
		for _, mark := range marks {
			if strings.Contains(got, mark) {
				t.Errorf("another was sent %q", mark)
			}
		}
		if !strings.Contains(got, "open to all") {
			t.Error("another was not sent what is open to all")
		}
	}
}
