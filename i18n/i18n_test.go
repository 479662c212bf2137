package i18n_test

import (
	"strings"
	"testing"

	"parley/i18n"
)

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

// The catalogues are read once, however many localizers there are: strangers over SSH can
// make us ask for one as often as they like.
func TestTheCataloguesAreReadOnce(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	i18n.New("en")
	if n := testing.AllocsPerRun(10, func() { i18n.New("ja") }); n > 2000 {
		t.Errorf("%v allocations", n)
	}
}
