package root

import (
	"bytes"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/hub/sshd"
	"parley/i18n"
)

// TestAWrongZoneIsSaid: in words, in both languages, on the command line and over SSH.
func TestAWrongZoneIsSaid(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "TZ=Asia/Tokio\u241b[31m is no time zone. Times are in UTC.", "ja": "TZ=Asia/Tokio\u241b[31mはタイムゾーンではありません。時刻はUTCで表示します。"} {
		var out, errs bytes.Buffer
		p := cli.New(strings.NewReader(""), &out, &errs, []string{"TZ=Asia/Tokio\x1b[31m"})
		if code := Run(t.Context(), p, []string{"version", "--lang", lang}); code != cli.ExitDone || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: %d, it says %q", lang, code, &errs)
		}
	}
	var out, errs bytes.Buffer
	p := cli.New(strings.NewReader(""), &out, &errs, []string{"TZ=JST-9"})
	if code := Run(t.Context(), p, []string{"version"}); code != cli.ExitDone || errs.Len() > 0 {
		t.Errorf("of a zone that is one it says %q", &errs)
	}
	p = cli.New(strings.NewReader(""), &out, &errs, nil)
	p.Words = i18n.New("en")
	p.SetZone(sshd.Start{Zone: "JST-9", ZoneRefused: "Asia/Tokio"})
	if got := p.ZoneTrouble(); got != p.Words.Say(i18n.ZoneRefused, "TZ", "Asia/Tokio", "Zone", "JST-9") || p.Zone.String() != "JST-9" {
		t.Errorf("over SSH it says %q", got)
	}
}
