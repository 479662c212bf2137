package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
)

// TestRepliesThatAreNoText: bytes that are no UTF-8, and control characters, are refused
// wherever a text is taken, and leave nothing behind; --encoding says what they are.
func TestRepliesThatAreNoText(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerSays("5801", wording{Text: "Hello"})
	id := w.conversationWith("5801")
	waitFor(t, "the customer is there", patience, func() bool { return aki.try(http.MethodGet, conversationPath(id), nil).status == http.StatusOK })
	const yes = "\x82\xcd\x82\xa2\x81\x42" // はい。 in Shift_JIS
	aki.types(yes+"\r\n", "reply", id, "-").refused("not_text")
	aki.types(yes, "reply", id, "-").says("looks like Shift_JIS")
	aki.types("a\x1b[2Jb", "reply", id, "-").says("U+001B in line 1")
	aki.types("x\x00", "reply", id, "-").refused("not_text")
	aki.cli("reply", id, yes).refused("not_text")
	aki.cli("reply", id, "a\x1b[2Jb").refused("not_text")
	aki.types(yes, "reply", id, "-", "--encoding", "euc-jp").refused("not_text")
	aki.types(yes, "reply", id, "-", "--encoding", "klingon").exits(cli.ExitUsage)
	for _, args := range [][]string{
		{"list", "--search", yes},
		{"page", "greeting", w.facebook.PageID, "--set", yes},
		{"page", "greeting", w.facebook.PageID, "--set", "a\ab"},
		{"page", "entry", w.facebook.PageID, "--ref", yes},
		{"react", id, yes, "👍"},
		{"show", yes},
	} {
		aki.cli(args...).refused("not_text")
	}
	aki.cli("reply", w.facebook.PageID+"_999999", "to nobody").exits(cli.ExitMissing)
	aki.cli("reply", "nonsense", "to nobody").exits(cli.ExitMissing)
	if left, _ := os.ReadDir(filepath.Join(w.dir, aki.homeDir, "state", "parley", "replies")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	aki.types(yes+"\r\n", "reply", id, "-", "--encoding", "shift_jis").ok()
	aki.cli("reply", id, yes+yes, "--encoding", "Shift_JIS").ok()
	aki.types("\uFEFFmarked\n", "reply", id, "-").ok()
	if got := w.facebook.gotBy("5801"); !slices.Equal(got, []string{"はい。", "はい。はい。", "marked"}) {
		t.Errorf("the customer got %q", got)
	}
}

// TestRepliesThatAreRefused: each rule says no with its code and exit code 3, and the
// customer gets nothing.
func TestRepliesThatAreRefused(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	begin := func(psid string, what wording) string {
		t.Helper()
		w.customerSays(psid, what)
		id := w.conversationWith(psid)
		waitFor(t, "the customer is there", patience, func() bool { return aki.try(http.MethodGet, conversationPath(id), nil).status == http.StatusOK })
		return id
	}
	open := begin("5801", wording{Text: "Hello"})
	for _, text := range []string{"", " ", "\n\n", "\u3000\t "} {
		aki.cli("reply", open, text).refused("text_empty")
		aki.types(text, "reply", open, "-").refused("text_empty")
	}
	for _, text := range []string{strings.Repeat("x", 2001), strings.Repeat("あ", 2001), strings.Repeat("🍵", 1001)} {
		aki.cli("reply", open, text).refused("text_too_long")
		aki.types(text, "reply", open, "-").refused("text_too_long")
	}
	aki.types(strings.Repeat("long ", 1<<20), "reply", open, "-").refused("text_too_long")
	longest := []string{strings.Repeat("あ", 2000), strings.Repeat("🍵", 1000)}
	for _, text := range longest {
		aki.cli("reply", open, text).ok()
	}
	if got := w.facebook.gotBy("5801"); !slices.Equal(got, longest) {
		t.Errorf("the customer got %d texts, want the two longest", len(got))
	}

	closed := begin("5802", wording{Text: "Yesterday", At: time.Now().Add(-25 * time.Hour)})
	aki.cli("reply", closed, "Too late").refused("window_closed")
	if c := aki.show(closed).Conversation; c.Reply.Allowed || c.Reply.Code != "window_closed" || c.WindowUntil == nil {
		t.Errorf("the conversation's verdict: %+v until %v", c.Reply, c.WindowUntil)
	}
	w.customerWrites("5802", "It is me again")
	waitFor(t, "the window is open", patience, func() bool { return aki.show(closed).Conversation.Reply.Allowed })
	aki.cli("reply", closed, "Welcome back").ok()

	standby := begin("5803", wording{Text: "To the bot"})
	w.facebook.control(http.MethodPost, "/customers/5803/messages", map[string]any{"text": "Still to the bot", "standby": true}, nil)
	waitFor(t, "another app has the thread", patience, func() bool { return aki.show(standby).Conversation.OtherApp })
	aki.cli("reply", standby, "I butt in").refused("other_app")

	never := w.conversationWith("5804")
	w.delivers(envelope(strings.Replace(w.textEvent("5804", "m_ad", "x"), `"message":{"mid":"m_ad","text":"x"}`, `"referral":{"source":"ADS","ad_id":"7","type":"OPEN_THREAD"}`, 1)))
	aki.cli("reply", never, "Did you see our ad?").refused("not_started")

	// What Facebook says at the call.
	gone := begin("5805", wording{Text: "Bye"})
	w.facebook.control(http.MethodPost, "/customers/5805", map[string]any{"unreachable": true}, nil)
	aki.cli("reply", gone, "Wait").refused("unreachable")
	aki.cli("reply", gone, "Wait!").refused("unreachable")
	w.facebook.fails(fault{On: "send", Kind: "error", Code: 10, Subcode: 2018278, Count: 1, PSID: "5801"})
	aki.cli("reply", open, "Closed by Facebook").refused("window_closed")
	aki.cli("reply", open, "Still closed").refused("window_closed")
	w.facebook.fails(fault{On: "send", Kind: "error", Code: 100, Count: 1, PSID: "5802"})
	aki.cli("reply", closed, "Not with this parameter").exits(cli.ExitFailed).says("(graph_refused)", "Facebook says")

	// The whole Page.
	w.facebook.control(http.MethodPost, "/page", map[string]any{"policy": "block", "reason": "Too much of it"}, nil)
	waitFor(t, "the Page is restricted", patience, func() bool { return !aki.show(closed).Conversation.Reply.Allowed })
	aki.cli("reply", closed, "Restricted").refused("page_restricted")
	if out := aki.cli("notices").ok().out; !strings.Contains(out, "Too much of it") {
		t.Errorf("notices: %s", out)
	}
	w.facebook.control(http.MethodPost, "/page", map[string]any{"policy": "unblock"}, nil)
	waitFor(t, "the Page is free", patience, func() bool { return aki.show(closed).Conversation.Reply.Allowed })
	aki.cli("reply", closed, "Free again").ok()
	w.facebook.control(http.MethodPost, "/page", map[string]any{"messages_off": true}, nil)
	aki.cli("reply", closed, "Off").refused("messages_off")
	aki.cli("reply", closed, "Off").refused("messages_off")
	w.facebook.control(http.MethodPost, "/page", map[string]any{"messages_off": false, "token_refused": true}, nil)
	aki.connectsPage().refused("token_refused")
	w.facebook.control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	aki.connectsPage().ok() // a repair, which leaves the Page shared
	w.facebook.control(http.MethodPost, "/page", map[string]any{"token_refused": true}, nil)
	aki.cli("reply", closed, "No token").refused("page_disconnected")
	aki.cli("reply", closed, "No token").refused("page_disconnected")
	w.facebook.control(http.MethodPost, "/page", map[string]any{"token_refused": false}, nil)
	aki.connectsPage().ok()
	aki.cli("reply", closed, "Repaired").ok()

	want := []string{"Welcome back", "Free again", "Repaired"}
	if got := w.facebook.gotBy("5802"); !slices.Equal(got, want) {
		t.Errorf("the customer got %q, want %q", got, want)
	}
	for _, psid := range []string{"5803", "5804", "5805"} {
		if got := w.facebook.gotBy(psid); len(got) != 0 {
			t.Errorf("customer %s got %q", psid, got)
		}
	}
}

// TestFacebookAsksToWait: a reply waits without being refused, and the command says so.
func TestFacebookAsksToWait(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("5811", "Hello")
	id := w.conversationWith("5811")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
	w.facebook.fails(fault{On: "send", Kind: "error", Code: 613, Count: 1})
	if out := aki.cli("reply", id, "In a minute", "--wait", "1s").ok().out; out != "waiting\n" {
		t.Errorf("reply said %q", out)
	}
	aki.cli("reply", id, "And another").refused("rate_limited")
	if c := aki.show(id).Conversation; c.Reply.Code != "rate_limited" {
		t.Errorf("the conversation's verdict: %+v", c.Reply)
	}
	if got := w.facebook.gotBy("5811"); len(got) != 0 {
		t.Errorf("the customer got %q", got)
	}
}

// TestAColleagueAnsweredMeanwhile: who has not seen the answer is told before theirs goes
// out.
func TestAColleagueAnsweredMeanwhile(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	rob := w.addUser("Rob Reid")
	w.customerWrites("5821", "Do you deliver?")
	id := w.conversationWith("5821")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Do you deliver?") })
	type reply struct {
		replyBody
		SeenSeq int64 `json:"seen_seq"`
	}
	seen := rob.show(id).Conversation.Seq
	aki.cli("reply", id, "Yes, we do").ok()
	late := reply{newReply("Yes!"), seen}
	rob.post(conversationPath(id, "messages"), late).problem(http.StatusConflict, "newer_reply")
	rob.post(conversationPath(id, "messages"), late).problem(http.StatusConflict, "newer_reply")
	late.SeenSeq = rob.show(id).Conversation.Seq
	rob.post(conversationPath(id, "messages"), late).is(http.StatusAccepted)
	waitFor(t, "both arrive", patience, func() bool { return slices.Equal(w.facebook.gotBy("5821"), []string{"Yes, we do", "Yes!"}) })
}
