package customers_test

import (
	"encoding/json"
	"testing"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestPastConversationsStandInTheInboxOnly(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{Past: 30})
	var all struct {
		Conversations []struct {
			PSID     string
			Messages []string
		}
	}
	if err := json.Unmarshal(b.OK(b.Control("GET", "/conversations", nil)).Raw, &all); err != nil {
		b.Fatal(err)
	}
	longest := 0
	for _, c := range all.Conversations {
		longest = max(longest, len(c.Messages))
	}
	if len(all.Conversations) != 30 || longest <= 20 {
		t.Errorf("%d conversations, the longest of %d messages", len(all.Conversations), longest)
	}
	list, _ := b.OK(b.Graph("GET", "/"+b.Info().PageID+"/conversations?limit=100", b.Info().PageToken, nil)).Body["data"].([]any)
	if len(list) != 30 || len(b.Hook.All()) != 0 {
		t.Errorf("the inbox has %d, %d webhooks came", len(list), len(b.Hook.All()))
	}
}
