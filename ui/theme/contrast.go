package theme

import (
	"image/color"
	"math"

	"github.com/charmbracelet/colorprofile"
)

// full is a terminal with all colours.
const full = colorprofile.TrueColor

// Low is a text that stands out too little from what it is on.
type Low struct {
	Token, Ground string
	// Ratio is its contrast, as WCAG 2 has it.
	Ratio float64
}

// The least contrasts of text by WCAG 2: of level AA, which faint text need not have, since what
// it says is not needed; and of AAA.
const (
	LeastContrast = 4.5
	leastFaint    = 3.0
)

// What a terminal's own background and text are taken to be.
var (
	blackish, white = rgb(0x14161B), rgb(0xFFFFFF)
	whitish, black  = rgb(0xE6E9EF), rgb(0x000000)
)

// LowContrast returns which text of a scheme can hardly be read, on a terminal with that
// background: less than least, and faint text in proportion.
func (s Scheme) LowContrast(light bool, least float64) []Low {
	p, profile := s.palette(light, full)
	if profile < full {
		return nil // the colours are the terminal's own
	}
	if is, known := s.Ground(); known {
		light = is
	}
	background, text := blackish, whitish
	if light {
		background, text = white, black
	}
	if p.background != nil {
		background = p.background
	}
	if p.text == nil {
		p.text = text
	}
	var low []Low
	grounds := []struct {
		name string
		c    color.Color
	}{{"background", background}, {"soft", p.soft}, {"note", p.note}}
	for _, g := range grounds {
		for _, t := range tokens {
			if t.name == "background" || t.name == "soft" || t.name == "note" {
				continue
			}
			want := least
			if t.name == "faint" && least <= LeastContrast {
				want = leastFaint
			}
			if ratio := contrast(*t.of(&p), g.c); ratio < want {
				low = append(low, Low{t.name, g.name, ratio})
			}
		}
	}
	return low
}

// middle is the luminance between dark and light.
const middle = 0.18

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is how bright a colour is, from 0 to 1.
func luminance(c color.Color) float64 {
	channel := func(v uint32) float64 {
		f := float64(v>>8) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*channel(r) + 0.7152*channel(g) + 0.0722*channel(b)
}
