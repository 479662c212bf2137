package term

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// surface is what a terminal draws on, and how.
type surface struct {
	w, h    int
	profile colorprofile.Profile
	method  ansi.Method
}

// sheet makes the bytes of frames: what stands on the terminal, and what it was asked for.
type sheet struct {
	canvas *canvas
	modes  modes
	on     surface
	// synchronised: the terminal shows a frame when it is whole.
	synchronised bool
	// clustering: it was told to measure clusters, and does not by itself.
	clustering bool
	out        []byte
}

func newSheet(plain bool) *sheet { return &sheet{canvas: newCanvas(), modes: modes{plain: plain}} }

// begin returns what takes the terminal.
func (s *sheet) begin() []byte {
	s.on = surface{} // whatever stands there
	return s.modes.begin(s.out[:0])
}

// end returns what gives it back.
func (s *sheet) end() []byte {
	out := s.modes.end(nil)
	if s.clustering {
		out = append(out, ansi.ResetModeUnicodeCore...)
		s.clustering = false
	}
	return out
}

// frame returns what turns the screen into that frame; nothing if it is that already. What
// it returns is valid until the next call.
func (s *sheet) frame(v *tea.View, on surface, anew bool) []byte {
	c := s.canvas
	c.buf = s.modes.follow(c.buf[:0], v)
	if on.w <= 0 || on.h <= 0 {
		return c.buf
	}
	before := len(c.buf)
	if anew || on != s.on || c.pens.full() {
		c.clear(on.w, on.h, on.profile, on.method)
		s.on = on
	}
	c.draw(v.Content)
	drawn := len(c.buf) > before
	if v.Cursor != nil {
		c.cursor(v.Cursor.X, v.Cursor.Y)
	}
	show := v.Cursor != nil
	if !drawn && show == s.modes.cursor {
		return c.buf
	}
	out := s.out[:0]
	if drawn && s.synchronised {
		out = append(out, ansi.SetModeSynchronizedOutput...)
	}
	if s.modes.cursor && (!show || !s.synchronised) {
		out = append(out, ansi.ResetModeTextCursorEnable...)
		s.modes.cursor = false
	}
	out = append(out, c.buf...)
	if show && !s.modes.cursor {
		out = append(out, ansi.SetModeTextCursorEnable...)
		s.modes.cursor = true
	}
	if drawn && s.synchronised {
		out = append(out, ansi.ResetModeSynchronizedOutput...)
	}
	s.out = out
	return out
}
