package sshd_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/term"
	"go.uber.org/goleak"

	"parley/hub/sshd"
	"parley/hub/sshd/request"
)

// asFront makes the test binary what serves SSH.
const asFront = "SSHD_TEST_FRONT"

// asChild makes the test binary the program that sessions run.
const asChild = "SSHD_TEST_CHILD"

// coverage begins the variable that says where a program that counts what runs of it writes
// that; without it, such a program complains at its end.
const coverage = "GOCOVERDIR="

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asFront) != "":
		os.Exit(beFront())
	case os.Getenv(asChild) != "":
		os.Exit(beChild())
	}
	goleak.VerifyTestMain(m)
}

// beFront is the process that serves SSH. A notice in the language of panics has one of its
// goroutines panic, as those of a library may.
func beFront() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err := sshd.ServeFront(ctx, sshd.Options{Verbs: verbs(), Say: func(what request.Notice, langs ...string) string {
		if langs[0] == "panics" {
			go panic("a library's goroutine")
			select {}
		}
		return say(what, langs...)
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// beChild is a session's program: it says how it was started, and does what the keys say.
func beChild() int {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP) // also where the tests ignore it, as under nohup
	go func() {
		<-hangUp
		os.Exit(128 + 1)
	}()
	lifeline := os.NewFile(sshd.StartFD, "start")
	start, err := sshd.ReadStart(lifeline)
	if err != nil {
		fmt.Fprintln(os.Stdout, "not started:", err)
		return 9
	}
	if len(start.Args) > 0 {
		_ = json.NewEncoder(os.Stdout).Encode(start.Args)
		_, _ = io.Copy(os.Stdout, os.Stdin)
		fmt.Fprint(os.Stderr, "to stderr")
		return 3
	}
	old, err := term.MakeRaw(os.Stdin.Fd())
	if err != nil {
		fmt.Fprintln(os.Stdout, "no terminal:", err)
		return 9
	}
	defer func() { _ = term.Restore(os.Stdin.Fd(), old) }()
	b, _ := json.Marshal(start)
	fmt.Fprintf(os.Stdout, "start %s\r\n", b)
	return obey()
}

// obey does what is typed, a key at a time.
func obey() int {
	in := bufio.NewReader(os.Stdin)
	for {
		key, err := in.ReadByte()
		if err != nil {
			return 8
		}
		switch key {
		case 'q':
			fmt.Fprint(os.Stdout, "bye\r\n")
			return 0
		case 'x':
			return 7
		case 'e':
			env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, coverage) })
			slices.Sort(env)
			fmt.Fprintf(os.Stdout, "env %s\r\n", strings.Join(env, " "))
		case 's':
			w, h, _ := term.GetSize(os.Stdout.Fd())
			fmt.Fprintf(os.Stdout, "size %dx%d\r\n", w, h)
		case 'w': // what is typed up to a full stop
			typed, err := in.ReadString('.')
			if err != nil {
				return 8
			}
			fmt.Fprintf(os.Stdout, "took %d\r\n", len(typed)-1)
		case 'p':
			fmt.Fprintf(os.Stdout, "pid %d\r\n", os.Getpid())
		case 'i':
			signal.Ignore(syscall.SIGHUP)
			fmt.Fprint(os.Stdout, "ignoring\r\n")
		case 'f':
			for {
				if _, err := fmt.Fprint(os.Stdout, strings.Repeat("flood ", 1000)); err != nil {
					return 6
				}
			}
		default:
			fmt.Fprintf(os.Stdout, "<%x>", key)
		}
	}
}
