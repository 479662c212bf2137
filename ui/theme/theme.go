// Package theme holds colours by purpose, and glyphs for states. No other package names a
// colour or a glyph.
//
// A [Theme] is an immutable value, made once for what the terminal can do. Drawings may be
// cached by its Version.
package theme

import (
	"fmt"
	"hash/fnv"
	"image/color"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Style is how text looks. The zero value is the terminal's default.
type Style struct{ open string }

const reset = "\x1b[m"

// Paint returns the text in this style. The text must not contain escape sequences.
func (s Style) Paint(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	return s.open + text + reset
}

// Ink is all styles of text on one background.
type Ink struct {
	// Text is normal text.
	Text Style
	// Strong is for names and unread text; nothing else is bold.
	Strong Style
	// Muted is for times, labels, and text already read.
	Muted Style
	// StrongMuted is for names and unread text where nobody waits for the user.
	StrongMuted Style
	// Faint is for rules, closed rows and what can't be used now.
	Faint Style
	// Accent is for focus, links and our own name.
	Accent Style
	// Link is for what the terminal opens: underlined, in accent.
	Link Style
	// Warn is for what ends soon, notes, and what waits.
	Warn Style
	// Danger is for what failed, or has nearly ended.
	Danger Style
	// Good is for what is live, and what arrived in the CRM.
	Good Style
	// LabelA to LabelD are for labels, which have a colour each; it means nothing.
	LabelA, LabelB, LabelC, LabelD Style
}

// Label returns the style of a label: always the same for the same key.
func (i Ink) Label(key string) Style {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))
	all := [...]Style{i.LabelA, i.LabelB, i.LabelC, i.LabelD}
	return all[h.Sum32()%uint32(len(all))]
}

// Theme is how everything looks.
type Theme struct {
	// Ink is for the terminal's background, Soft for that of the selected row, Note for that of
	// a note being written.
	Ink
	Soft, Note Ink
	Glyphs
	// ASCII: the glyphs are ASCII characters.
	ASCII bool
	// Colourless: there are no colours, so a selection needs a mark.
	Colourless bool
	// Background is what the terminal's background is set to; nil: it stays as it is.
	Background color.Color
	// Version differs between any two themes that look different.
	Version uint32
}

// Options are what a theme depends on.
type Options struct {
	// Light: the terminal's background is light.
	Light bool
	// Profile is the terminal's colour profile; below [colorprofile.ANSI] there are no colours.
	Profile colorprofile.Profile
	// ASCII: the terminal draws only ASCII well, or draws our glyphs two cells wide.
	ASCII bool
	// Scheme is which colours; the zero value is those that suit the terminal.
	Scheme Scheme
}

// New returns the theme for a terminal.
func New(o Options) Theme {
	t := Theme{Glyphs: unicode}
	if o.ASCII {
		t.Glyphs, t.ASCII = ascii, true
	}
	p, profile := o.Scheme.palette(o.Light, o.Profile)
	switch {
	case profile >= colorprofile.ANSI256:
		t.Ink, t.Soft, t.Note = p.ink(nil), p.ink(p.soft), p.ink(p.note)
		t.Background = p.background
	case profile >= colorprofile.ANSI:
		t.Ink, t.Soft = p.ink(nil), reversed()
		t.Note = t.Ink
	default:
		bold := style(ansi.NewStyle().Bold())
		t.Ink = Ink{Strong: bold, StrongMuted: bold}
		t.Soft, t.Note = reversed(), t.Ink
		t.Colourless = true
	}
	t.Version = version(t)
	return t
}

// version is a number that hardly any other theme has. It leaves a bit to others.
func version(t Theme) uint32 {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%q %q %q %q %v", t.Ink, t.Soft, t.Note, t.Glyphs, t.Background)
	return h.Sum32() &^ (1 << 8)
}

func style(s ansi.Style) Style {
	if len(s) == 0 {
		return Style{}
	}
	return Style{open: s.String()}
}

// ink returns the styles on a background; nil is the terminal's own.
func (p palette) ink(ground color.Color) Ink {
	on := func(c color.Color) Style {
		s := ansi.NewStyle()
		if c != nil {
			s = s.ForegroundColor(c)
		}
		if ground != nil {
			s = s.BackgroundColor(ground)
		}
		return style(s)
	}
	bold := func(c color.Color) Style {
		s := ansi.NewStyle().Bold()
		if c != nil {
			s = s.ForegroundColor(c)
		}
		if ground != nil {
			s = s.BackgroundColor(ground)
		}
		return style(s)
	}
	under := ansi.NewStyle().Underline(true).ForegroundColor(p.accent)
	if ground != nil {
		under = under.BackgroundColor(ground)
	}
	return Ink{
		Link: style(under),
		Text: on(p.text), Strong: bold(p.text), Muted: on(p.muted), StrongMuted: bold(p.muted), Faint: on(p.faint),
		Accent: on(p.accent), Warn: on(p.warn), Danger: on(p.danger), Good: on(p.good),
		LabelA: on(p.labels[0]), LabelB: on(p.labels[1]), LabelC: on(p.labels[2]), LabelD: on(p.labels[3]),
	}
}

// reversed is the selected row without a colour for its background: one reversed block, in
// which only bold stands out.
func reversed() Ink {
	r, bold := style(ansi.NewStyle().Reverse(true)), style(ansi.NewStyle().Bold().Reverse(true))
	return Ink{
		Text: r, Strong: bold, Muted: r, StrongMuted: bold, Faint: r,
		Link:   style(ansi.NewStyle().Underline(true).Reverse(true)),
		Accent: r, Warn: r, Danger: r, Good: r, LabelA: r, LabelB: r, LabelC: r, LabelD: r,
	}
}
