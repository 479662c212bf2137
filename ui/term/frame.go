package term

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// surface is the size and the capabilities of a terminal.
type surface struct {
	w, h    int
	profile colorprofile.Profile
	method  ansi.Method
}

// sheet produces the bytes of frames: the content, and the modes that frames ask for.
type sheet struct {
	canvas *canvas
	modes  modes
	on     surface
	// synchronised: the terminal can show a frame at once when it is complete.
	synchronised bool
	// clustering: it was told to measure by cluster, which is not its default.
	clustering bool
	out        []byte
}

func newSheet(plain bool) *sheet {
	c := newCanvas()
	c.plain = plain
	return &sheet{canvas: c, modes: modes{plain: plain}}
}

// begin returns the bytes that enter the screen.
func (s *sheet) begin() []byte {
	s.on = surface{} // its content is unknown
	return s.modes.begin(s.out[:0])
}

// end returns the bytes that leave the screen.
func (s *sheet) end() []byte {
	out := s.modes.end(nil)
	if s.clustering {
		out = append(out, ansi.ResetModeUnicodeCore...)
		s.clustering = false
	}
	return out
}

// frame returns the bytes that turn the screen into a frame; none if it is the same. They are
// valid until the next call.
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
