package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/rpc"
	"os"
	"sync"
	"time"

	"parley/model"
)

// ServeFront is the process that [ServeApart] starts: it lets clients in until ctx ends, or
// until the hub tells it to or is gone. From o it takes what can't be sent to it: the verbs and
// the function that words notices.
func ServeFront(ctx context.Context, o Options) error {
	files := duplex{os.NewFile(answersFD, "answers"), os.NewFile(asksFD, "questions")}
	at, leash := os.NewFile(listenerFD, "listener"), os.NewFile(leashFD, "leash")
	if files.in == nil || files.out == nil || at == nil || leash == nil {
		return ErrStart
	}
	for _, f := range []*os.File{files.in, files.out, at, leash} {
		ownOnly(f) // sessions' programs must not inherit them
	}
	l, err := net.FileListener(at)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStart, err)
	}
	_ = at.Close()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	go func() { // the hub sends nothing, and closes it when it ends
		_, _ = io.Copy(io.Discard, leash)
		leave()
	}()
	hub := &remoteHub{client: rpc.NewClient(files)}
	defer func() { _ = hub.client.Close() }()
	var told FrontConfig
	if err := hub.ask(ctx, "Begin", Empty{}, &told); err != nil {
		return fmt.Errorf("%w: %w", ErrStart, err)
	}
	if o.HostKey, err = readHostKey(told.HostKey); err != nil {
		return err
	}
	o.Users, o.Guests, o.Child, o.Limits = hub, told.Guests, told.Child, told.Limits
	o.Logger = slog.New(slog.NewJSONHandler(hub, nil))
	slog.SetDefault(o.Logger) // for the library's own logs
	s, err := New(o)
	if err != nil {
		return err
	}
	counting, counted := context.WithCancel(context.WithoutCancel(ctx))
	var counts sync.WaitGroup
	counts.Go(func() { hub.reportFigures(counting, s.metrics) })
	err = s.Serve(ctx, l)
	counted()
	counts.Wait()
	return err
}

// remoteHub is the hub as seen by that process.
type remoteHub struct{ client *rpc.Client }

// ask sends a question and waits for the answer.
func (h *remoteHub) ask(ctx context.Context, what string, question, answer any) error {
	call := h.client.Go(serviceName+"."+what, question, answer, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		return call.Error
	case <-ctx.Done():
		return ctx.Err()
	}
}

// UserOfKey implements [Users].
func (h *remoteHub) UserOfKey(ctx context.Context, fingerprint string) (model.User, error) {
	found := new(KeyOwner)
	if err := h.ask(ctx, "UserOfKey", fingerprint, found); err != nil {
		return model.User{}, err
	}
	if found.Nobody {
		return model.User{}, ErrNobody
	}
	return found.User, nil
}

// OpenSession implements [Users].
func (h *remoteHub) OpenSession(ctx context.Context, user model.UserID, by string) (string, error) {
	opened := new(Opened)
	if err := h.ask(ctx, "OpenSession", Opening{User: user, By: by}, opened); err != nil {
		return "", err
	}
	return opened.Token, nil
}

// CheckSession implements [Users].
func (h *remoteHub) CheckSession(ctx context.Context, token string) error {
	checked := new(Checked)
	if err := h.ask(ctx, "CheckSession", token, checked); err != nil {
		return err
	}
	if checked.Nobody {
		return ErrNobody
	}
	return nil
}

// CloseSession implements [Users].
func (h *remoteHub) CloseSession(ctx context.Context, token string) error {
	return h.ask(ctx, "CloseSession", token, new(Empty))
}

// Write implements [io.Writer]: it sends a line of the log.
func (h *remoteHub) Write(line []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	defer cancel()
	err := h.ask(ctx, "Log", bytes.Clone(line), new(Empty))
	if err != nil && !errors.Is(err, rpc.ErrShutdown) {
		_, _ = os.Stderr.Write(line)
	}
	return len(line), err
}

// reportEvery is how often metrics are reported, at most.
const reportEvery = 100 * time.Millisecond

// reportFigures reports metrics until ctx ends, and then one last time.
func (h *remoteHub) reportFigures(ctx context.Context, m *metrics) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	var told uint64
	for over := false; !over; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			over = true
		}
		now, changes := m.now()
		if changes == told {
			continue
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupTimeout)
		if h.ask(last, "Count", now, new(Empty)) == nil {
			told = changes
		}
		cancel()
	}
}
