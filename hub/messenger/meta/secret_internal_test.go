package meta

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretStaysHidden(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := Secret("do-not-show")
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s)
	if all := fmt.Sprintf("%v %s %q %+v", s, s, s, s) + log.String(); strings.Contains(all, "do-not-show") {
		t.Error(all)
	}
}
