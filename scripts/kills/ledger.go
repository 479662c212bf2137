//go:build linux

package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// incoming is a message that Facebook delivered.
type incoming struct{ conversation, mid string }

// reply is what a user handed in.
type reply struct {
	conversation, client, text, id string
	note                           bool
}

// label is one that a conversation was given.
type label struct {
	is string
	at time.Time // when that was acknowledged; zero: it was not
}

// ledger is what was asked of the hub, and what it acknowledged, and when.
type ledger struct {
	mu       sync.Mutex
	messages map[incoming]time.Time
	replies  map[reply]time.Time
	begun    map[string]reply // by text
	labels   map[string][]label
	refused  []error
	// retried and dropped are replies that asked, by whether the customer had them.
	retried, dropped int
}

func newLedger() *ledger {
	return &ledger{messages: map[incoming]time.Time{}, replies: map[reply]time.Time{}, begun: map[string]reply{}, labels: map[string][]label{}}
}

// refuse notes an answer that must not come, though it is no acknowledgement.
func (l *ledger) refuse(what string, err error) {
	l.refused = append(l.refused, fmt.Errorf("%s: %w", what, err))
}

func (l *ledger) came(mids []incoming, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.refuse("webhook", err)
		return
	}
	for _, m := range mids {
		l.messages[m] = time.Now()
	}
}

func (l *ledger) handedIn(r reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun[r.text] = r
}

func (l *ledger) accepted(r reply, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.refuse("reply", err)
		return
	}
	l.replies[r] = time.Now()
}

func (l *ledger) labelling(conversation, is string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.labels[conversation] = append(l.labels[conversation], label{is: is})
}

func (l *ledger) labelled(conversation string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.refuse("label", err)
		return
	}
	of := l.labels[conversation]
	of[len(of)-1].at = time.Now()
}

// may are the labels that a conversation may have after what happened until then: the
// last that was acknowledged, or one that was asked for after it.
func (l *ledger) may(conversation string, by time.Time) (may []string, must bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.labels[conversation]
	for i := range slices.Backward(of) {
		may = append(may, of[i].is)
		if !of[i].at.IsZero() && of[i].at.Before(by) {
			return may, true
		}
	}
	return may, false
}

// acknowledged returns what was acknowledged until then.
func (l *ledger) acknowledged(by time.Time) (messages []incoming, replies []reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for m, at := range l.messages {
		if at.Before(by) {
			messages = append(messages, m)
		}
	}
	for r, at := range l.replies {
		if at.Before(by) {
			replies = append(replies, r)
		}
	}
	return messages, replies
}

// mistakes are answers that must not come.
func (l *ledger) mistakes() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.refused)
}

// answered notes that a user answered for a reply that asked.
func (l *ledger) answered(dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if dropped {
		l.dropped++
	} else {
		l.retried++
	}
}
