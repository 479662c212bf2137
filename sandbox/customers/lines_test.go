package customers

import (
	"strings"
	"testing"
	"time"

	"parley/sandbox/agenda"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// Customers tell their own number and address, never the sign that stands for it.
func TestCustomersTellTheirOwn(t *testing.T) {
	t.Parallel()
	w, id := world.New(3, time.Now), meta.Identify(3, "http://127.0.0.1")
	m := messenger.New(messenger.Options{Meta: id, Now: time.Now, World: w})
	New(Options{Living: 30, History: 200, Meta: id, Agenda: agenda.New(), World: w, Messenger: m})
	told := 0
	w.Do(func(st *world.State) {
		for _, c := range st.Customers() {
			for _, m := range c.Messages {
				if strings.Contains(m.Text, "{") {
					t.Errorf("written: %s", m.Text)
				}
				if strings.Contains(m.Text, c.Phone) || strings.Contains(m.Text, c.Email) {
					told++
				}
			}
		}
	})
	if told == 0 {
		t.Error("nobody tells anything")
	}
}
