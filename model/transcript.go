package model

import (
	"log/slog"
	"time"
)

// Transcript is what of a conversation stands on a record of the CRM: of one day, in the
// zone of the Page. Who may see the record may read it, whoever may see the conversation
// (docs/adr/0006), so it names the conversation by nothing but what the note in the CRM says.
type Transcript struct {
	// Page and Customer are what the Page and the customer were called when it was written.
	Page     Untrusted `json:"page"`
	Customer Untrusted `json:"customer"`
	// Day is the day, 2026-12-31, in Zone, as [LoadZone] has them.
	Day  string `json:"day"`
	Zone string `json:"zone"`
	// WrittenAt is when it was last written.
	WrittenAt time.Time        `json:"written_at"`
	Lines     []TranscriptLine `json:"lines"`
}

// TranscriptLine is one message of a transcript.
type TranscriptLine struct {
	At        time.Time `json:"at"`
	Direction Direction `json:"direction" enum:"in,out"`
	// Author is what who wrote it was called.
	Author Untrusted `json:"author"`
	Text   Untrusted `json:"text"`
	// Attachments are what the attachments are called: their kinds, or their files' names.
	Attachments []Untrusted `json:"attachments,omitempty"`
	// Day is the day that it belongs to where that is another than the transcript's: it
	// came late, or was changed, when that day's note was not ours to write any more.
	Day string `json:"day,omitempty"`
	// Edited: it was changed after it was sent. Unsent: it was taken back; it has no text.
	Edited bool `json:"edited,omitempty"`
	Unsent bool `json:"unsent,omitempty"`
}

// Location is the zone in which its day and times are meant; in a program that does not
// know it, UTC.
func (t Transcript) Location() *time.Location {
	zone, err := LoadZone(t.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// LogValue implements [slog.LogValuer].
func (t Transcript) LogValue() slog.Value { return slog.StringValue(t.Day) }

// LogValue implements [slog.LogValuer].
func (TranscriptLine) LogValue() slog.Value { return slog.StringValue("[line]") }
