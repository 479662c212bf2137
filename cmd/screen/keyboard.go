package screen

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	uv "github.com/charmbracelet/ultraviolet"

	"parley/ui/term"
)

// keyboard is the terminal's input as the screen reads it.
type keyboard struct {
	*term.Input
	*source
}

// newKeyboard reads a terminal. ask writes [term.Question] to it.
func newKeyboard(terminal *hangup, ask func()) (*keyboard, error) {
	r, err := uv.NewCancelReader(terminal)
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	s := &source{terminal: terminal, reader: r}
	s.changed.L = &s.mu
	return &keyboard{Input: term.NewInput(s, ask), source: s}, nil
}

// Read reads whole keys.
func (k *keyboard) Read(b []byte) (int, error) { return k.Input.Read(b) }

// Close ends reading.
func (k *keyboard) Close() error {
	k.cancel()
	return k.Input.Close()
}

// source reads a terminal's bytes, but leaves them to another program for a while.
type source struct {
	terminal *hangup

	mu      sync.Mutex
	changed sync.Cond
	reader  interface {
		io.ReadCloser
		Cancel() bool
	}
	// paused: another program reads. reading: we do. closed: nobody does any more.
	paused, reading, closed bool
}

// Read implements [io.Reader].
func (s *source) Read(b []byte) (int, error) {
	for {
		s.mu.Lock()
		for s.paused && !s.closed {
			s.changed.Wait()
		}
		r := s.reader
		s.reading = true
		s.mu.Unlock()
		n, err := r.Read(b)
		s.mu.Lock()
		s.reading = false
		again := n == 0 && err != nil && s.paused && !s.closed
		s.changed.Broadcast()
		s.mu.Unlock()
		if !again {
			return n, err
		}
	}
}

// pause stops reading until the returned function is called: no byte is taken from whoever reads
// meanwhile.
func (s *source) pause() (resume func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused = true
	if s.reader.Cancel() {
		for s.reading {
			s.changed.Wait()
		}
	}
	return s.resume
}

func (s *source) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := uv.NewCancelReader(s.terminal)
	if err != nil { // nothing can be read any more
		s.terminal.gone()
		return
	}
	_ = s.reader.Close() // it read nothing since
	s.reader, s.paused = r, false
	if s.closed {
		r.Cancel()
	}
	s.changed.Broadcast()
}

// cancel ends reading for good.
func (s *source) cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.reader.Cancel()
	s.changed.Broadcast()
}

// hangup is a terminal's input that calls gone when the terminal is gone: only reading it
// reliably says so.
type hangup struct {
	*os.File
	gone func()
}

// Read implements io.Reader.
func (h *hangup) Read(b []byte) (int, error) {
	n, err := h.File.Read(b)
	if n == 0 && (err == nil || errors.Is(err, io.EOF) || errors.Is(err, syscall.EIO)) {
		h.gone()
	}
	return n, err
}
