package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/cmd/cli"
)

// ours are the letters of a sentence in Japanese.
var ours = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

func TestJapanese(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	aki, rob := w.addAdmin("Aki Mori"), w.addUser("Rob Reid")
	japanese := func(what, text string) {
		t.Helper()
		if !ours.MatchString(text) {
			t.Errorf("%s is not in Japanese: %q", what, text)
		}
	}
	english := func(what, text string) {
		t.Helper()
		if ours.MatchString(text) {
			t.Errorf("%s is not in English: %q", what, text)
		}
	}
	japanese("an empty list", aki.cli("list", "--lang", "ja").ok().out)
	japanese("no Pages", aki.cli("--lang=ja", "page", "list").ok().out)
	japanese("no notices", aki.cli("notices", "--lang", "ja").ok().out)
	japanese("LANG", aki.withEnv("", []string{"LANG=ja_JP.UTF-8"}, "list").ok().out)
	japanese("LC_ALL before LANG", aki.withEnv("", []string{"LC_ALL=ja_JP.UTF-8", "LANG=en_US.UTF-8"}, "list").ok().out)
	english("the flag before LANG", aki.withEnv("", []string{"LANG=ja_JP.UTF-8"}, "list", "--lang", "en").ok().out)
	english("without a wish", aki.cli("list").ok().out)
	english("a language that there is not", aki.cli("list", "--lang", "fr").exits(cli.ExitUsage).err)

	japanese("help", aki.cli("--lang", "ja", "--help").ok().out)
	japanese("wrong usage", aki.cli("list", "--nonsense", "--lang", "ja").exits(cli.ExitUsage).err)
	japanese("an unknown command", aki.cli("nonsense", "--lang", "ja").exits(cli.ExitUsage).err)
	japanese("no hub", aki.withEnv("", []string{"PARLEY_HUB=http://127.0.0.1:1"}, "list", "--lang", "ja").exits(cli.ExitFailed).err)
	japanese("a wrong token", aki.withEnv("", []string{"PARLEY_TOKEN=guess"}, "list", "--lang", "ja").exits(cli.ExitFailed).err)
	japanese("no such thing", aki.cli("show", "1_2", "--lang", "ja").exits(cli.ExitMissing).err)
	japanese("a refusal", rob.cli("stats", "--lang", "ja").refused("not_admin").err)

	aki.connectsPage("shared").ok()
	japanese("the Pages", aki.cli("page", "list", "--lang", "ja").ok().out)
	w.customerSays("8001", wording{Text: "Good morning", Name: "Ken Sato"})
	id := w.conversationWith("8001")
	waitFor(t, "the message is there", patience, func() bool { return aki.holds(id, "Good morning") })
	english("a conversation", aki.cli("show", id).ok().out)
	japanese("a conversation", aki.cli("show", id, "--lang", "ja").ok().out)
	english("a reply", aki.cli("reply", id, "Good morning to you").ok().out)
	japanese("a reply", aki.cli("reply", id, "And how are you?", "--lang", "ja").ok().out)
	japanese("a refused reply", aki.cli("reply", id, " ", "--lang", "ja").refused("text_empty").err)
	var l any
	fromJSON(t, []byte(aki.cli("list", "--json", "--lang", "ja").ok().out), &l)
}

// hostile is text that does something to a terminal that shows it as it is. Each sign
// stands between others, so that none is lost at an end.
func hostile(mark string) string {
	var b strings.Builder
	b.WriteString(mark)
	for _, r := range []rune{
		0x07, 0x08, 0x0B, 0x0C, 0x0D, 0x0E, 0x1B, 0x7F, 0x85, 0x90, 0x9B, 0x9C, 0x9D,
		0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x2028, 0x2029,
	} {
		fmt.Fprintf(&b, "%c[31mx", r)
	}
	return b.String()
}

// checkHarmless expects nothing in output that could act on a terminal: no control
// characters but line ends, no marks of direction.
func checkHarmless(t *testing.T, what, out string) {
	t.Helper()
	if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && acting(r) }); i >= 0 {
		t.Errorf("%s writes %q to the terminal: %q", what, []rune(out[i:])[0], out)
	}
	if !utf8.ValidString(out) {
		t.Errorf("%s writes what is not UTF-8: %q", what, out)
	}
}

// acting tells what no terminal should get.
func acting(r rune) bool {
	direction := []rune{0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069}
	return r < 0x20 || r >= 0x7F && r <= 0x9F || slices.Contains(direction, r)
}

func TestNothingActsOnTheTerminal(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	text := hostile("a\u202Eb\x1b]0;title\x07 \u009B2J")
	w.customerSays("8101", wording{Text: text, Name: "Mallory \u202E\x1b[2J\u009B", QuickReply: hostile("payload")})
	w.customerWrites("8102", "an ordinary message")
	quoted := func(s string) string { return string(toJSON(t, s)) }
	event := func(n int, psid, body string) string {
		return fmt.Sprintf(`{"id":%q,"time":1795136400000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,%s}]}`,
			w.facebook.PageID, psid, w.facebook.PageID, 1795136400000+n, body)
	}
	bad := quoted(hostile("bad\x00")) // which no command line can carry
	w.delivers(envelope(
		event(1, "8101", `"message":{"mid":"m_files","attachments":[{"type":"file","payload":{"url":`+bad+`,"title":`+bad+`}},{"type":"fallback","payload":{"url":`+bad+`,"title":`+bad+`}}]}`),
		event(2, "8101", `"referral":{"source":"SHORTLINK","ref":`+bad+`}`),
		event(3, "8101", `"referral":{"source":"ADS","ad_id":"1","ads_context_data":{"ad_title":`+bad+`}}`),
		event(4, "8101", `"postback":{"mid":"m_post","title":`+bad+`,"payload":`+bad+`}`),
		event(5, "8101", `"reaction":{"mid":"m_post","action":"react","emoji":`+bad+`,"reaction":"other"}`),
		event(6, "8101", `"optin":{"ref":`+bad+`}`),
		event(7, "8101", `"order":{"note":`+bad+`,"products":[{"name":`+bad+`,"quantity":1}]}`),
		event(8, "8101", `"message":{"mid":"m_edit","text":"to be edited"}`),
		event(9, "8101", `"message_edit":{"mid":"m_edit","text":`+bad+`,"num_edit":1}`),
		strings.Replace(event(10, "0", `"policy_enforcement":{"action":"warning","reason":`+bad+`}`), `"sender":{"id":"0"},`, "", 1),
	))
	id := w.conversationWith("8101")
	waitFor(t, "all is there", patience, func() bool {
		a := aki.try(http.MethodGet, conversationPath(id), nil)
		if a.status != http.StatusOK {
			return false
		}
		var c conversation
		a.into(&c)
		return c.Customer.Name != "" && len(aki.messages(id)) == 8
	})
	w.facebook.fails(fault{On: "send", Kind: "error", Code: 100, PSID: "8102"})

	hostileArg := "\x1b[31m\u202E\u009B"
	for _, lang := range []string{"en", "ja"} {
		for _, args := range [][]string{
			{"list"},
			{"list", "--json"},
			{"show", id},
			{"show", id, "--json"},
			{"notices"},
			{"notices", "--json"},
			{"page", "list"},
			{"stats"},
			{"reply", id, "an answer to all that"},
			{"reply", id, hostile("the rep's own"), "--json"},
			{"reply", w.conversationWith("8102"), hostile("to be refused")},
			{"show", hostileArg},
			{"list", "--filter", hostileArg},
			{"list", "--cursor", hostileArg},
			{hostileArg},
			{"--" + hostileArg},
			{"list", "--limit", hostileArg},
			{"page", "connect", "--page", hostileArg, "--token-file", hostileArg},
			{"page", "visibility", hostileArg, "shared"},
			{"completion", hostileArg},
			{"hub", "--config", hostileArg},
			{"help", hostileArg},
		} {
			r := aki.cli(append(args, "--lang", lang)...)
			checkHarmless(t, r.line+", on standard output,", r.out)
			checkHarmless(t, r.line+", on standard error,", r.err)
		}
	}
	s := aki.show(id)
	if !slices.ContainsFunc(s.Messages, func(m message) bool { return m.Text == text }) {
		t.Errorf("JSON does not give back exactly what the customer wrote, %q: %+v", text, s.Messages)
	}
	if s.Conversation.Customer.Name != "Mallory \u202E\x1b[2J\u009B" {
		t.Errorf("JSON does not give back the customer's name exactly: %q", s.Conversation.Customer.Name)
	}
}

// TestLanguageOfTheFile: config.toml says it over the system, a variable or flag over that.
func TestLanguageOfTheFile(t *testing.T) {
	t.Parallel()
	w := newQuietWorld(t)
	file := filepath.Join(w.dir, "aki", "config", "parley", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	says := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	help := func(env string, args ...string) bool {
		t.Helper()
		return ours.MatchString(runProgram(t, w.env("aki", env), "", append(args, "--help")...).ok().out)
	}
	says("lang = \"ja\"\n")
	if !help("LANG=en_US.UTF-8") {
		t.Error("the file says Japanese, and the system is heard")
	}
	if help("PARLEY_LANG=en") || help("LANG=ja_JP.UTF-8", "--lang", "en") {
		t.Error("neither the variable nor the flag is heard")
	}
	if out := runProgram(t, w.env("aki"), "", "config", "--json").ok().out; !strings.Contains(out, `"from":"config.toml"`) {
		t.Errorf("the language is said to be of elsewhere: %s", out)
	}
	says("lang = \"jp\"\n")
	runProgram(t, w.env("aki"), "", "config").exits(cli.ExitUsage).says("lang: must be en or ja")
}
