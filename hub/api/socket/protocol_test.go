package socket_test

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

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

func TestStreamTakesTheTokenFromTheHeaderAlone(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.RunUntilQuiet()
	for name, c := range map[string]struct {
		query  string
		header http.Header
		status int
	}{
		"no token":              {"", nil, http.StatusUnauthorized},
		"a token of nobody":     {"", http.Header{"Authorization": {"Bearer " + w.Stranger.Token}}, http.StatusUnauthorized},
		"no bearer":             {"", http.Header{"Authorization": {w.Ann.Token}}, http.StatusUnauthorized},
		"an empty token":        {"", http.Header{"Authorization": {"Bearer "}}, http.StatusUnauthorized},
		"in the URL":            {"?token=" + w.Ann.Token, nil, http.StatusUnauthorized},
		"in the URL, as bearer": {"?access_token=" + w.Ann.Token + "&Authorization=Bearer%20" + w.Ann.Token, nil, http.StatusUnauthorized},
		"in a cookie":           {"", http.Header{"Cookie": {"token=" + w.Ann.Token}}, http.StatusUnauthorized},
		"of another origin":     {"", http.Header{"Authorization": {"Bearer " + w.Ann.Token}, "Origin": {"https://example.com"}}, http.StatusForbidden},
	} {
		l, resp, err := w.ListenWith(c.query, c.header)
		if err == nil {
			l.HangUp()
			t.Errorf("%s: let in", name)
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		var p apitest.Problem
		if resp.StatusCode != c.status || json.Unmarshal(body, &p) != nil || p.Status != c.status || p.Code == "" {
			t.Errorf("%s: answered %s %s", name, resp.Status, body)
		}
	}
	l := w.Listen(w.Ann)
	if got := l.Conn.Subprotocol(); got != "parley.v1" {
		t.Errorf("subprotocol %q", got)
	}
	l.Hello(nil)
}

func TestWelcomeNamesEveryPageThatIsSeen(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithThreePages(t)
	w.RunUntilQuiet()
	for _, who := range []apitest.Account{w.Ann, w.Ben, w.Cat} {
		var pages apitest.PageList
		w.Get(who, "/v1/pages", &pages)
		before := time.Now().Add(-time.Millisecond)
		got := w.Listen(who).Hello(nil)
		if got.FeedbackURL != apitest.FeedbackURL {
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
	w := apitest.NewWithPage(t, model.Private)
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)
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
		l := w.Listen(w.Ann)
		got := l.Hello(apitest.Resume{apitest.Page: c.from, "999": {Epoch: "x", Seq: 1}})
		want := map[model.PageID]model.WelcomePage{apitest.Page: {Epoch: at.Epoch, Seq: at.Seq, Resume: c.want}}
		if !maps.Equal(got.Pages, want) {
			t.Errorf("%s: welcomed to %+v", name, got.Pages)
		}
		l.HangUp()
	}
	// A hidden Page is not there, whatever is known of it.
	if got := w.Listen(w.Ben).Hello(apitest.Resume{apitest.Page: at}); len(got.Pages) != 0 {
		t.Errorf("another is welcomed to %+v", got.Pages)
	}
}

func TestFarBehindMeansReload(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private, apitest.WithTiming(apitest.Quick))
	w.AgeLog(apitest.Page, apitest.Hanako, model.ReloadBeyond)
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)

	last := w.Listen(w.Ann)
	from := model.Position{Epoch: at.Epoch, Seq: at.Seq - model.ReloadBeyond}
	if got := last.Hello(apitest.Resume{apitest.Page: from}).Pages[apitest.Page].Resume; got != model.ResumeOK {
		t.Fatalf("%d behind: %s", model.ReloadBeyond, got)
	}
	apitest.Contiguous(t, from.Seq, last.AwaitSeq(apitest.Page, at.Seq))

	far := w.Listen(w.Ann)
	from.Seq--
	if got := far.Hello(apitest.Resume{apitest.Page: from}).Pages[apitest.Page].Resume; got != model.ResumeReload {
		t.Fatalf("%d behind: %s", model.ReloadBeyond+1, got)
	}
	// Nothing of the Page comes until the next hello.
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_new", "news", time.Now())
	last.AwaitSeq(apitest.Page, at.Seq+1)
	far.AwaitHeads()
	if got := far.Batches(apitest.Page); len(got) != 0 {
		t.Fatalf("sent before it asked again: %+v", got)
	}
	if strings.Contains(far.Received(), "news") {
		t.Error("told of what it did not ask for")
	}
	if got := far.Hello(apitest.Resume{apitest.Page: at}).Pages[apitest.Page].Resume; got != model.ResumeOK {
		t.Fatalf("from the list's position: %s", got)
	}
	apitest.Contiguous(t, at.Seq, far.AwaitSeq(apitest.Page, w.Head(apitest.Page)))
}

// everyKind brings about each kind of change of a Page, and returns what must be known
// of it by those alone who see it.
func everyKind(w *apitest.World, id model.MetaPageID, installation model.PageID, mark string) []string {
	w.Helper()
	now := time.Now()
	mid := func(s string) string { return "m_" + mark + "_" + s }
	said := func(s string) string { return mark + " says " + s }
	w.CustomerWrites(id, apitest.Hanako, mid("one"), said("one"), now.Add(-3*time.Second))
	w.CustomerWrites(id, apitest.Hanako, mid("two"), said("two"), now.Add(-2*time.Second))
	w.CustomerWrites(id, apitest.Ken, mid("three"), said("three"), now.Add(-time.Second))
	w.Deliver(id, "messaging", apitest.Policy(id, "warning", said("policy"), now))
	w.Deliver(id, "messaging", apitest.Policy(id, "block", said("block"), now.Add(time.Millisecond)))
	w.Deliver(id, "messaging", apitest.Policy(id, "unblock", said("unblock"), now.Add(2*time.Millisecond)))
	w.Deliver(id, "messaging", apitest.Echo(id, apitest.Hanako, mid("echo"), said("echo"), now))
	ms := w.Messages(w.Ann, installation, apitest.Hanako)
	w.Must(w.Store.Write(w.Context(), installation, func(tx store.PageTx) error { return tx.RemoveMessage(ms[0].ID) }))
	w.Deliver(id, "messaging", map[string]any{
		"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(id), "timestamp": now.UnixMilli(),
		"message_edit": map[string]any{"mid": mid("two"), "text": said("edited"), "num_edit": 1},
	})
	w.Reply(w.Ann, installation, apitest.Hanako, apitest.Text(said("reply")))
	return []string{string(installation) + "_", mark}
}

// kinds are the kinds of change that the hub tells of; links come with the CRM.
var kinds = []model.ChangeKind{
	model.ChangeMessage, model.ChangeConversation, model.ChangePage, model.ChangeNotice, model.ChangeRemoved,
}

func TestBatchesCoverEverything(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	w.Connect(w.Ann, apitest.MetaPage, model.Private)
	w.RunUntilQuiet()
	early := w.Listen(w.Ann)
	early.Hello(apitest.Resume{apitest.Page: {Epoch: w.Position(w.Ann, apitest.Page).Epoch}})
	everyKind(w, apitest.MetaPage, apitest.Page, "quince")
	w.AgeLog(apitest.Page, apitest.Hanako, 1200)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_last", "the last", time.Now())
	apitest.Eventually(t, "the reply is sent", apitest.Timeout, func() bool { return len(w.Graph.Calls()) == 1 })
	apitest.Eventually(t, "the reply is settled", apitest.Timeout, func() bool {
		return w.Messages(w.Ann, apitest.Page, apitest.Hanako)[2].State == model.Sent
	})
	w.AwaitQuiet()
	late := w.Listen(w.Ann)
	late.Hello(apitest.Resume{apitest.Page: {Epoch: w.Position(w.Ann, apitest.Page).Epoch}})
	head := w.Head(apitest.Page)
	for name, l := range map[string]*apitest.Listener{"early": early, "late": late} {
		bs := l.AwaitSeq(apitest.Page, head)
		apitest.Contiguous(t, 0, bs)
		wantCovered(w, name, bs)
	}
}

// wantCovered expects batches from the beginning to tell of all that is in the log, in the
// end as it is now.
func wantCovered(w *apitest.World, name string, bs []model.Batch) {
	w.Helper()
	held, seen := map[string]json.RawMessage{}, map[model.ChangeKind]bool{}
	for _, b := range bs {
		for _, e := range b.Events {
			var o struct {
				ID  string `json:"id"`
				Seq int64  `json:"seq"`
			}
			w.Must(json.Unmarshal(e.Object, &o))
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
	var cs apitest.ConversationList
	w.Get(w.Ann, "/v1/conversations?limit=1000", &cs)
	if len(cs.Conversations) == 0 {
		w.Fatal("no conversations")
	}
	for _, c := range cs.Conversations {
		wantSame(w, name, held["conversation "+string(c.ID)], c, "reply")
		for _, m := range w.Messages(w.Ann, c.PageID, c.Customer.PSID) {
			wantSame(w, name, held["message "+string(m.ID)], m)
		}
	}
	var ns apitest.NoticeList
	w.Get(w.Ann, "/v1/notices?limit=100", &ns)
	for _, n := range ns.Notices {
		wantSame(w, name, held["notice "+n.ID], n)
	}
}

// wantSame expects an object as it is now. Fields of which the time decides are left out.
func wantSame(w *apitest.World, name string, got json.RawMessage, want any, but ...string) {
	w.Helper()
	raw, err := json.Marshal(want)
	w.Must(err)
	a, b := map[string]any{}, map[string]any{}
	w.Must(json.Unmarshal(raw, &b))
	if got != nil {
		w.Must(json.Unmarshal(got, &a))
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
	w := apitest.NewWithPage(t, model.Private)
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)
	w.Deliver(apitest.MetaPage, "messaging", map[string]any{
		"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": time.Now().UnixMilli(),
		"message_edit": map[string]any{"mid": "m_in_1", "text": "hello again", "num_edit": 1},
	})
	l := w.Listen(w.Ann)
	l.Hello(apitest.Resume{apitest.Page: {Epoch: at.Epoch}})
	times := 0
	for _, b := range l.AwaitSeq(apitest.Page, w.Head(apitest.Page)) {
		for _, e := range b.Events {
			if e.Kind != model.ChangeMessage {
				continue
			}
			var m model.Message
			w.Must(json.Unmarshal(e.Object, &m))
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
	w := apitest.NewWithPage(t, model.Private)
	w.Connect(w.Ann, otherMeta, model.Private)
	w.CustomerWrites(otherMeta, apitest.Ken, "m_other_1", "hi", time.Now())
	w.RunUntilQuiet()
	l := w.Listen(w.Ann)
	a, b := w.Position(w.Ann, apitest.Page), w.Position(w.Ann, other)
	l.Hello(apitest.Resume{apitest.Page: a, other: b})
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_in_2", "two", time.Now())
	w.CustomerWrites(otherMeta, apitest.Ken, "m_other_2", "two", time.Now())
	l.AwaitSeq(apitest.Page, w.Head(apitest.Page))
	l.AwaitSeq(other, w.Head(other))

	// One Page begins anew, the other goes on.
	got := l.Hello(apitest.Resume{apitest.Page: {Epoch: a.Epoch}})
	if got.Pages[apitest.Page].Resume != model.ResumeOK || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	again := slices.IndexFunc(l.Batches(apitest.Page), func(b model.Batch) bool { return b.From == 0 })
	l.Until("the Page begins anew", func() bool {
		again = slices.IndexFunc(l.Batches(apitest.Page), func(b model.Batch) bool { return b.From == 0 })
		return again > 0
	})
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_in_3", "three", time.Now())
	w.CustomerWrites(otherMeta, apitest.Ken, "m_other_3", "three", time.Now())
	apitest.Contiguous(t, 0, l.AwaitSeq(apitest.Page, w.Head(apitest.Page))[again:])
	apitest.Contiguous(t, b.Seq, l.AwaitSeq(other, w.Head(other)))

	// One that can't be resumed is no longer sent; the other still is.
	got = l.Hello(apitest.Resume{apitest.Page: {Epoch: "gone", Seq: 1}})
	if got.Pages[apitest.Page].Resume != model.ResumeReload || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	n := len(l.Batches(apitest.Page))
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_in_4", "four", time.Now())
	w.CustomerWrites(otherMeta, apitest.Ken, "m_other_4", "four", time.Now())
	l.AwaitSeq(other, w.Head(other))
	if got := l.Hello(nil); got.Pages[apitest.Page].Resume != model.ResumeReload || got.Pages[other].Resume != model.ResumeOK {
		t.Errorf("welcomed to %+v", got.Pages)
	}
	if len(l.Batches(apitest.Page)) != n {
		t.Error("sent what was to be read anew")
	}
}

func TestHeadsTellTheTimeAndHowFarEachPageIs(t *testing.T) {
	t.Parallel()
	fast := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(apitest.Quick))
	fast.Connect(fast.Ben, "300", model.Private)
	fast.RunUntilQuiet()
	for _, who := range []apitest.Account{fast.Ann, fast.Ben} {
		l := fast.Listen(who)
		l.Hello(nil)
		before := time.Now()
		l.AwaitHeads()
		hs := l.Of(model.FrameHeads)
		h := apitest.Decode[model.Heads](t, hs[len(hs)-1])
		if h.Now.Before(before.Add(-time.Second)) || h.Now.After(time.Now()) {
			t.Errorf("it is %s, they say", h.Now)
		}
		want := map[model.PageID]int64{apitest.Page: fast.Head(apitest.Page)}
		if who == fast.Ben {
			want["300"] = fast.Head("300")
		}
		if !maps.Equal(h.Pages, want) {
			t.Errorf("%s: heads %v, want %v", who.Name, h.Pages, want)
		}
		if pings := l.Pinged(); pings < 2 {
			t.Errorf("%d pings in %d heads", pings, len(hs))
		}
	}
}

func TestAPrunedLogMeansReload(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)
	following := w.Listen(w.Ann)
	following.Hello(apitest.Resume{apitest.Page: at})
	w.Must(w.Store.Prune(t.Context(), time.Now().Add(time.Hour)))
	for seq, want := range map[int64]string{0: model.ResumeReload, at.Seq - 1: model.ResumeReload, at.Seq: model.ResumeOK} {
		l := w.Listen(w.Ann)
		if got := l.Hello(apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: seq}}).Pages[apitest.Page].Resume; got != want {
			t.Errorf("from %d of %d: %s, want %s", seq, at.Seq, got, want)
		}
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_in_2", "two", time.Now())
	apitest.Contiguous(t, at.Seq, following.AwaitSeq(apitest.Page, w.Head(apitest.Page)))
}

// TestAStreamUnderTheSameNameIsProven: a store that was put back, and went past where its
// clients were, is told from the one that they followed by what they hand back; clients
// of before, which hand nothing back, go on as they did.
func TestAStreamUnderTheSameNameIsProven(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	w.RunUntilQuiet()
	first := w.Proven(w.Ann, apitest.Page)
	l := w.Listen(w.Ann)
	l.Hello(apitest.Resume{apitest.Page: first})
	for i := range 4 {
		w.CustomerWrites(apitest.MetaPage, apitest.Hanako, fmt.Sprintf("m_more_%d", i), "more", time.Now())
	}
	bs := l.AwaitSeq(apitest.Page, w.Head(apitest.Page))
	last := bs[len(bs)-1]
	at := model.Position{Epoch: first.Epoch, Seq: last.To, Proof: last.Proof}
	l.HangUp()
	if first.Proof == "" || last.Proof == "" || at != w.Proven(w.Ann, apitest.Page) {
		t.Fatalf("proofs %+v, %+v, in the list %+v", first, at, w.Proven(w.Ann, apitest.Page))
	}
	late := w.Listen(w.Ann)
	late.Hello(apitest.Resume{apitest.Page: {Epoch: at.Epoch}})
	if bs := late.AwaitSeq(apitest.Page, at.Seq); bs[len(bs)-1].Proof != at.Proof {
		t.Errorf("read from the store, the changes up to %d prove %q, want %q", at.Seq, bs[len(bs)-1].Proof, at.Proof)
	}
	late.HangUp()
	ask := func(what string, from model.Position, want model.WelcomePage) {
		t.Helper()
		l := w.Listen(w.Ann)
		defer l.HangUp()
		var got model.WelcomePage
		for want.Epoch = at.Epoch; want.Seq != w.Head(apitest.Page); { // the hub may still learn of the customer meanwhile
			want.Seq = w.Head(apitest.Page)
			got = l.Hello(apitest.Resume{apitest.Page: from}).Pages[apitest.Page]
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	ok, reload := model.WelcomePage{Resume: model.ResumeOK}, model.WelcomePage{Resume: model.ResumeReload}
	other := model.WelcomePage{Resume: model.ResumeReload, Anew: true}
	unproven := func(p model.Position) model.Position { p.Proof = ""; return p }
	ask("at the head", at, ok)
	ask("behind", first, ok)
	ask("at the beginning", model.Position{Epoch: at.Epoch}, ok)
	if r := w.Hub.Ready(t.Context()); r.StorePutBack != nil {
		t.Errorf("put back, without any sign: %+v", r)
	}
	// What is here from the third last change on is not what the client was sent.
	w.SQL(`UPDATE events SET stamp = 'other' || (key & 0x7ffffffff) WHERE key > (SELECT key << 35 FROM search_pages WHERE page_id = ?1) + ?2;
		UPDATE pages SET stamp = 'other' || seq WHERE page_id = ?1`, string(apitest.Page), at.Seq-3)
	ask("at the head of another", at, other)
	ask("at the head of another, of before", unproven(at), ok)
	ask("before they part", first, ok)
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_new", "news", time.Now())
	ask("behind in another", at, other)
	ask("behind in another, of before", unproven(at), ok)
	if r := w.Hub.Ready(t.Context()); r.StorePutBack == nil || !r.Ready {
		t.Errorf("it is not said: %+v", r)
	}
	// Where the change that was last is forgotten, nothing is proven by it.
	prunedTo(w, apitest.Page, at.Seq+1)
	ask("its last change is forgotten", at, reload)
	ask("its last change is forgotten, of before", unproven(at), ok)
}

// logRows is a Page's log as it is kept.
func logRows(w *apitest.World, id model.PageID) (rows []store.LogRow) {
	w.Helper()
	w.Must(w.Store.Read(w.Context(), func(r store.Reader) (err error) {
		rows, err = r.Events(id, 0, 1<<20)
		return err
	}))
	return rows
}

// prunedTo forgets what a Page's log holds before that seq.
func prunedTo(w *apitest.World, id model.PageID, seq int64) {
	w.Helper()
	old := time.Now().Add(-48 * time.Hour)
	w.SQL(`UPDATE events SET at = ? WHERE key < (SELECT key << 35 FROM search_pages WHERE page_id = ?) + ?`, old.UnixMicro(), string(id), seq)
	w.Must(w.Store.Prune(w.Context(), old.Add(time.Hour)))
	if rows := logRows(w, id); len(rows) == 0 || rows[0].Seq != seq {
		w.Fatalf("the log begins with %+v, want %d", rows[:min(len(rows), 1)], seq)
	}
}

// TestAHalfPrunedLogMeansReloadInItsGap: who is where the log no longer reaches reads
// anew; who is at its beginning or after goes on, and misses nothing.
func TestAHalfPrunedLogMeansReloadInItsGap(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	w.AgeLog(apitest.Page, apitest.Hanako, 20)
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)
	begins := at.Seq - 8
	prunedTo(w, apitest.Page, begins)
	for seq := int64(0); seq <= at.Seq; seq++ {
		l := w.Listen(w.Ann)
		want := model.ResumeReload
		if seq >= begins-1 {
			want = model.ResumeOK
		}
		if got := l.Hello(apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: seq}}).Pages[apitest.Page].Resume; got != want {
			t.Errorf("from %d where the log begins with %d: %s, want %s", seq, begins, got, want)
		}
		if want == model.ResumeOK && seq < at.Seq {
			apitest.Contiguous(t, seq, l.AwaitSeq(apitest.Page, at.Seq))
		}
		l.HangUp()
	}
}

// TestTheLogIsPrunedUnderAClientThatIsBehind: its session ends, so that it asks anew,
// instead of going on after a gap.
func TestTheLogIsPrunedUnderAClientThatIsBehind(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private, apitest.WithTiming(apitest.RareHeads))
	w.AgeLog(apitest.Page, apitest.Hanako, 1500) // three batches
	w.RunUntilQuiet()
	at := w.Position(w.Ann, apitest.Page)
	ann := w.Tap(w.Ann, apitest.AlwaysValid)
	w.Greet(ann, nil)
	free := ann.Stick()
	defer free()
	w.Must(ann.Hello(t.Context(), model.Hello{Type: model.FrameHello, Resume: apitest.Resume{apitest.Page: {Epoch: at.Epoch}}}))
	// The welcome is what is stuck: nothing of the log was read yet.
	apitest.Eventually(t, "the welcome", apitest.Timeout, func() bool { return len(ann.Of(model.FrameWelcome)) == 2 })
	prunedTo(w, apitest.Page, at.Seq-10)
	free()
	select {
	case err := <-ann.Ended:
		if err == nil {
			t.Error("the session ended without saying why")
		}
	case <-time.After(apitest.Timeout):
		t.Error("the session goes on")
	}
	if got := ann.Of(model.FrameBatch); len(got) != 0 {
		t.Errorf("sent after a gap: %.200s", got[0].Raw)
	}
}

func TestFramesThatMakeNoSenseEndTheConnection(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Private)
	w.RunUntilQuiet()
	for name, say := range map[string]func(*apitest.Listener) error{
		"half JSON": func(l *apitest.Listener) error {
			return l.Conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hel`))
		},
		"no object": func(l *apitest.Listener) error {
			return l.Conn.WriteMessage(websocket.TextMessage, []byte(`["hello"]`))
		},
		"a hello of words": func(l *apitest.Listener) error {
			return l.Conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","resume":"all"}`))
		},
		"a broken typing": func(l *apitest.Listener) error {
			return l.Conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"typing","page":7}`))
		},
		"binary": func(l *apitest.Listener) error {
			return l.Conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"hello"}`))
		},
		"too large": func(l *apitest.Listener) error {
			_ = l.Conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"hello","x":"`+strings.Repeat("x", 256<<10)+`"}`))
			return nil // the hub may hang up while it is written
		},
	} {
		l := w.Listen(w.Ann)
		w.Must(say(l))
		var end *websocket.CloseError
		if err := l.AwaitClosed(apitest.Timeout); err == nil || errors.As(err, &end) && end.Code == websocket.CloseNormalClosure {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
	// What a newer client may say is passed over; a large hello is not too large.
	l := w.Listen(w.Ann)
	l.SendRaw(`{"type":"later","resume":7}`)
	l.SendRaw(`{}`)
	many := apitest.Resume{}
	for i := range 1000 {
		many[model.PageID(fmt.Sprintf("%015d~2", i))] = model.Position{Epoch: strings.Repeat("e", 16), Seq: 1 << 40}
	}
	if got := l.Hello(many); len(got.Pages) != 1 {
		t.Errorf("welcomed to %+v", got.Pages)
	}
}

func TestTypingGoesToThoseWhoSeeThePage(t *testing.T) {
	t.Parallel()
	const private, privateMeta = model.PageID("300"), model.MetaPageID("300")
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(apitest.Quick))
	w.Connect(w.Ben, privateMeta, model.Private)
	w.CustomerWrites(privateMeta, apitest.Ken, "m_private", "psst", time.Now())
	w.RunUntilQuiet()
	ann, ann2, ben, cat := w.Listen(w.Ann), w.Listen(w.Ann), w.Listen(w.Ben), w.Listen(w.Cat)
	everyone := []*apitest.Listener{ann, ann2, ben, cat}
	for _, l := range everyone {
		l.Hello(nil)
	}
	at := func(p model.PageID, c model.ConversationID) model.Ephemeral {
		return model.Ephemeral{Type: model.FrameTyping, Page: p, Conversation: c, User: w.Ben.Ref(), Active: true}
	}
	shared := model.NewConversationID(apitest.Page, apitest.Hanako)
	hidden := model.NewConversationID(private, apitest.Ken)
	cat.Send(at(apitest.Page, shared)) // she says she is ben
	cat.Send(at(private, hidden))      // which she can't see
	cat.Send(at(apitest.Page, hidden)) // which is no conversation of that Page
	cat.Send(at("", ""))               //
	cat.Send(at("999", "999_1"))       // which is not there
	ben.Send(model.Ephemeral{Type: model.FramePresence, Page: private, Conversation: hidden, Active: true})
	ben.Send(model.Ephemeral{Type: model.FramePresence, Page: apitest.Page, Conversation: shared})

	ephemeral := func(l *apitest.Listener) (out []model.Ephemeral) {
		for _, f := range append(l.Of(model.FrameTyping), l.Of(model.FramePresence)...) {
			out = append(out, apitest.Decode[model.Ephemeral](t, f))
		}
		return out
	}
	typing := model.Ephemeral{Type: model.FrameTyping, Page: apitest.Page, Conversation: shared, User: w.Cat.Ref(), Active: true}
	presence := model.Ephemeral{Type: model.FramePresence, Page: apitest.Page, Conversation: shared, User: w.Ben.Ref()}
	for l, want := range map[*apitest.Listener][]model.Ephemeral{
		ann: {typing, presence}, ann2: {typing, presence}, ben: {typing}, cat: {presence},
	} {
		l.Until("what others do", func() bool { return len(ephemeral(l)) >= len(want) })
		l.AwaitHeads()
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
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(apitest.Quick))
	w.Connect(w.Ann, secretMeta, model.Private)
	w.RunUntilQuiet()
	ann := w.Listen(w.Ann)
	others := []*apitest.Listener{w.Listen(w.Ben), w.Listen(w.Cat), w.Listen(w.Cat)}
	at := w.Position(w.Ann, secret)
	ann.Hello(apitest.Resume{secret: at, apitest.Page: {Epoch: w.Position(w.Ann, apitest.Page).Epoch}})
	for i, l := range others {
		r := apitest.Resume{apitest.Page: w.Position(w.Cat, apitest.Page)}
		if i > 0 { // even who knows all of it
			r[secret] = model.Position{Epoch: at.Epoch, Seq: at.Seq}
		}
		l.Hello(r)
	}
	marks := append(everyKind(w, secretMeta, secret, "quince"), string(secret), at.Epoch)
	ann.Send(model.Ephemeral{Type: model.FrameTyping, Page: secret, Conversation: model.NewConversationID(secret, apitest.Hanako), Active: true})
	ann.Send(model.Ephemeral{Type: model.FramePresence, Page: secret, Conversation: model.NewConversationID(secret, apitest.Hanako), Active: true})
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_open", "open to all", time.Now())
	seen := map[model.ChangeKind]bool{}
	for _, b := range ann.AwaitSeq(secret, w.Head(secret)) {
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
		l.AwaitSeq(apitest.Page, w.Head(apitest.Page))
		l.AwaitHeads()
		l.Hello(apitest.Resume{secret: at})
		if !l.IsOpen() {
			t.Error("cut off")
		}
		got := l.Received()
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
