// Package qr draws QR codes with the characters of a terminal.
//
// A code is dark on light, with a quiet zone of four modules around it. A terminal draws in
// its text colour: on a dark background the light modules and the quiet zone are drawn, on a
// light background the dark ones. A camera sees the same in both. No colour is set, so that it
// works without any.
//
// Source: ISO/IEC 18004, quiet zone.
package qr

import (
	"errors"
	"fmt"
	"strings"

	"rsc.io/qr"
)

// Style is how a code is drawn.
type Style struct {
	// ASCII draws each module as two characters, for terminals without block elements; it is
	// twice as wide and high.
	ASCII bool
	// Light: the terminal's background is light.
	Light bool
}

const quiet = 4

// ErrEmpty: there is nothing to encode.
var ErrEmpty = errors.New("qr: empty text")

// Lines returns a text as a QR code, lines of equal width.
func Lines(text string, s Style) ([]string, error) {
	if text == "" {
		return nil, ErrEmpty
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil, fmt.Errorf("encode as qr: %w", err)
	}
	// drawn reports whether a module, or the quiet zone, is in the text colour.
	drawn := func(x, y int) bool { return code.Black(x-quiet, y-quiet) == s.Light }
	size := code.Size + 2*quiet
	var lines []string
	if s.ASCII {
		for y := range size {
			lines = append(lines, line(size, func(x int) string {
				if drawn(x, y) {
					return "##"
				}
				return "  "
			}))
		}
		return lines, nil
	}
	blocks := map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}
	for y := 0; y < size; y += 2 {
		lines = append(lines, line(size, func(x int) string {
			// Below an odd last row there is only the background.
			return blocks[[2]bool{drawn(x, y), y+1 < size && drawn(x, y+1)}]
		}))
	}
	return lines, nil
}

func line(size int, module func(x int) string) string {
	var b strings.Builder
	for x := range size {
		b.WriteString(module(x))
	}
	return b.String()
}
