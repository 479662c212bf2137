package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"parley/cmd/cli"
)

// fullDisk has a hub's disk be full, and have room again.
type fullDisk struct{ fill, free func() }

// TestADiskThatIsFull: the hub says so to Facebook and to clients, stays alive, and goes
// on when there is room.
func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	t.Run("files may not grow", func(t *testing.T) {
		t.Parallel()
		w, aki := connectedWorld(t)
		limit := func(bytes uint64) func() {
			return func() {
				err := unix.Prlimit(w.hub.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil)
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		w.outlivesAFullDisk(aki, fullDisk{fill: limit(1), free: limit(unix.RLIM_INFINITY)})
	})
	t.Run("a small file system", func(t *testing.T) {
		t.Parallel()
		w := newQuietWorld(t)
		w.facebook = w.startFacebook()
		aki := w.addAdmin("Aki Mori")
		w.startHubAs(w.hubOnTmpfs("size=4m"))
		aki.connectsPage("shared").ok()
		// The mount is the hub's alone: the way there goes through its process.
		filler := fmt.Sprintf("/proc/%d/root%s/filler", w.hub.cmd.Process.Pid, w.dataDir())
		w.outlivesAFullDisk(aki, fullDisk{fill: func() { fillUp(t, filler) }, free: func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		}})
	})
}

// hubOnTmpfs prepares a hub whose store is on a file system of its own.
func (w *world) hubOnTmpfs(options string) *process {
	w.t.Helper()
	if os.Geteuid() != 0 {
		w.t.Skip("only root may mount a file system")
	}
	if err := os.MkdirAll(w.dataDir(), 0o700); err != nil {
		w.t.Fatal(err)
	}
	probe := newProcess(w.t, append(w.hubEnv(), tmpfsAt+"="+w.dataDir(), tmpfsOptions+"="), "version")
	probe.cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	probe.begin()
	if code := probe.exit(patience); code != cli.ExitDone {
		w.t.Skipf("no file system can be mounted here: %s", probe.err)
	}
	p := newProcess(w.t, append(w.hubEnv(), tmpfsAt+"="+w.dataDir(), tmpfsOptions+"="+options), w.hubArgs()...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return p
}

// fillUp writes a file until nothing more fits.
func fillUp(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	_ = f.Close() // what did not fit is no loss
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func (w *world) outlivesAFullDisk(aki *user, disk fullDisk) {
	t := w.t
	t.Helper()
	w.customerWrites("9101", "while there was room")
	id := w.conversationWith("9101")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "while there was room") })
	ready := func() int { return w.call(http.MethodGet, w.hubURL+"/readyz", nil, nil).status }
	if s := ready(); s != http.StatusOK {
		t.Fatalf("readyz answers %d", s)
	}

	disk.fill()
	body := envelope(w.textEvent("9101", "m_full", strings.Repeat("no room for this ", 500)))
	for range 3 {
		a := w.webhook(body)
		if a.err != nil {
			t.Fatal(a.err)
		}
		a.problem(http.StatusServiceUnavailable, "unavailable")
	}
	if s := ready(); s != http.StatusServiceUnavailable {
		t.Errorf("readyz answers %d on a full disk", s)
	}
	r := newReply("no room for an answer")
	aki.post(conversationPath(id, "messages"), r).problem(http.StatusServiceUnavailable, "unavailable")
	aki.cli("reply", id, "nor for this one", "--wait", "0").exits(cli.ExitFailed).says("(unavailable)")
	if n := len(aki.messages(id)); n != 1 {
		t.Errorf("%d messages can be read on a full disk, want the first", n)
	}
	if got := w.facebook.gotBy("9101"); len(got) != 0 {
		t.Errorf("the customer got %q, which is not on disk", got)
	}
	w.customerWrites("9101", "delivered later") // the sandbox tries it again and again

	disk.free()
	w.delivers(body)
	aki.post(conversationPath(id, "messages"), r).is(http.StatusAccepted)
	aki.cli("reply", id, "nor for this one").ok()
	waitFor(t, "all is there once there is room", patience, func() bool { return len(aki.messages(id)) == 5 })
	if got := w.facebook.gotBy("9101"); len(got) != 2 {
		t.Errorf("the customer got %q, want both replies once", got)
	}
	if s := ready(); s != http.StatusOK {
		t.Errorf("readyz answers %d after there is room again", s)
	}
	w.hub.stop()
}

// TestAFolderThatCannotBeWritten: the hub does not start, and says which file it is about.
func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	var p *process
	if os.Geteuid() == 0 { // whom permissions do not stop
		p = w.hubOnTmpfs("ro")
	} else {
		if err := os.MkdirAll(w.dataDir(), 0o500); err != nil {
			t.Fatal(err)
		}
		p = newProcess(t, w.hubEnv(), w.hubArgs()...)
	}
	p.begin()
	if code := p.exit(patience); code != cli.ExitFailed {
		t.Errorf("exit code %d, want %d", code, cli.ExitFailed)
	}
	if said := p.err.String(); !strings.Contains(said, w.database()) || strings.Count(said, "\n") != 1 {
		t.Errorf("the hub said %q, want one sentence with the file", said)
	}
}
