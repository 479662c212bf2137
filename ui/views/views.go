// Package views shows the views that the user saved: a filter, terms and an order under a name.
package views

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/query"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Views returns the user's saved views, in their order.
	Views(ctx context.Context) ([]query.Saved, error)
	// SaveView saves a view of the user, or changes the one with its id. Its place among the
	// others counts from 0; below 0: where it was, else at the end.
	SaveView(ctx context.Context, v query.Saved, place int) (query.Saved, error)
	// DropView forgets a view of the user.
	DropView(ctx context.Context, id string) error
	// NewClientID returns an id that nothing else has.
	NewClientID() model.ClientID
}

// List is the list of conversations.
type List interface {
	// ShowView shows what a query asks for, under a name.
	ShowView(q inbox.Query, name string) tea.Cmd
	// Asked returns what the list shows, as a query without words; empty: everything.
	Asked() query.Query
	// Named returns the name of the view that the list shows; empty: none.
	Named() string
}

// Model is the saved views, as the screen knows them.
type Model struct {
	*screen.Screen
	hub  Hub
	list List
	// all are the views as last read; known: they were.
	all   []query.Saved
	known bool
	// why is why they could not be read.
	why string
	// keys returns the keys of the first views, readable a query as it is shown.
	keys     func() []string
	readable func(where string) string
}

// New returns a Model that knows no view yet. keys returns the keys of the first views, readable
// a query as it is shown.
func New(s *screen.Screen, h Hub, l List, keys func() []string, readable func(where string) string) *Model {
	return &Model{Screen: s, hub: h, list: l, keys: keys, readable: readable}
}

// Msg is a message for Model.
type Msg interface{ aboutViews() }

func (read) aboutViews()    {}
func (changed) aboutViews() {}

// read is the answer with the views.
type read struct {
	all []query.Saved
	err error
}

// changed is the answer to a change of views: what is said of it, and the view to show.
type changed struct {
	said string
	show *query.Saved
	all  []query.Saved
	err  error
}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	switch msg := msg.(type) {
	case read:
		if msg.err != nil {
			m.why = m.Explain(msg.err)
			return nil
		}
		m.all, m.known, m.why = msg.all, true, ""
	case changed:
		if msg.err != nil {
			m.Notify(m.Explain(msg.err))
			return nil
		}
		m.all, m.known = msg.all, true
		m.Notify(msg.said)
		if msg.show != nil {
			return m.show(*msg.show)
		}
	}
	return nil
}

// Read reads the views.
func (m *Model) Read() tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		all, err := hub.Views(ctx)
		return read{all, err}
	})
}

// OpenPlace shows the view at a place, counted from 0.
func (m *Model) OpenPlace(place int) tea.Cmd {
	if place < 0 || place >= len(m.all) {
		said := m.Say(i18n.ViewNoneThere, "Key", m.keyOf(place), "Save", m.Say(i18n.Command("save_view")))
		if !m.known && m.why != "" {
			said = m.why
		}
		m.Notify(said)
		return nil
	}
	return m.show(m.all[place])
}

// show shows a view.
func (m *Model) show(v query.Saved) tea.Cmd {
	return m.list.ShowView(inbox.Query{Filter: inbox.FilterAll, Sort: inbox.Sort(v.Sort), Where: v.Query}, v.Name)
}

// keyOf returns the key of a place, empty where it has none.
func (m *Model) keyOf(place int) string {
	if keys := m.keys(); place >= 0 && place < len(keys) {
		return keys[place]
	}
	return ""
}

// itemMark is the beginning of a view's id in the palette.
const itemMark = "view "

// Items returns the views, as the palette shows them.
func (m *Model) Items() []overlay.Item {
	items := make([]overlay.Item, 0, len(m.all))
	for i, v := range m.all {
		items = append(items, overlay.Item{
			ID: itemMark + v.ID, Title: m.Say(i18n.ViewItem, "Name", m.Look.Ours(v.Name)), Alias: v.Name, Keys: m.keyOf(i),
		})
	}
	return items
}

// RunItem shows the view of such an item; false: it is of none.
func (m *Model) RunItem(id string) (tea.Cmd, bool) {
	rest, ok := strings.CutPrefix(id, itemMark)
	if !ok {
		return nil, false
	}
	if i := slices.IndexFunc(m.all, func(v query.Saved) bool { return v.ID == rest }); i >= 0 {
		return m.show(m.all[i]), true
	}
	return nil, false
}
