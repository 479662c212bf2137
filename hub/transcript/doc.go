// Package transcript decides what of a conversation stands in which note of the CRM. It
// is pure: of messages, links and the parts that were written it makes the parts that are
// to be written, and their text.
//
// A part is one note: of a conversation and a day, and the first, second … of these. A
// message stands in one part. It stays where it was written; one that is new goes to the
// part of its day. A part whose note a human changed is closed: what is new or was changed
// of a day that has one goes to the note of today.
package transcript

import (
	"log/slog"
	"slices"
	"time"

	"parley/model"
)

// Message is a message with its place in the conversation.
type Message struct {
	model.Message
	Order    time.Time
	FirstSeq int64
}

// Entry is a message as it stands in a note, or is to.
type Entry struct {
	ID    model.MessageID      `json:"id"`
	MID   model.MID            `json:"mid,omitempty"`
	Order time.Time            `json:"order"`
	Seq   int64                `json:"seq"`
	Line  model.TranscriptLine `json:"line"`
	// Removed: a human took it out of the note.
	Removed bool `json:"removed,omitempty"`
}

// Part is a note as it was written last, or, with an Attempt, may have been.
type Part struct {
	// Day is the day, 2026-12-31, in Zone; Number counts the parts of a day from 1.
	Day    string `json:"day"`
	Number int    `json:"number"`
	Zone   string `json:"zone"`
	// Page and Customer are what these were called when the part was begun.
	Page     model.Untrusted `json:"page"`
	Customer model.Untrusted `json:"customer"`
	// Marker stands in the note and nowhere else.
	Marker string `json:"marker"`
	// Note is the CRM's id of it; 0: none is known.
	Note int64 `json:"note,omitempty"`
	// Records are those that it stands on.
	Records []model.RecordRef `json:"records,omitempty"`
	// Hash is that of the text that was written last, Answered that of what the CRM made
	// of it, which cleans what it is given; Entries are what stands there.
	Hash     string    `json:"hash,omitempty"`
	Answered string    `json:"answered,omitempty"`
	Entries  []Entry   `json:"entries,omitempty"`
	At       time.Time `json:"at"`
	// Attempt is a write of which nobody knows yet what became.
	Attempt *Attempt `json:"attempt,omitempty"`
	// Taken: a human changed the note, or took it away; then it is Gone as well. Left: it
	// stands on a record that was unlinked. Neither is written again.
	Taken bool `json:"taken,omitempty"`
	Gone  bool `json:"gone,omitempty"`
	Left  bool `json:"left,omitempty"`
}

// Attempt is a text that is being written.
type Attempt struct {
	Hash    string            `json:"hash"`
	Entries []Entry           `json:"entries,omitempty"`
	Records []model.RecordRef `json:"records"`
	At      time.Time         `json:"at"`
}

// Same tells whether it is the same part as another.
func (p Part) Same(o Part) bool { return p.Day == o.Day && p.Number == o.Number }

// Forgets tells whether the part, as it was before, told something that it tells no longer.
func (p Part) Forgets(was Part) bool {
	tells := map[model.Untrusted]bool{"": true}
	for _, text := range p.told() {
		tells[text] = true
	}
	return slices.ContainsFunc(was.told(), func(text model.Untrusted) bool { return !tells[text] })
}

// told is all that a part tells, or may tell, of messages.
func (p Part) told() (texts []model.Untrusted) {
	entries := p.Entries
	if p.Attempt != nil {
		entries = slices.Concat(entries, p.Attempt.Entries)
	}
	for _, e := range entries {
		texts = append(append(texts, e.Line.Text), e.Line.Attachments...)
	}
	return texts
}

// LogValue implements [slog.LogValuer].
func (p Part) LogValue() slog.Value { return slog.StringValue(p.Day) }

// Finish takes over that what was attempted stands in the note.
func (p *Part) Finish(at time.Time) {
	if p.Attempt == nil {
		return
	}
	p.Hash, p.Entries, p.Records, p.At, p.Attempt = p.Attempt.Hash, p.Attempt.Entries, p.Attempt.Records, at, nil
}

// Judge takes over what a note was found to hold. It is ours while its text is the last or
// the attempted one; else a human's, and then what was attempted counts as written as far
// as it stands there.
func (p *Part) Judge(content string, at time.Time) {
	hash := Hash(content)
	switch {
	case p.Attempt != nil && hash == p.Attempt.Hash:
		p.Finish(at)
	case p.Hash != "" && (hash == p.Hash || hash == p.Answered):
		p.Attempt = nil
	default:
		p.take(content)
	}
}

// Lost takes over that the note is not there any more.
func (p *Part) Lost() {
	p.take("")
	p.Gone = true
}

func (p *Part) take(content string) {
	have := Plain(content)
	if p.Attempt != nil {
		for _, e := range p.Attempt.Entries {
			known := slices.IndexFunc(p.Entries, func(k Entry) bool { return k.ID == e.ID })
			if !stands(have, e, p.Day, p.Zone) {
				continue
			}
			if known >= 0 {
				p.Entries[known] = e
			} else {
				p.Entries = append(p.Entries, e)
			}
		}
		if p.Hash == "" {
			p.Records = p.Attempt.Records
		}
	}
	for i, e := range p.Entries {
		p.Entries[i].Removed = !stands(have, e, p.Day, p.Zone)
	}
	p.Taken, p.Attempt = true, nil
}

// Shown is the part as who may see its records reads it: what stands in the note.
func (p Part) Shown() model.Transcript {
	t := model.Transcript{Page: p.Page, Customer: p.Customer, Day: p.Day, Zone: p.Zone, WrittenAt: p.At, Lines: []model.TranscriptLine{}}
	for _, e := range p.Entries {
		if !e.Removed {
			t.Lines = append(t.Lines, e.Line)
		}
	}
	return t
}

// On tells whether the part stands on a record, or may.
func (p Part) On(r model.RecordRef) bool {
	return slices.Contains(p.Records, r) || p.Attempt != nil && slices.Contains(p.Attempt.Records, r)
}
