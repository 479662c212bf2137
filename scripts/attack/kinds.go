package main

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// kind is a kind of attack. once is one attempt by the nth connection; it ends when the hub hangs
// up, or by itself.
type kind struct {
	name string
	once func(ctx context.Context, t target, n int) error
}

// kinds returns all kinds. Attacks on another port of the hub have a list in a file of their own,
// which is added here.
func kinds() []kind {
	return slices.Concat(httpKinds(), socketKinds(), sshKinds())
}

// attemptsASecond limits the attempts of all connections together: more would measure how fast
// this machine dials itself.
const attemptsASecond = 500

// counter counts attempts.
type counter struct{ n atomic.Int64 }

// attack attacks again and again until ctx ends.
func attack(ctx context.Context, t target, k kind, n int, pace *rate.Limiter, attempts *counter) {
	for pace.Wait(ctx) == nil {
		attempts.n.Add(1)
		_ = k.once(ctx, t, n) // being cut off is the expected result
	}
}

// dial connects; the connection ends with ctx.
func dial(ctx context.Context, t target) (net.Conn, func(), error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	return c, func() {
		stop()
		_ = c.Close()
	}, nil
}

// says writes the head of a request unchanged, then what more writes, and waits until the hub hangs
// up.
func says(ctx context.Context, t target, head []string, more func(io.Writer) error) error {
	return opens(ctx, t, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(head, "\r\n")+"\r\n\r\n")
		if err != nil || more == nil {
			return err
		}
		return more(w)
	})
}

// opens connects, writes what more writes, and waits until the hub hangs up.
func opens(ctx context.Context, t target, more func(io.Writer) error) error {
	c, done, err := dial(ctx, t)
	if err != nil {
		return err
	}
	defer done()
	wrote := make(chan error, 1)
	go func() {
		if more == nil {
			wrote <- nil
			return
		}
		wrote <- more(c)
	}()
	_, err = io.Copy(io.Discard, c)
	done()
	return errors.Join(err, <-wrote)
}

// slowly writes a little at a time.
func slowly(ctx context.Context, w io.Writer, piece string, every time.Duration) error {
	for wait(ctx, every) {
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// line is the bandwidth of the attackers' line: a gigabit a second. Loopback carries more than two
// processors can handle besides anything else.
var line = rate.NewLimiter(gigabit, piece)

const (
	gigabit = 125_000_000
	piece   = 64 << 10
)

// zeros writes n bytes, as fast as the line allows and they are read.
func zeros(ctx context.Context, w io.Writer, n int64) error {
	nothing := make([]byte, piece)
	for n > 0 {
		part := nothing[:min(n, piece)]
		if err := line.WaitN(ctx, len(part)); err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
		n -= int64(len(part))
	}
	return nil
}
