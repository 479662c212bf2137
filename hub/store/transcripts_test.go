package store_test

import (
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// TestSyncWakesAndRests: what is woken is due at once, and waits since then; what rests is
// not due by time.
func TestSyncWakesAndRests(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	var s store.Sync
	if s.Wake(at); !s.Since.Equal(at) || !s.WakeAt.Equal(at) {
		t.Errorf("woken: %+v", s)
	}
	if s.Rest(); !s.Since.IsZero() || !s.WakeAt.IsZero() {
		t.Errorf("at rest: %+v", s)
	}
}

// TestRetold: a transcript is written anew for what it tells, and for nothing else.
func TestRetold(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	said := func(change func(*model.Message)) store.Message {
		m := store.Message{Message: model.Message{ID: "1_m", Direction: model.In, Text: "hello", SentAt: at}}
		change(&m.Message)
		return m
	}
	as := said(func(*model.Message) {})
	note := said(func(m *model.Message) { m.Direction = model.Note })
	if !store.TranscriptChanged(nil, as) || store.TranscriptChanged(nil, note) {
		t.Error("of a new message: what a transcript tells, and no note")
	}
	if !store.TranscriptChanged(&note, as) || store.TranscriptChanged(&note, note) || !store.TranscriptChanged(&as, note) {
		t.Error("what becomes part of a transcript, or is none any more")
	}
	for name, c := range map[string]struct {
		change func(*model.Message)
		want   bool
	}{
		"the same":   {func(*model.Message) {}, false},
		"a seq":      {func(m *model.Message) { m.Seq++ }, false},
		"text":       {func(m *model.Message) { m.Text = "other" }, true},
		"deleted":    {func(m *model.Message) { m.Deleted = true }, true},
		"edited":     {func(m *model.Message) { m.Edited = true }, true},
		"attachment": {func(m *model.Message) { m.Attachments = []model.Attachment{{Type: "image"}} }, true},
		"time":       {func(m *model.Message) { m.SentAt = at.Add(1) }, true},
	} {
		if got := store.TranscriptChanged(&as, said(c.change)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
