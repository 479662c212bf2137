package picture

import (
	"image/color"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Blocks draws a picture in cells, two pixels in each, one above the other: lines and how many
// cells each is wide. None where the terminal has fewer than 256 colours.
func Blocks(m Image, p colorprofile.Profile) (lines []string, wide int) {
	if p < colorprofile.ANSI256 || m.W == 0 || m.H == 0 {
		return nil, 0
	}
	for y := 0; y < m.H; y += 2 {
		var b strings.Builder
		last := ""
		for x := range m.W {
			s := ansi.NewStyle().ForegroundColor(m.at(x, y, p))
			if y+1 < m.H {
				s = s.BackgroundColor(m.at(x, y+1, p))
			}
			if open := s.String(); open != last {
				b.WriteString(reset)
				b.WriteString(open)
				last = open
			}
			b.WriteString(upperHalf)
		}
		b.WriteString(reset)
		lines = append(lines, b.String())
	}
	return lines, m.W
}

const (
	upperHalf = "▀"
	reset     = "\x1b[m"
)

// shade is how finely colours are told apart: a screen of pictures should not need more styles
// than the painter keeps, and the eye sees no difference.
const shade = 0xFC

// at returns the colour of a pixel, as the terminal can show it.
func (m Image) at(x, y int, p colorprofile.Profile) color.Color {
	i := 3 * (y*m.W + x)
	return p.Convert(color.RGBA{R: m.Pix[i] & shade, G: m.Pix[i+1] & shade, B: m.Pix[i+2] & shade, A: 0xFF})
}
