package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/cmd/cli"
)

// process is one run of the program.
type process struct {
	t        *testing.T
	name     string
	cmd      *exec.Cmd
	out, err *output
	ended    chan struct{}
	server   bool
}

// output is what a process has written so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String returns all of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// line returns the first whole line, "" while there is none.
func (o *output) line() string {
	line, _, whole := strings.Cut(o.String(), "\n")
	if !whole {
		return ""
	}
	return line
}

// newProcess prepares a run; [process.begin] starts it.
func newProcess(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{
		t: t, name: "parley " + strings.Join(args, " "), cmd: exec.Command(self, args...),
		out: &output{}, err: &output{}, ended: make(chan struct{}),
	}
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.err
	return p
}

// begin starts the process. It ends with the test at the latest.
func (p *process) begin() {
	p.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd.ExtraFiles = []*os.File{read}
	err = p.cmd.Start()
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		p.t.Fatalf("start %s: %v", p.name, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		_ = write.Close()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		p.kill()
		p.inspect()
	})
}

// kill ends the process as a crash does.
func (p *process) kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("kill %s: %v", p.name, err)
	}
	<-p.ended
}

// signal sends a signal to a process that runs.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %s: %v", p.name, err)
	}
}

// exit waits for the process to end by itself, and returns its exit code.
func (p *process) exit(within time.Duration) int {
	p.t.Helper()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.ended:
	case <-timer.C:
		p.t.Fatalf("%s: still runs after %s\n%s", p.name, within, p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// stop asks the process to end, as an operator does, and expects that it does well.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	if code := p.exit(stopWithin); code != cli.ExitDone {
		p.t.Fatalf("%s: exit code %d after SIGTERM\n%s", p.name, code, p.err)
	}
}

// stopWithin is the longest that a server may take to stop.
const stopWithin = 15 * time.Second

// ready waits for the first line of output.
func (p *process) ready() string {
	p.t.Helper()
	p.server = true
	waitFor(p.t, p.name+" is ready", patience, func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("%s: ended with exit code %d\n%s", p.name, p.cmd.ProcessState.ExitCode(), p.err)
		default:
		}
		return p.out.line() != ""
	})
	return p.out.line()
}

// inspect looks, once the process has ended, for what must never happen in it.
func (p *process) inspect() {
	p.t.Helper()
	log := p.err.String()
	for _, bad := range []string{"WARNING: DATA RACE", "panic: ", "fatal error: ", "handler panicked", "transaction panicked"} {
		if strings.Contains(log, bad) {
			p.t.Errorf("%s: %q in what it wrote:\n%s", p.name, bad, log)
			return
		}
	}
	if p.server && p.t.Failed() && log != "" {
		p.t.Logf("%s wrote:\n%s", p.name, tail(log))
	}
}

// tail is the end of a long log.
func tail(log string) string {
	const most = 8000
	if len(log) <= most {
		return log
	}
	return "…" + log[len(log)-most:]
}

const (
	// patience is how long what should happen at once may take on a busy machine.
	patience = 30 * time.Second
	glance   = 40 * time.Millisecond
)

// waitFor looks until a condition holds.
func waitFor(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	waitEvery(t, what, glance, within, holds)
}

// waitEvery is waitFor for what is dear to look at.
func waitEvery(t *testing.T, what string, every, within time.Duration, holds func() bool) {
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

// result is what became of a command.
type result struct {
	t    *testing.T
	line string
	exit int
	out  string
	err  string
}

// runProgram runs one command to its end.
func runProgram(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	p := newProcess(t, env, args...)
	p.cmd.Stdin = strings.NewReader(stdin)
	p.begin()
	code := p.exit(2 * patience)
	return result{t: t, line: p.name, exit: code, out: p.out.String(), err: p.err.String()}
}

// exits expects an exit code.
func (r result) exits(code int) result {
	r.t.Helper()
	if r.exit != code {
		r.t.Fatalf("%s: exit code %d, want %d\nstdout: %s\nstderr: %s", r.line, r.exit, code, r.out, r.err)
	}
	return r
}

// ok expects success, and nothing on standard error.
func (r result) ok() result {
	r.t.Helper()
	r.exits(cli.ExitDone)
	if r.err != "" {
		r.t.Fatalf("%s: succeeded with complaints:\n%s", r.line, r.err)
	}
	return r
}

// refused expects a refusal by a rule, whose code is on standard error.
func (r result) refused(code string) result {
	r.t.Helper()
	return r.exits(cli.ExitRefused).says("(" + code + ")")
}

// says expects words on standard error.
func (r result) says(words ...string) result {
	r.t.Helper()
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			r.t.Fatalf("%s: standard error lacks %q:\n%s", r.line, w, r.err)
		}
	}
	return r
}
