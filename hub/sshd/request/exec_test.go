package request

import (
	"slices"
	"strings"
	"testing"
)

func TestVerbs(t *testing.T) {
	t.Parallel()
	verbs := Verbs{
		"list":  {Values: []string{"filter", "limit"}, Switches: []string{"json"}},
		"reply": {Values: []string{"wait"}},
	}
	for line, want := range map[string][]string{
		"list":                                   {"list", "--"},
		"  list   --json ":                       {"list", "--json", "--"},
		"list --filter mine --limit=3":           {"list", "--filter=mine", "--limit=3", "--"},
		"list --filter --json":                   {"list", "--filter=--json", "--"},
		`reply 1_2 'it''s; $(id) | x' --wait 3s`: {"reply", "--wait=3s", "--", "1_2", "its; $(id) | x"},
		`reply 1_2 "a \"b\" \n \\" -`:            {"reply", "--", "1_2", `a "b" \n \`, "-"},
		`reply 1_2 a\ b ''`:                      {"reply", "--", "1_2", "a b", ""},
		"reply 1_2 -- --db":                      {"reply", "--", "1_2", "--db"},
		"list 日本語":                               {"list", "--", "日本語"},
		"list\t--json\nx\r\ny":                   {"list", "--json", "--", "x", "y"},
		"list 'a\tb\n' c":                        {"list", "--", "a\tb\n", "c"},
		"list a\u00a0b":                          {"list", "--", "a\u00a0b"},
	} {
		if got, err := verbs.Parse(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", line, got, err, want)
		}
	}
	for line, want := range map[string]error{
		"": NoticeCommandVerb, "hub": NoticeCommandVerb, "--json list": NoticeCommandVerb, "/bin/sh": NoticeCommandVerb, "list\x00": NoticeCommandVerb,
		"user add x": NoticeCommandVerb, "list --db x": NoticeCommandFlag, "list --config=/x": NoticeCommandFlag, "list --hub http://x": NoticeCommandFlag,
		"list -h": NoticeCommandFlag, "list --json=x": NoticeCommandFlag, "list --filter": NoticeCommandValue, "reply --json": NoticeCommandFlag,
		"list 'x": NoticeCommandQuote, `list \`: NoticeCommandQuote, "list " + strings.Repeat("x ", 100): NoticeCommandLong,
		"list " + strings.Repeat("x", maxCommand): NoticeCommandLong,
	} {
		if got, err := verbs.Parse(line); err != want { //nolint:errorlint // they are not wrapped
			t.Errorf("%.40s: got %q, %v, want %v", line, got, err, want)
		}
	}
}
