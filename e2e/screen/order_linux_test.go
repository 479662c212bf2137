package screen

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/e2e/driver"
)

// sendsOff types replies, each with its enter, as fast as a hand does.
func sendsOff(s *driver.Screen, texts ...string) {
	s.T.Helper()
	for _, text := range texts {
		s.Types(text + driver.Between + driver.KeyEnter + driver.Between)
	}
}

// inOrder expects texts in the conversation, one below the other.
func inOrder(s *driver.Screen, texts ...string) {
	s.T.Helper()
	s.Waits("the replies in order", func([]string) bool {
		rest := strings.Join(s.Columns(driver.ThreadFrom, driver.ScreenWidth), "\n")
		for _, text := range texts {
			_, after, ok := strings.Cut(rest, text)
			if !ok {
				return false
			}
			rest = after
		}
		return true
	})
}

// gotInOrder expects what a customer gets in the end.
func gotInOrder(w *driver.World, psid string, want ...string) {
	w.T.Helper()
	driver.WaitFor(w.T, "all replies arrive", driver.Patience, func() bool { return len(w.Facebook.GotBy(psid)) >= len(want) })
	if got := w.Facebook.GotBy(psid); !slices.Equal(got, want) {
		w.T.Errorf("customer %s got %q, want %q", psid, got, want)
	}
}

// TestScreenOrderOfReplies: what is sent off while the hub is away, while Facebook is slow
// or takes a reply without saying so, arrives and shows in the order of the
// keys; also over a restart of the program.
func TestScreenOrderOfReplies(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, driver.ShortTiming()...)
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.Sees("Reply to Ken Sato…")

	w.Hub.Kill()
	s.Sees("○ offline")
	s.Presses("r", "enter send")
	sendsOff(s, "away 1", "away 2", "away 3")
	s.InThread("Waits for the reply before it.")
	w.StartHub()
	gotInOrder(w, "2001", "away 1", "away 2", "away 3")
	inOrder(s, "away 1", "away 2", "away 3")
	s.Sees("● live")

	all := []string{"away 1", "away 2", "away 3"}
	for _, kind := range []string{"delay", "act_and_cut"} {
		w.Facebook.Fails(driver.Fault{On: "send", PSID: "2001", Kind: kind, DelayMS: 500, Count: 1})
		texts := []string{kind + " 1", kind + " 2", kind + " 3"}
		sendsOff(s, texts...)
		all = append(all, texts...)
		gotInOrder(w, "2001", all...)
		inOrder(s, texts...)
	}

	w.Hub.Kill()
	s.Sees("○ offline")
	sendsOff(s, "left 1", "left 2", "left 3")
	s.Types(driver.KeyEscape + driver.Between)
	s.InThread("left 3")
	s.Leaves()
	w.StartHub()
	s = driver.StartScreen(t, aki.ScreenEnv())
	s.Sees("● live")
	s.Types(driver.KeyEnter)
	gotInOrder(w, "2001", append(all, "left 1", "left 2", "left 3")...)
	inOrder(s, "left 1", "left 2", "left 3")
	s.Leaves()
}

// TestScreenOrderOverABadLine: the first reply is held up on its way, taken without an answer,
// refused by what stands between; those behind it don't overtake.
func TestScreenOrderOverABadLine(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("2001", driver.Wording{Text: "Hello from Ken", Name: "Ken Sato"})
	hub, err := url.Parse(w.HubURL)
	if err != nil {
		t.Fatal(err)
	}
	var posts atomic.Int64
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(hub) }}
	line := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
			proxy.ServeHTTP(rw, r)
			return
		}
		switch posts.Add(1) {
		case 1: // held up, then cut off before the hub has it
			<-time.After(time.Second)
			panic(http.ErrAbortHandler)
		case 2: // a proxy without its hub
			rw.WriteHeader(http.StatusBadGateway)
		case 3: // taken, and cut off before the answer
			proxy.ServeHTTP(discarded{}, r)
			panic(http.ErrAbortHandler)
		default:
			proxy.ServeHTTP(rw, r)
		}
	}))
	defer line.Close()
	s := driver.StartScreen(t, w.Env(aki.HomeDir, "PARLEY_HUB="+line.URL, "PARLEY_TOKEN="+aki.Token))
	s.Sees("● live", "Hello from Ken")
	s.Types(driver.KeyEnter)
	s.Presses("r", "enter send")
	sendsOff(s, "one", "two", "three")
	gotInOrder(w, "2001", "one", "two", "three")
	inOrder(s, "one", "two", "three")
	s.Types(driver.KeyEscape + driver.Between)
	s.Leaves()
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (discarded) WriteHeader(int)             {}
