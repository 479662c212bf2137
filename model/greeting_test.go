package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/model"
)

func TestGreetings(t *testing.T) {
	t.Parallel()
	code := func(err error) model.Code {
		var r *model.Refusal
		if errors.As(err, &r) {
			return r.Code
		}
		return ""
	}
	for _, c := range []struct {
		locale, text string
		want         model.Code
	}{
		{"default", strings.Repeat("あ", 160), ""},
		{"default", strings.Repeat("あ", 161), model.GreetingTooLong},
		{"ja_JP", "こんにちは", ""},
		{"default", " \n", model.TextEmpty},
		{"ja", "x", model.GreetingLocale},
		{"", "x", model.GreetingLocale},
		{"ja_JP\n", "x", model.GreetingLocale},
	} {
		if got := code((model.Greeting{Locale: c.locale, Text: model.Untrusted(c.text)}).Check()); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.text, c.locale, got, c.want)
		}
	}

	def, ja := model.Greeting{Locale: "default", Text: "Hello"}, model.Greeting{Locale: "ja_JP", Text: "こんにちは"}
	if _, err := model.WithGreeting(nil, ja); code(err) != model.GreetingDefault {
		t.Errorf("a first one that is not the default: %v", err)
	}
	all, err := model.WithGreeting([]model.Greeting{def}, ja)
	if err != nil || !slices.Equal(all, []model.Greeting{def, ja}) {
		t.Fatalf("%+v, %v", all, err)
	}
	changed := model.Greeting{Locale: "default", Text: "Good day"}
	if got, err := model.WithGreeting(all, changed); err != nil || !slices.Equal(got, []model.Greeting{changed, ja}) || all[0] != def {
		t.Errorf("%+v of %+v, %v", got, all, err)
	}
	if _, err := model.WithoutGreeting(all, "default"); code(err) != model.GreetingDefault {
		t.Errorf("the default one before the others: %v", err)
	}
	for locale, want := range map[string]int{"ja_JP": 1, "fr_FR": 2, "": 0} {
		if got, err := model.WithoutGreeting(all, locale); err != nil || len(got) != want {
			t.Errorf("without %q: %+v, %v", locale, got, err)
		}
	}
	for locale, want := range map[string]model.Greeting{"ja_JP": ja, "fr_FR": def, "": def} {
		if got, ok := model.GreetingFor(all, locale); !ok || got != want {
			t.Errorf("for %q: %+v", locale, got)
		}
	}
}

func TestGreetingPreview(t *testing.T) {
	t.Parallel()
	g := model.Greeting{Text: "{{user_first_name}}|{{user_last_name}}|{{user_full_name}}|{{other}}"}
	for name, want := range map[model.Untrusted]model.Untrusted{
		"Ken Sato":           "Ken|Sato|Ken Sato|{{other}}",
		"Ana Maria Ruiz":     "Ana|Maria Ruiz|Ana Maria Ruiz|{{other}}",
		"山田 花子":              "花子|山田|山田 花子|{{other}}",
		"はなこ":                "はなこ||はなこ|{{other}}",
		"{{user_last_name}}": "{{user_last_name}}||{{user_last_name}}|{{other}}",
		"":                   "|||{{other}}",
	} {
		if got := g.Preview(name); got != want {
			t.Errorf("%q: %q, want %q", string(name), string(got), string(want))
		}
	}
}
