package world_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// However messages come, a conversation stands in the order of Meta's time, and only what
// the customer wrote opens the window.
func TestConversationsStandInOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		ago := rapid.SliceOfN(rapid.Int64Range(0, 200), 1, 12).Draw(t, "hours ago")
		w := world.New(1, func() time.Time { return now })
		w.Do(func(st *world.State) {
			c := st.Add("1001", world.Person{})
			newest := int64(0)
			for i, h := range ago {
				at := st.Now() - h*time.Hour.Milliseconds()
				fromPage := i%2 == 1
				st.Record(&world.Message{MID: st.NextMID(c.PSID, at), Owner: c, At: at, FromPage: fromPage})
				if !fromPage {
					newest = max(newest, at)
				}
			}
			mids := map[string]bool{}
			for i, m := range c.Messages {
				if i > 0 && m.At < c.Messages[i-1].At {
					t.Fatalf("message %d stands behind a later one", i)
				}
				mids[m.MID] = true
			}
			if len(c.Messages) != len(ago) || len(mids) != len(ago) || c.LastWrote != newest {
				t.Fatalf("%d messages with %d mids, last wrote at %d, want %d", len(c.Messages), len(mids), c.LastWrote, newest)
			}
			if want := st.Now()-newest < 24*time.Hour.Milliseconds(); st.WindowOpen(c) != want {
				t.Fatalf("window open is %t, want %t", !want, want)
			}
			c.Came(&meta.Referral{Source: "ADS"})
			if want := st.Now()-newest < 7*24*time.Hour.Milliseconds(); st.WindowOpen(c) != want {
				t.Fatalf("by an ad, window open is %t, want %t", !want, want)
			}
		})
	})
}
