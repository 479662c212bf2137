package model_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/model"
)

func TestInstallation(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]model.PageID{-1: "42", 0: "42", 1: "42", 2: "42~2", 3: "42~3", 11: "42~11"} {
		got := model.MetaPageID("42").Installation(n)
		if got != want {
			t.Errorf("Installation(%d) = %q, want %q", n, got, want)
		}
		if got.Meta() != "42" {
			t.Errorf("%q.Meta() = %q", got, got.Meta())
		}
	}
}

func TestIDsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		meta := model.MetaPageID(rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "page"))
		n := rapid.IntRange(1, 50).Draw(t, "installation")
		psid := model.PSID(rapid.StringMatching(`[0-9A-Za-z_~-]{1,30}`).Draw(t, "psid"))
		page := meta.Installation(n)
		if page.Meta() != meta {
			t.Fatalf("%q.Meta() = %q, want %q", page, page.Meta(), meta)
		}
		c := model.NewConversationID(page, psid)
		if c.Page() != page || c.Customer() != psid {
			t.Fatalf("%q is of Page %q with %q", c, c.Page(), c.Customer())
		}
		uuid := rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`).Draw(t, "uuid")
		if m := model.NewMessageID(page, uuid); m.Page() != page || string(m) != string(page)+"_"+uuid {
			t.Fatalf("%q is of Page %q, want %q", m, m.Page(), page)
		}
	})
}

// Two installations of a Page share no conversation and no message.
func TestIDsOfInstallationsDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(1, 30), 2, 2, rapid.ID[int]).Draw(t, "installations")
		a, b := model.MetaPageID("42").Installation(ids[0]), model.MetaPageID("42").Installation(ids[1])
		if a == b || model.NewConversationID(a, "7") == model.NewConversationID(b, "7") ||
			model.NewMessageID(a, "u") == model.NewMessageID(b, "u") {
			t.Fatalf("installations %d and %d share ids", ids[0], ids[1])
		}
	})
}

func TestWhatIsNoID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "42", "nonsense"} {
		if c := model.ConversationID(id); c.Page() != "" || c.Customer() != "" {
			t.Errorf("ConversationID(%q) is of %q with %q", id, c.Page(), c.Customer())
		}
		if m := model.MessageID(id); m.Page() != "" {
			t.Errorf("MessageID(%q) is of %q", id, m.Page())
		}
	}
	if c := model.ConversationID("42_"); c.Page() != "42" || c.Customer() != "" {
		t.Errorf("%q is of %q with %q", c, c.Page(), c.Customer())
	}
}

func TestIsPageInbox(t *testing.T) {
	t.Parallel()
	for app, want := range map[model.AppID]bool{
		"263902037430900": true, "26390203743090": true, // documented with and without the last digit
		"2639020374309": false, "263902037430901": false, "": false, "1": false,
	} {
		if got := app.IsPageInbox(); got != want {
			t.Errorf("AppID(%q).IsPageInbox() = %v, want %v", app, got, want)
		}
	}
}

func FuzzConversationID(f *testing.F) {
	for _, s := range []string{"", "_", "42_7", "42~2_7_8", "~_", strings.Repeat("_", 9)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := model.ConversationID(s)
		if again := model.NewConversationID(c.Page(), c.Customer()); strings.Contains(s, "_") && again != c {
			t.Errorf("%q taken apart and put together is %q", s, again)
		}
	})
}
