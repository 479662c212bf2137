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

	"parley/hub/api/apitest"
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
func posts(w *apitest.World, path string, header http.Header) (status, read int) {
	w.Helper()
	at := &watched{ResponseRecorder: httptest.NewRecorder(), Reader: strings.NewReader(strings.Repeat("x", 1<<20))}
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, path, io.NopCloser(at))
	for name, values := range header {
		req.Header[name] = values
	}
	w.Handler.ServeHTTP(at, req)
	return at.Code, at.before
}

// Nobody's body is read who does not at least look like one who may send it.
func TestStrangersBodiesAreNotRead(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	right := apitest.Sign(bytes.Repeat([]byte("x"), 1<<20))
	basic := func(s string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(s))}}
	}
	const meta, crm = "/webhooks/messenger", "/webhooks/pipedrive"
	conversation := "/v1/conversations/" + string(model.NewConversationID(apitest.Page, apitest.Hanako)) + "/messages"
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
		if status, read := posts(w, tt.path, tt.header); status != tt.want || read != 0 {
			t.Errorf("%s: %d after %d bytes, want %d after none", name, status, read, tt.want)
		}
	}
	// What a stranger may say is short.
	for _, path := range []string{"/v1/login", "/v1/login/device", "/v1/login/device/token", "/connect", "/login"} {
		if status, read := posts(w, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); status < 400 || read > 64<<10 {
			t.Errorf("%s: %d after %d bytes", path, status, read)
		}
	}
	// By a signature that looks like one, or by the size alone, no more either.
	huge := http.Header{"X-Hub-Signature-256": {right}, "Content-Encoding": {"gzip"}}
	if status, _ := posts(w, meta, huge); status != http.StatusBadRequest { // it is signed, and no JSON; nothing is unpacked
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
	w := apitest.NewWithPage(t, model.Shared)
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
			w.Handler.ServeHTTP(rec, req)
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
	apitest.Eventually(t, "all are read or refused", apitest.Timeout, func() bool { return len(at)+int(busy.Load()) == 40 })
	// A few of those that came to their middle are kept nowhere: they were refused, and are
	// read on so that they hear it.
	if n := len(at); n < 4 || n > 20 {
		t.Errorf("%d of forty large bodies are held at once", n)
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Ken, "m_beside", "hello", time.Now())
	close(free)
	sending.Wait()
	large := append(apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, apitest.Ken, "m_large", "hello", time.Now())), bytes.Repeat([]byte(" "), 6<<20)...)
	w.Post(large).Want(http.StatusOK)
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
	w := apitest.NewWithPage(t, model.Shared, apitest.WithStore(func(inner store.Store) store.Store {
		s.Store = inner
		return s
	}))
	s.stuck.Store(true)
	var asking sync.WaitGroup
	var refused, answered atomic.Int64
	const asked = 100
	for range asked {
		asking.Go(func() {
			switch a := w.Do(w.Ann, http.MethodGet, "/v1/pages", nil); a.Status {
			case http.StatusOK:
				answered.Add(1)
			case http.StatusServiceUnavailable:
				a.Problem(http.StatusServiceUnavailable, "busy")
				refused.Add(1)
			default:
				t.Errorf("answered %d", a.Status)
			}
		})
	}
	apitest.Eventually(t, "all wait", apitest.Timeout, func() bool { return s.in.Load() == asked })
	s.stuck.Store(false)
	close(s.free)
	asking.Wait()
	w.Do(w.Cat, http.MethodGet, "/v1/pages", nil).Want(http.StatusOK)
	if answered.Load()+refused.Load() != asked {
		t.Errorf("%d answered, %d refused", answered.Load(), refused.Load())
	}
}

// One user has only so many websockets; another comes in, and who hung up makes room.
func TestAUsersSocketsAreBounded(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	var open []*apitest.Listener
	for {
		l, resp, err := w.ListenWith("", http.Header{"Authorization": {"Bearer " + w.Ann.Token}})
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
	w.Listen(w.Cat).HangUp()
	open[0].HangUp()
	apitest.Eventually(t, "there is room again", apitest.Timeout, func() bool {
		l, resp, err := w.ListenWith("", http.Header{"Authorization": {"Bearer " + w.Ann.Token}})
		if resp != nil {
			resp.Body.Close()
		}
		if err == nil {
			l.HangUp()
		}
		return err == nil
	})
}

// What a user has told to others is judged, and bounded.
func TestWhatIsRelayed(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared, apitest.WithTiming(apitest.Quick))
	w.RunUntilQuiet()
	ann, cat := w.Listen(w.Ann), w.Listen(w.Cat)
	ann.Hello(nil)
	cat.Hello(nil)
	there := model.NewConversationID(apitest.Page, apitest.Hanako)
	says := func(c model.ConversationID) model.Ephemeral {
		return model.Ephemeral{Type: model.FrameTyping, Page: apitest.Page, Conversation: c, Active: true}
	}
	for _, c := range []model.ConversationID{
		model.NewConversationID(apitest.Page, apitest.Ken), // there is none
		model.NewConversationID(apitest.Page, model.PSID(strings.Repeat("7", 120_000))),
		model.NewConversationID("999", apitest.Hanako), // of another Page
		"",
	} {
		for _, kind := range []model.FrameType{model.FrameTyping, model.FramePresence} {
			f := says(c)
			f.Type = kind
			cat.Send(f)
		}
	}
	cat.SendRaw(fmt.Sprintf(`{"type":"presence","page":%q,"conversation":%q,"active":true,"junk":%q,"user":{"name":%q}}`,
		apitest.Page, there, strings.Repeat("j", 20_000), strings.Repeat("n", 20_000)))
	ann.Until("what is true is told", func() bool { return len(ann.Of(model.FramePresence)) > 0 })
	if got := ann.Of(model.FramePresence); len(got) != 1 || len(got[0].Raw) > 500 {
		t.Errorf("told: %.300s, %d frames", got[0].Raw, len(got))
	}
	if got := ann.Of(model.FrameTyping); len(got) != 0 {
		t.Errorf("told: %.300s", got[0].Raw)
	}
	const flood = 150
	for range flood {
		cat.Send(says(there))
	}
	cat.Hello(nil) // all before it was taken
	ann.AwaitHeads()
	if n := len(ann.Of(model.FrameTyping)); n < 10 || n > 100 {
		t.Errorf("%d of %d frames were told", n, flood)
	}
}
