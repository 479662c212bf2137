package hub_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"

	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/model"
)

// A struct that is logged shows neither text nor token, whatever the handler writes
// structs as.
func TestLogsHoldNoTextAndNoToken(t *testing.T) {
	t.Parallel()
	const secret = "only for the two of us"
	message := store.Message{Message: model.Message{Text: secret}}
	conversation := store.Conversation{Conversation: model.Conversation{Customer: model.Customer{Name: secret}}}
	for name, v := range map[string]any{
		"draft": outbox.Draft{Text: secret}, "connection": pages.Connection{Page: metaPage, Token: secret},
		"page":    store.Page{Page: model.Page{Name: secret}, Token: secret},
		"message": message, "conversation": &conversation,
		"found": store.Found{Conversation: conversation, Hits: []model.Hit{{Text: secret}}},
		"reply": store.Reply{Token: secret}, "attempt": store.Attempt{Token: secret},
		"pending": store.Pending{Event: model.Edit{Text: secret}}, "raw event": store.RawEvent{Body: []byte(secret)},
	} {
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("logged", "value", v)
		out := b.String()
		if strings.Contains(out, secret) || strings.Contains(out, base64.StdEncoding.EncodeToString([]byte(secret))) || strings.Contains(out, "panicked") {
			t.Errorf("%s is logged as %s", name, out)
		}
	}
}
