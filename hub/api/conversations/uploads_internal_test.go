package conversations

import (
	"strings"
	"testing"
	"time"
)

// A file that goes on coming may take its time, one that stands still may not.
func TestAFileMustNotStandStill(t *testing.T) {
	t.Parallel()
	var set []time.Time
	until := time.Now().Add(uploadStalls + time.Minute)
	s := &steady{Reader: strings.NewReader(strings.Repeat("x", 100)), until: until, deadline: func(at time.Time) error {
		set = append(set, at)
		return nil
	}}
	p := make([]byte, 10)
	_, _ = s.Read(p)
	s.until = time.Now().Add(time.Second)
	_, _ = s.Read(p)
	if len(set) != 2 || !set[0].Before(until) || set[0].Before(time.Now()) || !set[1].Equal(s.until) {
		t.Errorf("deadlines %v", set)
	}
}
