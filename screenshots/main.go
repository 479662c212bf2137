// Command screenshots takes pictures of the program: it runs it in a pseudo-terminal against the
// sandbox, draws the cells of its screen with a browser, and writes PNG files and a page that
// shows them all.
//
// It uses the program from outside, as a user does, and imports nothing of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// workers is how many scenes are taken at a time.
const workers = 2

// besidePanel is the width from which the panel stands beside a conversation.
const besidePanel = 120

// Pictures are readable by everybody.
const (
	folders = 0o755
	files   = 0o644
)

// studio is where pictures are taken.
type studio struct {
	program, browser, out, kept string
	only, size, lang, look      string

	mu  sync.Mutex
	say io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &studio{say: os.Stdout}
	flag.StringVar(&s.program, "program", "bin/parley", "the program to take pictures of")
	flag.StringVar(&s.browser, "browser", "", "the browser that draws (default: chromium, from PATH)")
	flag.StringVar(&s.out, "out", "bin/screenshots", "folder for all pictures")
	flag.StringVar(&s.kept, "kept", "docs/screenshots", "folder for those that documents show")
	flag.StringVar(&s.only, "only", "", "these scenes, by commas")
	flag.StringVar(&s.size, "size", "", "only this size: 100x30")
	flag.StringVar(&s.lang, "lang", "", "only this language: en, ja")
	flag.StringVar(&s.look, "look", "", "only this look: dark, light, nocolor, ascii, 16, contrast, contrast-light")
	flag.Parse()
	if err := s.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		stop()
		os.Exit(1)
	}
}

func (s *studio) run(ctx context.Context) error {
	if err := s.ready(); err != nil {
		return err
	}
	chosen := s.chosen()
	if len(chosen) == 0 {
		return errors.New("no picture is called that: -only, -size, -lang and -look leave none")
	}
	todo := make(chan scene)
	var failed []error
	var workersDone sync.WaitGroup
	for range workers {
		workersDone.Go(func() {
			for sc := range todo {
				if err := s.take(ctx, sc); err != nil {
					s.mu.Lock()
					failed = append(failed, fmt.Errorf("%s: %w", sc.name, err))
					s.mu.Unlock()
				}
			}
		})
	}
	for _, sc := range chosen {
		todo <- sc
	}
	close(todo)
	workersDone.Wait()
	return errors.Join(append(failed, s.keep(), writeIndex(s.out))...)
}

// ready finds the program and the browser, and makes the folders.
func (s *studio) ready() error {
	var err error
	if s.program, err = filepath.Abs(s.program); err != nil {
		return err
	}
	if _, err := os.Stat(s.program); err != nil {
		return fmt.Errorf("%w (make build builds it)", err)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if s.browser != "" {
			break
		}
		s.browser, _ = exec.LookPath(name)
	}
	if s.browser == "" {
		return errors.New("no chromium in PATH; -browser names one")
	}
	return errors.Join(os.MkdirAll(s.out, folders), os.MkdirAll(s.kept, folders))
}

// chosen returns the scenes and pictures that the flags select.
func (s *studio) chosen() []scene {
	var out []scene
	for _, sc := range scenes() {
		if s.only != "" && !strings.Contains(","+s.only+",", ","+sc.name+",") {
			continue
		}
		if len(s.variants(sc)) > 0 {
			out = append(out, sc)
		}
	}
	return out
}

func (s *studio) variants(sc scene) []variant {
	var out []variant
	for _, v := range sc.variants() {
		if (s.size == "" || s.size == v.size.String()) && (s.lang == "" || s.lang == v.lang) && (s.look == "" || s.look == v.look.name) {
			out = append(out, v)
		}
	}
	return out
}

// take takes the pictures of a scene, in one world.
func (s *studio) take(ctx context.Context, sc scene) error {
	if sc.guests {
		return s.takeGuests(ctx, sc)
	}
	began := time.Now()
	dir, err := os.MkdirTemp("", "parley-screenshots-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	w, err := newWorld(ctx, s.program, dir, sc.history)
	if w != nil {
		defer w.close()
	}
	if err != nil {
		return err
	}
	prepare := sc.prepare
	if prepare == nil {
		prepare = written
	}
	if err := prepare(ctx, w); err != nil {
		return err
	}
	var shots []shot
	var failed []error
	for _, v := range s.variants(sc) {
		f, err := play(ctx, w, sc, v)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", v, err))
			continue
		}
		shots = append(shots, shot{f, filepath.Join(s.out, sc.name+"-"+v.String()+".png")})
	}
	return errors.Join(append(failed, s.develop(ctx, dir, sc, shots, began))...)
}

// develop draws the pictures of a scene.
func (s *studio) develop(ctx context.Context, dir string, sc scene, shots []shot, began time.Time) error {
	if err := shoot(ctx, s.browser, dir, shots); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.say, "%-14s %2d pictures  %s\n", sc.name, len(shots), time.Since(began).Round(time.Second))
	return nil
}

// play runs the program in a terminal and types the scene's keys.
func play(ctx context.Context, w *world, sc scene, v variant) (frame, error) {
	if err := w.startHub(ctx); err != nil {
		return frame{}, err
	}
	state, err := os.MkdirTemp(w.dir, "state-")
	if err != nil {
		return frame{}, err
	}
	cmd := w.command(ctx, "--lang", v.lang)
	cmd.Env = w.environment(append([]string{"XDG_STATE_HOME=" + state}, v.look.env...)...)
	t, err := startTerminal(v.size, v.look, cmd)
	if err != nil {
		return frame{}, err
	}
	defer t.close()
	for _, st := range sc.steps {
		if beside := v.size.w >= besidePanel; st.narrow && beside || st.wide && !beside {
			continue
		}
		if err := t.play(ctx, w, st); err != nil {
			return frame{}, err
		}
	}
	taken := t.frame()
	return taken, t.play(ctx, w, step{keys: sc.after})
}

// play executes a step.
func (t *terminal) play(ctx context.Context, w *world, st step) error {
	if st.see != "" {
		if err := t.see(ctx, st.see); err != nil {
			return err
		}
	}
	if st.do != nil {
		st.do(w)
	}
	if err := t.still(ctx, quiet); err != nil {
		return err
	}
	if err := t.press(st.keys); err != nil {
		return err
	}
	if st.read {
		return t.still(ctx, reading)
	}
	return t.still(ctx, quiet)
}

// keep copies the pictures that documents show to their place.
func (s *studio) keep() error {
	for _, name := range kept {
		from := filepath.Join(s.out, name+".png")
		b, err := os.ReadFile(from)
		if errors.Is(err, os.ErrNotExist) {
			continue // not selected by the flags
		}
		if err != nil {
			return err
		}
		err = os.WriteFile(filepath.Join(s.kept, name+".png"), b, files) //nolint:gosec // the folder is the caller's choice
		if err != nil {
			return err
		}
	}
	return nil
}
