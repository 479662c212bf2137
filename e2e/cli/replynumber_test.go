package cli

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestAReplyOfTheCommandLineHasItsPlace: it is handed in with the time at which it was
// given, and when the same is given again while it is not known whether the hub has it,
// with the first time: a hub that was put back meanwhile knows by that to ask.
func TestAReplyOfTheCommandLineHasItsPlace(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var numbers []int64
	hub := playHub(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Number int64 `json:"number"`
		}
		if r.Method == http.MethodPost {
			_ = json.NewDecoder(r.Body).Decode(&in)
			mu.Lock()
			numbers = append(numbers, in.Number)
			mu.Unlock()
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	env := (&driver.World{T: t, Dir: t.TempDir()}).Env("rep", "PARLEY_HUB="+hub, "PARLEY_TOKEN=x")
	before := time.Now().UnixMicro()
	for _, text := range []string{"one", "two", "one"} {
		if r := driver.RunProgram(t, env, "", "reply", "100_1", text, "--wait", "0"); r.Exit == cli.ExitDone {
			t.Errorf("%s: %s", text, r.Out)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(numbers) != 3 || numbers[0] < before || numbers[1] <= numbers[0] || numbers[2] != numbers[0] {
		t.Errorf("handed in as %d, begun at %d", numbers, before)
	}
}
