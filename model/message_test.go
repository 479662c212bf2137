package model_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parley/model"
)

func TestSummaryCuts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":                {"", ""},
		"short":                  {"hello", "hello"},
		"exactly the limit":      {strings.Repeat("東", 200), strings.Repeat("東", 200)},
		"one more":               {strings.Repeat("東", 201), strings.Repeat("東", 200)},
		"emoji":                  {strings.Repeat("😀", 500), strings.Repeat("😀", 200)},
		"a mark across the edge": {strings.Repeat("a", 199) + "e\u0301", strings.Repeat("a", 199) + "e"},
	} {
		if got := (model.Message{Text: model.Untrusted(tt.text)}).Summary().Text; string(got) != tt.want {
			t.Errorf("%s: got %d runes, want %d", name, utf8.RuneCountInString(string(got)), utf8.RuneCountInString(tt.want))
		}
	}
}

func TestSummaryIsABeginning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 400, -1).Draw(t, "text")
		got := string(model.Message{Text: model.Untrusted(text)}.Summary().Text)
		if !strings.HasPrefix(text, got) {
			t.Fatal("a summary is no beginning of its message")
		}
		if n := utf8.RuneCountInString(got); n != min(utf8.RuneCountInString(text), model.SummaryRunes) {
			t.Fatalf("%d runes", n)
		}
	})
}

func TestSummaryTellsOfTheMessage(t *testing.T) {
	t.Parallel()
	m := model.Message{
		ID: "1_a", Direction: model.Out, Author: model.Author{Kind: model.ByUser, Name: "Ann"}, Text: "hi",
		Event: &model.Notable{Kind: model.EventPostback}, SentAt: noon, State: model.Sent,
		Attachments: []model.Attachment{{Type: "image"}, {Type: "file"}},
	}
	s := m.Summary()
	if s.ID != m.ID || s.Direction != m.Direction || s.Author != m.Author || s.Event != m.Event ||
		!s.SentAt.Equal(m.SentAt) || s.State != m.State || strings.Join(s.Attachments, " ") != "image file" {
		t.Errorf("got %+v", s)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state   model.State
		arrived bool
	}{
		{model.Queued, false},
		{model.Posting, false},
		{model.Unknown, false},
		{model.Ask, false},
		{model.Sent, true},
		{model.Delivered, true},
		{model.Read, true},
		{model.Failed, false},
		{model.Dropped, false},
		{"", false},
	}
	for _, tt := range tests {
		if got := tt.state.Arrived(); got != tt.arrived {
			t.Errorf("%q.Arrived() = %v", tt.state, got)
		}
	}
}

func TestAsleep(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status model.Status
		until  *time.Time
		want   bool
	}{
		{"open", model.Open, nil, false},
		{"open, with a time left over", model.Open, at(time.Hour), false},
		{"done", model.Done, at(time.Hour), false},
		{"snoozed without end", model.Snoozed, nil, true},
		{"snoozed until later", model.Snoozed, at(time.Millisecond), true},
		{"snoozed until now", model.Snoozed, at(0), false},
		{"snoozed until earlier", model.Snoozed, at(-time.Hour), false},
	}
	for _, tt := range tests {
		c := model.Conversation{Status: tt.status, SnoozedUntil: tt.until}
		if got := c.Asleep(noon); got != tt.want {
			t.Errorf("%s: Asleep = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What is forgotten counts as uncertain: it is never sent again by itself.
func TestTheZeroOutcomeIsUncertain(t *testing.T) {
	t.Parallel()
	if (model.Outcome{}).Kind != model.OutcomeUncertain {
		t.Error("a forgotten outcome is taken for a certain one")
	}
}
