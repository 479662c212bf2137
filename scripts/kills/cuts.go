//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// cutsEach is how many cuts are tried of one recorded piece of work.
const cutsEach = 50

// powerless simulates power cuts: it records what the hub writes and syncs for a while, and then
// writes the files as a disk may have them after each of many moments.
func (w *world) powerless(ctx context.Context) (string, error) {
	done, kept := 0, 0
	for piece := 0; done < w.cuts; piece++ {
		w.hub.stop()
		if err := w.begin(ctx, filepath.Join(w.dir, fmt.Sprintf("cuts-%d", piece))); err != nil {
			return "", err
		}
		w.hub.stop()
		d, err := w.writtenDown(ctx)
		if err != nil {
			return "", err
		}
		n, err := w.cut(ctx, d, min(cutsEach, w.cuts-done))
		done, kept = done+n, kept+len(d.steps)
		if err != nil {
			return fmt.Sprintf("after %d", done), err
		}
	}
	w.hub.stop()
	return fmt.Sprintf("%d, in %d steps to the disk", done, kept), errors.Join(append(w.ledger.mistakes(), w.begin(ctx, filepath.Join(w.dir, "after-cuts")))...)
}

// writtenDown lets the hub work for a while under strace, kills it, and returns the recording.
func (w *world) writtenDown(ctx context.Context) (*disk, error) {
	d, err := diskOf(w.data)
	if err != nil {
		return nil, err
	}
	trace := filepath.Join(w.dir, "trace")
	err = w.startHub(ctx, "strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-ttt", "-s", "100000", "-e", "signal=none",
		"-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat", "-o", trace)
	if err != nil {
		return nil, err
	}
	work := w.work(ctx)
	ok := wait(ctx, 4*w.load)
	w.hub.kill()
	work.stop()
	if !ok {
		return nil, ctx.Err()
	}
	if err := w.startHub(ctx); err != nil { // whoever waits for an answer gets one
		return nil, err
	}
	work.workers.Wait()
	w.hub.stop()
	f, err := os.Open(trace)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if err := d.read(f); err != nil {
		return nil, err
	}
	if len(d.steps) < cutsEach {
		return nil, fmt.Errorf("%w: strace wrote %d steps down", errWorld, len(d.steps))
	}
	return d, os.Remove(trace)
}

// cut writes the files as they may be after random moments, and checks that what was acknowledged
// before is there.
func (w *world) cut(ctx context.Context, d *disk, n int) (int, error) {
	for i := range n {
		at := 1 + w.rng.IntN(len(d.steps)-1)
		dir := filepath.Join(w.dir, "cut")
		if err := os.RemoveAll(dir); err != nil {
			return i, err
		}
		if err := d.lay(dir, at, w.rng); err != nil {
			return i, err
		}
		by := d.steps[at].at
		got, err := w.got(ctx, by)
		if err != nil {
			return i, err
		}
		if err := w.held(ctx, filepath.Join(dir, filepath.Base(w.store())), by, got); err != nil {
			return i + 1, fmt.Errorf("cut at step %d of %d, %s: %w", at, len(d.steps), by.Format(time.StampMicro), err)
		}
	}
	return n, nil
}
