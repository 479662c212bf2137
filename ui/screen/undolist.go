package screen

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/overlay"
)

// ListUndo lists the last actions, the newest first, so that any of them can be undone.
func (s *Screen) ListUndo() tea.Cmd {
	all := slices.Clone(s.Undo)
	slices.Reverse(all)
	items := make([]overlay.Item, len(all))
	for i, x := range all {
		items[i] = overlay.Item{ID: strconv.Itoa(i), Title: s.saidOf(x), Reason: whyNot(x)}
		if !x.At.IsZero() {
			items[i].Keys, _ = s.Look.Age(s.Now(), x.At)
		}
	}
	s.Lay(overlay.NewPalette(s.Say(i18n.UndoTitle), items), func(a overlay.Action) tea.Cmd {
		c, ok := a.(overlay.Chosen)
		i, err := strconv.Atoi(c.ID)
		if !ok || err != nil || !slices.Contains(s.Undo, all[i]) {
			return nil
		}
		if why := whyNot(all[i]); why != "" {
			s.Notify(why)
			return nil
		}
		s.Undo.Drop(all[i])
		return all[i].Back()
	})
	return nil
}

// saidOf says what an action did.
func (s *Screen) saidOf(x *Undo) string {
	if x.Said != "" {
		return x.Said
	}
	r, _ := s.Inbox.Conversation(x.Of)
	return s.Say(i18n.UndoUnnamed, "Name", s.Look.Name(r.Customer))
}

func whyNot(x *Undo) string {
	if x.Why == nil {
		return ""
	}
	return x.Why()
}

// NeedsDone says why there is nothing to list; empty: there is.
func (s *Screen) NeedsDone() string {
	if s.Undo.Last() == nil {
		return s.Say(i18n.WhyNothingToUndo)
	}
	return ""
}
