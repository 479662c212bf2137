package driver

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"parley/cmd/cli"
)

// Process is one run of the program.
type Process struct {
	t        *testing.T
	Name     string
	Cmd      *exec.Cmd
	Out, Err *Output
	ended    chan struct{}
	server   bool
}

// Output is what a process has written so far.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String returns all output.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// line returns the first complete line, "" if there is none yet.
func (o *Output) line() string {
	line, _, whole := strings.Cut(o.String(), "\n")
	if !whole {
		return ""
	}
	return line
}

// NewProcess prepares a run; [Process.Begin] starts it.
func NewProcess(t *testing.T, env []string, args ...string) *Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &Process{
		t: t, Name: "parley " + strings.Join(args, " "), Cmd: exec.Command(self, args...),
		Out: &Output{}, Err: &Output{}, ended: make(chan struct{}),
	}
	p.Cmd.Env = env
	p.Cmd.Stdout, p.Cmd.Stderr = p.Out, p.Err
	return p
}

// Begin starts the process. It ends with the test at the latest.
func (p *Process) Begin() {
	p.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.Cmd.ExtraFiles = []*os.File{read}
	err = p.Cmd.Start()
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		p.t.Fatalf("start %s: %v", p.Name, err)
	}
	go func() {
		_ = p.Cmd.Wait() // how it ended is in ProcessState
		_ = write.Close()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		p.Kill()
		p.inspect()
	})
}

// Kill ends the process like a crash.
func (p *Process) Kill() {
	if err := p.Cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("kill %s: %v", p.Name, err)
	}
	<-p.ended
}

// Signal sends a signal to a running process.
func (p *Process) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.Cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %s: %v", p.Name, err)
	}
}

// Exit waits for the process to end by itself, and returns its exit code.
func (p *Process) Exit(within time.Duration) int {
	p.t.Helper()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.t.Fatalf("%s: still runs after %s\n%s", p.Name, within, p.Err)
	}
	return p.Cmd.ProcessState.ExitCode()
}

// Stop ends the process as an operator does, and expects success.
func (p *Process) Stop() {
	p.t.Helper()
	p.Signal(syscall.SIGTERM)
	if code := p.Exit(StopWithin); code != cli.ExitDone {
		p.t.Fatalf("%s: exit code %d after SIGTERM\n%s", p.Name, code, p.Err)
	}
}

// StopWithin is how long a server may take to stop.
const StopWithin = 15 * time.Second

// Ready waits for the first line of output.
func (p *Process) Ready() string {
	p.t.Helper()
	p.server = true
	WaitFor(p.t, p.Name+" is ready", Patience, func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("%s: ended with exit code %d\n%s", p.Name, p.Cmd.ProcessState.ExitCode(), p.Err)
		default:
		}
		return p.Out.line() != ""
	})
	return p.Out.line()
}

// inspect checks, once the process has ended, for what must never happen.
func (p *Process) inspect() {
	p.t.Helper()
	log := p.Err.String()
	for _, bad := range []string{"WARNING: DATA RACE", "panic: ", "fatal error: ", "handler panicked", "transaction panicked"} {
		if strings.Contains(log, bad) {
			p.t.Errorf("%s: %q in what it wrote:\n%s", p.Name, bad, log)
			return
		}
	}
	if p.server && p.t.Failed() && log != "" {
		p.t.Logf("%s wrote:\n%s", p.Name, tail(log))
	}
}

// tail returns the end of a long log.
func tail(log string) string {
	const most = 8000
	if len(log) <= most {
		return log
	}
	return "…" + log[len(log)-most:]
}

const (
	// Patience is how long something immediate may take on a busy machine.
	Patience = 30 * time.Second
	// Glance is the pause between two checks.
	Glance = 40 * time.Millisecond
)

// WaitFor waits until a condition holds.
func WaitFor(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	WaitEvery(t, what, Glance, within, holds)
}

// WaitEvery is WaitFor for conditions that are expensive to check.
func WaitEvery(t *testing.T, what string, every, within time.Duration, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}

// Result is the result of a command.
type Result struct {
	T    *testing.T
	Line string
	Exit int
	Out  string
	Err  string
}

// RunProgram runs one command to its end.
func RunProgram(t *testing.T, env []string, stdin string, args ...string) Result {
	t.Helper()
	p := NewProcess(t, env, args...)
	p.Cmd.Stdin = strings.NewReader(stdin)
	p.Begin()
	code := p.Exit(2 * Patience)
	return Result{T: t, Line: p.Name, Exit: code, Out: p.Out.String(), Err: p.Err.String()}
}

// Exits expects an exit code.
func (r Result) Exits(code int) Result {
	r.T.Helper()
	if r.Exit != code {
		r.T.Fatalf("%s: exit code %d, want %d\nstdout: %s\nstderr: %s", r.Line, r.Exit, code, r.Out, r.Err)
	}
	return r
}

// Ok expects success, and nothing on standard error.
func (r Result) Ok() Result {
	r.T.Helper()
	r.Exits(cli.ExitDone)
	if r.Err != "" {
		r.T.Fatalf("%s: succeeded with complaints:\n%s", r.Line, r.Err)
	}
	return r
}

// Refused expects a refusal by a rule, with its code on standard error.
func (r Result) Refused(code string) Result {
	r.T.Helper()
	return r.Exits(cli.ExitRefused).Says("(" + code + ")")
}

// Says expects words on standard error.
func (r Result) Says(words ...string) Result {
	r.T.Helper()
	for _, w := range words {
		if !strings.Contains(r.Err, w) {
			r.T.Fatalf("%s: standard error lacks %q:\n%s", r.Line, w, r.Err)
		}
	}
	return r
}

// Soon is how long a message may take from the customer to the list: the goal is a second, the
// rest is for busy machines.
const Soon = 5 * time.Second

// Tells expects words on standard output.
func (r Result) Tells(words string) {
	r.T.Helper()
	if !strings.Contains(r.Out, words) {
		r.T.Errorf("%s: it says %q, not %q", r.Line, r.Out, words)
	}
}

// CheckHarmless expects nothing in output that could act on a terminal: no control characters
// but line ends, no direction marks.
func CheckHarmless(t *testing.T, what, out string) {
	t.Helper()
	if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && acting(r) }); i >= 0 {
		t.Errorf("%s writes %q to the terminal: %q", what, []rune(out[i:])[0], out)
	}
	if !utf8.ValidString(out) {
		t.Errorf("%s writes what is not UTF-8: %q", what, out)
	}
}

// acting reports whether a character must not reach a terminal.
func acting(r rune) bool {
	direction := []rune{0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069}
	return r < 0x20 || r >= 0x7F && r <= 0x9F || slices.Contains(direction, r)
}
