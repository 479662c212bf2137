package screen

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"parley/e2e/driver"
)

// pace is how long each step is looked at in a film, whatever it took.
const pace = 400 * time.Millisecond

// film is what a screen showed, step by step, at an even pace: an asciicast, version 2
// (https://docs.asciinema.org/manual/asciicast/v2/).
type film struct {
	screen *driver.Screen
	taken  int
	events []event
}

type event struct {
	at   time.Duration
	said string
}

func newFilm(s *driver.Screen) *film { return &film{screen: s} }

// takes takes what was written since.
func (f *film) takes() {
	all := f.screen.Written()
	f.events = append(f.events, event{time.Duration(len(f.events)) * pace, all[f.taken:]})
	f.taken = len(all)
}

// develop writes the film into a folder.
func (f *film) develop(folder, name string) {
	t := f.screen.T
	t.Helper()
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	write := func(v any) {
		if err := out.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	write(map[string]any{"version": 2, "width": f.screen.Emulator.Width(), "height": f.screen.Emulator.Height()})
	for _, e := range f.events {
		write([]any{e.at.Seconds(), "o", e.said})
	}
	if err := os.WriteFile(filepath.Join(folder, "zero-"+name+".cast"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
