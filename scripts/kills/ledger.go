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

// reply is a reply that a user handed in.
type reply struct {
	conversation, client, text, id string
	note                           bool
}

// label is a label given to a conversation.
type label struct {
	is string
	at time.Time // when that was acknowledged; zero: it was not
}

// ledger is what was requested of the hub, what it acknowledged, and when.
type ledger struct {
	mu       sync.Mutex
	messages map[incoming]time.Time
	replies  map[reply]time.Time
	begun    map[string]reply // by text
	labels   map[string][]label
	refused  []error
	// retried and dropped count replies that asked, by whether the customer had not or had got them.
	retried, dropped int
}

func newLedger() *ledger {
	return &ledger{messages: map[incoming]time.Time{}, replies: map[reply]time.Time{}, begun: map[string]reply{}, labels: map[string][]label{}}
}

// refuse records an answer that must not come, even though it acknowledges nothing.
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

// may returns the labels that a conversation may have after what happened until then: the last one
// acknowledged, or one requested after it.
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

// acknowledged returns what was acknowledged by then.
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

// mistakes returns the answers that must not come.
func (l *ledger) mistakes() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.refused)
}

// answered records that a user decided on a reply that asked.
func (l *ledger) answered(dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if dropped {
		l.dropped++
	} else {
		l.retried++
	}
}
