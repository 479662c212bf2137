package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/hub/sshd"
	"parley/i18n"
	"parley/model"
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

// TestTheReplyDeadlineIsInTheUsersZone: show tells it, and every time, as TZ says.
func TestTheReplyDeadlineIsInTheUsersZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 16, 30, 0, 0, time.UTC)
	until := at.Add(24 * time.Hour)
	for tz, want := range map[string][]string{
		"UTC": {"until 2026-11-29 16:30", "2026-11-28 16:30"}, "JST-9": {"until 2026-11-30 01:30", "2026-11-29 01:30"},
		"EST5EDT,M3.2.0,M11.1.0": {"until 2026-11-29 11:30", "2026-11-28 11:30"}, ":Asia/Tokyo": {"until 2026-11-30 01:30", "2026-11-29 01:30"},
	} {
		var out, errs bytes.Buffer
		p := newProgram(strings.NewReader(""), &out, &errs, []string{"TZ=" + tz})
		p.words, p.now = i18n.New("en"), func() time.Time { return at.AddDate(0, 1, 0) }
		(&talkCommands{p}).conversation(shown{
			Conversation: model.Conversation{ID: "1_2", Customer: model.Customer{PSID: "2", Name: "Ken"}, WindowUntil: &until, Reply: model.Verdict{Allowed: true, Until: &until}},
			Messages:     []model.Message{{ID: "1_m", Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: "hello", SentAt: at}},
		})
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("TZ=%s: it says\n%s\nnot %q", tz, &out, w)
			}
		}
	}
}

// TestAWrongZoneIsSaid: in words, in both languages, on the command line and over SSH.
func TestAWrongZoneIsSaid(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "TZ=Asia/Tokio\u241b[31m is no time zone. Times are in UTC.", "ja": "TZ=Asia/Tokio\u241b[31mはタイムゾーンではありません。時刻はUTCで表示します。"} {
		var out, errs bytes.Buffer
		p := newProgram(strings.NewReader(""), &out, &errs, []string{"TZ=Asia/Tokio\x1b[31m"})
		if code := (&rootCommand{p}).run(t.Context(), []string{"version", "--lang", lang}); code != exitDone || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: %d, it says %q", lang, code, &errs)
		}
	}
	var out, errs bytes.Buffer
	p := newProgram(strings.NewReader(""), &out, &errs, []string{"TZ=JST-9"})
	if code := (&rootCommand{p}).run(t.Context(), []string{"version"}); code != exitDone || errs.Len() > 0 {
		t.Errorf("of a zone that is one it says %q", &errs)
	}
	p = newProgram(strings.NewReader(""), &out, &errs, nil)
	p.words = i18n.New("en")
	(&sessionCommand{program: p}).takesZone(sshd.Start{Zone: "JST-9", ZoneRefused: "Asia/Tokio"})
	if got := p.zoneTrouble(); got != p.words.Say(i18n.ZoneRefused, "TZ", "Asia/Tokio", "Zone", "JST-9") || p.zone.String() != "JST-9" {
		t.Errorf("over SSH it says %q", got)
	}
}
