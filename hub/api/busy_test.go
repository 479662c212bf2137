package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// watched is an answer and a body of which is known what was read before the answer.
type watched struct {
	*httptest.ResponseRecorder
	io.Reader
	answered bool
	before   int
}

func (w *watched) WriteHeader(status int) {
	w.answered = true
	w.ResponseRecorder.WriteHeader(status)
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if !w.answered {
		w.before += n
	}
	return n, err
}

// posts posts a large body, and tells what was read of it before the answer.
func (w *world) posts(path string, header http.Header) (status, read int) {
	w.Helper()
	at := &watched{ResponseRecorder: httptest.NewRecorder(), Reader: strings.NewReader(strings.Repeat("x", 1<<20))}
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, path, io.NopCloser(at))
	for name, values := range header {
		req.Header[name] = values
	}
	w.api.ServeHTTP(at, req)
	return at.Code, at.before
}

// Nobody's body is read who does not at least look like one who may send it.
func TestStrangersBodiesAreNotRead(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	right := sign(bytes.Repeat([]byte("x"), 1<<20))
	basic := func(s string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(s))}}
	}
	const meta, crm = "/webhooks/messenger", "/webhooks/pipedrive"
	conversation := "/v1/conversations/" + string(model.NewConversationID(page, hanako)) + "/messages"
	for name, tt := range map[string]struct {
		path   string
		header http.Header
		want   int
	}{
		"no signature":           {meta, nil, http.StatusForbidden},
		"an empty one":           {meta, http.Header{"X-Hub-Signature-256": {""}}, http.StatusForbidden},
		"two":                    {meta, http.Header{"X-Hub-Signature-256": {right, right}}, http.StatusForbidden},
		"two in a line":          {meta, http.Header{"X-Hub-Signature-256": {right + ", " + right}}, http.StatusForbidden},
		"of SHA-1 alone":         {meta, http.Header{"X-Hub-Signature": {"sha1=" + strings.Repeat("0", 40)}}, http.StatusForbidden},
		"short":                  {meta, http.Header{"X-Hub-Signature-256": {right[:70]}}, http.StatusForbidden},
		"upper case":             {meta, http.Header{"X-Hub-Signature-256": {"sha256=" + strings.Repeat("A", 64)}}, http.StatusForbidden},
		"no hex":                 {meta, http.Header{"X-Hub-Signature-256": {"sha256=" + strings.Repeat("z", 64)}}, http.StatusForbidden},
		"no password":            {crm, nil, http.StatusUnauthorized},
		"a wrong password":       {crm, basic("parley:wrong"), http.StatusUnauthorized},
		"no token":               {"/v1/uploads", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, http.StatusUnauthorized},
		"a wrong token":          {"/v1/uploads", http.Header{"Authorization": {"Bearer x"}}, http.StatusUnauthorized},
		"a reply of nobody":      {conversation, http.Header{"Authorization": {"Bearer x"}}, http.StatusUnauthorized},
		"no route":               {"/v1/nothing", nil, http.StatusNotFound},
		"no method of a route":   {"/healthz", nil, http.StatusMethodNotAllowed},
		"a stream by POST":       {"/v1/stream", nil, http.StatusMethodNotAllowed},
		"a page that is no POST": {"/connect/callback", nil, http.StatusMethodNotAllowed},
	} {
		if status, read := w.posts(tt.path, tt.header); status != tt.want || read != 0 {
			t.Errorf("%s: %d after %d bytes, want %d after none", name, status, read, tt.want)
		}
	}
	// What a stranger may say is short.
	for _, path := range []string{"/v1/login", "/v1/login/device", "/v1/login/device/token", "/connect", "/login"} {
		if status, read := w.posts(path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); status < 400 || read > 64<<10 {
			t.Errorf("%s: %d after %d bytes", path, status, read)
		}
	}
	// By a signature that looks like one, or by the size alone, no more either.
	huge := http.Header{"X-Hub-Signature-256": {right}, "Content-Encoding": {"gzip"}}
	if status, _ := w.posts(meta, huge); status != http.StatusBadRequest { // it is signed, and no JSON; nothing is unpacked
		t.Errorf("a packed body: %d", status)
	}
}

// held is a body that comes to its middle and waits there.
type held struct {
	io.Reader
	at   chan<- struct{}
	free <-chan struct{}
	once sync.Once
}

func (h *held) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if err == io.EOF {
		h.once.Do(func() { h.at <- struct{}{} })
		<-h.free
	}
	return n, err
}

// Many large bodies that look signed take no more than there is room for; a customer's
// message comes through beside them, and when they are gone, a large one.
func TestLargeBodiesShutOutNoMessage(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	at, free := make(chan struct{}, 64), make(chan struct{})
	var busy, others atomic.Int64
	var sending sync.WaitGroup
	for n := range 40 {
		sending.Go(func() {
			body := &held{Reader: strings.NewReader(strings.Repeat("x", 2<<20)), at: at, free: free}
			req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "/webhooks/messenger", body)
			req.RemoteAddr = fmt.Sprintf("203.0.113.%d:1", n)
			req.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, req)
			switch rec.Code {
			case http.StatusServiceUnavailable:
				if rec.Header().Get("Retry-After") == "" || rec.Header().Get("Connection") != "close" {
					t.Errorf("answered with %v", rec.Header())
				}
				busy.Add(1)
			case http.StatusForbidden:
				others.Add(1)
			default:
				t.Errorf("answered %d", rec.Code)
			}
		})
	}
	eventually(t, "all are read or refused", patience, func() bool { return len(at)+int(busy.Load()) == 40 })
	// A few of those that came to their middle are kept nowhere: they were refused, and are
	// read on so that they hear it.
	if n := len(at); n < 4 || n > 20 {
		t.Errorf("%d of forty large bodies are held at once", n)
	}
	w.customerWrites(meta, ken, "m_beside", "hello", time.Now())
	close(free)
	sending.Wait()
	large := append(webhookOf(meta, "messaging", message(meta, ken, "m_large", "hello", time.Now())), bytes.Repeat([]byte(" "), 6<<20)...)
	w.post(large).want(http.StatusOK)
}

// stuckStore is a store whose readers wait, once they are told to.
type stuckStore struct {
	store.Store
	stuck atomic.Bool
	in    atomic.Int64
	free  chan struct{}
}

func (s *stuckStore) Read(ctx context.Context, f func(store.Reader) error) error {
	if err := s.Store.Read(ctx, f); err != nil || !s.stuck.Load() {
		return err
	}
	s.in.Add(1)
	<-s.free
	return nil
}

// One user has only so many requests under way, which are none of another's.
func TestAUsersRequestsAreBounded(t *testing.T) {
	t.Parallel()
	s := &stuckStore{free: make(chan struct{})}
	w := withPage(t, model.Shared, withStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	s.stuck.Store(true)
	var asking sync.WaitGroup
	var refused, answered atomic.Int64
	const asked = 100
	for range asked {
		asking.Go(func() {
			switch a := w.do(w.ann, http.MethodGet, "/v1/pages", nil); a.status {
			case http.StatusOK:
				answered.Add(1)
			case http.StatusServiceUnavailable:
				a.problem(http.StatusServiceUnavailable, "busy")
				refused.Add(1)
			default:
				t.Errorf("answered %d", a.status)
			}
		})
	}
	eventually(t, "all wait", patience, func() bool { return s.in.Load() == asked })
	s.stuck.Store(false)
	close(s.free)
	asking.Wait()
	w.do(w.cat, http.MethodGet, "/v1/pages", nil).want(http.StatusOK)
	if answered.Load()+refused.Load() != asked {
		t.Errorf("%d answered, %d refused", answered.Load(), refused.Load())
	}
}

// One user has only so many websockets; another comes in, and who hung up makes room.
func TestAUsersSocketsAreBounded(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	var open []*listener
	for {
		l, resp, err := w.listenWith("", http.Header{"Authorization": {"Bearer " + w.ann.token}})
		if err != nil {
			if resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
				t.Fatalf("after %d: %v", len(open), err)
			}
			resp.Body.Close()
			break
		}
		resp.Body.Close()
		if open = append(open, l); len(open) > 500 {
			t.Fatal("there is no end to one user's websockets")
		}
	}
	if len(open) < 32 {
		t.Errorf("a user has %d websockets only", len(open))
	}
	w.listen(w.cat).hangUp()
	open[0].hangUp()
	eventually(t, "there is room again", patience, func() bool {
		l, resp, err := w.listenWith("", http.Header{"Authorization": {"Bearer " + w.ann.token}})
		if resp != nil {
			resp.Body.Close()
		}
		if err == nil {
			l.hangUp()
		}
		return err == nil
	})
}

// What a user has told to others is judged, and bounded.
func TestWhatIsRelayed(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared, withTiming(quick))
	w.runs()
	ann, cat := w.listen(w.ann), w.listen(w.cat)
	ann.hello(nil)
	cat.hello(nil)
	there := model.NewConversationID(page, hanako)
	says := func(c model.ConversationID) model.Ephemeral {
		return model.Ephemeral{Type: model.FrameTyping, Page: page, Conversation: c, Active: true}
	}
	for _, c := range []model.ConversationID{
		model.NewConversationID(page, ken), // there is none
		model.NewConversationID(page, model.PSID(strings.Repeat("7", 120_000))),
		model.NewConversationID("999", hanako), // of another Page
		"",
	} {
		for _, kind := range []model.FrameType{model.FrameTyping, model.FramePresence} {
			f := says(c)
			f.Type = kind
			cat.sends(f)
		}
	}
	cat.says(fmt.Sprintf(`{"type":"presence","page":%q,"conversation":%q,"active":true,"junk":%q,"user":{"name":%q}}`,
		page, there, strings.Repeat("j", 20_000), strings.Repeat("n", 20_000)))
	ann.until("what is true is told", func() bool { return len(ann.of(model.FramePresence)) > 0 })
	if got := ann.of(model.FramePresence); len(got) != 1 || len(got[0].raw) > 500 {
		t.Errorf("told: %.300s, %d frames", got[0].raw, len(got))
	}
	if got := ann.of(model.FrameTyping); len(got) != 0 {
		t.Errorf("told: %.300s", got[0].raw)
	}
	const flood = 150
	for range flood {
		cat.sends(says(there))
	}
	cat.hello(nil) // all before it was taken
	ann.beat()
	if n := len(ann.of(model.FrameTyping)); n < 10 || n > 100 {
		t.Errorf("%d of %d frames were told", n, flood)
	}
}
