package mail_test

import (
	"strings"
	"testing"
	"time"

	"parley/hub/mail"
	"parley/model/notify"
)

// TestMailAway: numbers alone without content; with it whose and what, made safe, and never in the
// head of the mail.
func TestMailAway(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	d := notify.Digest{To: "aoi@example.com", Sums: []notify.Sum{{Kind: notify.NewInMine, N: 3}, {Kind: notify.Mentioned, N: 1}}, Now: at, Zone: time.UTC}
	for lang, subject := range map[string]string{"en": "Parley: 4 things wait for you", "ja": "Parley：お知らせが4件あります"} {
		before := len(s.mails())
		m := newMailer(t, mail.Config{URL: s.info.SMTPURL}, lang)
		if err := m.MailAway(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		got := s.mails()[before:]
		if len(got) != 1 || got[0].Subject != subject || got[0].To[0] != "aoi@example.com" || !strings.Contains(got[0].Raw, "Auto-Submitted: auto-generated") {
			t.Fatalf("%s: %+v", lang, got)
		}
		with := d
		with.Said = []notify.Event{{Kind: notify.NewInMine, Conversation: "100_5", Customer: "Hanako\r\nBcc: x@example.com", Text: "buy\x1b]0;t\x07 now", At: at}}
		if err := m.MailAway(t.Context(), with); err != nil {
			t.Fatal(err)
		}
		last := s.mails()[before+1]
		head, _, _ := strings.Cut(last.Raw, "\r\n\r\n")
		if strings.Contains(head, "Hanako") || strings.Contains(head, "Bcc") || strings.ContainsAny(last.Text, "\x1b\x07") || !strings.Contains(last.Text, "Hanako") {
			t.Errorf("%s: %q", lang, last.Raw)
		}
	}
}

// TestRefusedAwayMailTellsNoAddress: neither the user's nor what the server says of it, as the
// error goes into the log.
func TestRefusedAwayMailTellsNoAddress(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	s, address := serve(t, cert, true)
	s.unknown = true
	m := newMailer(t, mail.Config{URL: "smtps://aoi:p%40ss%2Fword@" + address, Roots: roots}, "en")
	for _, to := range []string{"kenji@example.com", "kenji@exam ple.com"} {
		err := m.MailAway(t.Context(), notify.Digest{To: to, Sums: []notify.Sum{{Kind: notify.NewInMine, N: 1}}, Now: time.Now(), Zone: time.UTC})
		if err == nil || strings.Contains(err.Error(), "kenji") || strings.Contains(err.Error(), "ple.com") {
			t.Errorf("%s: %v", to, err)
		}
	}
}
