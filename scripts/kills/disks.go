//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// trouble is a fault of a hub's disk, or of the hub, for a while.
type trouble struct {
	name string
	// mount creates the disk; nil: the usual one.
	mount func(ctx context.Context, w *world, at string) (unmount func() error, err error)
	// begin starts the trouble, end ends it.
	begin func(ctx context.Context, w *world) (end func() error, err error)
	// restart: it only ends with a start on a working disk.
	restart bool
}

func troubles() []trouble {
	return []trouble{
		{name: "full disk", mount: ramDisk, begin: fill},
		{name: "full disk, killed", mount: ramDisk, begin: fillAndKill},
		{name: "read-only", mount: loopDisk, begin: readOnly, restart: true},
		{name: "failing fsync", begin: inject("fsync,fdatasync", "fsync,fdatasync:error=EIO")},
		{name: "fsync that fails now and then", begin: inject("fsync,fdatasync", "fsync,fdatasync:error=EIO:when=2+3")},
		{name: "failing writes", begin: inject("pwrite64", "pwrite64:error=EIO:when=3+5")},
		{name: "no file descriptors", begin: noDescriptors},
	}
}

const (
	diskSize  = "24m"
	troubled  = 3 * time.Second
	afterward = time.Second
)

// onBadDisks lets the hub work while its disk is bad, and after that.
func (w *world) onBadDisks(ctx context.Context) (string, error) {
	var said []string
	var bad error
	for i, t := range troubles() {
		what, err := w.suffer(ctx, t, filepath.Join(w.dir, fmt.Sprintf("disk-%d", i)))
		said = append(said, "\n  "+t.name+": "+what)
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("%s: %w", t.name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return strings.Join(said, ""), bad
}

func (w *world) suffer(ctx context.Context, t trouble, at string) (what string, err error) {
	w.hub.stop()
	if t.mount != nil {
		if err := os.MkdirAll(at, 0o700); err != nil {
			return "", err
		}
		unmount, err := t.mount(ctx, w, at)
		if err != nil {
			return "no disk", err
		}
		defer func() {
			w.hub.stop()
			err = errors.Join(err, unmount())
		}()
	}
	if err := w.begin(ctx, filepath.Join(at, "data")); err != nil {
		return "does not begin", err
	}
	work := w.work(ctx)
	defer work.end()
	wait(ctx, afterward)
	end, err := t.begin(ctx, w)
	if err != nil {
		return "can't be made", err
	}
	wait(ctx, troubled)
	_, unready := w.call(ctx, http.MethodGet, "/readyz", nil, http.StatusOK)
	if t.restart {
		w.hub.kill()
	}
	if err := end(); err != nil {
		return "does not end", err
	}
	if t.restart {
		if err := w.startHub(ctx); err != nil {
			return "does not start after it", err
		}
	}
	wait(ctx, afterward)
	if err := w.until(ctx, "the hub is ready again", func() error {
		_, err := w.call(ctx, http.MethodGet, "/readyz", nil, http.StatusOK)
		return err
	}); err != nil {
		return "does not recover", err
	}
	work.end()
	what, err = w.account(ctx)
	return fmt.Sprintf("%s; ready in it: %v", what, unready), err
}

// ramDisk creates a small disk in memory.
func ramDisk(ctx context.Context, _ *world, at string) (func() error, error) {
	return unmounter(ctx, at), command(ctx, "mount", "-t", "tmpfs", "-o", "size="+diskSize, "tmpfs", at)
}

// loopDisk creates a small disk in a file, with a journal as on servers.
func loopDisk(ctx context.Context, _ *world, at string) (func() error, error) {
	image := at + ".image"
	err := errors.Join(
		command(ctx, "truncate", "-s", "64m", image),
		command(ctx, "mkfs.ext4", "-q", image),
		command(ctx, "mount", "-o", "loop", image, at),
	)
	return unmounter(ctx, at), err
}

func unmounter(ctx context.Context, at string) func() error {
	return func() error { return command(context.WithoutCancel(ctx), "umount", at) }
}

func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput() //nolint:gosec // all commands are in this file
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// fill fills the hub's disk.
func fill(_ context.Context, w *world) (func() error, error) {
	path := filepath.Join(filepath.Dir(w.data), "filler")
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	piece := make([]byte, 1<<16)
	for err == nil {
		_, err = f.Write(piece)
	}
	for err = nil; err == nil; { // to the last page
		_, err = f.Write(piece[:1<<12])
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return nil, err
	}
	return func() error { return os.Remove(path) }, f.Close()
}

// fillAndKill also kills the hub on the full disk, and starts it there if it can.
func fillAndKill(ctx context.Context, w *world) (func() error, error) {
	free, err := fill(ctx, w)
	if err != nil {
		return nil, err
	}
	wait(ctx, afterward)
	w.hub.kill()
	if err := w.startHub(ctx); err == nil {
		return free, nil
	} else if _, e := fmt.Fprintf(w.out, "  on a full disk: %.400s\n", err); e != nil {
		return nil, e
	}
	return func() error { return errors.Join(free(), w.startHub(ctx)) }, nil
}

// readOnly makes the file system read-only, as it becomes when its disk fails.
func readOnly(ctx context.Context, w *world) (func() error, error) {
	at := filepath.Dir(w.data)
	return func() error {
		return errors.Join(command(ctx, "umount", at), command(ctx, "mount", "-o", "loop", at+".image", at))
	}, command(ctx, "mount", "-o", "remount,abort", at)
}

// inject makes some of the hub's system calls fail.
func inject(calls, how string) func(context.Context, *world) (func() error, error) {
	return func(ctx context.Context, w *world) (func() error, error) {
		cmd := exec.CommandContext(context.WithoutCancel(ctx), "strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace="+calls, "-e", "inject="+how, "-p", strconv.Itoa(w.hub.cmd.Process.Pid)) //nolint:gosec // the hub's own number
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return func() error {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait() // it ends by the signal
			return nil
		}, nil
	}
}

// noDescriptors prevents the hub from opening any more files.
func noDescriptors(_ context.Context, w *world) (func() error, error) {
	pid := w.hub.cmd.Process.Pid
	var was unix.Rlimit
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return nil, err
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &was); err != nil {
		return nil, err
	}
	less := was
	less.Cur = uint64(len(open))
	return func() error { return unix.Prlimit(pid, unix.RLIMIT_NOFILE, &was, nil) }, unix.Prlimit(pid, unix.RLIMIT_NOFILE, &less, nil)
}
