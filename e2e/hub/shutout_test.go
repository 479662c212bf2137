package hub

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"parley/e2e/driver"
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
func listens(u *driver.User, pages ...model.PageID) *earful {
	u.W.T.Helper()
	d := websocket.Dialer{HandshakeTimeout: driver.Patience, Subprotocols: []string{model.Subprotocol}}
	conn, resp, err := d.DialContext(u.W.T.Context(), "ws"+strings.TrimPrefix(u.W.HubURL, "http")+"/v1/stream",
		http.Header{"Authorization": {"Bearer " + u.Token}})
	if err != nil {
		u.W.T.Fatal(err)
	}
	_ = resp.Body.Close()
	e := &earful{conn: conn, over: make(chan struct{})}
	hello := model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{}}
	for _, p := range pages {
		hello.Resume[p] = model.Position{}
	}
	if err := conn.WriteJSON(hello); err != nil {
		u.W.T.Fatal(err)
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
	u.W.T.Cleanup(func() {
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
	w := driver.NewWorld(t)
	ann, ben := w.AddAdmin("Ann Aoki"), w.AddAdmin("Ben Baba")
	ann.ConnectsPage("private").Ok()
	first := fills(ann, w.Facebook.PageID, planted("before"), "7301")

	stream := listens(ben, model.PageID(first.page))
	tail := driver.NewProcess(t, w.Env(ben.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+ben.Token), "tail", "--from", "0", "--json")
	tail.Begin()
	driver.WaitFor(t, "the stream is open", driver.Patience, func() bool { return strings.Contains(stream.all(), `"welcome"`) })
	seesNothingOf(ben, first)
	checkCounts(ben, 0)

	ben.Cli("page", "disconnect", first.page).Ok()
	var p driver.Page
	driver.FromJSON(t, []byte(ben.ConnectsPage("private").Ok().Out), &p)
	if p.ID == first.page || !p.Sees || p.Installer.Name != ben.Name {
		t.Fatalf("connected as %+v", p)
	}
	second := fills(ben, p.ID, planted("after"), "7301")
	again := listens(ben, model.PageID(first.page), model.PageID(second.page))
	late := driver.NewProcess(t, w.Env(ben.HomeDir, "PARLEY_HUB="+w.HubURL, "PARLEY_TOKEN="+ben.Token), "tail", "--from", "0", "--json")
	late.Begin()
	driver.WaitFor(t, "tail tells of the new installation", driver.Patience, func() bool {
		return strings.Contains(tail.Out.String(), second.mark+" note") && strings.Contains(late.Out.String(), second.mark+" note")
	})
	driver.WaitFor(t, "both streams know the new installation", driver.Patience, func() bool {
		return strings.Contains(stream.all(), second.page) && strings.Contains(again.all(), second.page)
	})

	reads(ben, second)
	seesNothingOf(ben, first)
	checkCounts(ben, 1)
	reads(ann, first)
	seesNothingOf(ann, second)
	tail.Stop()
	late.Stop()
	for what, told := range map[string]string{
		"the stream": stream.all(), "a stream opened later": again.all(), "tail": tail.Out.String() + tail.Err.String(), "tail begun later": late.Out.String() + late.Err.String(),
	} {
		for _, secret := range append([]string{first.mark, `"` + first.conversations[0] + `"`}, first.messages...) {
			if strings.Contains(told, secret) {
				t.Errorf("%s tells %s of before", what, secret)
			}
		}
	}
	if told := ben.Cli("audit", "--json").Ok().Out; strings.Contains(told, first.mark) || strings.Contains(told, first.conversations[0]) {
		t.Errorf("the audit log tells %s", told)
	}
}
