// Package driver starts the real program for end-to-end tests: a sandbox and a hub as processes,
// users who run commands, and a screen on an emulated terminal. A package of such tests passes
// its TestMain to [Main]: its test binary is also the program.
package driver

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/root"
	"parley/hub/store/postgres/pgtest"
)

// The test binary is also the program under test: with asProgram set, it is parley and nothing
// else, so that signals, exit codes and crashes are those of a process.
const (
	asProgram = "TEST_RUN_PARLEY"
	// lifeline is the file descriptor that is closed when the tests end: no server outlives
	// them, however they end.
	lifeline = 3
	// asSession is the value of asProgram for a session that a hub runs.
	asSession = "session"
	// UnderNohup makes a process and its children ignore hang-ups, if set.
	UnderNohup = "TEST_UNDER_NOHUP"
)

// Main runs the tests of a package, or is the program that they start.
func Main(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(beParley())
	}
	// Most tests mostly wait. The command line still takes precedence.
	_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		pgtest.Stop()
		os.Exit(code)
	}))
}

func beParley() int {
	if os.Getenv(asProgram) != asSession { // a session has the hub's lifeline instead
		go func() {
			_, err := io.Copy(io.Discard, os.NewFile(lifeline, "lifeline"))
			if err == nil {
				os.Exit(exitOrphaned)
			}
		}()
	}
	if err := furnish(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return exitOrphaned
	}
	if os.Getenv(UnderNohup) != "" {
		signal.Ignore(syscall.SIGHUP)
	}
	p := cli.New(os.Stdin, os.Stdout, os.Stderr, os.Environ())
	p.Logins = login.NewLogins(filepath.Dir(p.Logins.File()), FileRing(os.Getenv(RingFile)))
	p.Child = cli.Child{Path: os.Args[0], Env: []string{asProgram + "=" + asSession, "GORACE=" + os.Getenv("GORACE")}}
	return root.Start(p)
}

// exitOrphaned is not one of the program's own exit codes.
const exitOrphaned = 99
