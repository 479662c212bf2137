package hub

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestRepliesThatAreNoText: bytes that are no UTF-8, and control characters, are refused
// wherever a text is taken, and leave nothing behind; --encoding says what they are.
func TestRepliesThatAreNoText(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerSays("5801", driver.Wording{Text: "Hello"})
	id := w.ConversationWith("5801")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Try(http.MethodGet, driver.ConversationPath(id), nil).Status == http.StatusOK })
	const yes = "\x82\xcd\x82\xa2\x81\x42" // はい。 in Shift_JIS
	aki.Types(yes+"\r\n", "reply", id, "-").Refused("not_text")
	aki.Types(yes, "reply", id, "-").Says("looks like Shift_JIS")
	aki.Types("a\x1b[2Jb", "reply", id, "-").Says("U+001B in line 1")
	aki.Types("x\x00", "reply", id, "-").Refused("not_text")
	aki.Cli("reply", id, yes).Refused("not_text")
	aki.Cli("reply", id, "a\x1b[2Jb").Refused("not_text")
	aki.Types(yes, "reply", id, "-", "--encoding", "euc-jp").Refused("not_text")
	aki.Types(yes, "reply", id, "-", "--encoding", "klingon").Exits(cli.ExitUsage)
	for _, args := range [][]string{
		{"list", "--search", yes},
		{"page", "greeting", w.Facebook.PageID, "--set", yes},
		{"page", "greeting", w.Facebook.PageID, "--set", "a\ab"},
		{"page", "entry", w.Facebook.PageID, "--ref", yes},
		{"react", id, yes, "👍"},
		{"show", yes},
	} {
		aki.Cli(args...).Refused("not_text")
	}
	aki.Cli("reply", w.Facebook.PageID+"_999999", "to nobody").Exits(cli.ExitMissing)
	aki.Cli("reply", "nonsense", "to nobody").Exits(cli.ExitMissing)
	if left := aki.KeptReplies(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	aki.Types(yes+"\r\n", "reply", id, "-", "--encoding", "shift_jis").Ok()
	aki.Cli("reply", id, yes+yes, "--encoding", "Shift_JIS").Ok()
	aki.Types("\uFEFFmarked\n", "reply", id, "-").Ok()
	if got := w.Facebook.GotBy("5801"); !slices.Equal(got, []string{"はい。", "はい。はい。", "marked"}) {
		t.Errorf("the customer got %q", got)
	}
}

// TestRepliesThatAreRefused: each rule says no with its code and exit code 3, and the
// customer gets nothing.
func TestRepliesThatAreRefused(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	begin := func(psid string, what driver.Wording) string {
		t.Helper()
		w.CustomerSays(psid, what)
		id := w.ConversationWith(psid)
		driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Try(http.MethodGet, driver.ConversationPath(id), nil).Status == http.StatusOK })
		return id
	}
	open := begin("5801", driver.Wording{Text: "Hello"})
	for _, text := range []string{"", " ", "\n\n", "\u3000\t "} {
		aki.Cli("reply", open, text).Refused("text_empty")
		aki.Types(text, "reply", open, "-").Refused("text_empty")
	}
	for _, text := range []string{strings.Repeat("x", 2001), strings.Repeat("あ", 2001), strings.Repeat("🍵", 1001)} {
		aki.Cli("reply", open, text).Refused("text_too_long")
		aki.Types(text, "reply", open, "-").Refused("text_too_long")
	}
	aki.Types(strings.Repeat("long ", 1<<20), "reply", open, "-").Refused("text_too_long")
	longest := []string{strings.Repeat("あ", 2000), strings.Repeat("🍵", 1000)}
	for _, text := range longest {
		aki.Cli("reply", open, text).Ok()
	}
	if got := w.Facebook.GotBy("5801"); !slices.Equal(got, longest) {
		t.Errorf("the customer got %d texts, want the two longest", len(got))
	}

	closed := begin("5802", driver.Wording{Text: "Yesterday", At: time.Now().Add(-25 * time.Hour)})
	aki.Cli("reply", closed, "Too late").Refused("window_closed")
	if c := aki.Show(closed).Conversation; c.Reply.Allowed || c.Reply.Code != "window_closed" || c.WindowUntil == nil {
		t.Errorf("the conversation's verdict: %+v until %v", c.Reply, c.WindowUntil)
	}
	w.CustomerWrites("5802", "It is me again")
	driver.WaitFor(t, "the window is open", driver.Patience, func() bool { return aki.Show(closed).Conversation.Reply.Allowed })
	aki.Cli("reply", closed, "Welcome back").Ok()

	standby := begin("5803", driver.Wording{Text: "To the bot"})
	w.Facebook.Control(http.MethodPost, "/customers/5803/messages", map[string]any{"text": "Still to the bot", "standby": true}, nil)
	driver.WaitFor(t, "another app has the thread", driver.Patience, func() bool { return aki.Show(standby).Conversation.OtherApp })
	aki.Cli("reply", standby, "I butt in").Refused("other_app")

	never := w.ConversationWith("5804")
	w.Delivers(driver.Envelope(strings.Replace(textEvent(w, "5804", "m_ad", "x"), `"message":{"mid":"m_ad","text":"x"}`, `"referral":{"source":"ADS","ad_id":"7","type":"OPEN_THREAD"}`, 1)))
	aki.Cli("reply", never, "Did you see our ad?").Refused("not_started")

	// What Facebook says at the call.
	gone := begin("5805", driver.Wording{Text: "Bye"})
	w.Facebook.Control(http.MethodPost, "/customers/5805", map[string]any{"unreachable": true}, nil)
	aki.Cli("reply", gone, "Wait").Refused("unreachable")
	aki.Cli("reply", gone, "Wait!").Refused("unreachable")
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "error", Code: 10, Subcode: 2018278, Count: 1, PSID: "5801"})
	aki.Cli("reply", open, "Closed by Facebook").Refused("window_closed")
	aki.Cli("reply", open, "Still closed").Refused("window_closed")
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "error", Code: 100, Count: 1, PSID: "5802"})
	aki.Cli("reply", closed, "Not with this parameter").Exits(cli.ExitFailed).Says("(graph_refused)", "Facebook says")

	// The whole Page.
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"policy": "block", "reason": "Too much of it"}, nil)
	driver.WaitFor(t, "the Page is restricted", driver.Patience, func() bool { return !aki.Show(closed).Conversation.Reply.Allowed })
	aki.Cli("reply", closed, "Restricted").Refused("page_restricted")
	if out := aki.Cli("notices").Ok().Out; !strings.Contains(out, "Too much of it") {
		t.Errorf("notices: %s", out)
	}
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"policy": "unblock"}, nil)
	driver.WaitFor(t, "the Page is free", driver.Patience, func() bool { return aki.Show(closed).Conversation.Reply.Allowed })
	aki.Cli("reply", closed, "Free again").Ok()
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"messages_off": true}, nil)
	aki.Cli("reply", closed, "Off").Refused("messages_off")
	aki.Cli("reply", closed, "Off").Refused("messages_off")
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"messages_off": false, "token_refused": true}, nil)
	aki.ConnectsPage().Refused("token_refused")
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	aki.ConnectsPage().Ok() // a repair, which leaves the Page shared
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"token_refused": true}, nil)
	aki.Cli("reply", closed, "No token").Refused("page_disconnected")
	aki.Cli("reply", closed, "No token").Refused("page_disconnected")
	w.Facebook.Control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	aki.ConnectsPage().Ok()
	aki.Cli("reply", closed, "Repaired").Ok()

	want := []string{"Welcome back", "Free again", "Repaired"}
	if got := w.Facebook.GotBy("5802"); !slices.Equal(got, want) {
		t.Errorf("the customer got %q, want %q", got, want)
	}
	for _, psid := range []string{"5803", "5804", "5805"} {
		if got := w.Facebook.GotBy(psid); len(got) != 0 {
			t.Errorf("customer %s got %q", psid, got)
		}
	}
}

// TestFacebookAsksToWait: a reply waits without being refused, and the command says so.
func TestFacebookAsksToWait(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("5811", "Hello")
	id := w.ConversationWith("5811")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "error", Code: 613, Count: 1})
	if out := aki.Cli("reply", id, "In a minute", "--wait", "1s").Ok().Out; out != "waiting\n" {
		t.Errorf("reply said %q", out)
	}
	aki.Cli("reply", id, "And another").Refused("rate_limited")
	if c := aki.Show(id).Conversation; c.Reply.Code != "rate_limited" {
		t.Errorf("the conversation's verdict: %+v", c.Reply)
	}
	if got := w.Facebook.GotBy("5811"); len(got) != 0 {
		t.Errorf("the customer got %q", got)
	}
}

// TestAColleagueAnsweredMeanwhile: who has not seen the answer is told before theirs goes
// out.
func TestAColleagueAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	rob := w.AddUser("Rob Reid")
	w.CustomerWrites("5821", "Do you deliver?")
	id := w.ConversationWith("5821")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Do you deliver?") })
	type reply struct {
		replyBody
		SeenSeq int64 `json:"seen_seq"`
	}
	seen := rob.Show(id).Conversation.Seq
	aki.Cli("reply", id, "Yes, we do").Ok()
	late := reply{newReply("Yes!"), seen}
	rob.Post(driver.ConversationPath(id, "messages"), late).Problem(http.StatusConflict, "newer_reply")
	rob.Post(driver.ConversationPath(id, "messages"), late).Problem(http.StatusConflict, "newer_reply")
	late.SeenSeq = rob.Show(id).Conversation.Seq
	rob.Post(driver.ConversationPath(id, "messages"), late).Is(http.StatusAccepted)
	driver.WaitFor(t, "both arrive", driver.Patience, func() bool { return slices.Equal(w.Facebook.GotBy("5821"), []string{"Yes, we do", "Yes!"}) })
}
