package theme_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"parley/ui/theme"
)

// highestContrast is that of the theme of that name, for all text.
const highestContrast = 7.0

// TestTextCanBeRead: the contrast of each text with its ground (WCAG 2), also on the selected
// row's and on a note's.
func TestTextCanBeRead(t *testing.T) {
	t.Parallel()
	for name, least := range map[string]float64{
		theme.Dark: theme.LeastContrast, theme.Light: theme.LeastContrast, theme.Auto: theme.LeastContrast, theme.HighContrast: highestContrast,
	} {
		s, _ := theme.Named(name)
		for _, light := range []bool{false, true} {
			for _, l := range s.LowContrast(light, least) {
				t.Errorf("%s, light %v: %s on %s has %.2f", name, light, l.Token, l.Ground, l.Ratio)
			}
		}
	}
}

// TestFile: a file's colours are used, others are those of its base, and faults are told of.
func TestFile(t *testing.T) {
	t.Parallel()
	s, wrong := theme.Read("mine", map[string]string{"base": "light", "muted": "#123456", "accent": "#0af", "warn": "208", "good": "bright-green", "soft": "default"})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if light, known := s.Ground(); !light || !known {
		t.Error("its ground is not that of its base")
	}
	want := map[string]string{"muted": "#123456", "accent": "#00AAFF", "warn": "208", "good": "bright-green", "soft": "#E8EEFB", "danger": "#B3261E", "text": "default"}
	for _, c := range s.Colours(false) {
		if w := want[c.Token]; w != "" && w != c.Value {
			t.Errorf("%s is %s, want %s", c.Token, c.Value, w)
		}
	}
	th := theme.New(theme.Options{Profile: colorprofile.TrueColor, Scheme: s})
	if got := th.Muted.Paint("x"); got != "\x1b[38;2;18;52;86mx\x1b[m" {
		t.Errorf("muted is %q", got)
	}
	for _, c := range s.Colours(false) { // what is written can be read
		if _, wrong := theme.Read("again", map[string]string{c.Token: c.Value}); len(wrong) > 0 {
			t.Error(wrong)
		}
	}
	_, wrong = theme.Read("bad", map[string]string{"mutd": "#fff", "base": "drak", "accent": "#12345", "warn": "256", "good": "greenish", "text": "#gggggg"})
	if len(wrong) != 6 {
		t.Errorf("told of %v", wrong)
	}
	low, _ := theme.Read("low", map[string]string{"background": "#202020", "text": "#303030"})
	if l := low.LowContrast(true, theme.LeastContrast); len(l) == 0 || l[0].Token != "text" {
		t.Errorf("low contrast: %v", l)
	}
	if b := theme.New(theme.Options{Profile: colorprofile.TrueColor, Scheme: low}).Background; b == nil {
		t.Error("the background is not set")
	}
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
	versions := map[uint32]string{}
	for _, name := range theme.BuiltIn() {
		for i := range 16 {
			p := []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor}[i/4]
			s, _ := theme.Named(name)
			o := theme.Options{Light: i%2 == 1, ASCII: i/2%2 == 1, Profile: p, Scheme: s}
			th := theme.New(o)
			looks := fmt.Sprint(th.Ink, th.Soft, th.Note, th.Glyphs)
			if other, ok := versions[th.Version]; ok && other != looks {
				t.Errorf("%s: %v and %v have the same version", name, looks, other)
			}
			versions[th.Version] = looks
			if (p < colorprofile.ANSI || name == theme.None) && (strings.Contains(th.Muted.Paint("x")+th.Danger.Paint("x"), "\x1b") || th.Soft.Text.Paint("x") != "\x1b[7mx\x1b[m") {
				t.Errorf("%v: colours where there are none", o)
			}
			if name == theme.Sixteen && strings.Contains(th.Accent.Paint("x"), "38;") {
				t.Errorf("%v: more than 16 colours", o)
			}
		}
	}
}
