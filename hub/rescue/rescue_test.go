package rescue_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"parley/hub/rescue"
)

func TestLogSaysWhereAndNotWhat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	func() {
		defer rescue.Log(log, "write")
		panic("what a customer wrote")
	}()
	got := out.String()
	if !strings.Contains(got, "doing=write") || !strings.Contains(got, "panic=string") || !strings.Contains(got, "rescue_test.go") {
		t.Errorf("it logs %q", got)
	}
	if strings.Contains(got, "customer") {
		t.Errorf("it logs what was panicked with: %q", got)
	}
	out.Reset()
	func() { defer rescue.Log(log, "write") }()
	if out.Len() > 0 {
		t.Errorf("without a panic it logs %q", out.String())
	}
}

func TestCallMakesAnErrorOfAPanic(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	failed := errors.New("failed")
	for _, want := range []error{nil, failed} {
		if got := rescue.Call(log, "write", func() error { return want }); !errors.Is(got, want) {
			t.Errorf("an error %v becomes %v", want, got)
		}
	}
	if out.Len() > 0 {
		t.Errorf("without a panic it logs %q", out.String())
	}
	if got := rescue.Call(log, "write", func() error { panic("x") }); !errors.Is(got, rescue.ErrPanicked) {
		t.Errorf("a panic becomes %v", got)
	}
	if !strings.Contains(out.String(), "doing=write") {
		t.Errorf("it logs %q", out.String())
	}
}
