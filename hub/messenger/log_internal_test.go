package messenger

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// Who is logged shows neither name nor token, whatever the handler writes structs as.
func TestLogsHoldNoNameAndNoToken(t *testing.T) {
	t.Parallel()
	const secret = "only for the two of us"
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, nil))
	log.Info("logged", "identity", Identity{ID: "1", Name: secret}, "account", Account{ID: "2", Name: secret, Token: secret})
	if out := b.String(); strings.Contains(out, secret) || !strings.Contains(out, `"id":"2"`) {
		t.Errorf("logged as %s", out)
	}
}
