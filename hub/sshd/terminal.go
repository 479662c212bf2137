package sshd

import (
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd/request"
)

// The size of a terminal without one.
const (
	usualWidth  = 80
	usualHeight = 24
)

// size is that of a terminal, in cells.
type size struct{ width, height uint16 }

// wantsTerminal handles a request for a terminal, whose size must be drawable.
func (x *session) wantsTerminal(payload []byte) error {
	var v struct {
		Term                                   string
		Width, Height, PixelWidth, PixelHeight uint32
		Modes                                  string
	}
	if err := gossh.Unmarshal(payload, &v); err != nil || x.terminal != nil {
		return errRefused
	}
	l := x.server.limits
	if int64(v.Width) > int64(l.Width) || int64(v.Height) > int64(l.Height) {
		x.server.metrics.refuse(refusedTerminal)
		x.tooLarge = true
		return errRefused
	}
	term := v.Term
	if term == "" || strings.ContainsAny(term, "/:@") || !request.IsWord(term) { // it names a file
		term = "dumb"
	}
	x.env.Set("TERM", term)
	x.tooLarge = false
	x.terminal = l.clamp(v.Width, v.Height)
	return nil
}

// resize handles a window change, within the limits.
func (x *session) resize(payload []byte) bool {
	var v struct{ Width, Height, PixelWidth, PixelHeight uint32 }
	if err := gossh.Unmarshal(payload, &v); err != nil || x.terminal == nil {
		return false
	}
	return x.child.resize(x.server.limits.clamp(v.Width, v.Height)) == nil
}

// clamp limits a size to one that a terminal may have.
func (l Limits) clamp(width, height uint32) *size {
	return &size{width: bounded(width, l.Width, usualWidth), height: bounded(height, l.Height, usualHeight)}
}

func bounded(n uint32, most int, usual uint16) uint16 {
	if n == 0 {
		return usual
	}
	return uint16(min(int64(n), int64(most))) //nolint:gosec // most is a few hundred
}
