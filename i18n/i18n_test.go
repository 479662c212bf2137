package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"parley/i18n"
)

// prefixes are those of sentences whose ids are made from the model's own words.
var prefixes = []string{"state_reply_", "event_", "notice_", "audit_", "code_", "attachment_", "cmd_", "web_code_", "import_state_", "filter_", "blocked_", "sort_", "empty_filter_", "question_", "answer_", "booking_", "entryway_", "check_", "record_kind_", "match_", "create_", "deal_status_"}

// catalogue reads all sentences of a language.
func catalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, file := range named(t, "*.toml") {
		if file != language+".toml" && !strings.HasSuffix(file, "."+language+".toml") {
			continue
		}
		var m map[string]string
		if _, err := toml.DecodeFile(file, &m); err != nil {
			t.Fatalf("read %s: %v", file, err)
		}
		for id, s := range m {
			if _, twice := all[id]; twice {
				t.Errorf("%s says %s again", file, id)
			}
			all[id] = s
		}
	}
	return all
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	en, ja := catalogue(t, "en"), catalogue(t, "ja")
	if e, j := slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(ja)); !slices.Equal(e, j) {
		t.Errorf("only in one catalogue: %v", difference(e, j))
	}
	blank := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for id, s := range en {
		e, j := blank.FindAllString(s, -1), blank.FindAllString(ja[id], -1)
		slices.Sort(e)
		slices.Sort(j)
		if !slices.Equal(slices.Compact(e), slices.Compact(j)) {
			t.Errorf("%s: blanks differ: en %v, ja %v", id, e, j)
		}
		if strings.TrimSpace(ja[id]) == "" {
			t.Errorf("%s: empty in Japanese", id)
		}
	}
}

func difference(a, b []string) []string {
	var out []string
	for _, x := range slices.Concat(a, b) {
		if slices.Contains(a, x) != slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

func TestEveryIDHasItsSentence(t *testing.T) {
	t.Parallel()
	used := ids(t)
	en := catalogue(t, "en")
	for id := range used {
		if en[id] == "" {
			t.Errorf("no sentence for %s", id)
		}
	}
	for id := range en {
		made := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) })
		if !used[id] && !made {
			t.Errorf("nobody says %s", id)
		}
	}
}

// ids reads the constants of type ID.
func ids(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, file := range named(t, "*.go") {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		readIDs(t, f, out)
	}
	if len(out) == 0 {
		t.Fatal("found no ids")
	}
	return out
}

func readIDs(t *testing.T, f *ast.File, out map[string]bool) {
	t.Helper()
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				id, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[id] = true
			}
		}
		return true
	})
}

func TestLanguageOfTheUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wanted []string
		ja     bool
	}{
		{nil, false},
		{[]string{""}, false},
		{[]string{"C.UTF-8"}, false},
		{[]string{"en_US.UTF-8"}, false},
		{[]string{"ja"}, true},
		{[]string{"ja_JP.UTF-8"}, true},
		{[]string{"", "", "ja_JP"}, true},
		{[]string{"en", "ja_JP.UTF-8"}, false},
		{[]string{"de_DE.UTF-8"}, false},
		{[]string{"!!!", "ja"}, true},
	} {
		if got := i18n.New(c.wanted...).Japanese(); got != c.ja {
			t.Errorf("New(%q).Japanese() = %v", c.wanted, got)
		}
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	en, ja := i18n.New("en"), i18n.New("ja")
	if got := en.Say(i18n.AgeMinutes, "N", 4); got != "4m" {
		t.Errorf("en: %q", got)
	}
	if got := ja.Say(i18n.AgeMinutes, "N", 4); got != "4分" {
		t.Errorf("ja: %q", got)
	}
	if got := en.Say("no_such_sentence"); got != "[no_such_sentence]" {
		t.Errorf("missing: %q", got)
	}
	if en.Has("no_such_sentence") || !en.Has(i18n.Code("window_closed")) {
		t.Error("Has is wrong")
	}
	if got := en.Say(i18n.UserAdded, "Name", "<b>&"); !strings.Contains(got, "<b>&") {
		t.Errorf("a sentence is no HTML: %q", got)
	}
}

// named are the package's files that match a pattern.
func named(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s here: %v", pattern, err)
	}
	return files
}

// The catalogues are read once, however often somebody's words are asked for: a stranger
// over SSH has them asked for as often as they like.
func TestTheCataloguesAreReadOnce(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	i18n.New("en")
	if n := testing.AllocsPerRun(10, func() { i18n.New("ja") }); n > 2000 {
		t.Errorf("%v allocations", n)
	}
}
