package app

import (
	"slices"
	"strings"
	"testing"

	"parley/i18n"
	"parley/model"
)

// palette runs a command from the palette.
func (w *world) palette(name string) {
	w.keys("ctrl+k")
	w.types(name)
	w.keys("enter")
}

// TestGreeting: read from Facebook, shown as the customer would see it, changed, added
// in another language, refused where it is too long.
func TestGreeting(t *testing.T) {
	t.Parallel()
	list := some(3)
	list[0].Customer = model.Customer{PSID: list[0].Customer.PSID, Name: "山田 花子", Locale: "ja_JP"}
	w := newWorld(t, list)
	w.hub.greetings = []model.Greeting{
		{Locale: "default", Text: "Hello {{user_first_name}}"}, {Locale: "ja_JP", Text: "{{user_first_name}}さん、\x1b[2Jようこそ"},
	}
	for i := range list {
		if r, ok := w.Current(); ok && r.Customer.Name == "山田 花子" {
			break
		}
		if i == len(list)-1 {
			t.Fatal("no such customer in the list")
		}
		w.keys("j")
	}
	w.palette("greeting")
	w.shows("Greeting of Aoyama Coffee", "花子さん、", "default", "ja_JP", "Add a language")
	w.whole(120, 36)
	w.keys("enter")
	w.shows("Greeting, default", "Hello {{user_first_name}}")
	w.types(" " + strings.Repeat("x", 160))
	w.keys("enter")
	w.shows(w.Say(i18n.Code("greeting_too_long")))
	w.keys("ctrl+u")
	w.types("Good day")
	w.keys("enter")
	if last := w.hub.asked[len(w.hub.asked)-1]; !strings.HasPrefix(last, "greeting default ") || !strings.HasSuffix(last, "Good day") {
		t.Errorf("asked %q", w.hub.asked)
	}
	w.shows(w.Say(i18n.GreetingSet))

	w.palette("greeting")
	w.keys("j", "j", "enter")
	w.types("klingon")
	w.keys("enter")
	w.shows(w.Say(i18n.Code("greeting_locale")))
	w.keys("ctrl+u")
	w.keys("esc")
}

// TestGreetingOfAnother: who did not connect the Page reads it and can't change it.
func TestGreetingOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.pageNow(200, func(p *model.Page) {
		p.Visibility, p.Installer = model.Shared, model.UserRef{ID: "ken", Name: "Ken"}
	})
	w.palette("greeting")
	w.shows(w.Say(i18n.GreetingNone), w.Say(i18n.Code("not_installer")))
	w.keys("enter")
	w.shows(w.Say(i18n.GreetingNone))
	if slices.ContainsFunc(w.hub.asked, func(s string) bool { return strings.HasPrefix(s, "greeting ") }) {
		t.Errorf("asked %q", w.hub.asked)
	}
}
