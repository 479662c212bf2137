package conversations_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/api/apitest"
	"parley/model"
	"parley/sandbox"
)

// sending is an event by which a customer sends an attachment.
func sending(mid, kind, address string) map[string]any {
	e := apitest.Message(apitest.Page.Meta(), apitest.Hanako, mid, "", time.Now())
	e["message"] = map[string]any{"mid": mid, "attachments": []any{map[string]any{"type": kind, "payload": map[string]any{"url": address}}}}
	return e
}

// mediaWorld is a private Page of Ann's at a hub whose Graph API is a sandbox; ahead is how far
// Meta's clock is ahead.
func mediaWorld(t *testing.T) (w *apitest.World, graphURL string, ahead *atomic.Int64) {
	t.Helper()
	ahead = &atomic.Int64{}
	s, err := sandbox.New(sandbox.Options{Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	graphURL = s.Info().GraphURL
	w = apitest.New(t, apitest.WithMedia(graphURL, filepath.Join(t.TempDir(), "media")),
		apitest.WithTiming(func(o *hub.Timing) { o.MediaRetry, o.MediaRetryMax = 10*time.Millisecond, 10*time.Millisecond }))
	w.Connect(w.Ann, apitest.Page.Meta(), model.Private)
	w.Run()
	return w, graphURL, ahead
}

// fetched waits until the hub has tried to fetch what a message shows.
func fetched(w *apitest.World, mid model.MID) model.Attachment {
	w.Helper()
	var got model.Attachment
	apitest.Eventually(w.TB, string(mid)+" is fetched", apitest.Timeout, func() bool {
		for _, m := range w.Messages(w.Ann, apitest.Page, apitest.Hanako) {
			if m.MID == mid && m.Attachments[0].Media != nil && m.Attachments[0].Media.State != model.MediaPending {
				got = m.Attachments[0]
			}
		}
		return got.ID != ""
	})
	return got
}

// TestMediaAWeekLater: what a customer sent is read when Meta's address of it has long expired,
// and by nobody who may not see its message.
func TestMediaAWeekLater(t *testing.T) {
	t.Parallel()
	w, graph, ahead := mediaWorld(t)
	sent := map[model.MID]struct{ kind, address, media, name string }{
		"photo": {"image", graph + "/media/1001/desk.jpg", "image/jpeg", "desk.jpg"},
		"voice": {"audio", graph + "/media/1001/audioclip-1700.wav", "audio/wav", ""},
		"film":  {"video", graph + "/media/1001/room.mp4", "video/mp4", "room.mp4"},
		"pdf":   {"file", graph + "/media/1001/plan.pdf", "application/pdf", "plan.pdf"},
	}
	for mid, s := range sent {
		w.Deliver(apitest.Page.Meta(), "messaging", sending(string(mid), s.kind, s.address))
	}
	got := map[model.MID]model.Attachment{}
	for mid, s := range sent {
		a := fetched(w, mid)
		got[mid] = a
		if !a.Kept() || a.Media.Type != s.media || a.Size == 0 || string(a.Title) != s.name {
			t.Errorf("%s is %+v, %+v", mid, a, a.Media)
		}
		if plays := s.kind == "audio" || s.kind == "video"; plays != (a.Media.Seconds == 3) {
			t.Errorf("%s plays %v s", mid, a.Media.Seconds)
		}
	}
	ahead.Store(int64(7 * 24 * time.Hour))
	for mid, s := range sent {
		if status, _ := askMeta(t, s.address); status != http.StatusForbidden {
			t.Errorf("Meta's address of %s answers %d after a week", mid, status)
		}
		path := "/v1/media/" + got[mid].ID
		a := w.Do(w.Ann, http.MethodGet, path, nil).Want(http.StatusOK)
		if int64(len(a.Body)) != got[mid].Size || a.Header.Get("Content-Type") != s.media {
			t.Errorf("%s: %d bytes of %s", mid, len(a.Body), a.Header.Get("Content-Type"))
		}
		if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || !strings.Contains(d, s.name) {
			t.Errorf("%s: Content-Disposition %q", mid, d)
		}
		part := w.Send(http.MethodGet, path, http.Header{"Authorization": {"Bearer " + w.Ann.Token}, "Range": {"bytes=4-7"}}, nil).Want(http.StatusPartialContent)
		if !bytes.Equal(part.Body, a.Body[4:8]) {
			t.Errorf("%s: a range of it holds %q", mid, part.Body)
		}
		// The Page is private: for another user there is no such thing.
		hidden, none := w.Do(w.Ben, http.MethodGet, path, nil), w.Do(w.Ben, http.MethodGet, path+"0", nil)
		hidden.Problem(http.StatusNotFound, "not_found")
		if !apitest.Indistinct(hidden, none) {
			t.Errorf("hidden %s, missing %s", hidden.Body, none.Body)
		}
		w.Do(w.Ben, http.MethodPost, path+"/link", nil).Problem(http.StatusNotFound, "not_found")
	}
}

// askMeta asks an address as anybody may.
func askMeta(t *testing.T, address string) (status int, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return resp.StatusCode, body
}

// TestALinkToMedia works once, without a token, as long as its user may see the message.
func TestALinkToMedia(t *testing.T) {
	t.Parallel()
	w, graph, _ := mediaWorld(t)
	w.SetVisibility(w.Ann, apitest.Page, model.Shared)
	w.Deliver(apitest.Page.Meta(), "messaging", sending("photo", "image", graph+"/media/1001/desk.jpg"))
	a := fetched(w, "photo")
	link := func(who apitest.Account) string {
		t.Helper()
		var l model.MediaLink
		w.Do(who, http.MethodPost, "/v1/media/"+a.ID+"/link", nil).Want(http.StatusCreated).Into(&l)
		path, ok := strings.CutPrefix(l.URL, apitest.HubAddress)
		if !ok || len(strings.TrimPrefix(path, "/m/")) != 22 || time.Until(l.ExpiresAt) > 5*time.Minute {
			t.Errorf("got the link %+v", l)
		}
		return path
	}
	path := link(w.Cat)
	w.Send(http.MethodHead, path, nil, nil).Want(http.StatusMethodNotAllowed)
	if got := w.Send(http.MethodGet, path, http.Header{"Range": {"bytes=0-1"}}, nil).Want(http.StatusOK); int64(len(got.Body)) != a.Size {
		t.Errorf("the link leads to %d bytes", len(got.Body))
	}
	w.Send(http.MethodGet, path, nil, nil).Problem(http.StatusNotFound, "not_found")
	path = link(w.Cat)
	w.SetVisibility(w.Ann, apitest.Page, model.Private)
	w.Send(http.MethodGet, path, nil, nil).Problem(http.StatusNotFound, "not_found")
	w.Send(http.MethodGet, "/m/AAAAAAAAAAAAAAAAAAAAAA", nil, nil).Problem(http.StatusNotFound, "not_found")
}

// TestNoForeignAddressIsAsked: not one of a private network, whether it is named, reached by a
// redirect, or of this machine at another port than the Graph API's.
func TestNoForeignAddressIsAsked(t *testing.T) {
	t.Parallel()
	w, graph, _ := mediaWorld(t)
	inside, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := inside.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = inside.Close(); <-done })
	for i, address := range []string{
		"http://" + inside.Addr().String() + "/a.png",
		"https://" + inside.Addr().String() + "/a.png",
		"http://localhost:" + strings.TrimPrefix(inside.Addr().String(), "127.0.0.1:") + "/a.png",
		"https://" + inside.Addr().String() + "#.fbcdn.net/a.png",
		"https://x.fbcdn.net@" + inside.Addr().String() + "/a.png",
		"http://169.254.169.254/latest", "file:///etc/passwd", "gopher://x.fbcdn.net/",
	} {
		mid := fmt.Sprint("foreign", i)
		w.Deliver(apitest.Page.Meta(), "messaging", sending(mid, "image", address))
		for _, m := range w.Messages(w.Ann, apitest.Page, apitest.Hanako) {
			if string(m.MID) == mid && m.Attachments[0].Media != nil {
				t.Errorf("%s is to be fetched", address)
			}
		}
	}
	w.Deliver(apitest.Page.Meta(), "messaging", sending("led", "image", graph+"/media/redirect?to=http://"+inside.Addr().String()+"/a.png"))
	a := fetched(w, "led")
	if a.Media.State != model.MediaGone || a.Media.Reason != model.MediaForeign {
		t.Errorf("led elsewhere: %+v", a.Media)
	}
	p := w.Do(w.Ann, http.MethodGet, "/v1/media/"+a.ID, nil)
	p.Problem(http.StatusGone, model.MediaIsGone)
	if !strings.Contains(string(p.Body), string(model.MediaForeign)) {
		t.Errorf("the reason is not told: %s", p.Body)
	}
	w.Deliver(apitest.Page.Meta(), "messaging", sending("near", "image", graph+"/media/redirect?to="+graph+"/media/1/desk.jpg"))
	if a := fetched(w, "near"); !a.Kept() {
		t.Errorf("led to another address of Meta's: %+v", a.Media)
	}
	w.Deliver(apitest.Page.Meta(), "messaging", sending("missing", "image", graph+"/media/none"))
	if a := fetched(w, "missing"); a.Media.Reason != model.MediaRefused {
		t.Errorf("what Meta does not have: %+v", a.Media)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("this machine was asked %d times", n)
	}
}
