package hubtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"parley/hub/pages"
	"parley/model"
)

var _ pages.Inbox = (*PastInbox)(nil)

// PastInbox is the Page's inbox on Facebook: threads most lately updated first, the 20
// newest messages of each, cursors that name a place.
type PastInbox struct {
	// Errs are the answers to the next calls; Heard is called as each comes, after it was
	// counted. Both are set while nobody asks.
	Errs  []error
	Heard func(n int)

	mu      sync.Mutex
	threads map[model.PSID][]model.PastMessage // oldest first
	calls   int
}

// NewPastInbox returns an inbox in which nobody wrote.
func NewPastInbox() *PastInbox { return &PastInbox{threads: map[model.PSID][]model.PastMessage{}} }

// Says adds a message to a thread.
func (f *PastInbox) Says(customer model.PSID, m model.PastMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.CreatedAt = m.CreatedAt.Truncate(time.Second)
	f.threads[customer] = append(f.threads[customer], m)
}

// Writes adds a message of the customer's to their thread.
func (f *PastInbox) Writes(customer model.PSID, mid model.MID, text string, at time.Time) {
	f.Says(customer, model.PastMessage{MID: mid, Text: model.Untrusted(text), CreatedAt: at})
}

// Fill adds so many threads of two messages each, the newest an hour ago.
func (f *PastInbox) Fill(n int) {
	for i := range n {
		c := model.PSID(strconv.Itoa(5000 + i))
		at := Now().Add(-time.Duration(i+1) * time.Hour)
		f.Writes(c, model.MID("m_q_"+c), "a question", at.Add(-time.Minute))
		f.Says(c, model.PastMessage{MID: model.MID("m_a_" + c), FromPage: true, Text: "an answer", CreatedAt: at})
	}
}

// All returns every thread's messages, oldest first.
func (f *PastInbox) All() map[model.PSID][]model.PastMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make(map[model.PSID][]model.PastMessage, len(f.threads))
	for c, ms := range f.threads {
		all[c] = slices.Clone(ms)
	}
	return all
}

// Asked is how often its threads were asked for.
func (f *PastInbox) Asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *PastInbox) enter() error {
	f.mu.Lock()
	f.calls++
	n, heard := f.calls, f.Heard
	var err error
	if len(f.Errs) > 0 {
		err, f.Errs = f.Errs[0], f.Errs[1:]
	}
	f.mu.Unlock()
	if heard != nil {
		heard(n)
	}
	return err
}

// place is where a thread stands in the list.
type place struct {
	at       int64
	customer model.PSID
}

func (f *PastInbox) places(after string) []place {
	var all []place
	for c, ms := range f.threads {
		all = append(all, place{ms[len(ms)-1].CreatedAt.Unix(), c})
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.customer, b.customer)) })
	if after == "" {
		return all
	}
	var behind place
	_, _ = fmt.Sscanf(after, "%d/%s", &behind.at, &behind.customer)
	return slices.DeleteFunc(all, func(p place) bool {
		return p.at > behind.at || p.at == behind.at && p.customer <= behind.customer
	})
}

func cursorOf(list []place, limit int) ([]place, string) {
	if len(list) <= limit {
		return list, ""
	}
	last := list[limit-1]
	return list[:limit], fmt.Sprintf("%d/%s", last.at, last.customer)
}

// Threads implements [pages.Inbox].
func (f *PastInbox) Threads(ctx context.Context, _ string, _ model.MetaPageID, after string, limit int) (model.PastThreads, error) {
	Sleep(500 * time.Millisecond) // the limiter's turn
	if err := cmp.Or(f.enter(), ctx.Err()); err != nil {
		return model.PastThreads{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	list, next := cursorOf(f.places(after), limit)
	out := model.PastThreads{Next: next}
	for _, p := range list {
		ms := f.threads[p.customer]
		t := model.PastThread{ID: "t_" + string(p.customer), Customer: p.customer, Name: "Customer " + model.Untrusted(p.customer), UpdatedAt: time.Unix(p.at, 0)}
		t.Messages = slices.Clone(ms[max(0, len(ms)-20):])
		slices.Reverse(t.Messages)
		out.Threads = append(out.Threads, t)
	}
	return out, nil
}

// CountThreads implements [pages.Inbox].
func (f *PastInbox) CountThreads(context.Context, string, model.MetaPageID, string) (int, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.threads), "", nil
}
