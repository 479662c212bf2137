package theme

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fault is what is wrong with a value of a theme's file.
type Fault uint8

// The faults.
const (
	// UnknownToken: there is no such token.
	UnknownToken Fault = iota
	// UnknownBase: there is no such built-in theme.
	UnknownBase
	// NoColour: the value is no colour.
	NoColour
)

// Problem is a fault, and the key and the value that have it.
type Problem struct {
	Fault      Fault
	Key, Value string
}

// baseKey is the key of the built-in theme that the others are over.
const baseKey = "base"

// Keys returns the keys of a theme's file.
func Keys() []string { return append([]string{baseKey}, Tokens()...) }

// Read returns the scheme of a file's keys and values. Tokens that it does not name are those of
// its base; without one, of [Auto].
func Read(name string, values map[string]string) (Scheme, []Problem) {
	s := Scheme{Name: name, base: Auto, colours: map[string]color.Color{}}
	var wrong []Problem
	for key, value := range values {
		if key == baseKey {
			if s.base = value; !slices.Contains(BuiltIn(), value) {
				wrong = append(wrong, Problem{UnknownBase, key, value})
			}
			continue
		}
		if !slices.Contains(Tokens(), key) {
			wrong = append(wrong, Problem{UnknownToken, key, value})
			continue
		}
		c, ok := colourOf(value)
		if !ok {
			wrong = append(wrong, Problem{NoColour, key, value})
			continue
		}
		s.colours[key] = c
	}
	slices.SortFunc(wrong, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return s, wrong
}

// own is the value for the terminal's own colour.
const own = "default"

// sixteenNames are the names of the terminal's own 16 colours, by number.
var sixteenNames = [...]string{
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
}

// colourOf reads a colour: #7aa2f7, #7af, a number up to 255, a name of the 16, or default, which
// is the base's.
func colourOf(s string) (color.Color, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == own {
		return nil, true
	}
	if i := slices.Index(sixteenNames[:], s); i >= 0 {
		return ansi.BasicColor(i), true //nolint:gosec // one of 16
	}
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 24)
		return rgb(uint32(n)), err == nil && len(hex) == 6
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return indexed(uint8(n)), err == nil
}

// said returns a colour as a file has it.
func said(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return own
	case ansi.BasicColor:
		return sixteenNames[c&15]
	case ansi.IndexedColor:
		return strconv.Itoa(int(c))
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}

// Colour is a token and its colour, as a file has it.
type Colour struct{ Token, Value string }

// Colours returns the colours of a scheme on a terminal with all colours and that background.
func (s Scheme) Colours(light bool) []Colour {
	p, _ := s.palette(light, full)
	out := make([]Colour, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, Colour{t.name, said(*t.of(&p))})
	}
	return out
}

// Base returns the built-in theme that a scheme is, or is over.
func (s Scheme) Base() string {
	if s.base == "" {
		return Auto
	}
	return s.base
}
