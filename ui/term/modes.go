package term

import (
	"image/color"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// mostTitle is how much of a title is sent to a terminal.
const mostTitle = 80

// The terminal keeps the window's previous title, if it can.
const (
	pushTitle = "\x1b[22;2t"
	popTitle  = "\x1b[23;2t"
)

// farewell leaves the terminal as a shell expects it, whatever was set before. Resetting what
// was not set does no harm.
const farewell = ansi.ResetModeSynchronizedOutput + sgrReset +
	ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr +
	ansi.ResetModeFocusEvent + ansi.ResetModeBracketedPaste

// modes are the modes that the last frame asked the terminal for.
type modes struct {
	// plain: the terminal is a console without titles and keyboard flags.
	plain bool

	focus, paste bool
	mouse        tea.MouseMode
	keyboard     int
	title        string
	// cursor: it is visible; shape is its shape, 0: the terminal's default.
	cursor      bool
	shape       int
	cursorColor color.Color
	ground, ink color.Color
	progress    tea.ProgressBar
}

// begin appends the bytes that enter the screen.
func (m *modes) begin(buf []byte) []byte {
	*m = modes{plain: m.plain}
	if !m.plain {
		buf = append(buf, pushTitle...)
	}
	buf = append(buf, ansi.SetModeAltScreenSaveCursor+ansi.ResetModeTextCursorEnable...)
	if !m.plain {
		m.keyboard = ansi.KittyDisambiguateEscapeCodes
		buf = append(buf, ansi.SetModifyOtherKeys2...)
		buf = append(buf, ansi.PushKittyKeyboard(m.keyboard)...)
	}
	return buf
}

// end appends the bytes that leave the screen.
func (m *modes) end(buf []byte) []byte {
	buf = append(buf, farewell...)
	if m.shape != 0 {
		buf = append(buf, ansi.SetCursorStyle(0)...)
	}
	buf = colour(buf, &m.cursorColor, nil, ansi.SetCursorColor, ansi.ResetCursorColor)
	buf = colour(buf, &m.ground, nil, ansi.SetBackgroundColor, ansi.ResetBackgroundColor)
	buf = colour(buf, &m.ink, nil, ansi.SetForegroundColor, ansi.ResetForegroundColor)
	if m.progress != (tea.ProgressBar{}) {
		buf = append(buf, ansi.ResetProgressBar...)
	}
	if m.title != "" {
		buf = append(buf, ansi.SetWindowTitle("")...)
	}
	if !m.plain {
		buf = append(buf, ansi.ResetModifyOtherKeys...)
		buf = append(buf, ansi.PopKittyKeyboard(1)...)
	}
	buf = append(buf, ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable...)
	if !m.plain {
		buf = append(buf, popTitle...)
	}
	return buf
}

// follow appends what a frame asks for and the last one did not. The visibility of the cursor
// is set with the drawing.
func (m *modes) follow(buf []byte, v *tea.View) []byte {
	buf = toggle(buf, &m.paste, !v.DisableBracketedPasteMode, ansi.SetModeBracketedPaste, ansi.ResetModeBracketedPaste)
	buf = toggle(buf, &m.focus, v.ReportFocus, ansi.SetModeFocusEvent, ansi.ResetModeFocusEvent)
	if v.MouseMode != m.mouse {
		buf = append(buf, ansi.ResetModeMouseButtonEvent+ansi.ResetModeMouseAnyEvent+ansi.ResetModeMouseExtSgr...)
		switch v.MouseMode {
		case tea.MouseModeNone:
		case tea.MouseModeCellMotion:
			buf = append(buf, ansi.SetModeMouseButtonEvent+ansi.SetModeMouseExtSgr...)
		case tea.MouseModeAllMotion:
			buf = append(buf, ansi.SetModeMouseAnyEvent+ansi.SetModeMouseExtSgr...)
		}
		m.mouse = v.MouseMode
	}
	if !m.plain {
		buf = m.outside(buf, v)
	}
	if c := v.Cursor; c != nil {
		if shape := cursorShape(c); shape != m.shape {
			buf = append(buf, ansi.SetCursorStyle(shape)...)
			m.shape = shape
		}
		buf = colour(buf, &m.cursorColor, c.Color, ansi.SetCursorColor, ansi.ResetCursorColor)
	}
	buf = colour(buf, &m.ground, v.BackgroundColor, ansi.SetBackgroundColor, ansi.ResetBackgroundColor)
	return colour(buf, &m.ink, v.ForegroundColor, ansi.SetForegroundColor, ansi.ResetForegroundColor)
}

// outside appends what concerns the keyboard and the window.
func (m *modes) outside(buf []byte, v *tea.View) []byte {
	if flags := keyboardFlags(v.KeyboardEnhancements); flags != m.keyboard {
		buf = append(buf, ansi.KittyKeyboard(flags, 1)...)
		// Ask what it supports of this.
		buf = append(buf, ansi.RequestKittyKeyboard...)
		m.keyboard = flags
	}
	if title := plainTitle(v.WindowTitle); title != m.title {
		buf = append(buf, ansi.SetWindowTitle(title)...)
		m.title = title
	}
	var p tea.ProgressBar
	if v.ProgressBar != nil {
		p = *v.ProgressBar
	}
	if p != m.progress {
		buf = append(buf, progressBar(p)...)
		m.progress = p
	}
	return buf
}

func toggle(buf []byte, is *bool, want bool, on, off string) []byte {
	if *is == want {
		return buf
	}
	*is = want
	if want {
		return append(buf, on...)
	}
	return append(buf, off...)
}

func colour(buf []byte, is *color.Color, want color.Color, set func(string) string, reset string) []byte {
	if *is == want {
		return buf
	}
	*is = want
	if want == nil {
		return append(buf, reset...)
	}
	return append(buf, set(ansi.XRGBColor{Color: want}.String())...)
}

// cursorShape returns the terminal's number of a shape; a blinking block is the default, so it
// is left alone.
func cursorShape(c *tea.Cursor) int {
	shape := 2*int(c.Shape) + 1
	if !c.Blink {
		shape++
	}
	if shape == 1 {
		return 0
	}
	return shape
}

// keyboardFlags returns the flags of kitty's protocol. Disambiguation is always asked for.
func keyboardFlags(k tea.KeyboardEnhancements) int {
	flags := ansi.KittyDisambiguateEscapeCodes
	for _, f := range []struct {
		on   bool
		flag int
	}{
		{k.ReportEventTypes, ansi.KittyReportEventTypes},
		{k.ReportAlternateKeys, ansi.KittyReportAlternateKeys},
		{k.ReportAllKeysAsEscapeCodes, ansi.KittyReportAllKeysAsEscapeCodes},
		{k.ReportAssociatedText, ansi.KittyReportAssociatedKeys},
	} {
		if f.on {
			flags |= f.flag
		}
	}
	return flags
}

func progressBar(p tea.ProgressBar) string {
	switch p.State {
	case tea.ProgressBarNone:
	case tea.ProgressBarDefault:
		return ansi.SetProgressBar(p.Value)
	case tea.ProgressBarError:
		return ansi.SetErrorProgressBar(p.Value)
	case tea.ProgressBarIndeterminate:
		return ansi.SetIndeterminateProgressBar
	case tea.ProgressBarWarning:
		return ansi.SetWarningProgressBar(p.Value)
	}
	return ansi.ResetProgressBar
}

// plainTitle returns a title without control characters, and short.
func plainTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > mostTitle {
		return string(r[:mostTitle])
	}
	return s
}
