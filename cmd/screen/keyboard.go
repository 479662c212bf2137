package screen

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	uv "github.com/charmbracelet/ultraviolet"

	"parley/ui/term"
)

// keyboard is the terminal's input as the screen reads it.
type keyboard struct {
	*term.Input
	// cancel ends reading the terminal.
	cancel func() bool
}

// newKeyboard reads a terminal. ask writes [term.Question] to it.
func newKeyboard(terminal *hangup, ask func()) (*keyboard, error) {
	r, err := uv.NewCancelReader(terminal)
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	return &keyboard{Input: term.NewInput(r, ask), cancel: r.Cancel}, nil
}

// Close ends reading.
func (k *keyboard) Close() error {
	k.cancel()
	return k.Input.Close()
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
