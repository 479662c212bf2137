package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/hub/stream"
	"parley/model"
)

// WireTap is a client inside the process: each frame that is written to it is noted
// when it is written.
type WireTap struct {
	mu     sync.Mutex
	frames []Frame
	shut   bool
	// stuck, while it is open, keeps whoever writes.
	stuck  chan struct{}
	closed chan struct{}
}

var _ stream.Wire = (*WireTap)(nil)

var errCut = errors.New("cut")

func newWireTap() *WireTap { return &WireTap{closed: make(chan struct{})} }

// Stick has the reader read no more until free is called.
func (t *WireTap) Stick() (free func()) {
	c := make(chan struct{})
	t.mu.Lock()
	t.stuck = c
	t.mu.Unlock()
	return sync.OnceFunc(func() { close(c) })
}

// Write implements [stream.Wire].
func (t *WireTap) Write(raw []byte) error {
	t.mu.Lock()
	stuck := t.stuck
	var head struct {
		Type model.FrameType `json:"type"`
	}
	if t.shut {
		t.mu.Unlock()
		return errCut
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		t.mu.Unlock()
		return err
	}
	t.frames = append(t.frames, Frame{time.Now(), head.Type, bytes.Clone(raw)})
	t.mu.Unlock()
	if stuck == nil {
		return nil
	}
	select {
	case <-stuck:
		return nil
	case <-t.closed:
		return errCut
	}
}

// Ping implements [stream.Wire].
func (t *WireTap) Ping() error { return nil }

// Close implements [stream.Wire].
func (t *WireTap) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.shut {
		t.shut = true
		close(t.closed)
	}
}

// Frames returns what was written so far.
func (t *WireTap) Frames() []Frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.frames)
}

// Of returns the frames of a kind so far.
func (t *WireTap) Of(kind model.FrameType) []Frame {
	return slices.DeleteFunc(t.Frames(), func(f Frame) bool { return f.Kind != kind })
}

// IsClosed tells whether the hub has closed the connection.
func (t *WireTap) IsClosed() bool {
	select {
	case <-t.closed:
		return true
	default:
		return false
	}
}

// Tapped is a session whose client is in the process.
type Tapped struct {
	*WireTap
	*stream.Session
	Ended chan error
}

// Tap begins a session that ends with the test.
func (w *World) Tap(who Account, valid func(context.Context) error) *Tapped {
	w.Helper()
	t := &Tapped{WireTap: newWireTap(), Ended: make(chan error, 1)}
	t.Session = w.Hub.Attach(who.User, t.WireTap, valid)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.Ended <- t.Serve(ctx)
	}()
	w.Cleanup(func() {
		cancel()
		t.Close()
		<-done
	})
	return t
}

// AlwaysValid is a session's right to go on for ever.
func AlwaysValid(context.Context) error { return nil }

// Greet says hello and waits for the welcome.
func (w *World) Greet(t *Tapped, r Resume) model.Welcome {
	w.Helper()
	n := len(t.Of(model.FrameWelcome))
	w.Must(t.Hello(w.Context(), model.Hello{Type: model.FrameHello, Resume: r}))
	Eventually(w.TB, "the welcome", Timeout, func() bool { return len(t.Of(model.FrameWelcome)) > n })
	return Decode[model.Welcome](w.TB, t.Of(model.FrameWelcome)[n])
}
