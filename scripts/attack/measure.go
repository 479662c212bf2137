package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// result is the measurement of a round.
type result struct {
	// rss is the most memory that the hub held.
	rss int64
	// cpu is how much processor time the hub used.
	cpu time.Duration
	// took is how long others' requests took, failed how many failed, and failure one of those
	// errors.
	took    []time.Duration
	failed  int
	failure error
}

// at returns the time within which that percentage of requests was answered.
func (r result) at(percent int) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.took))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

func (r result) p99() time.Duration { return r.at(99) }

// How often others do each thing.
const othersPause = 25 * time.Millisecond

// measure lets others work during an attack until ctx ends: a user who lists and reads, Meta
// delivering, and somebody who connects anew each time.
func (w *world) measure(ctx context.Context) (r result) {
	var mu sync.Mutex
	var working sync.WaitGroup
	others := []func(context.Context, int) error{
		func(ctx context.Context, _ int) error {
			return w.call(ctx, http.MethodGet, "/v1/conversations?limit=50", w.target.member, nil, http.StatusOK)
		},
		func(ctx context.Context, _ int) error {
			return w.call(ctx, http.MethodGet, "/v1/conversations/"+w.target.conversation+"/messages?limit=50", w.target.member, nil, http.StatusOK)
		},
		w.customerWrites,
		func(ctx context.Context, _ int) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.target.url+"/healthz", nil)
			if err != nil {
				return err
			}
			req.Close = true
			return w.send(req, http.StatusOK)
		},
	}
	for _, do := range others {
		working.Go(func() {
			for n := 1; wait(ctx, othersPause); n++ {
				began := time.Now()
				// Requests that have begun are completed: they count.
				err := do(context.WithoutCancel(ctx), n)
				mu.Lock()
				if err != nil {
					r.failed++
					r.failure = err
				} else {
					r.took = append(r.took, time.Since(began))
				}
				mu.Unlock()
			}
		})
	}
	working.Go(func() { // over SSH, where what counts is whether they come in
		for wait(ctx, time.Second) {
			if err := w.memberComes(context.WithoutCancel(ctx)); err != nil {
				mu.Lock()
				r.failed++
				r.failure = fmt.Errorf("over SSH: %w", err)
				mu.Unlock()
			}
		}
	})
	before := w.cpu()
	for wait(ctx, 100*time.Millisecond) {
		r.rss = max(r.rss, w.rss())
	}
	r.cpu = w.cpu() - before
	working.Wait()
	return r
}

// rss returns how much memory the hub and its child processes hold; of those only what they don't
// share with the program. 0 if unknown.
func (w *world) rss() int64 {
	hub := w.hub.Process.Pid
	sum := memoryOf(hub, "VmRSS")
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", hub)) // of any thread
	if err != nil {
		return sum
	}
	for _, file := range tasks {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for _, child := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(child); err == nil {
				sum += memoryOf(pid, "RssAnon")
			}
		}
	}
	return sum
}

func memoryOf(pid int, field string) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		var kb int64
		if _, err := fmt.Sscanf(line, field+": %d kB", &kb); err == nil {
			return kb << 10
		}
	}
	return 0
}

// cpu returns how much processor time the hub has used; 0 if unknown.
func (w *world) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.hub.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(b), ") ") // the name may contain anything
	fields := strings.Fields(after)
	const user, system, ticks = 11, 12, 100
	if len(fields) <= system {
		return 0
	}
	u, err1 := strconv.ParseInt(fields[user], 10, 64)
	s, err2 := strconv.ParseInt(fields[system], 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(u+s) * time.Second / ticks
}

// wait sleeps, and returns false if ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
