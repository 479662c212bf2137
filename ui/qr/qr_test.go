package qr_test

import (
	"errors"
	"image"
	"image/color"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"parley/ui/qr"
)

// scale is how many dots a module has in a picture.
const scale = 4

// picture is what a camera sees of lines on a terminal: text in one colour, ground in the
// other, and around it more of the ground.
func picture(lines []string, s qr.Style) *image.Gray {
	rows := 2
	if s.ASCII {
		rows = 1
	}
	width := utf8.RuneCountInString(lines[0])
	if s.ASCII {
		width /= 2
	}
	text, ground := color.Gray{Y: 255}, color.Gray{}
	if s.Light {
		text, ground = ground, text
	}
	const margin = 8 * scale
	img := image.NewGray(image.Rect(0, 0, width*scale+2*margin, len(lines)*rows*scale+2*margin))
	for i := range img.Pix {
		img.Pix[i] = ground.Y
	}
	fill := func(x, y int) {
		for i := range scale * scale {
			img.SetGray(margin+x*scale+i%scale, margin+y*scale+i/scale, text)
		}
	}
	for y, l := range lines {
		x := 0
		for _, r := range l {
			switch {
			case s.ASCII && r == '#':
				fill(x/2, y)
			case r == '█':
				fill(x, 2*y)
				fill(x, 2*y+1)
			case r == '▀':
				fill(x, 2*y)
			case r == '▄':
				fill(x, 2*y+1)
			}
			x++
		}
	}
	return img
}

// TestCodesAreRead: in each style, on both grounds, by a reader of others.
func TestCodesAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://m.me/100", "https://m.me/245243389052760?ref=AUTUMN_2026-shop=tokyo", "https://m.me/1?ref=" + strings.Repeat("a", 2083),
	} {
		for _, s := range []qr.Style{{}, {Light: true}, {ASCII: true}, {ASCII: true, Light: true}} {
			lines, err := qr.Lines(text, s)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if utf8.RuneCountInString(l) != utf8.RuneCountInString(lines[0]) {
					t.Fatal("lines of unequal width")
				}
			}
			bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(lines, s))
			if err != nil {
				t.Fatal(err)
			}
			got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
			if err != nil || got.GetText() != text {
				t.Errorf("%+v of %.40s: %v, %v", s, text, got, err)
			}
		}
	}
}

// TestSize: the link of a Page fits a terminal of 80×24 beside a border.
func TestSize(t *testing.T) {
	t.Parallel()
	lines, err := qr.Lines("https://m.me/245243389052760?ref=spring", qr.Style{})
	if err != nil || len(lines) > 20 || utf8.RuneCountInString(lines[0]) > 40 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if _, err := qr.Lines("", qr.Style{}); !errors.Is(err, qr.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if _, err := qr.Lines(strings.Repeat("x", 10000), qr.Style{}); err == nil {
		t.Error("too long: no error")
	}
}
