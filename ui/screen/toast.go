package screen

import (
	"time"

	"parley/i18n"
)

// toast is a sentence that is shown for a while in place of the keys.
type toast struct {
	text string
	// key and label are what the user can do about it.
	key, label string
	until      time.Time
}

// How long a toast is shown: long enough to read it, and longer if something can still be
// undone.
const (
	toastFor     = 5 * time.Second
	toastUndoFor = 10 * time.Second
)

// Notify shows a sentence.
func (s *Screen) Notify(text string) {
	s.toast = toast{text: text, until: s.Now().Add(toastFor)}
}

// NotifyLonger shows a sentence that takes longer to read.
func (s *Screen) NotifyLonger(text string) {
	s.toast = toast{text: text, until: s.Now().Add(toastUndoFor)}
}

// OfferUndo adds the undo key to the toast.
func (s *Screen) OfferUndo() {
	s.toast.key, s.toast.label = s.KeyOf("undo"), s.Say(i18n.CommandLabel("undo"))
	s.toast.until = s.Now().Add(toastUndoFor)
}

// Said returns the toast, with the key and label of what the user can do about it.
func (s *Screen) Said() (text, key, label string) { return s.toast.text, s.toast.key, s.toast.label }

// SaidFor is how many seconds are left of a toast with something to do about it.
func (s *Screen) SaidFor() int {
	return max(1, int((s.toast.until.Sub(s.Now())+time.Second-1)/time.Second))
}

// SaidNext is when the toast changes: it ends, or counts down.
func (s *Screen) SaidNext() time.Time {
	if s.toast.key == "" {
		return s.toast.until
	}
	return s.toast.until.Add(-time.Duration(s.SaidFor()-1) * time.Second)
}

// Hush removes the toast.
func (s *Screen) Hush() { s.toast = toast{} }

// Expire removes the toast if its time is over.
func (s *Screen) Expire(now time.Time) {
	if s.toast.text != "" && !now.Before(s.toast.until) {
		s.Hush()
	}
}
