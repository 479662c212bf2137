package hub

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
	"parley/e2e/driver"
)

// fullDisk has a hub's disk be full, and have room again.
type fullDisk struct{ fill, free func() }

// TestADiskThatIsFull: the hub says so to Facebook and to clients, stays alive, and goes
// on when there is room.
func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	t.Run("files may not grow", func(t *testing.T) {
		t.Parallel()
		w, aki := driver.ConnectedWorld(t)
		limit := func(bytes uint64) func() {
			return func() {
				err := unix.Prlimit(w.Hub.Cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil)
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		outlivesAFullDisk(w, aki, fullDisk{fill: limit(1), free: limit(unix.RLIM_INFINITY)})
	})
	t.Run("a small file system", func(t *testing.T) {
		t.Parallel()
		w := driver.NewQuietWorld(t)
		w.Facebook = w.StartFacebook()
		aki := w.AddAdmin("Aki Mori")
		w.StartHubAs(hubOnTmpfs(w, "size=4m"))
		aki.ConnectsPage("shared").Ok()
		// The mount is the hub's alone: the way there goes through its process.
		filler := fmt.Sprintf("/proc/%d/root%s/filler", w.Hub.Cmd.Process.Pid, w.DataDir())
		outlivesAFullDisk(w, aki, fullDisk{fill: func() { fillUp(t, filler) }, free: func() {
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
		}})
	})
}

// hubOnTmpfs prepares a hub whose store is on a file system of its own.
func hubOnTmpfs(w *driver.World, options string) *driver.Process {
	w.T.Helper()
	if os.Geteuid() != 0 {
		w.T.Skip("only root may mount a file system")
	}
	if err := os.MkdirAll(w.DataDir(), 0o700); err != nil {
		w.T.Fatal(err)
	}
	probe := driver.NewProcess(w.T, append(w.HubEnv(), driver.TmpfsAt+"="+w.DataDir(), driver.TmpfsOptions+"="), "version")
	probe.Cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	probe.Begin()
	if code := probe.Exit(driver.Patience); code != cli.ExitDone {
		w.T.Skipf("no file system can be mounted here: %s", probe.Err)
	}
	p := driver.NewProcess(w.T, append(w.HubEnv(), driver.TmpfsAt+"="+w.DataDir(), driver.TmpfsOptions+"="+options), w.HubArgs()...)
	p.Cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
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

func outlivesAFullDisk(w *driver.World, aki *driver.User, disk fullDisk) {
	t := w.T
	t.Helper()
	w.CustomerWrites("9101", "while there was room")
	id := w.ConversationWith("9101")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "while there was room") })
	ready := func() int { return w.Call(http.MethodGet, w.HubURL+"/readyz", nil, nil).Status }
	if s := ready(); s != http.StatusOK {
		t.Fatalf("readyz answers %d", s)
	}

	disk.fill()
	body := driver.Envelope(textEvent(w, "9101", "m_full", strings.Repeat("no room for this ", 500)))
	for range 3 {
		a := w.Webhook(body)
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		a.Problem(http.StatusServiceUnavailable, "unavailable")
	}
	if s := ready(); s != http.StatusServiceUnavailable {
		t.Errorf("readyz answers %d on a full disk", s)
	}
	r := newReply("no room for an answer")
	aki.Post(driver.ConversationPath(id, "messages"), r).Problem(http.StatusServiceUnavailable, "unavailable")
	aki.Cli("reply", id, "nor for this one", "--wait", "0").Exits(cli.ExitFailed).Says("(unavailable)")
	if n := len(aki.Messages(id)); n != 1 {
		t.Errorf("%d messages can be read on a full disk, want the first", n)
	}
	if got := w.Facebook.GotBy("9101"); len(got) != 0 {
		t.Errorf("the customer got %q, which is not on disk", got)
	}
	w.CustomerWrites("9101", "delivered later") // the sandbox tries it again and again

	disk.free()
	w.Delivers(body)
	aki.Post(driver.ConversationPath(id, "messages"), r).Is(http.StatusAccepted)
	aki.Cli("reply", id, "nor for this one").Ok()
	driver.WaitFor(t, "all is there once there is room", driver.Patience, func() bool { return len(aki.Messages(id)) == 5 })
	if got := w.Facebook.GotBy("9101"); len(got) != 2 {
		t.Errorf("the customer got %q, want both replies once", got)
	}
	if s := ready(); s != http.StatusOK {
		t.Errorf("readyz answers %d after there is room again", s)
	}
	w.Hub.Stop()
}

// TestAFolderThatCannotBeWritten: the hub does not start, and says which file it is about.
func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	var p *driver.Process
	if os.Geteuid() == 0 { // whom permissions do not stop
		p = hubOnTmpfs(w, "ro")
	} else {
		if err := os.MkdirAll(w.DataDir(), 0o500); err != nil {
			t.Fatal(err)
		}
		p = driver.NewProcess(t, w.HubEnv(), w.HubArgs()...)
	}
	p.Begin()
	if code := p.Exit(driver.Patience); code != cli.ExitFailed {
		t.Errorf("exit code %d, want %d", code, cli.ExitFailed)
	}
	if said := p.Err.String(); !strings.Contains(said, w.Database()) || strings.Count(said, "\n") != 1 {
		t.Errorf("the hub said %q, want one sentence with the file", said)
	}
}
