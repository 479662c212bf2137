package model_test

import (
	"testing"
	"time"

	"parley/model"
)

// TestWhatIsSaid between customer and Page: notes, system lines, standby, and what did not
// arrive are not.
func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m    model.Message
		want bool
	}{
		"the customer's":     {model.Message{Direction: model.In}, true},
		"theirs, taken back": {model.Message{Direction: model.In, Deleted: true}, false},
		"to another app":     {model.Message{Direction: model.In, Standby: true}, false},
		"by another app":     {model.Message{Direction: model.Out, Standby: true, State: model.Sent}, false},
		"on Facebook":        {model.Message{Direction: model.Out, State: model.Sent}, true},
		"queued":             {model.Message{Direction: model.Out, State: model.Queued}, true},
		"unknown":            {model.Message{Direction: model.Out, State: model.Unknown}, true},
		"asking":             {model.Message{Direction: model.Out, State: model.Ask}, true},
		"read":               {model.Message{Direction: model.Out, State: model.Read}, true},
		"failed":             {model.Message{Direction: model.Out, State: model.Failed}, false},
		"dropped":            {model.Message{Direction: model.Out, State: model.Dropped}, false},
		"a note":             {model.Message{Direction: model.Note}, false},
		"a system line":      {model.Message{Direction: model.System}, false},
	} {
		if got := c.m.Said(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestWhoNeedsYou: a customer in an open conversation, a reply that asks in any.
func TestWhoNeedsYou(t *testing.T) {
	t.Parallel()
	now := noon
	later, before := now.Add(time.Hour), now.Add(-time.Hour)
	in, out, ask := &model.Summary{Direction: model.In}, &model.Summary{Direction: model.Out, State: model.Sent}, &model.Summary{Direction: model.Out, State: model.Ask}
	for name, c := range map[string]struct {
		c    model.Conversation
		want bool
	}{
		"a customer":                   {model.Conversation{Status: model.Open, Waits: model.WaitsCustomer, LastMessage: out}, true},
		"a customer, put away":         {model.Conversation{Status: model.Snoozed, SnoozedUntil: &later, Waits: model.WaitsCustomer}, false},
		"a customer, awake again":      {model.Conversation{Status: model.Snoozed, SnoozedUntil: &before, Waits: model.WaitsCustomer}, true},
		"a customer, done":             {model.Conversation{Status: model.Done, Waits: model.WaitsCustomer}, false},
		"a reply":                      {model.Conversation{Status: model.Open, Waits: model.WaitsReply}, true},
		"a reply, put away":            {model.Conversation{Status: model.Snoozed, SnoozedUntil: &later, Waits: model.WaitsReply}, true},
		"a reply, done":                {model.Conversation{Status: model.Done, Waits: model.WaitsReply}, true},
		"nobody":                       {model.Conversation{Status: model.Open, Waits: model.WaitsNobody, LastMessage: in}, false},
		"a hub that does not tell":     {model.Conversation{Status: model.Open, LastMessage: in}, true},
		"such a hub, and a reply":      {model.Conversation{Status: model.Done, LastMessage: ask}, true},
		"such a hub, and it was us":    {model.Conversation{Status: model.Open, LastMessage: out}, false},
		"such a hub, nothing was said": {model.Conversation{Status: model.Open}, false},
	} {
		if got := c.c.NeedsYou(now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
