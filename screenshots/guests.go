package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// guest is a person at a terminal of the demo over SSH.
type guest int

const (
	installer guest = iota
	rep
)

// guestNames are their names for ssh.
var guestNames = [...]string{installer: "installer", rep: "rep"}

// takeGuests takes the pictures of a scene with two terminals, each in a demo of its own.
func (s *studio) takeGuests(ctx context.Context, sc scene) error {
	began := time.Now()
	dir, err := os.MkdirTemp("", "parley-screenshots-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var shots []shot
	var failed []error
	for _, v := range s.variants(sc) {
		f, err := s.playGuests(ctx, dir, sc, v)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", v, err))
			continue
		}
		shots = append(shots, shot{f, filepath.Join(s.out, sc.name+"-"+v.String()+".png")})
	}
	return errors.Join(append(failed, s.develop(ctx, dir, sc, shots, began))...)
}

// playGuests runs the demo, connects both guests, and types the scene's keys.
func (s *studio) playGuests(ctx context.Context, dir string, sc scene, v variant) (frame, error) {
	dir, err := os.MkdirTemp(dir, "demo-")
	if err != nil {
		return frame{}, err
	}
	w := &world{program: s.program, dir: dir}
	demo := w.command(ctx, "demo", "--ssh", "127.0.0.1:0", "--rate", "0.5", "--seed", "7", "--conversations", "12", "--lang", v.lang)
	out, err := demo.StdoutPipe()
	if err != nil {
		return frame{}, err
	}
	if err := demo.Start(); err != nil {
		return frame{}, fmt.Errorf("start the demo: %w", err)
	}
	defer func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		_ = demo.Wait()
	}()
	port, err := portOf(out)
	if err != nil {
		return frame{}, err
	}
	var terminals [len(guestNames)]*terminal
	for who, name := range guestNames {
		cmd := exec.CommandContext(ctx, "ssh", "-F", os.DevNull, "-p", port, "-o", "StrictHostKeyChecking=no", //nolint:gosec // the port that the demo said
			"-o", "UserKnownHostsFile="+os.DevNull, "-o", "LogLevel=ERROR", "-o", "SendEnv=COLORTERM LANG", name+"@127.0.0.1")
		cmd.Env = w.environment(append([]string{"LANG=" + v.lang + ".UTF-8"}, v.look.env...)...)
		t, err := startTerminal(v.size, v.look, cmd)
		if err != nil {
			return frame{}, err
		}
		defer t.close()
		terminals[who] = t
	}
	for _, st := range sc.steps {
		if err := terminals[st.at].play(ctx, w, st); err != nil {
			return frame{}, err
		}
	}
	return beside(terminals[installer].frame(), terminals[rep].frame()), nil
}

// errNoDemo: the demo printed no port.
var errNoDemo = errors.New("the demo did not say how to come in over SSH")

// portOf reads the demo's output up to the SSH port; the rest is discarded.
func portOf(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) == 4 && words[0] == "ssh" && words[1] == "-p" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return words[2], nil
		}
	}
	return "", errors.Join(errNoDemo, lines.Err())
}

// beside puts two screens of the same height next to each other.
func beside(a, b frame) frame {
	gap := cell{text: " ", width: 1, ground: rgb(0x808080)}
	out := frame{size: size{a.w + 1 + b.w, a.h}, ground: a.ground, cursor: a.cursor}
	for y := range a.lines {
		line := append([]cell{}, a.lines[y]...)
		out.lines = append(out.lines, append(append(line, gap), b.lines[y]...))
	}
	return out
}
