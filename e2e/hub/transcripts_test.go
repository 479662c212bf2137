package hub

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/e2e/driver"
)

// noteBook is what the sandbox's Pipedrive holds.
type noteBook struct {
	Persons []struct {
		ID   int
		Name string
	}
	Notes []struct {
		Content string
		Person  int `json:"person_id"`
	}
}

func readNoteBook(f *driver.Facebook) (b noteBook) {
	f.Control(http.MethodGet, "/pipedrive/records", nil, &b)
	return b
}

// TestTranscriptsSurviveKills: a hub that is killed again and again while it writes a
// transcript leaves each message in the notes once.
func TestTranscriptsSurviveKills(t *testing.T) {
	t.Parallel()
	const kills, psid = 20, "70030000000000007003"
	w := driver.NewCRMWorld(t, "PARLEY_TIMING_SYNC_PAUSE=10ms", "PARLEY_TIMING_SYNC_MOST=50ms", "PARLEY_TIMING_SYNC_GAP=1ms",
		"PARLEY_TIMING_SYNC_RETRY=20ms", "PARLEY_TIMING_CRM_CALL=1s")
	ines := w.AddUser("Ines", "--admin", "--email", "installer@example.com")
	ines.ConnectsPage("shared").Ok()
	person := 0
	for _, p := range readNoteBook(w.Facebook).Persons {
		if p.Name == "山田 花子" {
			person = p.ID
		}
	}
	id := w.Facebook.PageID + "_" + psid
	w.CustomerWrites(psid, "message 0.")
	driver.WaitFor(t, "the conversation", driver.Patience, func() bool { return strings.Contains(ines.Cli("list").Out, id) })
	ines.Cli("link", id, fmt.Sprintf("person:%d", person)).Ok()
	said := 1
	for range kills {
		for range 2 {
			w.CustomerWrites(psid, fmt.Sprintf("message %d.", said))
			said++
		}
		<-time.After(rand.N(120 * time.Millisecond)) // that it is cut anywhere is what is tried
		w.Hub.Kill()
		w.StartHub()
	}
	stands := func(i int) (n int) {
		for _, note := range readNoteBook(w.Facebook).Notes {
			n += strings.Count(note.Content, fmt.Sprintf(" message %d.", i))
		}
		return n
	}
	driver.WaitFor(t, "all to be written", driver.Patience, func() bool {
		for i := range said {
			if stands(i) == 0 {
				return false
			}
		}
		return true
	})
	for i := range said {
		if n := stands(i); n != 1 {
			t.Errorf("message %d stands %d times", i, n)
		}
	}
}
