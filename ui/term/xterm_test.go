package term_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/chromedp"
	"pgregory.net/rapid"
)

// browserVariable names the browser in which xterm.js runs: `make test-browser`.
const browserVariable = "PARLEY_TEST_BROWSER"

// How many terminals of xterm.js live through how many frames.
const (
	xtermRuns   = 60
	xtermFrames = 40
)

// drawn is a frame as a painter wrote it: after the one before, and fresh.
type drawn struct {
	W      int    `json:"w"`
	H      int    `json:"h"`
	Sent   []byte `json:"sent"`
	Fresh  []byte `json:"fresh"`
	Cursor bool   `json:"cursor"`
}

// TestBrowserDrawsEveryFrameAsPaintedFresh: what TestEveryFrameIsAsPaintedFresh says, in a
// terminal of another make. It measures by characters, and emoji as narrow as they once
// were.
func TestBrowserDrawsEveryFrameAsPaintedFresh(t *testing.T) {
	t.Parallel()
	path := os.Getenv(browserVariable)
	if path == "" {
		t.Skip("no browser: make test-browser runs this")
	}
	runs := make([][]drawn, xtermRuns)
	for i := range runs {
		steps := rapid.Custom(func(t *rapid.T) []step {
			steps := []step{first(t)}
			for len(steps) < xtermFrames {
				next := steps[len(steps)-1].next(t)
				next.method = steps[0].method // it measures no clusters
				steps = append(steps, next)
			}
			return steps
		}).Example(i)
		synctest.Test(t, func(*testing.T) { runs[i] = draw(steps) })
	}
	said := inXterm(t, path, runs)
	if said.Painted < xtermRuns*xtermFrames/10 {
		t.Errorf("only %d frames are painted", said.Painted)
	}
	for _, wrong := range said.Wrong {
		t.Error(wrong)
	}
}

// draw writes steps as a painter does.
func draw(steps []step) []drawn {
	before := steps[0]
	g := newGlass(before)
	defer g.leave()
	var out []drawn
	sent := 0
	for _, s := range steps {
		g.becomes(before, s)
		fresh := newGlass(s)
		fresh.becomes(s, s)
		all := g.sent.String()
		out = append(out, drawn{s.w, s.h, []byte(all[sent:]), []byte(fresh.sent.String()), s.view.Cursor != nil})
		sent = len(all)
		fresh.leave()
		before = s
	}
	return out
}

// xtermSaid is what came of it.
type xtermSaid struct {
	Painted int      `json:"painted"`
	Wrong   []string `json:"wrong"`
}

// inXterm has xterm.js draw runs, in a headless browser.
func inXterm(t *testing.T, path string, runs [][]drawn) xtermSaid {
	t.Helper()
	var scripts []string
	for _, name := range []string{"xterm-headless.js", "draws.js"} {
		script, err := os.ReadFile("testdata/xterm/" + name)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, string(script))
	}
	data, err := json.Marshal(runs)
	if err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	ctx, late := context.WithTimeout(ctx, 2*time.Minute)
	defer late()
	page := "const exports = {};\n" + strings.Join(scripts, "\n") + "\ndraws(exports.Terminal, " + string(data) + ")"
	said, err := chromedp.Run(ctx, chromedp.Evaluate[xtermSaid](page, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Cancel(ctx); err != nil {
		t.Logf("end the browser: %v", err)
	}
	return said
}
