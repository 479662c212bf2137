// Package labels gives conversations their labels: it asks which, of those that there are.
package labels

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/label"
	"parley/ui/look"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Labels returns the labels of the conversations that the user may see, or of those of one
	// Page, the most used first.
	Labels(ctx context.Context, page model.PageID) ([]label.Count, error)
}

// Triage changes conversations.
type Triage interface {
	// Expected returns a conversation as it will be after all pending actions.
	Expected(id model.ConversationID) (inbox.Row, bool)
	// Label gives a conversation all its labels from now on.
	Label(id model.ConversationID, labels []string) tea.Cmd
	// Chosen returns the conversations that are selected together; nil: none are.
	Chosen() []model.ConversationID
	// LabelAll gives several conversations labels, and takes others from them.
	LabelAll(ids []model.ConversationID, on, off []string) tea.Cmd
}

// Model is the labels as far as the screen knows them.
type Model struct {
	*screen.Screen
	hub    Hub
	triage Triage
	known  []label.Count
	// wasRead: the labels were read.
	wasRead bool
	// open is the overlay that asks; nil: none does.
	open *overlay.Toggles
}

// New returns a Model that knows no labels yet.
func New(s *screen.Screen, h Hub, t Triage) *Model { return &Model{Screen: s, hub: h, triage: t} }

// Msg is a message for Model.
type Msg interface{ aboutLabels() }

// read is the answer with the labels.
type read struct {
	labels []label.Count
	err    error
}

func (read) aboutLabels() {}

// Update handles a message.
func (m *Model) Update(msg Msg) {
	if msg, ok := msg.(read); ok && msg.err == nil {
		m.known, m.wasRead = msg.labels, true
		if m.open != nil && m.Overlaid() == m.open {
			m.open.Offer(m.offered())
		}
	}
}

// Known returns the labels, the most used first, and false while they were not read.
func (m *Model) Known() ([]string, bool) {
	names := make([]string, 0, len(m.known))
	for _, c := range m.known {
		names = append(names, c.Label)
	}
	return names, m.wasRead
}

// Read reads the labels. A failure is not shown: what is known goes on being known.
func (m *Model) Read() tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		list, err := hub.Labels(ctx, "")
		return read{list, err}
	})
}

// offered are the labels to choose from.
func (m *Model) offered() []overlay.Toggle {
	list := make([]overlay.Toggle, 0, len(m.known))
	for _, c := range m.known {
		list = append(list, overlay.Toggle{Title: c.Label, Detail: look.Thousands(c.Count)})
	}
	return list
}

// Ask asks which labels the current conversation is to have; if several are selected, all of them:
// what each has is on, and only what is turned changes.
func (m *Model) Ask() tea.Cmd {
	if ids := m.triage.Chosen(); ids != nil {
		return m.askOf(m.Say(i18n.LabelsTitleAll, "N", len(ids)), m.common(ids), func(before, all []string) tea.Cmd {
			return m.triage.LabelAll(ids, without(all, before), without(before, all))
		})
	}
	r, ok := m.Current()
	if !ok {
		return nil
	}
	r, _ = m.triage.Expected(r.ID)
	return m.askOf(m.Say(i18n.LabelsTitle, "Name", m.Look.Name(r.Customer)), r.Labels, func(_, all []string) tea.Cmd {
		return m.triage.Label(r.ID, all)
	})
}

// common returns the labels that each of several conversations has.
func (m *Model) common(ids []model.ConversationID) []string {
	first, _ := m.triage.Expected(ids[0])
	return slices.DeleteFunc(slices.Clone(first.Labels), func(l string) bool {
		return slices.ContainsFunc(ids, func(id model.ConversationID) bool {
			r, ok := m.triage.Expected(id)
			return ok && !slices.Contains(r.Labels, l)
		})
	})
}

// without returns the labels that are not among the others.
func without(labels, others []string) []string {
	return slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return slices.Contains(others, l) })
}

// askOf asks which labels there are to be, where there were some before.
func (m *Model) askOf(title string, before []string, done func(before, all []string) tea.Cmd) tea.Cmd {
	items := make([]overlay.Toggle, 0, len(before)+len(m.known))
	for _, l := range before {
		items = append(items, overlay.Toggle{Title: l, On: true})
	}
	m.open = overlay.NewToggles(title, m.Say(i18n.LabelsHint), items)
	m.open.Offer(m.offered())
	m.open.Check = func(name string) string {
		if _, err := label.Clean(name); err != nil {
			return m.problem(err)
		}
		return ""
	}
	m.ask(before, done)
	return m.Read()
}

// ask lays the open overlay over the screen until its labels can be had.
func (m *Model) ask(before []string, done func(before, all []string) tea.Cmd) {
	o := m.open
	m.Lay(o, func(a overlay.Action) tea.Cmd {
		picked, ok := a.(overlay.Picked)
		if !ok {
			return nil
		}
		all, err := label.All(picked.On, before)
		if err != nil {
			o.SetError(m.problem(err))
			m.ask(before, done)
			return nil
		}
		return done(before, all)
	})
}

// problem says why labels can't be had.
func (m *Model) problem(err error) string {
	switch {
	case errors.Is(err, label.ErrLong):
		return m.Say(i18n.LabelsLong, "N", label.MaxCells)
	case errors.Is(err, label.ErrMany):
		return m.Say(i18n.LabelsMany, "N", label.Most)
	}
	return m.Say(i18n.LabelsEmpty)
}
