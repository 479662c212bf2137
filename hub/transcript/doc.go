// Package transcript decides which messages of a conversation are in which note of the CRM. It
// is pure: from messages, links and the parts that were written it computes the parts to write,
// and their text.
//
// A part is one note: the first, second … of a conversation and a day. A message is in one
// part. It stays where it was written; a new one goes to the part of its day. A part whose note
// a human changed is closed: new and changed messages of that day then go to today's note.
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

// Entry is a message as it is in a note, or will be.
type Entry struct {
	ID    model.MessageID      `json:"id"`
	MID   model.MID            `json:"mid,omitempty"`
	Order time.Time            `json:"order"`
	Seq   int64                `json:"seq"`
	Line  model.TranscriptLine `json:"line"`
	// Removed: a human removed it from the note.
	Removed bool `json:"removed,omitempty"`
}

// Part is a note as it was last written, or, with an Attempt, may have been written.
type Part struct {
	// Day is the day, like 2026-12-31, in Zone; Number counts the parts of a day from 1.
	Day    string `json:"day"`
	Number int    `json:"number"`
	Zone   string `json:"zone"`
	// Page and Customer are their names when the part was begun.
	Page     model.Untrusted `json:"page"`
	Customer model.Untrusted `json:"customer"`
	// Marker is in this note and nowhere else.
	Marker string `json:"marker"`
	// Note is the CRM's id of it; 0 if unknown.
	Note int64 `json:"note,omitempty"`
	// Records are the records that it is attached to.
	Records []model.RecordRef `json:"records,omitempty"`
	// Hash is that of the text that was last written, Answered that of the text that the CRM
	// returned, which sanitises what it is given; Entries are its content.
	Hash     string    `json:"hash,omitempty"`
	Answered string    `json:"answered,omitempty"`
	Entries  []Entry   `json:"entries,omitempty"`
	At       time.Time `json:"at"`
	// Attempt is a write of unknown outcome.
	Attempt *Attempt `json:"attempt,omitempty"`
	// Taken: a human changed the note, or deleted it, in which case it is Gone as well. Left:
	// it is attached to a record that was unlinked. Neither is written again.
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

// Same reports whether it is the same part as another.
func (p Part) Same(o Part) bool { return p.Day == o.Day && p.Number == o.Number }

// Forgets reports whether the part no longer contains something that it contained before.
func (p Part) Forgets(was Part) bool {
	tells := map[model.Untrusted]bool{"": true}
	for _, text := range p.texts() {
		tells[text] = true
	}
	return slices.ContainsFunc(was.texts(), func(text model.Untrusted) bool { return !tells[text] })
}

// texts returns every text of messages that a part contains, or may contain.
func (p Part) texts() (texts []model.Untrusted) {
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

// Finish records that what was attempted is in the note.
func (p *Part) Finish(at time.Time) {
	if p.Attempt == nil {
		return
	}
	p.Hash, p.Entries, p.Records, p.At, p.Attempt = p.Attempt.Hash, p.Attempt.Entries, p.Attempt.Records, at, nil
}

// Judge updates the part by the content of its note. The note is ours if its text is the last
// or the attempted one. Otherwise a human changed it, and what was attempted counts as written
// as far as it is there.
func (p *Part) Judge(content string, at time.Time) {
	hash := Hash(content)
	switch {
	case p.Attempt != nil && hash == p.Attempt.Hash:
		p.Finish(at)
	case p.Hash != "" && (hash == p.Hash || hash == p.Answered):
		p.Attempt = nil
	default:
		p.markTaken(content)
	}
}

// Lost records that the note no longer exists.
func (p *Part) Lost() {
	p.markTaken("")
	p.Gone = true
}

// markTaken records that a human changed the note, and which of the entries are still in it.
func (p *Part) markTaken(content string) {
	have := Plain(content)
	if p.Attempt != nil {
		for _, e := range p.Attempt.Entries {
			known := slices.IndexFunc(p.Entries, func(k Entry) bool { return k.ID == e.ID })
			if !stands(have, e, p.Day, p.Zone) {
				continue
			}
			p.At = p.Attempt.At // the note was written then, whoever changed it later
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

// Shown returns the part as users who may see its records read it.
func (p Part) Shown() model.Transcript {
	t := model.Transcript{Page: p.Page, Customer: p.Customer, Day: p.Day, Zone: p.Zone, WrittenAt: p.At, Lines: []model.TranscriptLine{}}
	for _, e := range p.Entries {
		if !e.Removed {
			t.Lines = append(t.Lines, e.Line)
		}
	}
	return t
}

// On reports whether the part is attached to a record, or may be.
func (p Part) On(r model.RecordRef) bool {
	return slices.Contains(p.Records, r) || p.Attempt != nil && slices.Contains(p.Attempt.Records, r)
}
