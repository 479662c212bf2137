package hub

import (
	"net/http"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// sinkMail is one that the sandbox's mail server took.
type sinkMail struct {
	Subject, Text string
	To            []string
	MessageID     string `json:"message_id"`
	ReplyTo       string `json:"reply_to"`
}

func mails(f *driver.Facebook) []sinkMail {
	f.W.T.Helper()
	var out struct{ Mails []sinkMail }
	f.Control(http.MethodGet, "/mails", nil, &out)
	return out.Mails
}

// mailWorld is a world whose hub mails the support inbox, with a Page.
func mailWorld(t *testing.T, settings ...string) (*driver.World, *driver.User) {
	t.Helper()
	w := driver.NewQuietWorld(t, settings...)
	w.Facebook = w.StartFacebook()
	w.Settings = append(w.Settings, "PARLEY_SMTP_URL="+w.Facebook.SMTPURL, "PARLEY_SUPPORT_EMAIL=support@example.com",
		"PARLEY_POLICY_REPLY_TO=policy@example.com")
	w.StartHub()
	aki := w.AddAdmin("Aki")
	aki.ConnectsPage().Ok()
	return w, aki
}

// TestFacebookBlocksThePage: the block is mailed with its reason and refuses replies;
// the unblock is mailed, too, and replies go out again; both stand in the notices until
// somebody reads them.
func TestFacebookBlocksThePage(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t)
	w.CustomerWrites("6201", "Hello there, hub")
	id := w.ConversationWith("6201")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello there, hub") })

	w.Facebook.Control(http.MethodPost, "/page", map[string]string{"policy": "block", "reason": "Too many links in your messages"}, nil)
	driver.Within(t, "the block is mailed", driver.Patience, func() bool { return len(mails(w.Facebook)) == 1 })
	m := mails(w.Facebook)[0]
	if m.Subject != "Facebook has restricted Aoyama Coffee from sending" || m.ReplyTo != "<policy@example.com>" ||
		!strings.Contains(m.Text, "Too many links in your messages") || len(m.To) != 1 || m.To[0] != "support@example.com" {
		t.Errorf("mail %+v", m)
	}
	if strings.Contains(m.Text, "Hello there, hub") || strings.Contains(m.Text, "6201") {
		t.Errorf("the mail tells of a customer: %s", m.Text)
	}
	aki.Cli("reply", id, "too soon").Exits(cli.ExitRefused).Says("(page_restricted)")
	driver.WaitFor(t, "the notice says that it is mailed", driver.Patience, func() bool {
		return strings.Contains(aki.Cli("notices").Ok().Out, "Mailed to the support inbox")
	})

	w.Facebook.Control(http.MethodPost, "/page", map[string]string{"policy": "unblock"}, nil)
	driver.WaitFor(t, "the unblock is mailed", driver.Patience, func() bool { return len(mails(w.Facebook)) == 2 })
	if m := mails(w.Facebook)[1]; m.Subject != "Facebook lets Aoyama Coffee send again" {
		t.Errorf("mail %+v", m)
	}
	aki.Cli("reply", id, "back again").Ok()

	if out := aki.Cli("notices").Ok().Out; strings.Count(out, "unread") != 2 {
		t.Errorf("notices:\n%s", out)
	}
	if out := aki.Cli("notices", "--read").Ok().Out; strings.Count(out, "Read by Aki") != 2 {
		t.Errorf("notices read:\n%s", out)
	}
	if out := aki.Cli("notices").Ok().Out; strings.Contains(out, "unread") {
		t.Errorf("notices after that:\n%s", out)
	}
}

// TestMailServerIsAwayThroughARestart: the notice says why the mail waits; a hub that is
// killed and started again sends it, in its own language.
func TestMailServerIsAwayThroughARestart(t *testing.T) {
	t.Parallel()
	w, aki := mailWorld(t, "PARLEY_TIMING_MAIL_PAUSE=300ms", "PARLEY_LANG=ja")
	w.Facebook.Fails(driver.Fault{On: "smtp", Kind: "later"})
	w.Facebook.Control(http.MethodPost, "/page", map[string]string{"policy": "warning", "reason": "Slow answers"}, nil)
	driver.WaitFor(t, "the notice says why the mail waits", driver.Patience, func() bool {
		return strings.Contains(aki.Cli("notices").Ok().Out, "Try again later")
	})
	w.Hub.Kill()
	w.Facebook.Recovers()
	if n := len(mails(w.Facebook)); n != 0 {
		t.Fatalf("%d mails before", n)
	}
	w.StartHub()
	driver.WaitFor(t, "the warning is mailed", driver.Patience, func() bool { return len(mails(w.Facebook)) > 0 })
	if m := mails(w.Facebook); len(m) != 1 || m[0].Subject != "FacebookがAoyama Coffeeに警告しています" {
		t.Errorf("mails %+v", m)
	}
}

// TestHalfOfTheMailSettings: a hub that would mail nobody does not start, and says what
// it lacks; so does one whose settings are wrong, without telling a password.
func TestHalfOfTheMailSettings(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	w.Facebook = w.StartFacebook()
	for _, c := range []struct {
		settings []string
		says     string
	}{
		{[]string{"PARLEY_SUPPORT_EMAIL=a@example.com"}, "PARLEY_SMTP_URL"},
		{[]string{"PARLEY_SUPPORT_EMAIL=nobody", "PARLEY_SMTP_URL=smtp://u:tell-nobody@127.0.0.1:25"}, "support_email"},
		{[]string{"PARLEY_SUPPORT_EMAIL=a@example.com", "PARLEY_SMTP_URL=http://u:tell-nobody@127.0.0.1:25"}, "smtp_url"},
		{[]string{"PARLEY_FEEDBACK_URL=javascript:alert(1)"}, "feedback_url"},
		{[]string{"PARLEY_FEEDBACK_URL=example.com/missed"}, "feedback_url"},
	} {
		w.Settings = c.settings
		r := driver.RunProgram(t, w.HubEnv(), "", "hub", "--listen", "127.0.0.1:0").Exits(cli.ExitUsage).Says(c.says)
		if strings.Contains(r.Out+r.Err, "tell-nobody") {
			t.Errorf("%v: tells the password: %s", c.settings, r.Err)
		}
	}
}
