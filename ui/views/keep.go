package views

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model/query"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// Save asks for a name for what the list shows now, and saves it.
func (m *Model) Save() tea.Cmd {
	asked := m.list.Asked()
	v := query.Saved{Query: asked.Terms().String(), Sort: string(m.Query.Sort)}
	hint := m.Say(i18n.ViewSaveHint, "Query", m.described(v))
	if asked.Has(query.Words) {
		hint = m.Say(i18n.ViewSaveWords, "Query", m.described(v))
	}
	return m.askName(m.Say(i18n.ViewSaveTitle), hint, m.list.Named(), "", func(name string) tea.Cmd {
		v.Name = name
		place := -1
		if was, ok := query.Named(m.all, name); ok {
			v.ID = was.ID
		} else {
			v.ID = string(m.hub.NewClientID())
		}
		return m.change(i18n.SaidViewSaved, v, true, func(ctx context.Context, h Hub) error {
			_, err := h.SaveView(ctx, v, place)
			return err
		})
	})
}

// described says what a view asks for.
func (m *Model) described(v query.Saved) string {
	if v.Query == "" {
		return m.Say(i18n.ViewEverything)
	}
	return m.readable(v.Query)
}

// askName asks for the name of a view.
func (m *Model) askName(title, hint, text, problem string, done func(name string) tea.Cmd) tea.Cmd {
	p := overlay.NewPrompt(title, hint, text)
	p.SetError(problem)
	m.Lay(p, func(a overlay.Action) tea.Cmd {
		e, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if _, err := (query.Saved{Name: e.Text}).Tidy(); errors.Is(err, query.ErrName) {
			return m.askName(title, hint, e.Text, m.Say(i18n.ViewNameWrong), done)
		}
		return done(e.Text)
	})
	return nil
}

// change changes views on the hub, and reads them again.
func (m *Model) change(said i18n.ID, v query.Saved, show bool, f func(ctx context.Context, h Hub) error) tea.Cmd {
	hub, sentence := m.hub, m.Say(said, "Name", m.Look.Ours(v.Name))
	return screen.Call(func(ctx context.Context) tea.Msg {
		err := f(ctx, hub)
		out := changed{said: sentence, err: err}
		if err == nil {
			out.all, out.err = hub.Views(ctx)
		}
		if show {
			out.show = &v
		}
		return out
	})
}

// What can be done with a view.
const (
	doOpen   = "open"
	doRename = "rename"
	doFirst  = "first"
	doDrop   = "drop"
	doSave   = "save"
)

// Manage lists the views: to show one, or to change it.
func (m *Model) Manage() tea.Cmd {
	options := make([]overlay.Option, 0, len(m.all)+1)
	for i, v := range m.all {
		options = append(options, overlay.Option{ID: v.ID, Key: m.keyOf(i), Title: m.Look.Ours(v.Name), Detail: m.described(v)})
	}
	options = append(options, overlay.Option{ID: doSave, Key: "+", Title: m.Say(i18n.Command("save_view"))})
	c := overlay.NewChoice(m.Say(i18n.ViewsTitle), options)
	switch {
	case !m.known && m.why != "":
		c.Say(m.why)
	case len(m.all) == 0:
		c.Say(m.Say(i18n.ViewsNone))
	}
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		if chosen.ID == doSave {
			return m.Save()
		}
		for i, v := range m.all {
			if v.ID == chosen.ID {
				m.choose(v, i)
			}
		}
		return nil
	})
	return m.Read()
}

// choose asks what to do with a view.
func (m *Model) choose(v query.Saved, place int) {
	options := []overlay.Option{
		{ID: doOpen, Key: "o", Title: m.Say(i18n.ViewOpen)},
		{ID: doRename, Key: "r", Title: m.Say(i18n.ViewRename)},
	}
	if place > 0 {
		options = append(options, overlay.Option{ID: doFirst, Key: "f", Title: m.Say(i18n.ViewFirst, "Key", m.keyOf(0))})
	}
	options = append(options, overlay.Option{ID: doDrop, Key: "x", Title: m.Say(i18n.ViewDrop)})
	c := overlay.NewChoice(m.Look.Ours(v.Name), options)
	c.Say(m.described(v))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		return m.do(chosen.ID, v)
	})
}

// do does what was chosen with a view.
func (m *Model) do(what string, v query.Saved) tea.Cmd {
	save := func(v query.Saved, place int) func(context.Context, Hub) error {
		return func(ctx context.Context, h Hub) error {
			_, err := h.SaveView(ctx, v, place)
			return err
		}
	}
	switch what {
	case doOpen:
		return m.show(v)
	case doRename:
		shown := m.list.Named() == v.Name
		return m.askName(m.Say(i18n.ViewRename), "", v.Name, "", func(name string) tea.Cmd {
			v.Name = name
			return m.change(i18n.SaidViewSaved, v, shown, save(v, -1))
		})
	case doFirst:
		return m.change(i18n.SaidViewFirst, v, false, save(v, 0))
	case doDrop:
		return m.change(i18n.SaidViewDropped, v, false, func(ctx context.Context, h Hub) error { return h.DropView(ctx, v.ID) })
	}
	return nil
}
