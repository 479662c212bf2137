package ui

import (
	"time"

	"parley/i18n"
)

// toast is a sentence that shows for a while in place of the keys.
type toast struct {
	text string
	// key and label of what may be done about it.
	key, label string
	until      time.Time
}

// How long a toast stays: long enough to be read, and longer where something can still
// be taken back.
const (
	toastFor     = 5 * time.Second
	toastUndoFor = 10 * time.Second
)

// notify shows a sentence.
func (s *Screen) notify(text string) {
	s.toast = toast{text: text, until: s.now().Add(toastFor)}
}

// notifyLonger shows a sentence that takes longer to be read.
func (s *Screen) notifyLonger(text string) {
	s.toast = toast{text: text, until: s.now().Add(toastUndoFor)}
}

// offerUndo adds to what was just said that it can be taken back.
func (s *Screen) offerUndo() {
	s.toast.key, s.toast.label = s.keyOf("undo"), s.say(i18n.CommandLabel("undo"))
	s.toast.until = s.now().Add(toastUndoFor)
}

// said returns the sentence that shows, with the key and label of what may be done about it.
func (s *Screen) said() (text, key, label string) { return s.toast.text, s.toast.key, s.toast.label }

// saidUntil is until when the sentence shows.
func (s *Screen) saidUntil() time.Time { return s.toast.until }

// hush takes the sentence away that shows.
func (s *Screen) hush() { s.toast = toast{} }

// expire takes the sentence away that showed for long enough.
func (s *Screen) expire(now time.Time) {
	if s.toast.text != "" && !now.Before(s.toast.until) {
		s.hush()
	}
}
