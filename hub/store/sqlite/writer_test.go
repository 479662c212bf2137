package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// newPages opens a store that holds some Pages.
func newPages(t testing.TB, pages ...model.PageID) *Store {
	t.Helper()
	s := newStore(t, Options{Exclusive: true})
	t.Cleanup(func() { closeStore(t, s) })
	for _, page := range pages {
		if err := putPage(s, page); err != nil {
			t.Fatalf("put page: %v", err)
		}
	}
	return s
}

func headOf(t *testing.T, s *Store, page model.PageID) int64 {
	t.Helper()
	var head int64
	err := s.Read(t.Context(), func(r store.Reader) (err error) {
		head, err = r.Head(page)
		return err
	})
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return head
}

func (w *writer) queued() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// TestBatch: of transactions in one commit each stands or falls by itself.
func TestBatch(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1", "2")
	// While this one holds the writer, the others gather behind it.
	entered, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.Write(context.Background(), "1", func(store.PageTx) error {
			close(entered)
			<-leave
			return nil
		})
		if err != nil {
			t.Errorf("holder: %v", err)
		}
	})
	<-entered
	const calls = 60
	errs := make([]error, calls)
	for i := range calls {
		wg.Go(func() {
			page := model.PageID(fmt.Sprint(1 + i%2))
			errs[i] = s.Write(context.Background(), page, func(tx store.PageTx) error {
				n := model.Notice{ID: fmt.Sprint(i), PageID: page}
				if err := tx.PutNotice(&n); err != nil {
					return err
				}
				switch i % 6 {
				case 0, 1:
					panic("customers' text")
				case 2, 3:
					return fmt.Errorf("call %d", i)
				}
				return nil
			})
		})
	}
	for s.writer.queued() < calls {
		runtime.Gosched()
	}
	close(leave)
	wg.Wait()
	for i, err := range errs {
		switch i % 6 {
		case 0, 1:
			if err == nil || !strings.Contains(err.Error(), "panicked") || strings.Contains(err.Error(), "customers' text") {
				t.Errorf("call %d: %v", i, err)
			}
		case 2, 3:
			if err == nil || err.Error() != fmt.Sprintf("call %d", i) {
				t.Errorf("call %d: %v", i, err)
			}
		default:
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
	}
	for _, page := range []model.PageID{"1", "2"} {
		if head := headOf(t, s, page); head != 1+calls/6 {
			t.Errorf("head of %s is %d, want %d", page, head, 1+calls/6)
		}
	}
}

// TestGone: a call whose context ends while it waits is not run; one that ends
// its goroutine is undone; the writer goes on.
func TestGone(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	err := s.Write(t.Context(), "1", func(store.PageTx) error {
		go func() {
			gone <- s.Write(ctx, "1", func(tx store.PageTx) error {
				t.Error("ran after its context was over")
				return nil
			})
		}()
		for s.writer.queued() == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("gone: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = s.Write(context.Background(), "1", func(tx store.PageTx) error {
			_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1"})
			runtime.Goexit()
			return nil
		})
	}()
	<-exited
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if head := headOf(t, s, "1"); head != 2 {
		t.Errorf("head %d, want 2", head)
	}
}

// TestCloseWaits: what was queued before Close is on disk after it.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	entered, leave := make(chan struct{}), make(chan struct{})
	results := make(chan error, 3)
	go func() {
		results <- s.Write(context.Background(), "1", func(store.PageTx) error {
			close(entered)
			<-leave
			return nil
		})
	}()
	<-entered
	for range 2 {
		go func() { results <- putPage(s, "1") }()
	}
	for s.writer.queued() < 2 {
		runtime.Gosched()
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	close(leave)
	for range 3 {
		if err := <-results; err != nil {
			t.Errorf("queued: %v", err)
		}
	}
	if err := <-closed; err != nil {
		t.Errorf("close: %v", err)
	}
	if err := putPage(s, "1"); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: %v", err)
	}
}

// TestOver: a transaction can't be used after its end.
func TestOver(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	var tx store.PageTx
	var r store.Reader
	_ = s.Write(t.Context(), "1", func(given store.PageTx) error { tx = given; return nil })
	_ = s.Read(t.Context(), func(given store.Reader) error { r = given; return nil })
	if err := tx.PutNotice(&model.Notice{ID: "n", PageID: "1"}); !errors.Is(err, errOver) {
		t.Errorf("put: %v", err)
	}
	if _, err := r.Head("1"); !errors.Is(err, errOver) {
		t.Errorf("head: %v", err)
	}
}

// TestSwallowed: a transaction whose change failed is not kept, even if its
// function takes no notice, because its seq would be a gap.
func TestSwallowed(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
		_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1", Reason: "\xff"})
		return nil
	})
	if !errors.Is(err, errNotUTF8) {
		t.Errorf("got %v", err)
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d, want 1", head)
	}
}

// big is a change that takes many pages of the file.
func big(tx store.PageTx, id string) error {
	_, err := tx.KeepRaw(store.RawEvent{Page: "1", Key: id, Body: make([]byte, 1<<20)})
	return errors.Join(err, tx.PutNotice(&model.Notice{ID: id, PageID: "1"}))
}

// TestFull: on a full disk nothing is kept and nothing is half kept; it goes on
// when there is room again.
func TestFull(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	limit := func(pages string) {
		t.Helper()
		if err := s.write(t.Context(), func(ss *session) error { return ss.run(`PRAGMA max_page_count = ` + pages) }); err != nil {
			t.Fatalf("limit: %v", err)
		}
	}
	limit("1") // SQLite makes that what the file has
	for i := range 3 {
		err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, "m") })
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("full disk, time %d: %v", i+1, err)
		}
		// Whoever takes no notice does not get through either.
		err = s.Write(t.Context(), "1", func(tx store.PageTx) error {
			_ = big(tx, "m")
			_ = tx.PutNotice(&model.Notice{ID: "n", PageID: "1"})
			return nil
		})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("full disk, swallowed, time %d: %v", i+1, err)
		}
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d on a full disk", head)
	}
	limit("1000000")
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, "m") }); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if head := headOf(t, s, "1"); head != 2 {
		t.Errorf("head %d with room again", head)
	}
}

// TestCommitFails: where the commit itself fails, all whose changes it held are told so,
// and nothing of theirs stays behind for the next.
func TestCommitFails(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	if err := s.write(t.Context(), func(*session) error { s.writer.gather = time.Minute; return nil }); err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() {
		errs[0] = s.write(context.Background(), func(ss *session) error {
			close(entered)
			<-leave
			// What refers to nobody is found at the commit.
			return errors.Join(ss.run(`PRAGMA defer_foreign_keys = 1`), ss.run(`INSERT INTO tokens (hash, user_id, at) VALUES (x'00', 'nobody', 0)`))
		})
	})
	<-entered
	for i := range errs[1:] {
		wg.Go(func() { errs[1+i] = putPage(s, "1") })
	}
	for s.writer.queued() < len(errs)-1 {
		runtime.Gosched()
	}
	close(leave)
	wg.Wait()
	for i, err := range errs {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d after a commit that failed", head)
	}
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if head := headOf(t, s, "1"); head != 2 {
		t.Errorf("head %d, want 2", head)
	}
}

// TestUnwritable: a connection that can't write any more is replaced.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for name, breakIt := range map[string]func(*session) error{
		"read-only": func(ss *session) error { return ss.run(`PRAGMA query_only = 1`) },
		"gone":      func(ss *session) error { ss.c.drop(); return nil },
	} {
		err := s.write(t.Context(), func(ss *session) error {
			if err := breakIt(ss); err != nil {
				return err
			}
			return ss.run(`UPDATE pages SET seq = 99`)
		})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err := putPage(s, "1"); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if head := headOf(t, s, "1"); head != 3 {
		t.Errorf("head %d, want 3", head)
	}
}

// TestBusy: while another process holds the file, writes are refused after the
// time-out, all that wait at once; afterwards they go on.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	if err := s.write(t.Context(), func(ss *session) error { return ss.run(`PRAGMA busy_timeout = 20`) }); err != nil {
		t.Fatal(err)
	}
	other := openAt(t, s.path, Options{})
	err := other.Write(t.Context(), "1", func(store.PageTx) error {
		if err := putPage(s, "1"); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("while held: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Errorf("holder: %v", err)
	}
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestCheckpoint: a large log is folded into the file.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	err := s.write(t.Context(), func(ss *session) error { return ss.run(`PRAGMA wal_autocheckpoint = 0`) })
	for i := range 6 {
		err = errors.Join(err, s.Write(t.Context(), "1", func(tx store.PageTx) error { return big(tx, fmt.Sprint(i)) }))
	}
	if err != nil {
		t.Fatalf("write: %v", err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		info, err := os.Stat(s.path + "-wal")
		if err == nil && info.Size() == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log was not folded: %v %v", info, err)
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := putPage(s, "1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestReadPanic: a read that panics gives its connection back.
func TestReadPanic(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	for range 2 * readConnections {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = s.Read(t.Context(), func(store.Reader) error { panic("x") })
		}()
	}
	if head := headOf(t, s, "1"); head != 1 {
		t.Errorf("head %d", head)
	}
}

// TestReadCanceled: a read whose context ends while it waits for a connection
// does not wait any longer.
func TestReadCanceled(t *testing.T) {
	t.Parallel()
	s := newPages(t, "1")
	leave := make(chan struct{})
	var entered, left sync.WaitGroup
	entered.Add(readConnections)
	for range readConnections {
		left.Go(func() {
			_ = s.Read(context.Background(), func(store.Reader) error {
				entered.Done()
				<-leave
				return nil
			})
		})
	}
	entered.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ctx, func(store.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(leave)
	left.Wait()
}
