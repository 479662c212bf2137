package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEnvironmentZone: TZ is honoured fully in every form that it has, or refused.
func TestEnvironmentZone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, tzif("JST-9"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for tz, want := range map[string]struct{ clock, refused string }{
		"JST-9": {"09:00", ""}, "EST5EDT,M3.2.0,M11.1.0": {"20:00", ""}, "<+09>-9": {"09:00", ""}, ":Asia/Tokyo": {"09:00", ""}, "Asia/Tokyo": {"09:00", ""},
		"/usr/share/zoneinfo/Asia/Tokyo": {"09:00", ""}, ":/usr/share/zoneinfo/Asia/Tokyo": {"09:00", ""}, file: {"09:00", ""}, ":" + file: {"09:00", ""},
		"": {"00:00", ""}, ":": {"00:00", ""}, "UTC": {"00:00", ""}, "UTC0": {"00:00", ""},
		"Asia/Tokio": {"00:00", "Asia/Tokio"}, "JST": {"00:00", "JST"}, "Local": {"00:00", "Local"}, "no/such": {"00:00", "no/such"},
		"/no/such/file": {"00:00", "/no/such/file"}, empty: {"00:00", empty}, "/": {"00:00", "/"}, "/dev/null": {"00:00", "/dev/null"},
		strings.Repeat("x", 5000): {"00:00", strings.Repeat("x", 5000)},
	} {
		zone, refused := environmentZone([]string{"TZ=Europe/Paris", "A=b", "TZ=" + tz})
		if got := at.In(zone).Format("15:04"); got != want.clock || refused != want.refused {
			t.Errorf("TZ=%.40s: %s in %s, refused %.40q", tz, got, zone, refused)
		}
	}
	if zone, refused := environmentZone([]string{"A=b"}); zone != time.Local || refused != "" {
		t.Errorf("without TZ: %s, %q", zone, refused)
	}
}

// tzif is a file of a zone without changes.
func tzif(rule string) []byte {
	const head = "TZif2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	return []byte(head + strings.Repeat("\x00", 24) + head + strings.Repeat("\x00", 16) + "\x00\x00\x00\x01\x00\x00\x00\x04" + strings.Repeat("\x00", 6) + "-00\x00\n" + rule + "\n")
}
