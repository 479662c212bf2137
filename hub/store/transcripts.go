package store

import (
	"time"

	"parley/hub/transcript"
	"parley/model"
)

// TranscriptReader reads how transcripts stand in the CRM.
type TranscriptReader interface {
	// Sync returns how a conversation's transcript stands in the CRM.
	Sync(id model.ConversationID) (Sync, error)
	// DueSyncs returns syncs whose WakeAt is not after now, oldest first; and when the
	// next one after them is due, zero if none is.
	DueSyncs(now time.Time, limit int) ([]Sync, time.Time, error)
	// ChangedSyncs returns syncs of conversations in which something that a transcript
	// tells changed after what was noticed.
	ChangedSyncs(limit int) ([]Sync, error)
	// PageSyncs returns all syncs of a Page.
	PageSyncs(page model.PageID) ([]Sync, error)
	// Transcript returns the parts of a conversation's transcript, by day and number.
	Transcript(id model.ConversationID) ([]transcript.Part, error)
	// TranscriptPart returns one of them.
	TranscriptPart(id model.ConversationID, day string, number int) (transcript.Part, error)
	// TranscriptsOn returns a page of the parts whose notes stand on a record, whichever
	// Page they are of, the newest day first; not those that are gone.
	TranscriptsOn(record model.RecordRef, cursor string, limit int) ([]transcript.Part, string, error)
}

// TranscriptWriter keeps how transcripts stand. None of it takes a seq.
type TranscriptWriter interface {
	// PutSync stores how the transcript stands of a conversation that is there.
	PutSync(s Sync) error
	// PutTranscript stores a part of the transcript of a conversation that is there; it
	// goes with the conversation.
	PutTranscript(conversation model.ConversationID, p transcript.Part) error
}

// Sync is how a conversation's transcript in the CRM stands.
type Sync struct {
	Conversation model.ConversationID
	// Off: nothing is written.
	Off bool
	// Since is when the first thing changed that is still to be written; zero: nothing is.
	Since time.Time
	// WakeAt is when it is written; zero: not by time.
	WakeAt time.Time
	// DoneAt is when all of it was last there.
	DoneAt time.Time
	// Failures counts tries in a row that failed, for the back-off; Reason is why the last
	// one did, or what it waits for.
	Failures int
	Reason   model.Code
	// Changed is the seq of the newest change of what a transcript tells, Noticed up to
	// which somebody saw to it. The store sets Changed, and keeps it as it is where a
	// sync is put.
	Changed, Noticed int64
}

// Wake has it written at that time.
func (s *Sync) Wake(at time.Time) {
	s.Since, s.WakeAt = at, at
}

// Rest has nothing written.
func (s *Sync) Rest() {
	s.Since, s.WakeAt = time.Time{}, time.Time{}
}

// Retold tells whether a message tells a transcript another thing than before. was is nil
// for one that is new.
func Retold(was *Message, m Message) bool {
	told := transcript.Told(m.Message)
	if was == nil || !transcript.Told(was.Message) {
		return told
	}
	return !told || was.Text != m.Text || was.Deleted != m.Deleted || was.Edited != m.Edited ||
		len(was.Attachments) != len(m.Attachments) || !was.SentAt.Equal(m.SentAt)
}
