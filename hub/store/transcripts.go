package store

import (
	"time"

	"parley/hub/transcript"
	"parley/model"
)

// TranscriptReader reads the state of transcripts in the CRM.
type TranscriptReader interface {
	// Sync returns the state of a conversation's transcript.
	Sync(id model.ConversationID) (Sync, error)
	// DueSyncs returns syncs whose WakeAt is not after now, oldest first, and when the next one
	// after them is due, zero if none is.
	DueSyncs(now time.Time, limit int) ([]Sync, time.Time, error)
	// ChangedSyncs returns syncs of conversations in which something in the transcript changed
	// that was not noticed yet.
	ChangedSyncs(limit int) ([]Sync, error)
	// PageSyncs returns all syncs of a Page.
	PageSyncs(page model.PageID) ([]Sync, error)
	// Transcript returns the parts of a conversation's transcript, by day and number.
	Transcript(id model.ConversationID) ([]transcript.Part, error)
	// TranscriptPart returns one of them.
	TranscriptPart(id model.ConversationID, day string, number int) (transcript.Part, error)
	// TranscriptsOn returns one page of the parts whose notes are on a record, of whichever
	// Page, the newest day first, leaving out deleted ones.
	TranscriptsOn(record model.RecordRef, cursor string, limit int) ([]transcript.Part, string, error)
}

// TranscriptWriter stores the state of transcripts. It takes no seq.
type TranscriptWriter interface {
	// PutSync stores the state of the transcript of an existing conversation.
	PutSync(s Sync) error
	// PutTranscript stores a part of the transcript of an existing conversation; it is removed
	// with the conversation.
	PutTranscript(conversation model.ConversationID, p transcript.Part) error
}

// Sync is the state of a conversation's transcript in the CRM.
type Sync struct {
	Conversation model.ConversationID
	// Off: nothing is written.
	Off bool
	// Since is when the first change happened that is still unwritten; zero if there is none.
	Since time.Time
	// WakeAt is when it is written; zero if it is not scheduled.
	WakeAt time.Time
	// DoneAt is when it was last complete.
	DoneAt time.Time
	// Failures counts consecutive failures, for the backoff; Reason is why the last one
	// happened, or what it waits for.
	Failures int
	Reason   model.Code
	// Changed is the seq of the newest change of what belongs in the transcript, Noticed the
	// one up to which the worker has handled changes. The store sets Changed; putting a sync
	// leaves it alone.
	Changed, Noticed int64
}

// Wake schedules the writing for that time.
func (s *Sync) Wake(at time.Time) {
	s.Since, s.WakeAt = at, at
}

// Rest schedules nothing.
func (s *Sync) Rest() {
	s.Since, s.WakeAt = time.Time{}, time.Time{}
}

// TranscriptChanged reports whether a change of a message changes the transcript. was is nil
// for a new message.
func TranscriptChanged(was *Message, m Message) bool {
	told := transcript.Includes(m.Message)
	if was == nil || !transcript.Includes(was.Message) {
		return told
	}
	return !told || was.Text != m.Text || was.Deleted != m.Deleted || was.Edited != m.Edited ||
		len(was.Attachments) != len(m.Attachments) || !was.SentAt.Equal(m.SentAt)
}
