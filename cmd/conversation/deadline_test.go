package conversation

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
)

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
		p := cli.New(strings.NewReader(""), &out, &errs, []string{"TZ=" + tz})
		p.Words, p.Now = i18n.New("en"), func() time.Time { return at.AddDate(0, 1, 0) }
		(&commands{p}).conversation(shown{
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
