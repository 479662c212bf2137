package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// ours are the letters of a sentence in Japanese.
var ours = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

func TestJapanese(t *testing.T) {
	t.Parallel()
	w := driver.NewWorld(t)
	aki, rob := w.AddAdmin("Aki Mori"), w.AddUser("Rob Reid")
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
	japanese("an empty list", aki.Cli("list", "--lang", "ja").Ok().Out)
	japanese("no Pages", aki.Cli("--lang=ja", "page", "list").Ok().Out)
	japanese("no notices", aki.Cli("notices", "--lang", "ja").Ok().Out)
	japanese("LANG", aki.WithEnv("", []string{"LANG=ja_JP.UTF-8"}, "list").Ok().Out)
	japanese("LC_ALL before LANG", aki.WithEnv("", []string{"LC_ALL=ja_JP.UTF-8", "LANG=en_US.UTF-8"}, "list").Ok().Out)
	english("the flag before LANG", aki.WithEnv("", []string{"LANG=ja_JP.UTF-8"}, "list", "--lang", "en").Ok().Out)
	english("without a wish", aki.Cli("list").Ok().Out)
	english("a language that there is not", aki.Cli("list", "--lang", "fr").Exits(cli.ExitUsage).Err)

	japanese("help", aki.Cli("--lang", "ja", "--help").Ok().Out)
	japanese("wrong usage", aki.Cli("list", "--nonsense", "--lang", "ja").Exits(cli.ExitUsage).Err)
	japanese("an unknown command", aki.Cli("nonsense", "--lang", "ja").Exits(cli.ExitUsage).Err)
	japanese("no hub", aki.WithEnv("", []string{"PARLEY_HUB=http://127.0.0.1:1"}, "list", "--lang", "ja").Exits(cli.ExitFailed).Err)
	japanese("a wrong token", aki.WithEnv("", []string{"PARLEY_TOKEN=guess"}, "list", "--lang", "ja").Exits(cli.ExitFailed).Err)
	japanese("no such thing", aki.Cli("show", "1_2", "--lang", "ja").Exits(cli.ExitMissing).Err)
	japanese("a refusal", rob.Cli("stats", "--lang", "ja").Refused("not_admin").Err)

	aki.ConnectsPage("shared").Ok()
	japanese("the Pages", aki.Cli("page", "list", "--lang", "ja").Ok().Out)
	w.CustomerSays("8001", driver.Wording{Text: "Good morning", Name: "Ken Sato"})
	id := w.ConversationWith("8001")
	driver.WaitFor(t, "the message is there", driver.Patience, func() bool { return aki.Holds(id, "Good morning") })
	english("a conversation", aki.Cli("show", id).Ok().Out)
	japanese("a conversation", aki.Cli("show", id, "--lang", "ja").Ok().Out)
	english("a reply", aki.Cli("reply", id, "Good morning to you").Ok().Out)
	japanese("a reply", aki.Cli("reply", id, "And how are you?", "--lang", "ja").Ok().Out)
	japanese("a refused reply", aki.Cli("reply", id, " ", "--lang", "ja").Refused("text_empty").Err)
	var l any
	driver.FromJSON(t, []byte(aki.Cli("list", "--json", "--lang", "ja").Ok().Out), &l)
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

func TestNothingActsOnTheTerminal(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	text := hostile("a\u202Eb\x1b]0;title\x07 \u009B2J")
	w.CustomerSays("8101", driver.Wording{Text: text, Name: "Mallory \u202E\x1b[2J\u009B", QuickReply: hostile("payload")})
	w.CustomerWrites("8102", "an ordinary message")
	quoted := func(s string) string { return string(driver.ToJSON(t, s)) }
	event := func(n int, psid, body string) string {
		return fmt.Sprintf(`{"id":%q,"time":1795136400000,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,%s}]}`,
			w.Facebook.PageID, psid, w.Facebook.PageID, 1795136400000+n, body)
	}
	bad := quoted(hostile("bad\x00")) // which no command line can carry
	w.Delivers(driver.Envelope(
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
	id := w.ConversationWith("8101")
	driver.WaitFor(t, "all is there", driver.Patience, func() bool {
		a := aki.Try(http.MethodGet, driver.ConversationPath(id), nil)
		if a.Status != http.StatusOK {
			return false
		}
		var c driver.Conversation
		a.Into(&c)
		return c.Customer.Name != "" && len(aki.Messages(id)) == 8
	})
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "error", Code: 100, PSID: "8102"})

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
			{"reply", w.ConversationWith("8102"), hostile("to be refused")},
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
			r := aki.Cli(append(args, "--lang", lang)...)
			driver.CheckHarmless(t, r.Line+", on standard output,", r.Out)
			driver.CheckHarmless(t, r.Line+", on standard error,", r.Err)
		}
	}
	s := aki.Show(id)
	if !slices.ContainsFunc(s.Messages, func(m driver.Message) bool { return m.Text == text }) {
		t.Errorf("JSON does not give back exactly what the customer wrote, %q: %+v", text, s.Messages)
	}
	if s.Conversation.Customer.Name != "Mallory \u202E\x1b[2J\u009B" {
		t.Errorf("JSON does not give back the customer's name exactly: %q", s.Conversation.Customer.Name)
	}
}

// TestLanguageOfTheFile: config.toml says it over the system, a variable or flag over that.
func TestLanguageOfTheFile(t *testing.T) {
	t.Parallel()
	w := driver.NewQuietWorld(t)
	file := filepath.Join(w.Dir, "aki", "config", "parley", "config.toml")
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
		return ours.MatchString(driver.RunProgram(t, w.Env("aki", env), "", append(args, "--help")...).Ok().Out)
	}
	says("lang = \"ja\"\n")
	if !help("LANG=en_US.UTF-8") {
		t.Error("the file says Japanese, and the system is heard")
	}
	if help("PARLEY_LANG=en") || help("LANG=ja_JP.UTF-8", "--lang", "en") {
		t.Error("neither the variable nor the flag is heard")
	}
	if out := driver.RunProgram(t, w.Env("aki"), "", "config", "--json").Ok().Out; !strings.Contains(out, `"from":"config.toml"`) {
		t.Errorf("the language is said to be of elsewhere: %s", out)
	}
	says("lang = \"jp\"\n")
	driver.RunProgram(t, w.Env("aki"), "", "config").Exits(cli.ExitUsage).Says("lang: must be en or ja")
}
