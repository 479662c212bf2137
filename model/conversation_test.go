package model_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
)

// TestEntryLink: a link holds what Facebook takes as a ref, and nothing that would make
// another link of it.
func TestEntryLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ref, want string }{
		{"", "https://m.me/7"},
		{"shop_1-A=", "https://m.me/7?ref=shop_1-A="},
		{strings.Repeat("a", model.EntryLimit), "https://m.me/7?ref=" + strings.Repeat("a", model.EntryLimit)},
		{strings.Repeat("a", model.EntryLimit+1), ""},
		{"a&b", ""},
		{"店", ""},
		{"a\n", ""},
	} {
		got, err := model.EntryLink("7", c.ref)
		var r *model.Refusal
		if got != c.want || (c.want == "") != (errors.As(err, &r) && r.Code == model.EntryRef) {
			t.Errorf("%.20q: %.40q, %v", c.ref, got, err)
		}
	}
}

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

func user(id model.UserID) *model.UserID { return &id }

func TestTriageInJSON(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]model.Triage{
		`{}`:                  {},
		`{"status":"done"}`:   model.ToStatus(model.Done),
		`{"pinned":true}`:     model.Pin(),
		`{"pinned":false}`:    model.Unpin(),
		`{"labels":[]}`:       model.Label(),
		`{"labels":["a"]}`:    model.Label("a"),
		`{"assignee":"u-me"}`: model.Assign("u-me"),
		`{"assignee":null}`:   model.Unassign(),

		`{"status":"snoozed","snoozed_until":"2026-10-05T13:00:00Z"}`: model.Snooze(noon.Add(time.Hour)),

		`{"snoozed_until":null}`: {SnoozedUntil: model.Field[*time.Time]{Named: true}},
	} {
		b, err := json.Marshal(change)
		if err != nil || string(b) != want {
			t.Errorf("got %s (%v), want %s", b, err, want)
		}
		var back model.Triage
		if err := json.Unmarshal([]byte(want), &back); err != nil || !reflect.DeepEqual(back, change) {
			t.Errorf("%s became %+v (%v)", want, back, err)
		}
	}
	for _, bad := range []string{`{"assignee":1}`, `{"snoozed_until":"soon"}`, `{"labels":"a"}`, `{"pinned":"yes"}`} {
		var c model.Triage
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s became %+v", bad, c)
		}
	}
}

func TestTriageOf(t *testing.T) {
	t.Parallel()
	soon, later, past := noon.Add(time.Hour), noon.Add(2*time.Hour), noon.Add(-time.Second)
	named := func(at *time.Time) model.Triage {
		return model.Triage{SnoozedUntil: model.Field[*time.Time]{Named: true, Value: at}}
	}
	both := func(s model.Status, at *time.Time) model.Triage {
		c := named(at)
		c.Status = &s
		return c
	}
	open := model.Conversation{Status: model.Open}
	done := model.Conversation{Status: model.Done}
	asleep := model.Conversation{Status: model.Snoozed, SnoozedUntil: &soon}
	awake := model.Conversation{Status: model.Snoozed, SnoozedUntil: &past}
	for _, tt := range []struct {
		name   string
		from   model.Conversation
		change model.Triage
		status model.Status
		until  *time.Time
		field  string // of the error
	}{
		{"nothing", asleep, model.Triage{}, model.Snoozed, &soon, ""},
		{"done", open, model.ToStatus(model.Done), model.Done, nil, ""},
		{"done clears the snooze", asleep, model.ToStatus(model.Done), model.Done, nil, ""},
		{"done clears what it names", asleep, both(model.Done, &later), model.Done, nil, ""},
		{"open wakes", asleep, model.ToStatus(model.Open), model.Open, nil, ""},
		{"open again", done, both(model.Open, nil), model.Open, nil, ""},
		{"snooze", open, model.Snooze(soon), model.Snoozed, &soon, ""},
		{"snooze what is done", done, model.Snooze(soon), model.Snoozed, &soon, ""},
		{"snooze for longer", asleep, model.Snooze(later), model.Snoozed, &later, ""},
		{"move the end", asleep, named(&later), model.Snoozed, &later, ""},
		{"say snoozed again", asleep, model.ToStatus(model.Snoozed), model.Snoozed, &soon, ""},
		{"an end without a snooze is none", open, named(nil), model.Open, nil, ""},
		{"the longest", open, model.Snooze(noon.Add(model.MaxSnooze)), model.Snoozed, new(noon.Add(model.MaxSnooze)), ""},
		{"no end", open, model.ToStatus(model.Snoozed), "", nil, "snoozed_until"},
		{"an end taken away", asleep, named(nil), "", nil, "snoozed_until"},
		{"an end that is past", open, model.Snooze(past), "", nil, "snoozed_until"},
		{"an end that is now", open, model.Snooze(noon), "", nil, "snoozed_until"},
		{"too far ahead", open, model.Snooze(noon.Add(model.MaxSnooze + 1)), "", nil, "snoozed_until"},
		{"an end of nothing", open, named(&later), "", nil, "snoozed_until"},
		{"say snoozed when it is over", awake, model.ToStatus(model.Snoozed), "", nil, "snoozed_until"},
		{"no status", open, model.ToStatus("gone"), "", nil, "status"},
	} {
		got, err := tt.change.Of(tt.from, noon)
		var bad *model.TriageError
		switch {
		case tt.field != "":
			if !errors.As(err, &bad) || bad.Field != tt.field || !strings.HasSuffix(bad.Reason, ".") {
				t.Errorf("%s: got %v, want an error about %s", tt.name, err, tt.field)
			}
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		default:
			want := model.Conversation{Status: tt.status, SnoozedUntil: tt.until}
			if !got.SameTriage(want) {
				t.Errorf("%s: %s until %v", tt.name, got.Status, got.SnoozedUntil)
			}
		}
	}
	// A pin says nothing about a snooze that is over.
	if got, err := model.Pin().Of(awake, noon); err != nil || !got.Pinned || got.Status != model.Snoozed {
		t.Errorf("pinned %+v (%v)", got, err)
	}
}

func TestTriageOfAssignee(t *testing.T) {
	t.Parallel()
	named := model.Conversation{Assignee: &model.UserRef{ID: "u-me", Name: "Mio"}}
	for _, tt := range []struct {
		from   model.Conversation
		change model.Triage
		want   *model.UserRef
	}{
		{model.Conversation{}, model.Assign("u-me"), &model.UserRef{ID: "u-me"}},
		{named, model.Assign("u-me"), named.Assignee},
		{named, model.Assign("other"), &model.UserRef{ID: "other"}},
		{named, model.Unassign(), nil},
		{named, model.Pin(), named.Assignee},
		{named, model.Triage{Assignee: model.Field[*model.UserID]{Value: user("not named")}}, named.Assignee},
	} {
		got, err := tt.change.Of(tt.from, noon)
		if err != nil || !reflect.DeepEqual(got.Assignee, tt.want) {
			t.Errorf("%+v: got %+v (%v)", tt.change, got.Assignee, err)
		}
	}
}

func TestTriageOfLabels(t *testing.T) {
	t.Parallel()
	many := make([]string, model.MaxLabels+1)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for _, tt := range []struct {
		labels, want []string
		bad          bool
	}{
		{labels: nil, want: []string{}},
		{labels: []string{"vip", " vip ", "返品"}, want: []string{"vip", "返品"}},
		{labels: many[:model.MaxLabels], want: many[:model.MaxLabels]},
		{labels: []string{strings.Repeat("あ", 16)}, want: []string{strings.Repeat("あ", 16)}},
		{labels: many, bad: true},
		{labels: []string{" "}, bad: true},
		{labels: []string{strings.Repeat("a", 33)}, bad: true},
		{labels: []string{"a\x1b[31m"}, bad: true},
	} {
		got, err := model.Label(tt.labels...).Of(model.Conversation{Labels: []string{"before"}}, noon)
		var bad *model.TriageError
		if tt.bad != errors.As(err, &bad) || bad != nil && bad.Field != "labels" {
			t.Errorf("%q: %v", tt.labels, err)
		}
		if !tt.bad && !slices.Equal(got.Labels, tt.want) {
			t.Errorf("%q became %q", tt.labels, got.Labels)
		}
	}
}

// What was changed can be taken back; what was not named stays, whatever it became.
func TestTriageInverse(t *testing.T) {
	t.Parallel()
	drawn := func(r *rapid.T, name string) model.Conversation {
		c := model.Conversation{
			Status: rapid.SampledFrom([]model.Status{model.Open, model.Snoozed, model.Done}).Draw(r, name+" status"),
			Pinned: rapid.Bool().Draw(r, name+" pinned"),
			Labels: rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}`), 0, 3, rapid.ID).Draw(r, name+" labels"),
		}
		if c.Status == model.Snoozed {
			at := noon.Add(time.Duration(rapid.IntRange(1, 100).Draw(r, name+" until")) * time.Minute)
			c.SnoozedUntil = &at
		}
		if rapid.Bool().Draw(r, name+" assigned") {
			c.Assignee = &model.UserRef{ID: model.UserID(rapid.SampledFrom([]string{"a", "b"}).Draw(r, name+" assignee"))}
		}
		return c
	}
	rapid.Check(t, func(r *rapid.T) {
		from, to := drawn(r, "from"), drawn(r, "to")
		// The inverse of a change that names all names all.
		all := model.Triage{Status: &to.Status, Labels: &to.Labels, Pinned: &to.Pinned}
		all.SnoozedUntil = model.Field[*time.Time]{Named: true, Value: to.SnoozedUntil}
		all.Assignee = model.Unassign().Assignee
		if to.Assignee != nil {
			all.Assignee = model.Assign(to.Assignee.ID).Assignee
		}
		changed, err := all.Of(from, noon)
		if err != nil || !changed.SameTriage(to) {
			r.Fatalf("became %+v (%v), want %+v", changed, err, to)
		}
		back, err := all.Inverse(from, noon).Of(changed, noon)
		if err != nil || !back.SameTriage(from) {
			r.Fatalf("came back as %+v (%v), was %+v", back, err, from)
		}
	})
	past := noon.Add(-time.Minute)
	over := model.Conversation{Status: model.Snoozed, SnoozedUntil: &past}
	if back := model.ToStatus(model.Done).Inverse(over, noon); *back.Status != model.Open {
		t.Errorf("a snooze that is over comes back as %s", *back.Status)
	}
	if back := model.Pin().Inverse(over, noon); back.Status != nil || back.Labels != nil || !back.Assignee.IsZero() || *back.Pinned {
		t.Errorf("a pin is taken back by %+v", back)
	}
}
