package colours_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestASCII: nothing of ours is beyond ASCII where only that can be drawn, whatever is open.
func TestASCII(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"list":          nil,
		"conversation":  {"enter"},
		"composer":      {"r", "a"},
		"note":          {"I", "a"},
		"draft":         {"r", "a", "esc"},
		"quote":         {"enter", "Q"},
		"closed":        {"5", "enter", "r"},
		"chosen":        {"x", "j", "x"},
		"done":          {"e"},
		"undone":        {"e", "s", "h", "U"},
		"pinned":        {"p"},
		"label":         {"t", "v"},
		"snooze":        {"s"},
		"snooze, typed": {"s", "o"},
		"assign":        {"a"},
		"search":        {"/", "x"},
		"found":         {"/", "x", "enter"},
		"help":          {"?"},
		"palette":       {"ctrl+k"},
		"react":         {"enter", "+"},
		"attach":        {"enter", "A"},
		"panel":         {"enter", "i"},
		"picker":        {"c"},
		"share":         {"m"},
		"notices":       {"n"},
		"snippets":      {"ctrl+o"},
		"later":         {"r", "a", "alt+l"},
		"view":          {"V"},
		"mentioned":     {"@"},
	} {
		w := uitest.NewWorld(t, append(uitest.Some(4), uitest.Talk(9, 3000)), func(o *app.Options) { o.ASCII = true })
		w.Hub.Threads[uitest.Talk(0, 0).ID] = uitest.Incoming(3)
		w.Keys(keys...)
		ascii(t, name, w)
	}
	for _, command := range []string{
		"theme", "notifications", "questions", "what you can't do", "greeting", "check the page", "make the page shared", "manage snippets",
		"snippets and macros", "delete", "uninstall", "connect a page", "doctor", "views",
	} {
		w := uitest.NewWorld(t, uitest.Some(4), func(o *app.Options) { o.ASCII = true })
		w.Palette(command)
		ascii(t, command, w)
	}
}

func ascii(t *testing.T, name string, w *uitest.World) {
	t.Helper()
	w.Passes(time.Millisecond)
	if i := strings.IndexFunc(w.Text(), func(r rune) bool { return r > '~' }); i >= 0 {
		t.Errorf("%s: %q\n%s", name, w.Text()[i:min(len(w.Text()), i+8)], w.Text())
	}
}

// TestKeysAreShownAsConfigured: where a key is named, it is the user's.
func TestKeysAreShownAsConfigured(t *testing.T) {
	t.Parallel()
	keys := map[string][]string{
		"reply": {"f1"}, "link": {"f2"}, "done": {"f3"}, "snooze": {"f4"}, "undo": {"f5"}, "share": {"f6"}, "back": {"f7"}, "help": {"f8"},
		"palette": {"f9"}, "next_waiting": {"f10"}, "open": {"f11"}, "send_done": {"f12"}, "down": {"b"}, "up": {"B"}, "notices": {"E"}, "mouse": {"F"},
	}
	closed := uitest.Talk(9, 3000, func(c *model.Conversation) { c.Unread = 0 })
	world := func() *uitest.World {
		w := uitest.NewWorld(t, append(uitest.Some(3), closed), func(o *app.Options) { o.Keys = keys })
		w.Hub.Threads[uitest.Talk(0, 0).ID] = uitest.Incoming(3)
		return w
	}
	palette := func(w *uitest.World, command string) {
		w.Sends(tea.KeyPressMsg{Code: tea.KeyF9})
		w.Types(command)
		w.Keys("enter")
	}
	w := world()
	w.Shows("f11 open", "f1 reply", "f2 link", "f3 done", "f4 snooze", "f9 commands", "f8 help", "f10 starts with")
	w.Keys("F")
	w.Shows("F takes it back")
	palette(w, "done")
	w.Shows("f5 undo")
	w = world()
	palette(w, "reply")
	w.Types("hello")
	w.Shows("f12", "f9 commands")
	palette(w, "questions")
	w.Shows("Whom can I write to?")
	w = world()
	palette(w, "questions")
	w.Types("whom")
	w.Keys("enter")
	w.Shows("f6 copies")
	w = world()
	w.Keys("/")
	w.Types("nobody")
	w.Keys("enter")
	w.Shows("f7 back")
	w = world()
	w.Keys("5")
	palette(w, "reply")
	w.Shows("f6 shares")
}
