package page

import (
	"parley/i18n"
	"parley/model"
)

// sights records which Pages the user could see, to notice when that changes.
type sights struct {
	seen map[model.PageID]bool
	// lost are those that were visible before and are hidden now; told, those about which the
	// user was told why.
	lost, told map[model.PageID]bool
}

func newSights() sights {
	return sights{seen: map[model.PageID]bool{}, lost: map[model.PageID]bool{}, told: map[model.PageID]bool{}}
}

// FollowSights notices Pages that became hidden, and says why once that is known: the stream
// first says that a Page is hidden, and its visibility a moment later.
func (m *Model) FollowSights() {
	s := &m.sights
	for _, p := range m.Inbox.Pages() {
		switch {
		case p.Sees:
			s.seen[p.ID] = true
			delete(s.lost, p.ID)
			delete(s.told, p.ID)
			continue
		case s.seen[p.ID]:
			delete(s.seen, p.ID)
			s.lost[p.ID] = true
			m.Hush() // they may name who wrote to it
			m.Lift()
		}
		if s.lost[p.ID] && !s.told[p.ID] && p.Visibility == model.Private {
			s.told[p.ID] = true
			m.NotifyLonger(m.Say(i18n.PageMadePrivate, "Page", m.Look.Line(p.Name), "Name", m.Look.Ours(p.Installer.Name)))
		}
	}
}
