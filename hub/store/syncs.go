package store

import (
	"time"

	"parley/hub/transcript"
	"parley/model"
)

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
