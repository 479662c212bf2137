package theme_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/theme"
)

// TestTextCanBeRead: the contrast of each style with its ground (WCAG 2), also on the
// selected row's and on a note's.
func TestTextCanBeRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		light              bool
		ground, soft, note uint32
	}{{"dark", false, 0x14161B, 0x1F2638, 0x2B2516}, {"light", true, 0xFFFFFF, 0xE8EEFB, 0xFDF3E1}} {
		th := theme.New(theme.Options{Light: c.light, Profile: colorprofile.TrueColor})
		for ground, ink := range map[uint32]theme.Ink{c.ground: th.Ink, c.soft: th.Soft, c.note: th.Note} {
			v := reflect.ValueOf(ink)
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				least := 4.5
				if name == "Faint" {
					least = 3
				}
				fg, ok := foreground(v.Field(i).Interface().(theme.Style).Paint("x"))
				if ok && contrast(fg, ground) < least {
					t.Errorf("%s: %s on %06x has %.2f", c.name, name, ground, contrast(fg, ground))
				}
			}
		}
	}
}

// foreground reads the colour of the first cell; false where it is the terminal's own.
func foreground(s string) (uint32, bool) {
	_, rest, ok := strings.Cut(s, "38;2;")
	if !ok {
		return 0, false
	}
	var c [3]uint32
	i := 0
	for ; rest != "" && i < 3; rest = rest[1:] {
		switch ch := rest[0]; {
		case ch >= '0' && ch <= '9':
			c[i] = c[i]*10 + uint32(ch-'0')
		default:
			i++
		}
	}
	return c[0]<<16 | c[1]<<8 | c[2], true
}

func contrast(a, b uint32) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c uint32) float64 {
	channel := func(v uint32) float64 {
		f := float64(v&0xFF) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c>>16) + 0.7152*channel(c>>8) + 0.0722*channel(c)
}

// TestGlyphsAreOneCell: in both measures, but those of two.
func TestGlyphsAreOneCell(t *testing.T) {
	t.Parallel()
	for _, o := range []theme.Options{{}, {ASCII: true}} {
		v := reflect.ValueOf(theme.New(o).Glyphs)
		for i := range v.NumField() {
			g, name, want := v.Field(i).String(), v.Type().Field(i).Name, 1
			switch {
			case name == "Read", name == "Heart" && o.ASCII:
				want = 2
			case name == "More" && o.ASCII:
				want = 3
			}
			if ansi.StringWidth(g) != want || ansi.StringWidthWc(g) != want {
				t.Errorf("%s %q is not %d wide", name, g, want)
			}
			if o.ASCII && strings.ContainsFunc(g, func(r rune) bool { return r > '~' }) {
				t.Errorf("%s %q is not ASCII", name, g)
			}
		}
	}
}

// TestWithoutColour: bold and reverse alone tell, and every theme has its version.
func TestWithoutColour(t *testing.T) {
	t.Parallel()
	versions := map[uint8]theme.Options{}
	for _, light := range []bool{false, true} {
		for _, ascii := range []bool{false, true} {
			for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
				o := theme.Options{Light: light, ASCII: ascii, Profile: p}
				th := theme.New(o)
				if other, ok := versions[th.Version]; ok {
					t.Errorf("%v and %v have the same version", o, other)
				}
				versions[th.Version] = o
				if p < colorprofile.ANSI && (strings.Contains(th.Muted.Paint("x")+th.Danger.Paint("x"), "\x1b") || th.Soft.Text.Paint("x") != "\x1b[7mx\x1b[m") {
					t.Errorf("%v: colours where there are none", o)
				}
			}
		}
	}
}
