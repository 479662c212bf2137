package customers

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"parley/sandbox/web"
)

// plays are the events of Messenger, one of each kind and form, as bodies to be played
// by name. Each file says what it shows, and its steps; docs/sandbox.md lists them.
//
//go:embed plays/*.json
var plays embed.FS

// Play is one such event, or several.
type Play struct {
	Name  string `json:"name"`
	Does  string `json:"does"`
	Steps []Step `json:"steps,omitempty"`
}

// Step is one event: who did it, and its fields besides sender, recipient and timestamp; or a
// change of a field of the Page.
//
// In its texts $customer, $page, $app, $inbox and $other (another app) are replaced by ids, $m1
// and $m2 by mids, and $media by the address of pictures. "#app", "#inbox" and "#other" are the
// same ids as numbers; "#at" is the event's time in milliseconds, "#start" and "#end" the next
// noon and an hour later, in seconds.
type Step struct {
	From    string          `json:"from,omitempty"` // customer, page; empty: nobody
	Standby bool            `json:"standby,omitempty"`
	Event   json.RawMessage `json:"event,omitempty"`
	Change  json.RawMessage `json:"change,omitempty"`
}

const (
	otherApp = "987654321012345" // somebody's bot
	playPace = 1000              // milliseconds between the steps of a play
)

// ReadPlay returns a play by its name.
func ReadPlay(name string) (Play, error) {
	raw, err := plays.ReadFile("plays/" + name + ".json")
	if err != nil {
		return Play{}, fmt.Errorf("no event %q; GET /control/events lists them", web.Clip(name, 40))
	}
	p := Play{Name: name}
	if err := json.Unmarshal(raw, &p); err != nil {
		return Play{}, fmt.Errorf("read event %s: %w", name, err)
	}
	return p, nil
}

// PlayNames returns the names of all plays, in order.
func PlayNames() ([]string, error) {
	files, err := plays.ReadDir("plays")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), path.Ext(f.Name())))
	}
	slices.Sort(names)
	return names, nil
}
