package screen

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

// Notify shows a sentence.
func (s *Screen) Notify(text string) {
	s.toast = toast{text: text, until: s.Now().Add(toastFor)}
}

// NotifyLonger shows a sentence that takes longer to be read.
func (s *Screen) NotifyLonger(text string) {
	s.toast = toast{text: text, until: s.Now().Add(toastUndoFor)}
}

// OfferUndo adds to what was just said that it can be taken back.
func (s *Screen) OfferUndo() {
	s.toast.key, s.toast.label = s.KeyOf("undo"), s.Say(i18n.CommandLabel("undo"))
	s.toast.until = s.Now().Add(toastUndoFor)
}

// Said returns the sentence that shows, with the key and label of what may be done about it.
func (s *Screen) Said() (text, key, label string) { return s.toast.text, s.toast.key, s.toast.label }

// SaidUntil is until when the sentence shows.
func (s *Screen) SaidUntil() time.Time { return s.toast.until }

// Hush takes the sentence away that shows.
func (s *Screen) Hush() { s.toast = toast{} }

// Expire takes the sentence away that showed for long enough.
func (s *Screen) Expire(now time.Time) {
	if s.toast.text != "" && !now.Before(s.toast.until) {
		s.Hush()
	}
}
