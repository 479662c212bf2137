package hub_test

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// countedStore counts what is read.
type countedStore struct {
	store.Store
	reads atomic.Int64
}

func (s *countedStore) Read(ctx context.Context, f func(store.Reader) error) error {
	s.reads.Add(1)
	return s.Store.Read(ctx, f)
}

// figure is what the hub tells to Prometheus by a name.
func figure(w *hubtest.World, name string) float64 {
	w.Helper()
	rec := httptest.NewRecorder()
	w.Hub.Metrics().ServeHTTP(rec, httptest.NewRequestWithContext(w.Ctx, "GET", "/metrics", nil))
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(rec.Body.String())
	if m == nil {
		w.Fatalf("no figure %s in %s", name, rec.Body)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	w.Must(err)
	return n
}

// Whoever asks for the figures costs the store nothing, and gets them as they are now.
func TestFiguresAreKept(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		counted := &countedStore{Store: w.Store}
		w.Stop()
		w.Store = counted
		w.Start()
		const queued = `parley_replies{state="queued"}`
		w.CustomerWrites(hanako)
		w.Pass(2 * time.Second)
		if n := figure(w, queued); n != 0 {
			t.Errorf("%v replies queued", n)
		}
		w.Graph.Plays(hubtest.AsksToWait(5 * time.Minute))
		w.Reply(hanako, "a reply that Facebook has wait")
		w.Pass(2 * time.Second)
		reads := counted.reads.Load()
		for range 50 {
			if n := figure(w, queued); n != 1 {
				t.Fatalf("%v replies queued, want 1", n)
			}
		}
		if n := counted.reads.Load() - reads; n != 0 {
			t.Errorf("fifty questions read the store %d times", n)
		}
		age := figure(w, "parley_queue_age_seconds")
		w.Pass(30 * time.Second)
		if now := figure(w, "parley_queue_age_seconds"); now < age+30 || now > age+32 {
			t.Errorf("the oldest reply is %v s old, %v s half a minute before", now, age)
		}
		unknown := figure(w, "parley_events_of_unknown_pages")
		w.Must(w.Hub.Receive(w.Ctx, []model.PageEntry{{Page: "999", Events: []model.Inbound{{}}}}))
		w.Pass(2 * time.Second)
		if n := figure(w, "parley_events_of_unknown_pages"); n != unknown+1 {
			t.Errorf("%v events of unknown Pages, %v before", n, unknown)
		}
		w.Pass(2 * time.Hour)
		if n := figure(w, queued); n != 0 {
			t.Errorf("%v replies queued in the end", n)
		}
	})
}

// noPages is a store that nobody reads Pages of.
type noPages struct{ store.Store }

type pageless struct{ store.Reader }

func (s noPages) Read(ctx context.Context, f func(store.Reader) error) error {
	return s.Store.Read(ctx, func(r store.Reader) error { return f(pageless{r}) })
}

func (pageless) Pages() ([]store.Page, error) { panic("the Pages are read") }

// Readiness, which anybody may ask for, reads no more than a row.
func TestReadinessIsCheap(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.Stop()
		h := hub.New(hub.Options{Store: noPages{w.Store}, Timing: hub.DefaultTiming()})
		if r := h.Ready(w.Ctx); !r.Ready || r.Store != "ok" {
			t.Errorf("%+v", r)
		}
	})
}
