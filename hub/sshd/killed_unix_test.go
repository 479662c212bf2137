//go:build unix

package sshd_test

import (
	"errors"
	"strconv"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"parley/hub/sshd"
)

// TestCrash: one session that is killed disturbs no other.
func TestCrash(t *testing.T) {
	w := newWorld(t, nil)
	c := w.connect(w.user("aki"))
	one, other := w.open(c), w.open(w.connect(w.user("bo")))
	same := w.open(c)
	kill(one, syscall.SIGKILL)
	var exit *gossh.ExitError
	if err := one.ends(); !errors.As(err, &exit) || exit.ExitStatus() != 128+9 {
		t.Errorf("ended with %v", err)
	}
	for _, s := range []*terminal{other, same} {
		s.types("sq")
		s.sees("size 100x30")
		if err := s.ends(); err != nil {
			t.Errorf("the other ended with %v", err)
		}
	}
}

// TestChannelEnds: the child goes with its session, also one that does not want to.
func TestChannelEnds(t *testing.T) {
	for name, keys := range map[string]string{"willing": "p", "unwilling": "ip"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *sshd.Options) { o.Limits.HangUp = 200 * time.Millisecond })
			c := w.connect(w.user("aki"))
			s := w.open(c)
			s.types(keys)
			pid, err := strconv.Atoi(s.sees("pid "))
			if err != nil {
				t.Fatal(err)
			}
			_ = s.session.Close() // and the connection stays
			eventually(t, "the child is gone", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
			eventually(t, "the token is forgotten", func() bool { return len(w.users.open()) == 0 })
		})
	}
}

func kill(s *terminal, how syscall.Signal) int {
	s.Helper()
	s.types("p")
	pid, err := strconv.Atoi(s.sees("pid "))
	if err == nil {
		err = syscall.Kill(pid, how)
	}
	if err != nil {
		s.Fatal(err)
	}
	return pid
}
