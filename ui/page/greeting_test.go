package page_test

import (
	"slices"
	"strings"
	"testing"

	"parley/i18n"
	"parley/model"
	"parley/ui/uitest"
)

// TestGreeting: read from Facebook, shown as the customer would see it, changed, added
// in another language, refused where it is too long.
func TestGreeting(t *testing.T) {
	t.Parallel()
	list := uitest.Some(3)
	list[0].Customer = model.Customer{PSID: list[0].Customer.PSID, Name: "山田 花子", Locale: "ja_JP"}
	w := uitest.NewWorld(t, list)
	w.Hub.Greeting = []model.Greeting{
		{Locale: "default", Text: "Hello {{user_first_name}}"}, {Locale: "ja_JP", Text: "{{user_first_name}}さん、\x1b[2Jようこそ"},
	}
	for i := range list {
		if r, ok := w.Current(); ok && r.Customer.Name == "山田 花子" {
			break
		}
		if i == len(list)-1 {
			t.Fatal("no such customer in the list")
		}
		w.Keys("j")
	}
	w.Palette("greeting")
	w.Shows("Greeting of Aoyama Coffee", "花子さん、", "default", "ja_JP", "Add a language")
	w.Whole(120, 36)
	w.Keys("enter")
	w.Shows("Greeting, default", "Hello {{user_first_name}}")
	w.Types(" " + strings.Repeat("x", 160))
	w.Keys("enter")
	w.Shows(w.Say(i18n.Code("greeting_too_long")))
	w.Keys("ctrl+u")
	w.Types("Good day")
	w.Keys("enter")
	if n := len(w.Hub.Greeted); n != 1 || w.Hub.Greeted[0].Locale != "default" || !strings.HasSuffix(string(w.Hub.Greeted[0].Text), "Good day") {
		t.Errorf("asked %q", w.Hub.Asked)
	}
	w.Shows(w.Say(i18n.GreetingSet))

	w.Palette("greeting")
	w.Keys("j", "j", "enter")
	w.Types("klingon")
	w.Keys("enter")
	w.Shows(w.Say(i18n.Code("greeting_locale")))
	w.Keys("ctrl+u")
	w.Keys("esc")
}

// TestGreetingOfAnother: who did not connect the Page reads it and can't change it.
func TestGreetingOfAnother(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.PageNow(200, func(p *model.Page) {
		p.Visibility, p.Installer = model.Shared, model.UserRef{ID: "ken", Name: "Ken"}
	})
	w.Palette("greeting")
	w.Shows(w.Say(i18n.GreetingNone), w.Say(i18n.Code("not_installer")))
	w.Keys("enter")
	w.Shows(w.Say(i18n.GreetingNone))
	if slices.ContainsFunc(w.Hub.Asked, func(s string) bool { return strings.HasPrefix(s, "greeting ") }) {
		t.Errorf("asked %q", w.Hub.Asked)
	}
}
