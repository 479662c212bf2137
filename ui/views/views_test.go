package views_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"parley/model"
	"parley/model/inbox"
	"parley/model/label"
	"parley/model/query"
	"parley/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// live has a screen with saved views that is connected.
func live(t *testing.T, saved ...query.Saved) *uitest.World {
	t.Helper()
	list := uitest.Some(4)
	list[1].Labels, list[2].Labels = []string{"VIP"}, []string{"VIP", "見積もり"}
	w := uitest.NewWorld(t, list)
	w.Hub.Saved = saved
	w.Hub.Colleagues = []model.Colleague{{ID: uitest.Ken.ID, Name: uitest.Ken.Name}}
	w.Hub.Counted = []label.Count{{Label: "VIP", Count: 2}, {Label: "見積もり", Count: 1}}
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Offline}})
	w.Sends([]inbox.Update{inbox.Connection{State: inbox.Live}})
	return w
}

var vips = query.Saved{ID: "v1", Name: "Important", Query: "is:open label:VIP", Sort: "waiting"}

// TestViewOnAKey: 7 shows the first saved view under its name; a filter's key leaves it, and so
// does esc.
func TestViewOnAKey(t *testing.T) {
	t.Parallel()
	w := live(t, vips)
	for _, leave := range []string{"1", "esc"} {
		w.Keys("7")
		w.Shows("Important 2", "Customer 1", "Customer 2")
		w.Hides("question 0", "question 3")
		w.Keys(leave)
		w.Shows("Customer 0", "Customer 3")
		w.Hides("Important")
	}
	w.Keys("8")
	w.Shows("No view on 8 yet")
	w.Keys("7", "]")
	w.Hides("Important")
}

// TestViewFollows: a view is live: what fits it comes, what fits no more leaves.
func TestViewFollows(t *testing.T) {
	t.Parallel()
	w := live(t, vips)
	w.Keys("7")
	r, _ := w.Inbox.Conversation("100_5001")
	r.Seq, r.Labels = 90, nil
	w.Arrives(r.Conversation)
	w.Shows("Important 1", "Customer 2", "VIP, 見積もり")
	w.Hides("Customer 1")
}

// TestSaveView: what the list shows is saved under a name; the same name again changes it; it
// has a key, and is found by its name.
func TestSaveView(t *testing.T) {
	t.Parallel()
	w := live(t)
	w.Keys("/")
	w.Types("label:vip")
	w.Keys("enter")
	w.Shows("label:vip 2")
	w.Hides("Customer 0")
	w.Keys("V")
	w.Shows("Save as a view", "label:vip")
	w.Keys("enter")
	w.Shows("A name has 1 to 32 cells.")
	w.Types("Mine to keep")
	w.Keys("enter")
	w.Shows("View Mine to keep is saved.", "Mine to keep 2")
	w.Keys("3", "V")
	w.Types("mine to keep")
	w.Keys("enter")
	if s := w.Hub.Saved; len(s) != 1 || s[0].Query != "is:unassigned" {
		t.Fatalf("saved %+v", s)
	}
	w.Keys("1")
	w.Palette("mine to keep")
	w.Shows("mine to keep 4")
}

// TestManageViews: renamed, put first, deleted.
func TestManageViews(t *testing.T) {
	t.Parallel()
	w := live(t, vips, query.Saved{ID: "v2", Name: "Late", Query: "is:waiting", Sort: "closing"})
	w.Palette("saved views")
	w.Shows("Saved views", "Important", "is:open label:VIP", "Late")
	w.Keys("down", "enter", "f")
	w.Shows("View Late is the first.")
	if w.Hub.Saved[0].ID != "v2" {
		t.Fatalf("saved %+v", w.Hub.Saved)
	}
	w.Palette("saved views")
	w.Keys("enter", "r")
	w.Types("st")
	w.Keys("enter")
	w.Shows("View Latest is saved.")
	w.Palette("saved views")
	w.Keys("enter", "x")
	w.Shows("View Latest is deleted.")
	if len(w.Hub.Saved) != 1 {
		t.Errorf("saved %+v", w.Hub.Saved)
	}
}

// TestEmptyView: a view that names what is gone says so, and how to leave.
func TestEmptyView(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"label:gone":          "The label gone is gone.",
		"page:999":            "You see no Page 999.",
		"@nobody":             "Nobody is called nobody.",
		"label:VIP is:done":   "No conversation fits label:VIP is:done",
		"is:done -label:gone": "No conversation fits is:done -label:gone",
	} {
		w := live(t, query.Saved{ID: "v", Name: "Old", Query: asked, Sort: "newest"})
		w.Sends(tea.WindowSizeMsg{Width: 160, Height: 40})
		w.Keys("7")
		w.Shows("Old", "No conversation fits "+asked, want, "esc goes back to the open ones.")
		if known := strings.HasPrefix(want, "No conversation fits"); known && strings.Contains(w.Text(), "is gone.") {
			t.Errorf("%s: something is gone:\n%s", asked, w.Text())
		}
	}
}

// TestPageByName: a view of a Page names it as the Page is called, not by its id.
func TestPageByName(t *testing.T) {
	t.Parallel()
	w := live(t, query.Saved{ID: "v", Name: "P", Query: "is:open page:" + string(uitest.Page), Sort: "newest"})
	p, _ := w.Inbox.Page(uitest.Page)
	w.Palette("saved views")
	w.Shows(string(p.Name))
	w.Hides("page:" + string(uitest.Page))
}

// TestSearchHints: what is typed is completed by tab; what is wrong is said before anything is
// asked.
func TestSearchHints(t *testing.T) {
	t.Parallel()
	w := live(t)
	w.Keys("/")
	w.Shows("is: from: label: page: @name")
	w.Types("la")
	w.Shows("tab  label:")
	w.Keys("tab")
	w.Shows("label:VIP")
	w.Types("V")
	w.Keys("tab")
	w.Types("is:opne")
	w.Keys("enter")
	w.Shows("is: has no opne.", "Did you mean")
	w.Types(" ")
	w.Shows("is: has no opne.") // said while more is typed, too
	w.Keys("backspace", "backspace", "backspace", "backspace")
	w.Types("pen")
	w.Keys("enter")
	w.Shows("label:VIP is:open 2")
}

// TestHiddenPageInView: a view that names a private Page shows nothing of it.
func TestHiddenPageInView(t *testing.T) {
	t.Parallel()
	w := live(t, query.Saved{ID: "v", Name: "Page", Query: "page:" + string(uitest.Page), Sort: "newest"})
	w.Keys("7")
	w.Shows("Page 4")
	w.PageNow(5, func(p *model.Page) { p.Installer, p.Visibility = uitest.Ken, model.Private })
	w.Hidden()
	w.Hides("Customer 0", "question 0")
	if strings.Contains(w.Text(), "Page 4") {
		t.Errorf("it counts what is hidden:\n%s", w.Text())
	}
}

// TestLabelsAreSeen: in the row after the name, and above the conversation.
func TestLabelsAreSeen(t *testing.T) {
	t.Parallel()
	w := live(t)
	w.Keys("j", "j")
	if row := w.Row(2); !strings.Contains(row, "VIP, 見積もり") {
		t.Errorf("the row is %q", row)
	}
	w.Keys("enter")
	if n := strings.Count(w.Text(), "VIP, 見積もり"); n != 2 {
		t.Errorf("the labels stand %d times:\n%s", n, w.Text())
	}
	w.Sends(tea.WindowSizeMsg{Width: 40, Height: 12})
	w.Keys("esc")
	w.Shows("VIP, 見積もり")
}
