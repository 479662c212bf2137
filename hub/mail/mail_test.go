package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/hub/mail"
	"parley/i18n"
	"parley/model"
	"parley/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is the sandbox's mail server.
type sink struct {
	*testing.T
	info sandbox.Info
	http *http.Client
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	w := &sink{T: t, info: s.Info(), http: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(func() {
		w.http.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return w
}

func (s *sink) control(method, path, body string, into any) {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, s.info.ControlURL+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	res, err := s.http.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		s.Fatalf("%s %s: %s", method, path, res.Status)
	}
	if into != nil {
		if err := json.NewDecoder(res.Body).Decode(into); err != nil {
			s.Fatal(err)
		}
	}
}

// received is a mail as it came.
type received struct {
	From, Subject, Text, Raw string
	To                       []string
	MessageID                string `json:"message_id"`
	ReplyTo                  string `json:"reply_to"`
}

func (s *sink) mails() []received {
	s.Helper()
	var got struct{ Mails []received }
	s.control(http.MethodGet, "/mails", "", &got)
	return got.Mails
}

func newMailer(t *testing.T, c mail.Config, lang string) *mail.Mailer {
	t.Helper()
	c.To, c.Words = "support@example.com", i18n.New(lang)
	m, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func block(m *mail.Mailer) model.PolicyMail {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	return model.PolicyMail{
		MessageID: m.MessageID("0193"), Kind: model.NoticePolicyBlock, Page: "100", PageName: "Aoyama Coffee",
		Reason: "Spammy messages", Since: at, Now: at.Add(time.Minute), Restricted: true,
	}
}

func TestMailTellsAll(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	for _, c := range []struct {
		name, lang string
		replyTo    string
		change     func(*model.PolicyMail)
		subject    string
		says       []string
		not        []string
	}{
		{
			name: "block", lang: "en", replyTo: "policy@example.com", subject: "Facebook has restricted Aoyama Coffee from sending",
			says: []string{"Since: 2026-11-20 09:30 UTC", "https://www.facebook.com/100", "> Spammy messages", "no reply can be sent", "answer this mail"},
			not:  []string{"Support Inbox"},
		},
		{
			name: "block, nobody to answer to", lang: "en", subject: "Facebook has restricted Aoyama Coffee from sending",
			says: []string{"Support Inbox", "https://www.facebook.com/support"}, not: []string{"answer this mail"},
		},
		{
			name: "block that is over", lang: "en", subject: "Facebook has restricted Aoyama Coffee from sending",
			change: func(p *model.PolicyMail) { p.Restricted = false }, says: []string{"It is lifted by now"}, not: []string{"no reply can be sent"},
		},
		{
			name: "warning without a reason", lang: "en", subject: "Facebook warns Aoyama Coffee",
			change: func(p *model.PolicyMail) { p.Kind, p.Reason = model.NoticePolicyWarning, "" },
			says:   []string{"Nothing is blocked yet", "gave no reason"},
		},
		{
			name: "unblock", lang: "en", subject: "Facebook lets Aoyama Coffee send again",
			change: func(p *model.PolicyMail) { p.Kind, p.Reason, p.Restricted = model.NoticePolicyUnblock, "", false },
			says:   []string{"within the last 24 hours"}, not: []string{"reason", "Support Inbox"},
		},
		{
			name: "block in Japanese", lang: "ja", replyTo: "policy@example.com", subject: "Facebookが青山珈琲の送信を制限しました",
			change: func(p *model.PolicyMail) { p.PageName = "青山珈琲" },
			says:   []string{"このメールに返信", "返信できません", "> Spammy messages"},
		},
	} {
		m := newMailer(t, mail.Config{URL: s.info.SMTPURL, ReplyTo: c.replyTo}, c.lang)
		p := block(m)
		if c.change != nil {
			c.change(&p)
		}
		if err := m.MailPolicy(t.Context(), p); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all := s.mails()
		got := all[len(all)-1]
		if got.Subject != c.subject || got.ReplyTo != angle(c.replyTo) || got.MessageID != p.MessageID ||
			got.From != "support@example.com" || len(got.To) != 1 || got.To[0] != "support@example.com" {
			t.Errorf("%s: %+v", c.name, got)
		}
		for _, want := range c.says {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: does not say %q:\n%s", c.name, want, got.Text)
			}
		}
		for _, no := range c.not {
			if strings.Contains(got.Text, no) {
				t.Errorf("%s: says %q:\n%s", c.name, no, got.Text)
			}
		}
	}
}

func angle(a string) string {
	if a == "" {
		return ""
	}
	return "<" + a + ">"
}

// TestNothingFromOutsideInAHeader: a Page's name can't begin a header, nor Facebook's
// words leave the body.
func TestNothingFromOutsideInAHeader(t *testing.T) {
	t.Parallel()
	s := newSink(t)
	m := newMailer(t, mail.Config{URL: s.info.SMTPURL}, "en")
	p := block(m)
	p.PageName = "Evil\r\nBcc: victim@example.com\r\n\r\n\x1b]0;x\aPage\u202e"
	p.Reason = "line\r\n.\r\nMAIL FROM:<a@b>\r\nX-Injected: 1\x1b[2J"
	if err := m.MailPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	all := s.mails()
	if len(all) != 1 {
		t.Fatalf("%d mails came", len(all))
	}
	header, _, _ := strings.Cut(all[0].Raw, "\r\n\r\n")
	for line := range strings.SplitSeq(header, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		if name == "Bcc" || name == "X-Injected" {
			t.Errorf("header %q", line)
		}
	}
	if len(all[0].To) != 1 || strings.ContainsAny(all[0].Subject+all[0].Text, "\x1b\a\u202e") {
		t.Errorf("%q %q to %v", all[0].Subject, all[0].Text, all[0].To)
	}
}

// TestMailServersThatDoNotTakeIt: every fault is an error within the deadline; one that
// strikes after the mail was taken is an error, too, and the mail is there.
func TestMailServersThatDoNotTakeIt(t *testing.T) {
	t.Parallel()
	for kind, came := range map[string]int{"refuse": 0, "later": 0, "hang": 0, "act_and_cut": 1} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSink(t)
			s.control(http.MethodPost, "/faults", `{"on": "smtp", "kind": "`+kind+`", "count": 1}`, nil)
			m := newMailer(t, mail.Config{URL: s.info.SMTPURL}, "en")
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if err := m.MailPolicy(ctx, block(m)); err == nil {
				t.Fatal("no error")
			}
			if n := len(s.mails()); n != came {
				t.Errorf("%d mails came, want %d", n, came)
			}
			if err := m.MailPolicy(t.Context(), block(m)); err != nil {
				t.Fatalf("the second time: %v", err)
			}
			if n := len(s.mails()); n != came+1 {
				t.Errorf("%d mails came in the end", n)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	m := newMailer(t, mail.Config{URL: "smtp://127.0.0.1:1"}, "en")
	if err := m.MailPolicy(t.Context(), block(m)); err == nil {
		t.Error("no error")
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	const to = "support@example.com"
	for _, c := range []struct {
		config mail.Config
		want   error
		domain string
	}{
		{config: mail.Config{URL: "smtp://mail.example.org", To: to}, domain: "@example.com"},
		{config: mail.Config{URL: "smtps://aoi%40example.net:secret@mail.example.org:465/", To: to}, domain: "@example.net"},
		{config: mail.Config{URL: "smtp://aoi:secret@mail.example.org?from=parley%40example.org", To: to}, domain: "@example.org"},
		{config: mail.Config{URL: "smtp://mail.example.org", To: to, ReplyTo: "x@example.com"}, domain: "@example.com"},
		{config: mail.Config{URL: "smtp://mail.example.org", To: "nobody"}, want: mail.ErrTo},
		{config: mail.Config{URL: "smtp://mail.example.org", To: "a@example.com\r\nBcc: b@example.com"}, want: mail.ErrTo},
		{config: mail.Config{URL: "smtp://mail.example.org", To: to, ReplyTo: "a, b"}, want: mail.ErrReplyTo},
		{config: mail.Config{URL: "http://mail.example.org", To: to}, want: mail.ErrURL},
		{config: mail.Config{URL: "mail.example.org", To: to}, want: mail.ErrURL},
		{config: mail.Config{URL: "smtp://mail.example.org:0", To: to}, want: mail.ErrURL},
		{config: mail.Config{URL: "smtp://mail.example.org/x", To: to}, want: mail.ErrURL},
		{config: mail.Config{URL: "smtp://mail.example.org?from=nobody", To: to}, want: mail.ErrURL},
		{config: mail.Config{URL: "smtp://u:p%zz@mail.example.org", To: to}, want: mail.ErrURL},
		{config: mail.Config{To: to}, want: mail.ErrURL},
	} {
		u, _ := url.Parse(c.config.URL)
		c.config.Words = i18n.New("en")
		m, err := mail.New(c.config)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%v: %v, want %v", u, err, c.want)
			continue
		}
		if err == nil && !strings.HasSuffix(m.MessageID("n"), c.domain) {
			t.Errorf("%v: message id %s", u, m.MessageID("n"))
		}
	}
}
