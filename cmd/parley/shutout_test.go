package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"parley/model"
)

// earful is all that a user is sent over the stream, from a moment on.
type earful struct {
	conn *websocket.Conn
	over chan struct{}

	mu    sync.Mutex
	heard strings.Builder
}

// listens opens the stream as a user, and asks for those Pages from their beginning.
func (u *user) listens(pages ...model.PageID) *earful {
	u.w.t.Helper()
	d := websocket.Dialer{HandshakeTimeout: patience, Subprotocols: []string{model.Subprotocol}}
	conn, resp, err := d.DialContext(u.w.t.Context(), "ws"+strings.TrimPrefix(u.w.hubURL, "http")+"/v1/stream",
		http.Header{"Authorization": {"Bearer " + u.token}})
	if err != nil {
		u.w.t.Fatal(err)
	}
	_ = resp.Body.Close()
	e := &earful{conn: conn, over: make(chan struct{})}
	hello := model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{}}
	for _, p := range pages {
		hello.Resume[p] = model.Position{}
	}
	if err := conn.WriteJSON(hello); err != nil {
		u.w.t.Fatal(err)
	}
	go func() {
		defer close(e.over)
		for {
			_, frame, err := conn.ReadMessage()
			if err != nil {
				return
			}
			e.mu.Lock()
			e.heard.Write(frame)
			e.mu.Unlock()
		}
	}()
	u.w.t.Cleanup(func() {
		_ = conn.Close()
		<-e.over
	})
	return e
}

func (e *earful) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard.String()
}

// TestAnAdminShutOutBeginsAnew: an admin who is shut out of a private Page uninstalls it
// and connects it again. That is another installation: by no door, and at no time, do they
// read what was private before, though the same customer writes again.
func TestAnAdminShutOutBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, ben := w.addAdmin("Ann Aoki"), w.addAdmin("Ben Baba")
	ann.connectsPage("private").ok()
	first := ann.fills(w.facebook.PageID, planted("before"), "7301")

	stream := ben.listens(model.PageID(first.page))
	tail := newProcess(t, w.env(ben.homeDir, "PARLEY_HUB="+w.hubURL, "PARLEY_TOKEN="+ben.token), "tail", "--from", "0", "--json")
	tail.begin()
	waitFor(t, "the stream is open", patience, func() bool { return strings.Contains(stream.all(), `"welcome"`) })
	ben.seesNothingOf(first)
	ben.checkCounts(0)

	ben.cli("page", "disconnect", first.page).ok()
	var p page
	fromJSON(t, []byte(ben.connectsPage("private").ok().out), &p)
	if p.ID == first.page || !p.Sees || p.Installer.Name != ben.name {
		t.Fatalf("connected as %+v", p)
	}
	second := ben.fills(p.ID, planted("after"), "7301")
	again := ben.listens(model.PageID(first.page), model.PageID(second.page))
	late := newProcess(t, w.env(ben.homeDir, "PARLEY_HUB="+w.hubURL, "PARLEY_TOKEN="+ben.token), "tail", "--from", "0", "--json")
	late.begin()
	waitFor(t, "tail tells of the new installation", patience, func() bool {
		return strings.Contains(tail.out.String(), second.mark+" note") && strings.Contains(late.out.String(), second.mark+" note")
	})
	waitFor(t, "both streams know the new installation", patience, func() bool {
		return strings.Contains(stream.all(), second.page) && strings.Contains(again.all(), second.page)
	})

	ben.reads(second)
	ben.seesNothingOf(first)
	ben.checkCounts(1)
	ann.reads(first)
	ann.seesNothingOf(second)
	tail.stop()
	late.stop()
	for what, told := range map[string]string{
		"the stream": stream.all(), "a stream opened later": again.all(), "tail": tail.out.String() + tail.err.String(), "tail begun later": late.out.String() + late.err.String(),
	} {
		for _, secret := range append([]string{first.mark, `"` + first.conversations[0] + `"`}, first.messages...) {
			if strings.Contains(told, secret) {
				t.Errorf("%s tells %s of before", what, secret)
			}
		}
	}
	if told := ben.cli("audit", "--json").ok().out; strings.Contains(told, first.mark) || strings.Contains(told, first.conversations[0]) {
		t.Errorf("the audit log tells %s", told)
	}
}
