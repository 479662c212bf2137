package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/client"
	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// scripted is a hub that says what its test says.
type scripted struct {
	testing.TB
	server *httptest.Server
	// sockets are the websockets that clients opened.
	sockets chan *hubSocket
	gone    context.Context
	leave   context.CancelFunc

	mu sync.Mutex
	// refuse answers the next openings of the stream, unless it is nil.
	refuse func(http.ResponseWriter)
	// pages, counts and lists answer those calls; nil: with what is held.
	pages  func(http.ResponseWriter) bool
	counts func(http.ResponseWriter) bool
	lists  func(w http.ResponseWriter, r *http.Request) bool
	held   map[model.PageID]*heldPage
	calls  map[string]int
}

// heldPage is a Page as its list shows it.
type heldPage struct {
	at            model.Position
	conversations int
}

// hubSocket is the hub's end of one websocket.
type hubSocket struct {
	*scripted
	conn   *websocket.Conn
	hellos chan model.Hello
	told   chan model.Ephemeral
	over   chan struct{}
}

func newScripted(t testing.TB) *scripted {
	t.Helper()
	h := &scripted{TB: t, sockets: make(chan *hubSocket, 64), held: map[model.PageID]*heldPage{}, calls: map[string]int{}}
	h.gone, h.leave = context.WithCancel(context.Background())
	h.server = httptest.NewServer(h)
	t.Cleanup(func() {
		h.leave()
		h.server.CloseClientConnections()
		h.server.Close()
	})
	return h
}

func (h *scripted) set(f func(*scripted)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h)
}

func (h *scripted) called(path string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls[path]
}

func (h *scripted) holds(id model.PageID, at model.Position, conversations int) {
	h.set(func(h *scripted) { h.held[id] = &heldPage{at, conversations} })
}

// ServeHTTP implements [http.Handler].
func (h *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.calls[r.URL.Path]++
	refuse, pages, counts, lists := h.refuse, h.pages, h.counts, h.lists
	h.mu.Unlock()
	switch r.URL.Path {
	case "/v1/stream":
		if refuse != nil {
			refuse(w)
			return
		}
		h.stream(w, r)
	case "/v1/pages":
		if pages != nil && pages(w) {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		list := []model.Page{}
		for id := range h.held {
			list = append(list, model.Page{ID: id, Sees: true})
		}
		answer(w, map[string]any{"pages": list})
	case "/v1/conversations":
		if lists != nil && lists(w, r) {
			return
		}
		h.list(w, r)
	case "/v1/counts":
		if counts != nil && counts(w) {
			return
		}
		h.count(w, model.PageID(r.FormValue("page")))
	case "/v1/notices":
		answer(w, map[string]any{"notices": []model.Notice{}})
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuses(status int, code string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"status":%d,"code":%q}`, status, code)
	}
}

// list answers with the conversations of a Page, two at a time.
func (h *scripted) list(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := model.PageID(r.FormValue("page"))
	p, ok := h.held[id]
	if !ok {
		refuses(http.StatusNotFound, "not_found")(w)
		return
	}
	from := 0
	_, _ = fmt.Sscan(r.FormValue("cursor"), &from)
	var cs []model.Conversation
	for i := from; i < min(from+2, p.conversations); i++ {
		psid := model.PSID(fmt.Sprint(i + 1))
		cs = append(cs, model.Conversation{ID: model.NewConversationID(id, psid), PageID: id, Seq: 1})
	}
	cursor := ""
	if from+2 < p.conversations {
		cursor = fmt.Sprint(from + 2)
	}
	answer(w, map[string]any{"conversations": cs, "cursor": cursor, "as_of": model.AsOf{id: p.at}})
}

func (h *scripted) count(w http.ResponseWriter, id model.PageID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.held[id]
	if !ok {
		refuses(http.StatusNotFound, "not_found")(w)
		return
	}
	answer(w, map[string]any{"counts": inbox.Counts{All: p.conversations}, "as_of": model.AsOf{id: p.at}})
}

func (h *scripted) stream(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer token" || strings.Contains(r.URL.RawQuery, "token") {
		h.Errorf("the stream is opened with %v and %q", r.Header["Authorization"], r.URL.RawQuery)
	}
	up := websocket.Upgrader{Subprotocols: []string{model.Subprotocol}}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &hubSocket{scripted: h, conn: conn, hellos: make(chan model.Hello, 64), told: make(chan model.Ephemeral, 64), over: make(chan struct{})}
	stop := context.AfterFunc(h.gone, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	defer close(s.over)
	h.sockets <- s
	for {
		var hello model.Hello
		var told model.Ephemeral
		_, b, err := conn.ReadMessage()
		switch {
		case err != nil || json.Unmarshal(b, &hello) != nil || json.Unmarshal(b, &told) != nil:
			return
		case hello.Type == model.FrameTyping || hello.Type == model.FramePresence:
			s.told <- told
		default:
			s.hellos <- hello
		}
	}
}

const patience = 30 * time.Second

// socket waits for the next websocket.
func (h *scripted) socket() *hubSocket {
	h.Helper()
	select {
	case s := <-h.sockets:
		return s
	case <-time.After(patience):
		h.Fatal("nobody connects")
		return nil
	}
}

// hello waits for the next hello.
func (s *hubSocket) hello() model.Hello {
	s.Helper()
	select {
	case hello := <-s.hellos:
		if hello.Type != model.FrameHello {
			s.Errorf("the client says %s", hello.Type)
		}
		return hello
	case <-s.over:
		s.Fatal("the client hung up")
	case <-time.After(patience):
		s.Fatal("no hello comes")
	}
	return model.Hello{}
}

// resumes waits for a hello that names that Page alone, at that seq.
func (s *hubSocket) resumes(id model.PageID, seq int64) {
	s.Helper()
	hello := s.hello()
	if at, ok := hello.Resume[id]; !ok || at.Seq != seq || len(hello.Resume) != 1 {
		s.Fatalf("the client resumes %v, want %s at %d alone", hello.Resume, id, seq)
	}
}

// says sends a frame.
func (s *hubSocket) says(v any) {
	s.Helper()
	if err := s.conn.WriteJSON(v); err != nil {
		s.Fatalf("send: %v", err)
	}
}

// welcomes answers a hello: all Pages held, of which these are resumed.
func (s *hubSocket) welcomes(resumed ...model.PageID) {
	s.Helper()
	w := model.Welcome{Type: model.FrameWelcome, Now: time.Now(), User: model.User{ID: "u", Name: "U"}, Pages: map[model.PageID]model.WelcomePage{}}
	s.set(func(h *scripted) {
		for id, p := range h.held {
			wp := model.WelcomePage{Epoch: p.at.Epoch, Seq: p.at.Seq, Resume: model.ResumeReload}
			if slices.Contains(resumed, id) {
				wp.Resume = model.ResumeOK
			}
			w.Pages[id] = wp
		}
	})
	s.says(w)
}

// changes sends a batch of one change for each seq in (from, to].
func (s *hubSocket) changes(id model.PageID, from, to int64) {
	s.Helper()
	b := model.Batch{Type: model.FrameBatch, Page: id, From: from, To: to}
	for seq := from + 1; seq <= to; seq++ {
		b.Events = append(b.Events, model.Change{Seq: seq, Kind: model.ChangeNotice, Object: json.RawMessage(fmt.Sprintf(`{"id":"n%d","seq":%d}`, seq, seq))})
	}
	s.says(b)
}

// places brings a new connection to where a Page is followed.
func (h *scripted) places(f *followed, id model.PageID) *hubSocket {
	h.Helper()
	s := h.socket()
	s.hello()
	s.welcomes()
	s.hello()
	s.welcomes(id)
	f.until("all is read", func(us []inbox.Update) bool { return count[inbox.Complete](us) == 1 })
	return s
}

// followed is a running sync, and what it handed on.
type followed struct {
	testing.TB
	*stream.Follower
	cancel context.CancelFunc
	// end carries what Run returned.
	end chan error
	// pause keeps the reader from reading.
	pause chan struct{}

	mu      sync.Mutex
	updates []inbox.Update
	batches int
	closed  bool
}

// quick are short deadlines.
func quick() stream.Timing {
	return stream.Timing{Dead: patience, RetryFirst: 5 * time.Millisecond, RetryMax: 20 * time.Millisecond, Gather: time.Millisecond}
}

func (h *scripted) client() *client.Client {
	h.Helper()
	c, err := client.New(h.server.URL, "token")
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(c.Close)
	return c
}

// follow runs a sync until the test ends.
func (h *scripted) follow(t stream.Timing) *followed {
	h.Helper()
	return follow(h.TB, stream.NewFollower(h.client(), t))
}

func follow(t testing.TB, s *stream.Follower) *followed {
	t.Helper()
	f := &followed{TB: t, Follower: s, end: make(chan error, 1), pause: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	f.cancel = cancel
	var running sync.WaitGroup
	running.Go(func() { f.end <- s.Run(ctx) })
	running.Go(f.read)
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return f
}

func (f *followed) read() {
	for us := range f.Updates() {
		f.mu.Lock()
		f.updates = append(f.updates, us...)
		f.batches++
		f.mu.Unlock()
		f.pause <- struct{}{} // a test that stops reading fills it
		<-f.pause
	}
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
}

// stops has the reader read no more until it is called again.
func (f *followed) stops() (again func()) {
	f.pause <- struct{}{}
	return func() { <-f.pause }
}

func (f *followed) all() []inbox.Update {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.updates)
}

// until waits until the updates so far are as wanted, and returns them.
func (f *followed) until(what string, holds func([]inbox.Update) bool) []inbox.Update {
	f.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		us := f.all()
		if holds(us) {
			return us
		}
		if time.Now().After(end) {
			f.Fatalf("%s: not in %d updates: %.2000s", what, len(us), list(us))
		}
	}
}

// ended waits until Run returned.
func (f *followed) ended() error {
	f.Helper()
	select {
	case err := <-f.end:
		f.end <- err
		return err
	case <-time.After(patience):
		f.Fatal("Run goes on")
		return nil
	}
}

// list writes updates, a line each.
func list(us []inbox.Update) string {
	var b strings.Builder
	for _, u := range us {
		fmt.Fprintf(&b, "%T %.150v\n", u, u)
	}
	return b.String()
}

// count counts the updates of a type.
func count[U inbox.Update](us []inbox.Update) (n int) {
	for _, u := range us {
		if _, ok := u.(U); ok {
			n++
		}
	}
	return n
}

// states returns how the connection stood, one after the other.
func states(us []inbox.Update) (out []inbox.ConnectionState) {
	for _, u := range us {
		if c, ok := u.(inbox.Connection); ok {
			out = append(out, c.State)
		}
	}
	return out
}

// reached is up to where changes of a Page were handed on.
func reached(us []inbox.Update, id model.PageID) (to int64) {
	for _, u := range us {
		if c, ok := u.(inbox.Changed); ok && c.Batch.Page == id {
			to = c.Batch.To
		}
	}
	return to
}
