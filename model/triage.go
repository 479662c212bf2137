package model

import (
	"encoding/json"
	"slices"
	"time"

	"parley/model/label"
)

// Triage is a change of a conversation's triage. Fields that are not named stay as they
// are; the zero value changes nothing. It is the body of PATCH.
type Triage struct {
	Status *Status `json:"status,omitempty"`
	// SnoozedUntil is when a snooze ends. Any other status clears it.
	SnoozedUntil Field[*time.Time] `json:"snoozed_until,omitzero"`
	// Assignee is the new assignee; nil: nobody.
	Assignee Field[*UserID] `json:"assignee,omitzero"`
	// Labels replaces all labels.
	Labels *[]string `json:"labels,omitempty"`
	Pinned *bool     `json:"pinned,omitempty"`
}

// Field is an optional value of a change. Named distinguishes null, which is a value, from
// a field that is left out.
type Field[T any] struct {
	Named bool
	Value T
}

// IsZero reports whether the change leaves the value alone.
func (f Field[T]) IsZero() bool { return !f.Named }

// MarshalJSON implements [json.Marshaler].
func (f Field[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.Value) }

// UnmarshalJSON implements [json.Unmarshaler]. It is called only for fields that are named.
func (f *Field[T]) UnmarshalJSON(b []byte) error {
	f.Named = true
	return json.Unmarshal(b, &f.Value)
}

// ToStatus opens a conversation again or marks it done. For a snooze use [Snooze].
func ToStatus(s Status) Triage { return Triage{Status: &s} }

// Snooze snoozes a conversation until a time.
func Snooze(until time.Time) Triage {
	t := ToStatus(Snoozed)
	t.SnoozedUntil = Field[*time.Time]{Named: true, Value: &until}
	return t
}

// Pin pins a conversation.
func Pin() Triage { return pinned(true) }

// Unpin unpins a conversation.
func Unpin() Triage { return pinned(false) }

func pinned(v bool) Triage { return Triage{Pinned: &v} }

// Assign assigns a conversation to a user.
func Assign(to UserID) Triage { return Triage{Assignee: Field[*UserID]{Named: true, Value: &to}} }

// Unassign leaves a conversation with no assignee.
func Unassign() Triage { return Triage{Assignee: Field[*UserID]{Named: true}} }

// Label replaces a conversation's labels.
func Label(labels ...string) Triage {
	all := append([]string{}, labels...)
	return Triage{Labels: &all}
}

// Limits of a change.
const (
	// MaxSnooze is how far in the future a snooze may end.
	MaxSnooze = 10 * 365 * 24 * time.Hour
	// MaxLabels is how many labels a conversation may have.
	MaxLabels = label.Most
)

// TriageError says which field of a [Triage] is invalid, and why.
type TriageError struct {
	// Field is its name in JSON.
	Field string
	// Reason is a sentence.
	Reason string
}

// Error implements error.
func (e *TriageError) Error() string { return e.Field + ": " + e.Reason }

// Of returns the conversation after the change. An error is a [*TriageError]. A new assignee
// has only its id.
func (t Triage) Of(c Conversation, now time.Time) (Conversation, error) {
	var err error
	if c, err = t.withStatus(c, now); err != nil {
		return c, err
	}
	if t.Labels != nil {
		if c.Labels, err = label.All(*t.Labels, c.Labels); err != nil {
			return c, &TriageError{"labels", err.Error() + "."}
		}
	}
	if t.Pinned != nil {
		c.Pinned = *t.Pinned
	}
	if !t.Assignee.Named {
		return c, nil
	}
	switch to := t.Assignee.Value; {
	case to == nil:
		c.Assignee = nil
	case c.Assignee == nil || c.Assignee.ID != *to:
		c.Assignee = &UserRef{ID: *to}
	}
	return c, nil
}

// withStatus changes the status and the end of a snooze.
func (t Triage) withStatus(c Conversation, now time.Time) (Conversation, error) {
	if t.Status == nil && !t.SnoozedUntil.Named {
		return c, nil
	}
	if t.Status != nil {
		c.Status = *t.Status
	}
	switch c.Status {
	case Snoozed:
		return t.asleep(c, now)
	case Open, Done:
	default:
		return c, &TriageError{"status", "must be open, snoozed or done."}
	}
	if t.Status == nil && t.SnoozedUntil.Value != nil {
		return c, &TriageError{"snoozed_until", "goes with the status snoozed only."}
	}
	c.SnoozedUntil = nil
	return c, nil
}

func (t Triage) asleep(c Conversation, now time.Time) (Conversation, error) {
	if t.SnoozedUntil.Named {
		c.SnoozedUntil = t.SnoozedUntil.Value
	}
	switch until := c.SnoozedUntil; {
	case until == nil:
		return c, &TriageError{"snoozed_until", "a snooze needs the time when it ends."}
	case !until.After(now):
		return c, &TriageError{"snoozed_until", "a snooze must end in the future."}
	case until.Sub(now) > MaxSnooze:
		return c, &TriageError{"snoozed_until", "a snooze must end within ten years."}
	default:
		exact := until.UTC().Truncate(time.Microsecond)
		c.SnoozedUntil = &exact
	}
	return c, nil
}

// Inverse returns the change that restores what t changes to its value in c. A snooze that
// has ended by now is restored as open.
func (t Triage) Inverse(c Conversation, now time.Time) Triage {
	var back Triage
	if t.Status != nil || t.SnoozedUntil.Named {
		switch {
		case c.Status != Snoozed:
			back = ToStatus(c.Status)
		case c.SnoozedUntil != nil && c.Asleep(now):
			back = Snooze(*c.SnoozedUntil)
		default:
			back = ToStatus(Open)
		}
	}
	if t.Assignee.Named {
		back.Assignee = Unassign().Assignee
		if c.Assignee != nil {
			back.Assignee = Assign(c.Assignee.ID).Assignee
		}
	}
	if t.Labels != nil {
		back.Labels = Label(c.Labels...).Labels
	}
	if t.Pinned != nil {
		back.Pinned = pinned(c.Pinned).Pinned
	}
	return back
}

// SameTriage reports whether two versions of a conversation have the same triage.
func (c Conversation) SameTriage(d Conversation) bool {
	sameTime := c.SnoozedUntil == d.SnoozedUntil ||
		c.SnoozedUntil != nil && d.SnoozedUntil != nil && c.SnoozedUntil.Equal(*d.SnoozedUntil)
	sameUser := c.Assignee == d.Assignee ||
		c.Assignee != nil && d.Assignee != nil && c.Assignee.ID == d.Assignee.ID
	return c.Status == d.Status && sameTime && sameUser && c.Pinned == d.Pinned && slices.Equal(c.Labels, d.Labels)
}
