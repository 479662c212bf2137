package model

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// GreetingLimit is the longest greeting, in characters.
//
// Source: Messenger Profile API, "Greeting".
const GreetingLimit = 160

// DefaultLocale is that of the greeting which everybody sees for whose language there is
// none.
const DefaultLocale = "default"

// Why a greeting is refused, besides an empty text ([TextEmpty]).
const (
	GreetingTooLong Code = "greeting_too_long"
	// GreetingDefault: without a default one there can't be one for a language.
	GreetingDefault Code = "greeting_default"
	// GreetingLocale: the locale is none of Facebook's.
	GreetingLocale Code = "greeting_locale"
)

// Greeting is what a Page says to whoever opens a conversation with it for the first
// time, in one language. Facebook shows it before the first message.
type Greeting struct {
	// Locale is as Facebook writes it, ja_JP, or [DefaultLocale].
	Locale string    `json:"locale" maxLength:"16"`
	Text   Untrusted `json:"text" maxLength:"4096"`
}

var localeForm = regexp.MustCompile(`^[a-z]{2,3}_[A-Z]{2}$`)

// Check refuses a greeting that Facebook would refuse.
func (g Greeting) Check() error {
	switch {
	case g.Locale != DefaultLocale && !localeForm.MatchString(g.Locale):
		return Refuse(GreetingLocale)
	case strings.TrimSpace(string(g.Text)) == "":
		return Refuse(TextEmpty)
	case utf8.RuneCountInString(string(g.Text)) > GreetingLimit:
		return Refuse(GreetingTooLong)
	}
	return nil
}

// WithGreeting returns a Page's greetings with that one, in place of the one of its
// locale; the default one stands first. A first one must be the default.
func WithGreeting(all []Greeting, g Greeting) ([]Greeting, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(all), func(o Greeting) bool { return o.Locale == g.Locale })
	if g.Locale == DefaultLocale {
		return slices.Insert(out, 0, g), nil
	}
	out = append(out, g)
	if !hasDefault(out) {
		return nil, Refuse(GreetingDefault)
	}
	return out, nil
}

// WithoutGreeting returns a Page's greetings without that of a locale; empty: none. The
// default one stays as long as there are others.
func WithoutGreeting(all []Greeting, locale string) ([]Greeting, error) {
	if locale == "" {
		return nil, nil
	}
	out := slices.DeleteFunc(slices.Clone(all), func(o Greeting) bool { return o.Locale == locale })
	if len(out) > 0 && !hasDefault(out) {
		return nil, Refuse(GreetingDefault)
	}
	return out, nil
}

func hasDefault(all []Greeting) bool {
	return slices.ContainsFunc(all, func(g Greeting) bool { return g.Locale == DefaultLocale })
}

// GreetingFor returns the greeting that a customer with that locale sees.
func GreetingFor(all []Greeting, locale string) (Greeting, bool) {
	for _, want := range []string{locale, DefaultLocale} {
		for _, g := range all {
			if g.Locale == want {
				return g, true
			}
		}
	}
	return Greeting{}, false
}

// Preview is a greeting as a customer of that name sees it. Facebook knows which part of
// a name is which; here it is the order in which names of that script are written.
func (g Greeting) Preview(name Untrusted) Untrusted {
	first, last := nameParts(strings.Join(strings.Fields(string(name)), " "))
	return Untrusted(strings.NewReplacer(
		"{{user_first_name}}", first, "{{user_last_name}}", last, "{{user_full_name}}", strings.Join(strings.Fields(string(name)), " "),
	).Replace(string(g.Text)))
}

// nameParts splits a name: the family's name stands first where it is written in
// Chinese, Japanese or Korean script.
func nameParts(name string) (first, last string) {
	if r, _ := utf8.DecodeRuneInString(name); unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		family, given, two := strings.Cut(name, " ")
		if !two {
			return name, ""
		}
		return given, family
	}
	first, last, _ = strings.Cut(name, " ")
	return first, last
}
