package main

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
)

// sendsOff types replies, each with its enter, as fast as a hand does.
func (s *screen) sendsOff(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.types(text + between + keyEnter + between)
	}
}

// inOrder expects texts in the conversation, one below the other.
func (s *screen) inOrder(texts ...string) {
	s.t.Helper()
	s.waits("the replies in order", func([]string) bool {
		rest := strings.Join(s.columns(threadFrom, screenWidth), "\n")
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
func (w *world) gotInOrder(psid string, want ...string) {
	w.t.Helper()
	waitFor(w.t, "all replies arrive", patience, func() bool { return len(w.facebook.gotBy(psid)) >= len(want) })
	if got := w.facebook.gotBy(psid); !slices.Equal(got, want) {
		w.t.Errorf("customer %s got %q, want %q", psid, got, want)
	}
}

// TestScreenOrderOfReplies: what is sent off while the hub is away, while Facebook is slow
// or takes a reply without saying so, arrives and shows in the order of the
// keys; also over a restart of the program.
func TestScreenOrderOfReplies(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, shortTiming()...)
	w.customerSays("2001", wording{Text: "Hello from Ken", Name: "Ken Sato"})
	s := startScreen(t, aki.screenEnv())
	s.sees("● live", "Hello from Ken")
	s.types(keyEnter)
	s.sees("Reply to Ken Sato…")

	w.hub.kill()
	s.sees("○ offline")
	s.presses("r", "enter send")
	s.sendsOff("away 1", "away 2", "away 3")
	s.inThread("Waits for the reply before it.")
	w.startHub()
	w.gotInOrder("2001", "away 1", "away 2", "away 3")
	s.inOrder("away 1", "away 2", "away 3")
	s.sees("● live")

	all := []string{"away 1", "away 2", "away 3"}
	for _, kind := range []string{"delay", "act_and_cut"} {
		w.facebook.fails(fault{On: "send", PSID: "2001", Kind: kind, DelayMS: 500, Count: 1})
		texts := []string{kind + " 1", kind + " 2", kind + " 3"}
		s.sendsOff(texts...)
		all = append(all, texts...)
		w.gotInOrder("2001", all...)
		s.inOrder(texts...)
	}

	w.hub.kill()
	s.sees("○ offline")
	s.sendsOff("left 1", "left 2", "left 3")
	s.types(keyEscape + between)
	s.inThread("left 3")
	s.leaves()
	w.startHub()
	s = startScreen(t, aki.screenEnv())
	s.sees("● live", "has not been handed in")
	s.types(keyEnter)
	s.inOrder("left 1", "left 2", "left 3")
	for range 6 { // the one that needs a decision first is selected first
		s.types("R" + between)
	}
	w.gotInOrder("2001", append(all, "left 1", "left 2", "left 3")...)
	s.inOrder("left 1", "left 2", "left 3")
	s.leaves()
}

// TestScreenOrderOverABadLine: the first reply is held up on its way, taken without an answer,
// refused by what stands between; those behind it don't overtake.
func TestScreenOrderOverABadLine(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("2001", wording{Text: "Hello from Ken", Name: "Ken Sato"})
	hub, err := url.Parse(w.hubURL)
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
	s := startScreen(t, w.env(aki.homeDir, "PARLEY_HUB="+line.URL, "PARLEY_TOKEN="+aki.token))
	s.sees("● live", "Hello from Ken")
	s.types(keyEnter)
	s.presses("r", "enter send")
	s.sendsOff("one", "two", "three")
	w.gotInOrder("2001", "one", "two", "three")
	s.inOrder("one", "two", "three")
	s.types(keyEscape + between)
	s.leaves()
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (discarded) WriteHeader(int)             {}
