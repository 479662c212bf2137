package sshd

import (
	"io"
	"time"

	"parley/hub/rescue"
	"parley/hub/sshd/request"
)

// piece is how much is written to a client at once: if it takes longer than [Limits.Stall], the
// client has stalled.
const piece = 4 << 10

// start opens the session at the hub and runs its child.
func (x *session) start() (started bool, err error) {
	if err := x.launch(); err != nil {
		x.server.log.Error("SSH session not started", "user", x.who.user.ID, "error", err)
		x.server.metrics.ended(endedFailed)
		return false, request.NoticeNotStarted
	}
	typed := make(chan []byte)
	x.spawn(func() { x.read(typed) })
	x.spawn(func() { x.typed(typed) })
	for _, pipe := range x.child.outputs(x.channel) {
		x.child.pumps.Add(1)
		x.spawn(func() {
			defer x.child.pumps.Done()
			x.copyOutput(pipe.to, pipe.from)
		})
	}
	return true, nil
}

// spawn runs one of the session's goroutines.
func (x *session) spawn(f func()) {
	x.pumps.Go(func() {
		defer rescue.Log(x.server.log, "pump an SSH session")
		f()
	})
}

// read reads what the client sends.
func (x *session) read(typed chan<- []byte) {
	defer close(typed)
	for {
		buf := make([]byte, piece)
		n, err := x.channel.Read(buf)
		if n > 0 {
			select {
			case typed <- buf[:n]:
			case <-x.over:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// typed passes the client's input to the child. Input from a terminal is the child's to parse
// and bound: only the program that reads it knows what it waits for.
func (x *session) typed(in <-chan []byte) {
	idle := time.NewTimer(x.server.limits.Idle)
	defer idle.Stop()
	for {
		var out []byte
		select {
		case b, ok := <-in:
			if !ok {
				x.child.closeInput()
				in = nil
				continue
			}
			idle.Reset(x.server.limits.Idle)
			out = b
		case <-idle.C:
			x.end(endedIdle)
			return
		case <-x.over:
			return
		}
		if len(out) > 0 {
			_, _ = x.child.input.Write(out) // fails once the child is gone
		}
	}
}

// copyOutput copies the child's output to the client.
func (x *session) copyOutput(to io.Writer, from io.Reader) {
	stalled := time.AfterFunc(x.server.limits.Stall, func() { x.end(endedStalled) })
	stalled.Stop()
	defer stalled.Stop()
	buf := make([]byte, 8*piece)
	for {
		n, err := from.Read(buf)
		for b := buf[:n]; len(b) > 0; {
			part := b[:min(piece, len(b))]
			stalled.Reset(x.server.limits.Stall)
			_, werr := to.Write(part)
			stalled.Stop()
			if werr != nil { // the client is gone; the child must not block on its last words
				_, _ = io.Copy(io.Discard, from)
				return
			}
			b = b[len(part):]
		}
		if err != nil {
			return
		}
	}
}
