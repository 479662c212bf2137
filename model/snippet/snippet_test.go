package snippet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/snippet"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	values := snippet.Values{
		snippet.Customer: "山田 花子", snippet.CustomerFirst: "山田", snippet.Me: "Ann", snippet.Page: "Aoyama\nCoffee", snippet.DealTitle: " ",
	}
	for _, c := range []struct {
		name    string
		text    model.Untrusted
		want    string
		missing []snippet.Field
	}{
		{"no field", "Hello", "Hello", nil},
		{"fields", "{customer}様、{me}です。", "山田 花子様、Annです。", nil},
		{"the longer name", "{customer.first}様", "山田様", nil},
		{"a value is one line", "{page}", "Aoyama Coffee", nil},
		{"missing", "{deal.value} {deal.title} {deal.value}", "{deal.value} {deal.title} {deal.value}", []snippet.Field{snippet.DealValue, snippet.DealTitle}},
		{"blank is missing", "{deal.title}", "{deal.title}", []snippet.Field{snippet.DealTitle}},
		{"not a field", "{name} {} { customer } {Customer}", "{name} {} { customer } {Customer}", nil},
		{"braces", "{{me}} }} {{", "{me} } {", nil},
		{"braces around a field", "{{{me}}}", "{Ann}", nil},
		{"open braces", "{customer {me", "{customer {me", nil},
		{"line ends", "a\r\nb\rc\u2028d\x1b[2J\te", "a\nb\nc\nd[2J    e", nil},
		{"invalid bytes", "a\xffb", "ab", nil},
	} {
		got, missing := snippet.Expand(c.text, values)
		if got != c.want || !slices.Equal(missing, c.missing) {
			t.Errorf("%s: %q, missing %v", c.name, got, missing)
		}
	}
}

// TestExpandFillsInOnce: what a customer is called is text, whatever it says.
func TestExpandFillsInOnce(t *testing.T) {
	t.Parallel()
	got, missing := snippet.Expand("Hello {customer}", snippet.Values{snippet.Customer: "{me} {{deal.title}}", snippet.Me: "Ann"})
	if got != "Hello {me} {{deal.title}}" || missing != nil {
		t.Errorf("%q, missing %v", got, missing)
	}
	// It looks like a field, and is not sent as it is.
	if f := snippet.Unfilled(got); !slices.Equal(f, []snippet.Field{snippet.Me, snippet.DealTitle}) {
		t.Errorf("unfilled: %v", f)
	}
}

func TestUnfilled(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]snippet.Field{
		"Hello":                           nil,
		"{name} {customer":                nil,
		"for {deal.title}, {customer}":    {snippet.DealTitle, snippet.Customer},
		"{{me}}":                          {snippet.Me},
		"{customer.first} {customer.last": {snippet.CustomerFirst},
	} {
		if got := snippet.Unfilled(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// drawText draws texts full of braces, fields and what else may stand in them.
var drawText = rapid.Custom(func(t *rapid.T) string {
	pieces := []string{"{", "}", "{{", "}}", "{customer}", "{me}", "{deal.value}", "{page", "様", "\n", "e\u0301", "👩‍👩‍👧", "\u202e", "\x1b", " "}
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 12).Draw(t, "pieces"), "")
})

// TestEscapedTextIsItself: whatever a text says, with its braces doubled it is that text.
func TestEscapedTextIsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := drawText.Draw(t, "text")
		plain, _ := snippet.Expand(model.Untrusted(snippet.Escape(text)), nil)
		again, missing := snippet.Expand(model.Untrusted(snippet.Escape(plain)), nil)
		if missing != nil || again != plain {
			t.Fatalf("%q became %q, missing %v", plain, again, missing)
		}
	})
}

// TestExpandedText: a text is missing fields or is free of them, unless a value looks like one; and
// it has no control character.
func TestExpandedText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := snippet.Values{}
		for _, f := range snippet.Fields() {
			if rapid.Bool().Draw(t, string(f)) {
				values[f] = model.Untrusted(rapid.StringMatching(`[a-z花\n]{0,3}`).Draw(t, "value"))
			}
		}
		s, err := (snippet.Snippet{Name: "x", Text: model.Untrusted(drawText.Draw(t, "text"))}).Tidy()
		if err != nil {
			t.Skip("not kept")
		}
		got, missing := snippet.Expand(s.Text, values)
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\n' }) || !utf8.ValidString(got) {
			t.Fatalf("%q", got)
		}
		for _, f := range missing {
			if !strings.Contains(got, f.String()) || !values[f].Blank() {
				t.Fatalf("%s is missing in %q", f, got)
			}
		}
		if left := snippet.Unfilled(got); len(left) != len(missing) {
			t.Fatalf("%q has %v, missing %v", got, left, missing)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"greeting": true, "挨拶": true, "お礼-2": true, "Größe": true, "สวัสดี": true, "नमस्ते": true, "١": true, strings.Repeat("あ", 32): true,
		"": false, "-x": false, "two words": false, "a;b": false, "a_b": false, "{me}": false, "👍": false, "a\u200b": false, "\u0e31": false,
		strings.Repeat("a", 33): false, "a\xff": false,
	} {
		if got := snippet.ValidName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if snippet.Key("ＡＢＣ") != snippet.Key("abc") || snippet.Key("ｶﾞ") != snippet.Key("ガ") {
		t.Error("half-width and full-width names differ")
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	macro := func(m snippet.Macro) snippet.Snippet { return snippet.Snippet{Name: "x", Text: "t", Macro: &m} }
	for _, c := range []struct {
		name string
		s    snippet.Snippet
		want model.Code
	}{
		{"a text", snippet.Snippet{Name: "x", Text: "Hello"}, ""},
		{"its name", snippet.Snippet{Name: "a b", Text: "Hello"}, snippet.BadName},
		{"no text", snippet.Snippet{Name: "x", Text: " \n\u200b"}, model.TextEmpty},
		{"no text, and only sending", snippet.Snippet{Name: "x", Macro: &snippet.Macro{Send: true}}, model.TextEmpty},
		{"no text, and something to do", snippet.Snippet{Name: "x", Macro: &snippet.Macro{Done: true}}, ""},
		{"longest", snippet.Snippet{Name: "x", Text: model.Untrusted(strings.Repeat("😀", 1000))}, ""},
		{"too long", snippet.Snippet{Name: "x", Text: model.Untrusted(strings.Repeat("😀", 1000) + "a")}, model.TextTooLong},
		{"a field in braces", snippet.Snippet{Name: "x", Text: "{{customer}}"}, snippet.BadBraces},
		{"a mistyped field", snippet.Snippet{Name: "x", Text: "Dear {custmer}, hello"}, snippet.UnknownField},
		{"a key of the program's", macro(snippet.Macro{Key: "alt+s"}), snippet.BadKey},
		{"a key by its place", macro(snippet.Macro{Key: "alt+1"}), snippet.BadKey},
		{"other braces", snippet.Snippet{Name: "x", Text: "{{x}} {me}"}, ""},
		{"a label", macro(snippet.Macro{Label: " 見積 "}), ""},
		{"a long label", macro(snippet.Macro{Label: strings.Repeat("a", 41)}), snippet.BadMacro},
		{"a key", macro(snippet.Macro{Done: true, Key: "Alt+Q"}), ""},
		{"f5", macro(snippet.Macro{Key: "f5"}), ""},
		{"a letter", macro(snippet.Macro{Key: "q"}), snippet.BadKey},
		{"f13", macro(snippet.Macro{Key: "f13"}), snippet.BadKey},
		{"alt and a word", macro(snippet.Macro{Key: "alt+enter"}), snippet.BadKey},
	} {
		tidy, err := c.s.Tidy()
		var refusal *model.Refusal
		switch {
		case c.want == "" && err != nil, c.want != "" && (!errors.As(err, &refusal) || refusal.Code != c.want):
			t.Errorf("%s: %v", c.name, err)
		case c.want == "":
			if again, err := tidy.Tidy(); err != nil || !cmp.Equal(again, tidy) {
				t.Errorf("%s: %v again, %v", c.name, again.Name, err)
			}
		}
	}
	if s, err := macro(snippet.Macro{}).Tidy(); err != nil || s.Macro != nil {
		t.Errorf("a macro that does nothing: %v, %v", s.Macro, err)
	}
}

func TestTriageOfMacro(t *testing.T) {
	t.Parallel()
	c := model.Conversation{Labels: []string{"a"}}
	done := model.Done
	ann, ben := model.UserID("ann"), model.UserID("ben")
	for name, x := range map[string]struct {
		m    snippet.Macro
		want model.Triage
	}{
		"nothing":        {snippet.Macro{Send: true}, model.Triage{}},
		"a new label":    {snippet.Macro{Label: "b"}, model.Triage{Labels: &[]string{"a", "b"}}},
		"a label it has": {snippet.Macro{Label: "a", Done: true}, model.Triage{Status: &done}},
		"to me":          {snippet.Macro{Assign: snippet.ToMe}, model.Triage{Assignee: model.Field[*model.UserID]{Named: true, Value: &ann}}},
		"to another":     {snippet.Macro{Assign: "ben"}, model.Triage{Assignee: model.Field[*model.UserID]{Named: true, Value: &ben}}},
	} {
		if got := x.m.Triage(c, "ann"); !cmp.Equal(got, x.want) {
			t.Errorf("%s: %s", name, cmp.Diff(x.want, got))
		}
	}
}

func TestFindAndComplete(t *testing.T) {
	t.Parallel()
	all := []snippet.Snippet{
		{Name: "hello", Text: "team's", Team: true}, {Name: "Hello", Text: "own"}, {Name: "help", Team: true}, {Name: "挨拶", Team: true}, {Name: "挨拶朝", Team: true},
	}
	if s, ok := snippet.Find(all, "ＨＥＬＬＯ"); !ok || s.Text != "own" {
		t.Errorf("found %v", s.Name)
	}
	if _, ok := snippet.Find(all, "hel"); ok {
		t.Error("found by half its name")
	}
	for begun, want := range map[string]struct {
		names  []string
		common string
	}{
		"h": {[]string{"hello", "help"}, "hel"}, "HELL": {[]string{"hello"}, "hello"}, "挨": {[]string{"挨拶", "挨拶朝"}, "挨拶"}, "x": {nil, ""},
	} {
		if names, common := snippet.Complete(all, begun); !slices.Equal(names, want.names) || common != want.common {
			t.Errorf("%s: %v, %q", begun, names, common)
		}
	}
	snippet.Sort(all)
	if all[0].Team || all[0].Name != "Hello" || all[1].Name != "hello" {
		t.Errorf("sorted: %v, %v", all[0].Name, all[1].Name)
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "{customer}", "{{{me}}}", "{customer.first}{", "}}{{deal.title}}", "\xff{page}\x1b"} {
		f.Add(s, "山田")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		values := snippet.Values{snippet.Customer: model.Untrusted(name), snippet.CustomerFirst: snippet.FirstWord(model.Untrusted(name))}
		got, missing := snippet.Expand(model.Untrusted(text), values)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' && r != '\n' }) {
			t.Errorf("%q", got)
		}
		for _, f := range missing {
			if !strings.Contains(got, f.String()) {
				t.Errorf("%s is not in %q", f, got)
			}
		}
		_, _ = (snippet.Snippet{Name: name, Text: model.Untrusted(text)}).Tidy()
	})
}
