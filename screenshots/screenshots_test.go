package main

import (
	"image"
	"image/color"
	"image/draw"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestAfternoon(t *testing.T) {
	t.Parallel()
	for hour := range 24 {
		at := time.Date(2026, 11, 22, hour, 30, 0, 0, time.UTC)
		zone, err := time.LoadLocation(afternoon(at))
		if err != nil {
			t.Fatal(err)
		}
		if got := at.In(zone).Hour(); got != 14 {
			t.Errorf("at %d UTC it is %d in %s, want 14", hour, got, zone)
		}
	}
}

// TestCellsStandOnTheGrid runs a program in a terminal: what comes after wide
// characters and their punctuation stands at its own column.
func TestCellsStandOnTheGrid(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "printf", `机、\033[1;7m三台。\033[m|`)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	term, err := startTerminal(size{20, 2}, dark, cmd)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer term.close()
	<-term.gone
	f := term.frame()
	document, places, _ := page([]frame{f})
	if want := image.Rect(0, 0, 20*cellWidth+2*margin, 2*cellHeight+2*margin); places[0] != want {
		t.Errorf("the frame stands at %v, want %v", places[0], want)
	}
	if want := `left:102px;top:12px;width:9px;color:#d3d9e4">|<`; !strings.Contains(document, want) {
		t.Errorf("the column line isn't at cell 10: no %s in\n%s", want, document)
	}
	if c := f.lines[0][2]; c.text != "三" || !c.bold || c.ink != dark.colours.ground || c.ground != dark.colours.text {
		t.Errorf("the reversed cell is %+v", c)
	}
}

// TestShiftKeepsWideCharacters deletes and inserts before wide characters.
func TestShiftKeepsWideCharacters(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "printf", `ab机三|\r\033[2P\r\n机三|\r\033[3@x`)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	term, err := startTerminal(size{20, 2}, dark, cmd)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer term.close()
	<-term.gone
	if got, want := term.text(), "机三|\nx  机三|"; got != want {
		t.Errorf("the screen is %q, want %q", got, want)
	}
}

func TestReduceKeepsPlainColours(t *testing.T) {
	t.Parallel()
	from := image.NewRGBA(image.Rect(0, 0, 8, 4))
	draw.Draw(from, from.Bounds(), image.NewUniform(onDark.ground), image.Point{}, draw.Src)
	red := color.RGBA{0xF7, 0x76, 0x8E, 0xFF}
	from.SetRGBA(5, 2, red)
	p := reduce(from, image.Rect(4, 1, 8, 4))
	if got := p.At(1, 1); got != red {
		t.Errorf("the red pixel became %v", got)
	}
	if got := p.At(0, 0); got != onDark.ground {
		t.Errorf("the ground became %v", got)
	}
}

func TestScenesHaveTheirPictures(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, sc := range scenes() {
		for _, v := range sc.variants() {
			name := sc.name + "-" + v.String()
			if names[name] {
				t.Errorf("%s is taken twice", name)
			}
			names[name] = true
		}
	}
	for _, name := range kept {
		if !names[name] {
			t.Errorf("no scene has %s", name)
		}
	}
}
