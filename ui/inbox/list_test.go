package inbox_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	list "parley/ui/inbox"
	"parley/ui/look"
	"parley/ui/theme"
)

// rows are conversations named by numbers, in the order of the slice.
type rows struct{ ids []int }

func (r *rows) Len() int { return len(r.ids) }

func (r *rows) At(i int) (inbox.Row, bool) {
	if i < 0 || i >= len(r.ids) {
		return inbox.Row{}, false
	}
	c := model.Conversation{ID: id(r.ids[i]), Seq: 1}
	c.Customer.Name = model.Untrusted("Customer " + strconv.Itoa(r.ids[i]))
	c.Reply.Allowed = true
	return inbox.Row{Conversation: c}, true
}

func (r *rows) Index(want model.ConversationID) (int, bool) {
	for i, n := range r.ids {
		if id(n) == want {
			return i, true
		}
	}
	return 0, false
}

func id(n int) model.ConversationID { return model.ConversationID(fmt.Sprintf("1_%d", n)) }

func newLook() look.Look {
	return look.Look{Theme: theme.New(theme.Options{Profile: colorprofile.ASCII}), Words: i18n.New("en"), Zone: time.UTC}
}

// line is on which line of the screen a conversation stands, -1 where it does not.
func line(l *list.List, n int) int {
	lines, _ := l.Lines(newLook(), list.Context{Now: time.Now(), Focused: true})
	for y, s := range lines {
		if strings.Contains(ansi.Strip(s)+" ", fmt.Sprintf("Customer %d ", n)) {
			return y
		}
	}
	return -1
}

// TestTheWindowJumpsHalfway: what is chosen is always to be seen; the window moves by
// half of it at once.
func TestTheWindowJumpsHalfway(t *testing.T) {
	t.Parallel()
	all := &rows{}
	for n := range 100 {
		all.ids = append(all.ids, n)
	}
	l := list.NewList()
	l.SetSize(40, 20)
	l.SetRows(all)
	for range 9 {
		l.Move(1)
	}
	if y := line(l, 9); y != 18 {
		t.Errorf("the tenth is on line %d", y)
	}
	l.Move(1)
	if y := line(l, 10); y != 10 {
		t.Errorf("after the jump it is on line %d", y)
	}
	l.Last()
	if y := line(l, 99); y != 18 {
		t.Errorf("the last is on line %d", y)
	}
	l.First()
	if y := line(l, 0); y != 0 {
		t.Errorf("the first is on line %d", y)
	}
}

// TestWhatIsChosenStays: whatever comes, goes and moves, what was chosen is selected as
// long as it is there, and it is on the screen.
func TestWhatIsChosenStays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := &rows{}
		for n := range rapid.IntRange(1, 60).Draw(t, "rows") {
			all.ids = append(all.ids, n)
		}
		l := list.NewList()
		l.SetSize(40, rapid.IntRange(2, 30).Draw(t, "height"))
		l.SetRows(all)
		l.Move(rapid.IntRange(0, len(all.ids)).Draw(t, "down"))
		chosen, _ := l.Selected()
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			at := rapid.IntRange(0, len(all.ids)-1).Draw(t, "from")
			n := all.ids[at]
			all.ids = append(all.ids[:at:at], all.ids[at+1:]...)
			if gone := id(n) != chosen.ID && len(all.ids) > 0 && rapid.Bool().Draw(t, "gone"); !gone {
				to := rapid.IntRange(0, len(all.ids)).Draw(t, "to")
				all.ids = append(all.ids[:to:to], append([]int{n}, all.ids[to:]...)...)
			}
			l.Refresh()
			now, ok := l.Selected()
			if !ok || now.ID != chosen.ID {
				t.Fatalf("%s is selected, it was %s", now.ID, chosen.ID)
			}
			n, _ = strconv.Atoi(strings.TrimPrefix(string(chosen.ID), "1_"))
			if line(l, n) < 0 {
				t.Fatalf("%s is not on screen", chosen.ID)
			}
		}
	})
}
