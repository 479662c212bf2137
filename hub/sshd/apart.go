package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"sync"
	"time"
)

// The files of the process that serves SSH: for answers, for questions, the listener, and the
// leash, whose end tells it to stop.
const (
	answersFD  = 3
	asksFD     = 4
	listenerFD = 5
	leashFD    = 6
)

// How often that process is restarted when it ends by itself: at once, then with doubling
// backoff, until one has lasted.
const (
	againAfter = 250 * time.Millisecond
	againMost  = 30 * time.Second
	lasted     = time.Minute
)

// stopWithin is how long that process may take to stop: as long as its sessions may, which end
// concurrently.
const stopWithin = 30 * time.Second

// maxLastWords bounds what is kept of that process's output when it ends by itself.
const maxLastWords = 16 << 10

// ServeApart lets clients in until ctx ends, in a process of its own: what an unauthenticated
// client sends is read by goroutines of a library from whose panics we can't recover. If the
// process ends by itself it is restarted; its sessions end, the hub does not. The process runs
// [ServeFront], and knows nothing about the hub but its configuration and what it may ask
// ([Users]). Where such processes are not supported, the server is served here.
//
// The host key is read from a file.
func ServeApart(ctx context.Context, l net.Listener, o Options, program Program) error {
	defer func() { _ = l.Close() }()
	if len(o.Guests) > 0 && !isLoopback(l.Addr()) {
		return ErrGuestsFar
	}
	at, ok := l.(*net.TCPListener)
	if !ok || !apart {
		s, err := New(o)
		if err != nil {
			return err
		}
		return s.Serve(ctx, l)
	}
	file, err := at.File()
	if err != nil {
		return fmt.Errorf("hand on listener: %w", err)
	}
	defer func() { _ = file.Close() }()
	stopped := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stopped()
	b := &hubSide{options: o, metrics: newMetrics(o.Registry), tokens: map[string]struct{}{}}
	wait := againAfter
	for {
		began := time.Now()
		err := b.run(ctx, program, file)
		b.metrics.gone(ctx.Err() == nil)
		b.forget(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			return nil
		}
		if wait *= 2; time.Since(began) > lasted {
			wait = againAfter
		}
		o.Logger.Error("what serves SSH ended, and begins again", "error", err, "after", min(wait, againMost))
		pause(ctx, min(wait, againMost))
	}
}

// Program is the process that serves SSH.
type Program struct {
	// Path is the executable, Args its arguments, Env its complete environment.
	Path string
	Args []string
	Env  []string
	// HostKey is the file of the host key.
	HostKey string
}

// run runs the process until it ends, or until ctx does.
func (b *hubSide) run(ctx context.Context, program Program, listener *os.File) (err error) {
	var pipes [3][2]*os.File // answers, questions, and the leash
	closed := func(ends ...*os.File) {
		for _, f := range ends {
			_ = f.Close()
		}
	}
	for i := range pipes {
		if pipes[i][0], pipes[i][1], err = os.Pipe(); err != nil {
			return err
		}
		defer closed(pipes[i][:]...)
	}
	var last lastWords
	cmd := exec.Command(program.Path, program.Args...) //nolint:gosec,noctx // our own executable; told to end by its leash, by force after that
	cmd.Env, cmd.Stderr = program.Env, &last
	cmd.ExtraFiles = []*os.File{answersFD - 3: pipes[0][0], asksFD - 3: pipes[1][1], listenerFD - 3: listener, leashFD - 3: pipes[2][0]}
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	closed(pipes[0][0], pipes[1][1], pipes[2][0])
	told := FrontConfig{HostKey: program.HostKey, Guests: b.options.Guests, Child: b.options.Child, Limits: b.options.Limits}
	var answering sync.WaitGroup
	answering.Go(func() { b.answer(told, duplex{pipes[1][0], pipes[0][1]}) })
	ended := make(chan struct{})
	stopped := context.AfterFunc(ctx, func() {
		_ = pipes[2][1].Close()
		select {
		case <-ended:
		case <-time.After(stopWithin):
			_ = cmd.Process.Kill()
		}
	})
	err = cmd.Wait()
	close(ended)
	stopped()
	answering.Wait()
	if err == nil {
		err = errEnded
	}
	return errors.Join(err, last.error())
}

var errEnded = errors.New("it left by itself")

// answer answers the process's questions until there are no more.
func (b *hubSide) answer(told FrontConfig, c io.ReadWriteCloser) {
	server := rpc.NewServer()
	if err := server.RegisterName(serviceName, &HubService{b, told}); err != nil {
		b.options.Logger.Error("SSH can't be answered", "error", err)
		_ = c.Close()
		return
	}
	server.ServeConn(c)
}

// duplex is a connection made of two pipes.
type duplex struct{ in, out *os.File }

// Read implements [io.Reader].
func (d duplex) Read(b []byte) (int, error) { return d.in.Read(b) }

// Write implements [io.Writer].
func (d duplex) Write(b []byte) (int, error) { return d.out.Write(b) }

// Close implements [io.Closer].
func (d duplex) Close() error { return errors.Join(d.in.Close(), d.out.Close()) }

// lastWords keep the beginning of the process's error output.
type lastWords struct {
	mu   sync.Mutex
	said bytes.Buffer
}

// Write implements [io.Writer].
func (w *lastWords) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said.Write(b[:min(len(b), maxLastWords-w.said.Len())])
	return len(b), nil
}

func (w *lastWords) error() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.said.Len() == 0 {
		return nil
	}
	return errors.New(w.said.String())
}
