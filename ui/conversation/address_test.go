package conversation_test

import (
	"slices"
	"strconv"
	"testing"

	"parley/model"
	"parley/ui/uitest"
)

// TestAddressesOfAMessage: o opens what stands in a text as well as what is attached, and
// asks which of several.
func TestAddressesOfAMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"see https://shop.example/a?b=1#c.":                       {"https://shop.example/a?b=1#c"},
		"(http://shop.example/x_(y)), ok?":                        {"http://shop.example/x_(y)"},
		"https://shop.exampleを見てください。":                            {"https://shop.example"},
		"「https://shop.example/a」とwww.shop.example/b！":            {"https://shop.example/a", "https://www.shop.example/b"},
		"HTTPS://SHOP.example twice HTTPS://SHOP.example":         {"https://SHOP.example"},
		"https://bank.example@evil.example/":                      {"https://bank.example@evil.example/"},
		"javascript:alert(1) file:///etc ftp://x.example http://": nil,
		"no address here, nor awww.x":                             nil,
	} {
		w := addressWorld(t, model.Message{Text: model.Untrusted(text)})
		var got []string
		w.Browse = func(u string) error { got = append(got, u); return nil }
		w.Keys("o")
		if len(want) > 1 { // it asks which
			w.Keys("1")
			for i := range want[1:] {
				w.Keys("o", strconv.Itoa(i+2))
			}
			w.Keys("o")
			w.Hides(strconv.Itoa(len(want)+1) + "  ")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	var opened []string
	w := addressWorld(t, model.Message{
		Text: "a https://one.example/x b https://two.example/y", Attachments: []model.Attachment{{Type: "file", URL: "https://cdn.example/z"}},
	})
	w.Browse = func(u string) error { opened = append(opened, u); return nil }
	w.Keys("o")
	w.Shows("https://one.example/x", "https://two.example/y", "https://cdn.example/z")
	w.Keys("2")
	w.Shows("Opened in the browser: two.example.")
	if !slices.Equal(opened, []string{"https://two.example/y"}) {
		t.Errorf("opened %q", opened)
	}
	w = addressWorld(t, model.Message{Text: "https://one.example/x"})
	w.Browse = nil
	w.Keys("o")
	w.Shows("The address at one.example is copied.")
}

// addressWorld is a screen with that message open and selected.
func addressWorld(t *testing.T, what model.Message) *uitest.World {
	t.Helper()
	w := uitest.NewWorld(t, uitest.Some(1))
	ms := uitest.Incoming(1)
	ms[0].Text, ms[0].Attachments = what.Text, what.Attachments
	w.Hub.Threads[ms[0].ConversationID] = ms
	w.Keys("enter")
	return w
}
