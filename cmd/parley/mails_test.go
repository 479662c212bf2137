package main

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
)

// sinkMail is one that the sandbox's mail server took.
type sinkMail struct {
	Subject, Text string
	To            []string
	MessageID     string `json:"message_id"`
	ReplyTo       string `json:"reply_to"`
}

func (f *facebook) mails() []sinkMail {
	f.w.t.Helper()
	var out struct{ Mails []sinkMail }
	f.control(http.MethodGet, "/mails", nil, &out)
	return out.Mails
}

// mailWorld is a world whose hub mails the support inbox, with a Page.
func mailWorld(t *testing.T, settings ...string) (*world, *user) {
	t.Helper()
	w := newQuietWorld(t, settings...)
	w.facebook = w.startFacebook()
	w.settings = append(w.settings, "PARLEY_SMTP_URL="+w.facebook.SMTPURL, "PARLEY_SUPPORT_EMAIL=support@example.com",
		"PARLEY_POLICY_REPLY_TO=policy@example.com")
	w.startHub()
	aki := w.addAdmin("Aki")
	aki.connectsPage().ok()
	return w, aki
}

// TestFacebookBlocksThePage: the block is mailed with its reason and refuses replies;
// the unblock is mailed, too, and replies go out again; both stand in the notices until
// somebody reads them.
func TestFacebookBlocksThePage(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t)
	w.customerWrites("6201", "Hello there, hub")
	id := w.conversationWith("6201")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello there, hub") })

	w.facebook.control(http.MethodPost, "/page", map[string]string{"policy": "block", "reason": "Too many links in your messages"}, nil)
	within(t, "the block is mailed", patience, func() bool { return len(w.facebook.mails()) == 1 })
	m := w.facebook.mails()[0]
	if m.Subject != "Facebook has restricted Aoyama Coffee from sending" || m.ReplyTo != "<policy@example.com>" ||
		!strings.Contains(m.Text, "Too many links in your messages") || len(m.To) != 1 || m.To[0] != "support@example.com" {
		t.Errorf("mail %+v", m)
	}
	if strings.Contains(m.Text, "Hello there, hub") || strings.Contains(m.Text, "6201") {
		t.Errorf("the mail tells of a customer: %s", m.Text)
	}
	aki.cli("reply", id, "too soon").exits(cli.ExitRefused).says("(page_restricted)")
	waitFor(t, "the notice says that it is mailed", patience, func() bool {
		return strings.Contains(aki.cli("notices").ok().out, "Mailed to the support inbox")
	})

	w.facebook.control(http.MethodPost, "/page", map[string]string{"policy": "unblock"}, nil)
	waitFor(t, "the unblock is mailed", patience, func() bool { return len(w.facebook.mails()) == 2 })
	if m := w.facebook.mails()[1]; m.Subject != "Facebook lets Aoyama Coffee send again" {
		t.Errorf("mail %+v", m)
	}
	aki.cli("reply", id, "back again").ok()

	if out := aki.cli("notices").ok().out; strings.Count(out, "unread") != 2 {
		t.Errorf("notices:\n%s", out)
	}
	if out := aki.cli("notices", "--read").ok().out; strings.Count(out, "Read by Aki") != 2 {
		t.Errorf("notices read:\n%s", out)
	}
	if out := aki.cli("notices").ok().out; strings.Contains(out, "unread") {
		t.Errorf("notices after that:\n%s", out)
	}
}

// TestMailServerIsAwayThroughARestart: the notice says why the mail waits; a hub that is
// killed and started again sends it, in its own language.
func TestMailServerIsAwayThroughARestart(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t, "PARLEY_TIMING_MAIL_PAUSE=300ms", "PARLEY_LANG=ja")
	w.facebook.fails(fault{On: "smtp", Kind: "later"})
	w.facebook.control(http.MethodPost, "/page", map[string]string{"policy": "warning", "reason": "Slow answers"}, nil)
	waitFor(t, "the notice says why the mail waits", patience, func() bool {
		return strings.Contains(aki.cli("notices").ok().out, "Try again later")
	})
	w.hub.kill()
	w.facebook.recovers()
	if n := len(w.facebook.mails()); n != 0 {
		t.Fatalf("%d mails before", n)
	}
	w.startHub()
	waitFor(t, "the warning is mailed", patience, func() bool { return len(w.facebook.mails()) > 0 })
	if m := w.facebook.mails(); len(m) != 1 || m[0].Subject != "FacebookがAoyama Coffeeに警告しています" {
		t.Errorf("mails %+v", m)
	}
}

// TestHalfOfTheMailSettings: a hub that would mail nobody does not start, and says what
// it lacks; so does one whose settings are wrong, without telling a password.
func TestHalfOfTheMailSettings(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	w.facebook = w.startFacebook()
	for _, c := range []struct {
		settings []string
		says     string
	}{
		{[]string{"PARLEY_SMTP_URL=smtp://127.0.0.1:25"}, "PARLEY_SUPPORT_EMAIL"},
		{[]string{"PARLEY_SUPPORT_EMAIL=a@example.com"}, "PARLEY_SMTP_URL"},
		{[]string{"PARLEY_SUPPORT_EMAIL=nobody", "PARLEY_SMTP_URL=smtp://u:tell-nobody@127.0.0.1:25"}, "support_email"},
		{[]string{"PARLEY_SUPPORT_EMAIL=a@example.com", "PARLEY_SMTP_URL=http://u:tell-nobody@127.0.0.1:25"}, "smtp_url"},
		{[]string{"PARLEY_FEEDBACK_URL=javascript:alert(1)"}, "feedback_url"},
		{[]string{"PARLEY_FEEDBACK_URL=example.com/missed"}, "feedback_url"},
	} {
		w.settings = c.settings
		r := runProgram(t, w.hubEnv(), "", "hub", "--listen", "127.0.0.1:0").exits(cli.ExitUsage).says(c.says)
		if strings.Contains(r.out+r.err, "tell-nobody") {
			t.Errorf("%v: tells the password: %s", c.settings, r.err)
		}
	}
}
