// Package theme holds colours by purpose, and glyphs for states. No other package names a
// colour or a glyph.
//
// A [Theme] is an immutable value, made once for what the terminal can do. Drawings may be
// cached by its Version.
package theme

import (
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
	// Colourless: there are no colours, so a selection needs a mark.
	Colourless bool
	// Version differs between any two themes that look different.
	Version uint8
}

// Options are what a theme depends on.
type Options struct {
	// Light: the terminal's background is light.
	Light bool
	// Profile is the terminal's colour profile; below [colorprofile.ANSI] there are no colours.
	Profile colorprofile.Profile
	// ASCII: the terminal draws only ASCII well, or draws our glyphs two cells wide.
	ASCII bool
}

// palette is the colours of one background, by purpose.
type palette struct {
	muted, faint, accent, warn, danger, good, soft, note color.Color
	labels                                               [4]color.Color
}

var (
	dark = palette{
		muted: rgb(0x9AA3B2), faint: rgb(0x737C8E), accent: rgb(0x7AA2F7), warn: rgb(0xE0AF68),
		danger: rgb(0xF7768E), good: rgb(0x9ECE6A), soft: rgb(0x1F2638), note: rgb(0x2B2516),
		labels: [4]color.Color{rgb(0x73DACA), rgb(0xBB9AF7), rgb(0x7DCFFF), rgb(0xE5A3C4)},
	}
	light = palette{
		muted: rgb(0x5B6472), faint: rgb(0x7A8392), accent: rgb(0x2E5AAC), warn: rgb(0x8F5E15),
		danger: rgb(0xB3261E), good: rgb(0x3B7A1E), soft: rgb(0xE8EEFB), note: rgb(0xFDF3E1),
		labels: [4]color.Color{rgb(0x0F6E66), rgb(0x6B3FA0), rgb(0x1B6482), rgb(0x9C2F6B)},
	}
	// The same from the 256 colours that all terminals agree on: the nearest by eye, since the
	// nearest by number would give a blue background.
	dark256 = palette{
		muted: ansi.IndexedColor(248), faint: ansi.IndexedColor(244), accent: ansi.IndexedColor(111), warn: ansi.IndexedColor(179),
		danger: ansi.IndexedColor(210), good: ansi.IndexedColor(150), soft: ansi.IndexedColor(236), note: ansi.IndexedColor(235),
		labels: [4]color.Color{ansi.IndexedColor(79), ansi.IndexedColor(141), ansi.IndexedColor(117), ansi.IndexedColor(175)},
	}
	light256 = palette{
		muted: ansi.IndexedColor(240), faint: ansi.IndexedColor(243), accent: ansi.IndexedColor(25), warn: ansi.IndexedColor(94),
		danger: ansi.IndexedColor(124), good: ansi.IndexedColor(22), soft: ansi.IndexedColor(254), note: ansi.IndexedColor(230),
		labels: [4]color.Color{ansi.IndexedColor(23), ansi.IndexedColor(55), ansi.IndexedColor(24), ansi.IndexedColor(89)},
	}
	// sixteen has no background for the selected row, which is reversed instead, and none for
	// notes, which say what they are.
	sixteen = palette{
		muted: ansi.BrightBlack, faint: ansi.BrightBlack, accent: ansi.Blue, warn: ansi.Yellow,
		danger: ansi.Red, good: ansi.Green,
		labels: [4]color.Color{ansi.Cyan, ansi.Magenta, ansi.Cyan, ansi.Magenta},
	}
)

func rgb(hex uint32) color.Color {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // three bytes of a number
}

// New returns the theme for a terminal.
func New(o Options) Theme {
	t := Theme{Glyphs: unicode}
	if o.Light {
		t.Version |= 1
	}
	if o.ASCII {
		t.Glyphs = ascii
		t.Version |= 2
	}
	switch {
	case o.Profile >= colorprofile.TrueColor:
		t.Ink, t.Soft, t.Note = ground(o.Light, dark, light)
		t.Version |= 4
	case o.Profile >= colorprofile.ANSI256:
		t.Ink, t.Soft, t.Note = ground(o.Light, dark256, light256)
		t.Version |= 16
	case o.Profile >= colorprofile.ANSI:
		t.Ink, t.Soft = sixteen.ink(nil), reversed()
		t.Note = t.Ink
		t.Version |= 8
	default:
		bold := style(ansi.NewStyle().Bold())
		t.Ink = Ink{Strong: bold, StrongMuted: bold, Link: style(ansi.NewStyle().Underline(true))}
		t.Soft, t.Note = reversed(), t.Ink
		t.Colourless = true
	}
	return t
}

// ground returns the styles for the terminal's background, and for those of ours.
func ground(isLight bool, onDark, onLight palette) (ink, soft, note Ink) {
	p := onDark
	if isLight {
		p = onLight
	}
	return p.ink(nil), p.ink(p.soft), p.ink(p.note)
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
		Text: on(nil), Strong: bold(nil), Muted: on(p.muted), StrongMuted: bold(p.muted), Faint: on(p.faint),
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
