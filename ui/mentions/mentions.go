// Package mentions completes the names of colleagues in notes, and says whom a note won't reach.
package mentions

import (
	"strings"

	"parley/i18n"
	"parley/model"
	"parley/model/mention"
	"parley/ui/composer"
	"parley/ui/screen"
	"parley/ui/team"
)

// Model completes the names of colleagues in a note.
type Model struct {
	*screen.Screen
	box  *composer.Box
	team *team.Model
	// put is the name that was completed last, turn its place among those that fitted begun: tab
	// again puts the next.
	put, begun string
	turn       int
}

// New returns a Model for what is typed in a composer.
func New(s *screen.Screen, b *composer.Box, t *team.Model) *Model {
	return &Model{Screen: s, box: b, team: t}
}

// mostOffered is how many names are offered at a time.
const mostOffered = 6

// fitting returns the colleagues whose name begins as is typed.
func (m *Model) fitting(begun string) []model.UserRef {
	var users []model.UserRef
	for _, c := range m.team.Colleagues() {
		users = append(users, model.UserRef{ID: c.ID, Name: c.Name})
	}
	return mention.Fitting(begun, users)
}

// Complete puts the first name that fits; the next, if one was just put. It reports whether
// there was any.
func (m *Model) Complete() bool {
	begun, ok := m.box.MentionBegun()
	if !ok {
		return false
	}
	again := m.put != "" && begun == m.put
	if !again {
		m.begun, m.turn = begun, -1
	}
	all := m.fitting(m.begun)
	if len(all) == 0 {
		return false
	}
	m.turn = (m.turn + 1) % len(all)
	m.put = all[m.turn].Name
	m.box.CompleteMention(m.put)
	return true
}

// Offer shows what tab would put, or that somebody mentioned can't see the Page.
func (m *Model) Offer() {
	box := m.box
	if !box.IsOpen() || !box.Note() {
		box.SetAside("", false)
		return
	}
	if begun, ok := box.MentionBegun(); ok {
		if begun == m.put {
			begun = m.begun
		}
		var names []string
		for _, u := range m.fitting(begun) {
			if len(names) == mostOffered {
				names = append(names, m.Look.Theme.More)
				break
			}
			names = append(names, m.Look.Ours(u.Name))
		}
		if len(names) > 0 {
			box.SetAside(m.Say(i18n.MentionOffer, "Names", strings.Join(names, " "+m.Look.Theme.Bullet+" ")), false)
			return
		}
	}
	box.SetAside(m.unseen(), true)
}

// unseen says who of those mentioned can't see the conversation; empty: everybody can.
func (m *Model) unseen() string {
	p, ok := m.Inbox.Page(m.box.Conversation().Page())
	if !ok || p.Visibility != model.Private {
		return ""
	}
	var names []string
	for _, u := range m.box.Mentions(m.fitting("")) {
		names = append(names, m.Look.Ours(u.Name))
	}
	if len(names) == 0 {
		return ""
	}
	return m.Say(i18n.MentionUnseen, "Names", strings.Join(names, ", "))
}
