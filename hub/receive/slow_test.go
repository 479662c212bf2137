package receive_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// slowStore is a store in which each event takes its time the first time it comes.
type slowStore struct {
	store.Store
	each time.Duration
}

func (s slowStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	return s.Store.Write(ctx, p, func(tx store.PageTx) error { return f(slowTx{tx, s.each}) })
}

type slowTx struct {
	store.PageTx
	each time.Duration
}

func (t slowTx) KeepRaw(e store.RawEvent) (bool, error) {
	fresh, err := t.PageTx.KeepRaw(e)
	if fresh {
		hubtest.Sleep(t.each)
	}
	return fresh, err
}

// A webhook that can't be stored in time says so in time; as often as it comes again,
// more of it is stored, once.
func TestAWebhookThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const (
			each   = 100 * time.Millisecond
			limit  = 4 * time.Second
			events = 200
		)
		w := hubtest.New(t)
		w.Connect(w.Ann, model.Shared)
		w.Stop()
		w.Store = slowStore{w.Store, each}
		w.Start()
		var post []model.Inbound
		for i := range events {
			mid := fmt.Sprintf("m%d", i)
			post = append(post, hubtest.Wrote(hanako, model.MID(mid), mid, hubtest.Ago(time.Hour-time.Duration(i)*time.Second)))
		}
		for times := 1; ; times++ {
			ctx, cancel := context.WithTimeout(w.Ctx, limit)
			began := time.Now()
			err := w.Hub.Receive(ctx, hubtest.Entry(post...))
			cancel()
			if took := time.Since(began); took > limit+each {
				t.Fatalf("answered after %v", took)
			}
			if err == nil && times > 1 {
				break
			}
			if times == 1 && err == nil || times > events*int(each)/int(limit)+1 {
				t.Fatalf("came %d times: %v", times, err)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			if r := w.Hub.Ready(w.Ctx); r.Ready || r.Store != "slow" {
				t.Errorf("after a webhook that took too long: %+v", r)
			}
		}
		if r := w.Hub.Ready(w.Ctx); !r.Ready || r.Store != "ok" {
			t.Errorf("after one that was stored: %+v", r)
		}
		if n := len(w.Messages(hanako)); n != events {
			t.Errorf("%d messages, want %d", n, events)
		}
		if c := w.Conversation(hanako); c.Unread != events {
			t.Errorf("%d unread, want %d", c.Unread, events)
		}
	})
}

// Whatever one event waits for, the webhook is answered in time.
func TestAnEventThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const limit = 4 * time.Second
		w := hubtest.New(t)
		w.Connect(w.Ann, model.Shared)
		w.Stop()
		w.Store = slowStore{w.Store, 10 * time.Second}
		w.Start()
		ctx, cancel := context.WithTimeout(w.Ctx, limit)
		defer cancel()
		began := time.Now()
		err := w.Hub.Receive(ctx, hubtest.Entry(hubtest.Wrote(hanako, "m1", "hello", hubtest.Now())))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != limit {
			t.Errorf("answered after %v: %v", took, err)
		}
		w.Pass(time.Minute)
		w.Receive(hubtest.Wrote(hanako, "m1", "hello", hubtest.Now()))
		if n := len(w.Messages(hanako)); n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
}

// A large webhook lets other writers have their turns, after two of its pieces at most.
func TestALargeWebhookHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := hubtest.New(t)
		w.Connect(w.Ann, model.Shared)
		w.CustomerWrites(ken)
		w.Stop()
		w.Store = slowStore{w.Store, 20 * time.Millisecond}
		w.Start()
		var post []model.Inbound
		for i := range 200 {
			mid := fmt.Sprintf("m%d", i)
			post = append(post, hubtest.Wrote(hanako, model.MID(mid), mid, hubtest.Ago(time.Hour)))
		}
		stored := make(chan error, 1)
		go func() { stored <- w.Hub.Receive(w.Ctx, hubtest.Entry(post...)) }()
		w.Pass(time.Millisecond)
		began := time.Now()
		m := w.Accept(w.Ann, hubtest.Draft(ken, "at once"))
		if took, most := time.Since(began), 3*hub.DefaultTiming().Webhook/16; took > most {
			t.Errorf("a reply was taken after %v, want %v at most", took, most)
		}
		w.Must(<-stored)
		w.Settle()
		w.WantState(m.ID, model.Sent)
	})
}

// Slowness counts until a webhook is stored, for a minute at most: whoever asks before
// sending must not be kept away for ever. A sender that is slow, or hangs up, is not the
// hub's slowness.
func TestASlowHubIsNotReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := hubtest.New(t)
		w.Connect(w.Ann, model.Shared)
		w.Stop()
		w.Store = slowStore{w.Store, time.Second}
		w.Start()
		n := 0
		receive := func(timeout time.Duration, cancel bool) error {
			n++
			mid := fmt.Sprintf("m%d", n)
			ctx, end := context.WithTimeout(w.Ctx, timeout)
			defer end()
			if cancel {
				time.AfterFunc(timeout/2, end)
			}
			return w.Hub.Receive(ctx, hubtest.Entry(hubtest.Wrote(hanako, model.MID(mid), mid, hubtest.Ago(time.Hour))))
		}
		ready := func(what, want string) {
			t.Helper()
			if r := w.Hub.Ready(w.Ctx); r.Store != want || r.Ready != (want == "ok") {
				t.Errorf("%s: %+v, want %s", what, r, want)
			}
		}
		ready("at first", "ok")
		if err := receive(800*time.Millisecond, true); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		ready("its sender hung up", "ok")
		if err := receive(0, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		ready("it came too late", "ok")
		w.Settle()
		if err := receive(800*time.Millisecond, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		ready("it took too long", "slow")
		w.Settle()
		w.Pass(50 * time.Second)
		ready("a while later", "slow")
		w.Pass(20 * time.Second)
		ready("a minute later", "ok")
		if err := receive(800*time.Millisecond, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		ready("it took too long again", "slow")
		w.Settle()
		w.Must(receive(10*time.Second, false))
		ready("one was stored", "ok")
	})
}
