package ui

import "time"

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
func (m *Model) notify(text string) {
	m.toast = toast{text: text, until: m.clock.now().Add(toastFor)}
}

func (t *toast) expire(now time.Time) {
	if t.text != "" && !now.Before(t.until) {
		*t = toast{}
	}
}
