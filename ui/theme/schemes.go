package theme

import (
	"image/color"
	"slices"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// The built-in schemes.
const (
	// Auto is dark or light, as the terminal's background is.
	Auto  = "auto"
	Dark  = "dark"
	Light = "light"
	// HighContrast is dark or light, too, with at least 7 : 1 for all text.
	HighContrast = "high-contrast"
	// Sixteen takes the terminal's own 16 colours.
	Sixteen = "16"
	// None has no colours: bold and reverse alone.
	None = "none"
)

// BuiltIn returns the names of the built-in schemes.
func BuiltIn() []string { return []string{Auto, Dark, Light, HighContrast, Sixteen, None} }

// Scheme is a choice of colours: a built-in one, by its name, or one with colours of its own over
// a built-in one. The zero value is [Auto].
type Scheme struct {
	Name string
	base string
	// colours are its own, by token.
	colours map[string]color.Color
}

// Named returns a built-in scheme.
func Named(name string) (Scheme, bool) {
	return Scheme{Name: name, base: name}, slices.Contains(BuiltIn(), name)
}

// Ground returns whether the scheme is for a light background, whatever the terminal's is; known
// is false if it follows the terminal.
func (s Scheme) Ground() (light, known bool) {
	if c := s.colours["background"]; c != nil {
		return luminance(c) > middle, true
	}
	return s.base == Light, s.base == Dark || s.base == Light
}

// palette is the colours of one background, by purpose. nil is the terminal's own, or none.
type palette struct {
	background, text, muted, faint, accent, warn, danger, good, soft, note color.Color
	labels                                                                 [4]color.Color
}

// token is a colour of a palette, with its name.
type token struct {
	name string
	of   func(*palette) *color.Color
}

var tokens = []token{
	{"background", func(p *palette) *color.Color { return &p.background }},
	{"text", func(p *palette) *color.Color { return &p.text }},
	{"muted", func(p *palette) *color.Color { return &p.muted }},
	{"faint", func(p *palette) *color.Color { return &p.faint }},
	{"accent", func(p *palette) *color.Color { return &p.accent }},
	{"warn", func(p *palette) *color.Color { return &p.warn }},
	{"danger", func(p *palette) *color.Color { return &p.danger }},
	{"good", func(p *palette) *color.Color { return &p.good }},
	{"soft", func(p *palette) *color.Color { return &p.soft }},
	{"note", func(p *palette) *color.Color { return &p.note }},
	{"label_a", func(p *palette) *color.Color { return &p.labels[0] }},
	{"label_b", func(p *palette) *color.Color { return &p.labels[1] }},
	{"label_c", func(p *palette) *color.Color { return &p.labels[2] }},
	{"label_d", func(p *palette) *color.Color { return &p.labels[3] }},
}

// Tokens returns the names of all colours of a scheme.
func Tokens() []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.name
	}
	return out
}

// grounds is the colours for a dark and for a light background.
type grounds struct{ dark, light palette }

func (g grounds) on(light bool) palette {
	if light {
		return g.light
	}
	return g.dark
}

var (
	usual = grounds{
		palette{
			muted: rgb(0x9AA3B2), faint: rgb(0x737C8E), accent: rgb(0x7AA2F7), warn: rgb(0xE0AF68),
			danger: rgb(0xF7768E), good: rgb(0x9ECE6A), soft: rgb(0x1F2638), note: rgb(0x2B2516),
			labels: [4]color.Color{rgb(0x73DACA), rgb(0xBB9AF7), rgb(0x7DCFFF), rgb(0xE5A3C4)},
		},
		palette{
			muted: rgb(0x5B6472), faint: rgb(0x7A8392), accent: rgb(0x2E5AAC), warn: rgb(0x8F5E15),
			danger: rgb(0xB3261E), good: rgb(0x3B7A1E), soft: rgb(0xE8EEFB), note: rgb(0xFDF3E1),
			labels: [4]color.Color{rgb(0x0F6E66), rgb(0x6B3FA0), rgb(0x1B6482), rgb(0x9C2F6B)},
		},
	}
	// The same from the 256 colours that all terminals agree on: the nearest by eye, since the
	// nearest by number would give a blue background.
	usual256 = grounds{
		palette{
			muted: indexed(248), faint: indexed(244), accent: indexed(111), warn: indexed(179),
			danger: indexed(210), good: indexed(150), soft: indexed(236), note: indexed(235),
			labels: [4]color.Color{indexed(79), indexed(141), indexed(117), indexed(175)},
		},
		palette{
			muted: indexed(240), faint: indexed(243), accent: indexed(25), warn: indexed(94),
			danger: indexed(124), good: indexed(22), soft: indexed(254), note: indexed(230),
			labels: [4]color.Color{indexed(23), indexed(55), indexed(24), indexed(89)},
		},
	}
	high = grounds{
		palette{
			text: rgb(0xFFFFFF), muted: rgb(0xE1E6EF), faint: rgb(0xCBD2DF), accent: rgb(0xA9CBFF), warn: rgb(0xFFD479),
			danger: rgb(0xFFB8BE), good: rgb(0xA6E88A), soft: rgb(0x22304F), note: rgb(0x3D3008),
			labels: [4]color.Color{rgb(0x8FEBDC), rgb(0xD9C4FF), rgb(0xA6E0FF), rgb(0xFFC2DF)},
		},
		palette{
			text: rgb(0x000000), muted: rgb(0x2A313B), faint: rgb(0x3B434F), accent: rgb(0x0A3A8C), warn: rgb(0x5C3800),
			danger: rgb(0x8C0A12), good: rgb(0x1B4D0B), soft: rgb(0xDCE6FA), note: rgb(0xFBEBCB),
			labels: [4]color.Color{rgb(0x00504A), rgb(0x4A1F80), rgb(0x0A4664), rgb(0x78184E)},
		},
	}
	high256 = grounds{
		palette{
			text: indexed(231), muted: indexed(254), faint: indexed(252), accent: indexed(153), warn: indexed(222),
			danger: indexed(217), good: indexed(157), soft: indexed(237), note: indexed(236),
			labels: [4]color.Color{indexed(122), indexed(183), indexed(159), indexed(218)},
		},
		palette{
			text: indexed(16), muted: indexed(235), faint: indexed(237), accent: indexed(18), warn: indexed(52),
			danger: indexed(88), good: indexed(22), soft: indexed(254), note: indexed(230),
			labels: [4]color.Color{indexed(23), indexed(54), indexed(17), indexed(53)},
		},
	}
	// sixteen has no background for the selected row, which is reversed instead, and none for
	// notes, which say what they are.
	sixteen = palette{
		muted: ansi.BrightBlack, faint: ansi.BrightBlack, accent: ansi.Blue, warn: ansi.Yellow,
		danger: ansi.Red, good: ansi.Green,
		labels: [4]color.Color{ansi.Cyan, ansi.Magenta, ansi.Cyan, ansi.Magenta},
	}
	// highSixteen keeps to the brighter ones: many terminals' bright black can hardly be read.
	highSixteen = grounds{
		palette{
			accent: ansi.BrightCyan, warn: ansi.BrightYellow, danger: ansi.BrightRed, good: ansi.BrightGreen,
			labels: [4]color.Color{ansi.BrightCyan, ansi.BrightMagenta, ansi.BrightCyan, ansi.BrightMagenta},
		},
		palette{accent: ansi.Blue, danger: ansi.Red},
	}
)

func rgb(hex uint32) color.Color {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // three bytes of a number
}

func indexed(i uint8) color.Color { return ansi.IndexedColor(i) }

// palette returns the colours on a terminal, and the profile to draw them with.
func (s Scheme) palette(light bool, profile colorprofile.Profile) (palette, colorprofile.Profile) {
	if is, known := s.Ground(); known {
		light = is
	}
	switch s.base {
	case None:
		profile = colorprofile.ASCII
	case Sixteen:
		profile = min(profile, colorprofile.ANSI)
	}
	p := s.beneath(light, profile)
	for _, t := range tokens {
		if c := s.colours[t.name]; c != nil {
			*t.of(&p) = profile.Convert(c)
		}
	}
	return p, profile
}

// beneath returns the colours of the built-in scheme.
func (s Scheme) beneath(light bool, profile colorprofile.Profile) palette {
	contrast := s.base == HighContrast
	switch {
	case profile >= colorprofile.TrueColor && contrast:
		return high.on(light)
	case profile >= colorprofile.TrueColor:
		return usual.on(light)
	case profile >= colorprofile.ANSI256 && contrast:
		return high256.on(light)
	case profile >= colorprofile.ANSI256:
		return usual256.on(light)
	case contrast:
		return highSixteen.on(light)
	}
	return sixteen
}
