//go:build linux

package main

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// start measures a start on the store as it was filled.
func start(ctx context.Context, w *world) error {
	w.say("")
	for range 3 {
		w.stopHub()
		began := time.Now()
		if err := w.startHub(ctx); err != nil {
			return err
		}
		w.figure("start to ready", ms(time.Since(began)))
	}
	return nil
}

// lists measures what the screen asks first: counts, and the beginning of each list.
func lists(ctx context.Context, w *world) error {
	w.say("")
	if err := w.answered(ctx, "nothing, to compare with (/healthz)", "/healthz"); err != nil {
		return err
	}
	page := "page=" + string(pageID(0))
	if err := w.answered(ctx, "counts", "/v1/counts?"+page); err != nil {
		return err
	}
	if err := w.answered(ctx, "counts of 100 Pages", "/v1/counts"); err != nil {
		return err
	}
	if err := w.answered(ctx, "first page of open of 100 Pages", "/v1/conversations?limit=50&filter=open"); err != nil {
		return err
	}
	for _, filter := range []string{"all", "open", "mine", "unassigned", "snoozed", "done", "blocked", "waiting", "mentioned", "is:unread", "is:open is:unread"} {
		if err := w.answered(ctx, "first page of "+filter, "/v1/conversations?limit=50&"+page+"&filter="+url.QueryEscape(filter)); err != nil {
			return err
		}
	}
	for _, words := range []string{"あ", "が", "tomorrow", "Customer 77"} {
		if err := w.answered(ctx, "search of "+words, "/v1/conversations?limit=50&"+page+"&search="+url.QueryEscape(words)); err != nil {
			return err
		}
	}
	return nil
}

// answered asks something again and again, and prints how soon it is answered.
func (w *world) answered(ctx context.Context, what, path string) error {
	const times = 40
	var all []time.Duration
	used := w.cpu()
	for range times {
		began := time.Now()
		if _, err := w.ask(ctx, http.MethodGet, path, nil, nil); err != nil {
			return err
		}
		all = append(all, time.Since(began))
	}
	used = (w.cpu() - used) / times
	w.figure("answered p50, p99: "+what, ms(share(all, 0.5)), ms(share(all, 0.99)), "CPU of the hub "+ms(used))
	return nil
}
