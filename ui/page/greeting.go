package page

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// greetingBlanks are the placeholders for the customer's name in a greeting.
const greetingBlanks = "{{user_first_name}} {{user_last_name}} {{user_full_name}}"

// greetingsRead is the answer with a Page's greetings, after a read or a change.
type greetingsRead struct {
	page model.PageID
	all  []model.Greeting
	// said is the sentence for a change; empty: they were read.
	said i18n.ID
	err  error
}

// greetingTo is whom a preview is for: a Page and a customer.
type greetingTo struct {
	page     model.Page
	customer model.Customer
}

// OpenGreeting shows the Page's greetings as the current customer would see them. It reads
// them from Facebook first.
func (m *Model) OpenGreeting() tea.Cmd {
	p, _ := m.Page()
	c := overlay.NewChoice(m.Say(i18n.GreetingTitle, "Page", m.Look.Line(p.Name)), nil)
	c.Say(m.Say(i18n.GreetingLoading))
	m.Lay(c, nil)
	m.greeting = c
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		all, err := hub.Greetings(ctx, p.ID)
		return greetingsRead{page: p.ID, all: all, err: err}
	})
}

// greetingsRead shows the greetings, unless the user has left.
func (m *Model) greetingsRead(r greetingsRead) {
	if r.err != nil {
		m.Notify(m.Explain(r.err))
		if r.said == "" && m.Overlaid() == m.greeting {
			m.Lift()
		}
		return
	}
	if r.said != "" {
		m.Notify(m.Say(r.said))
		return
	}
	p, ok := m.Inbox.Page(r.page)
	if !ok || m.Overlaid() != m.greeting {
		return
	}
	m.chooseGreeting(p, r.all)
}

// chooseGreeting lists the greetings; choosing one edits it.
func (m *Model) chooseGreeting(p model.Page, all []model.Greeting) {
	to := greetingTo{page: p, customer: model.Customer{Name: model.Untrusted(m.Say(i18n.GreetingSample)), Locale: model.DefaultLocale}}
	if r, ok := m.Current(); ok && r.Customer.Name != "" && r.PageID == p.ID {
		to.customer = r.Customer
	}
	reason := ""
	if p.Installer.ID != m.Inbox.User().ID {
		reason = m.Say(i18n.Code(string(model.NotInstaller)))
	}
	var options []overlay.Option
	for _, g := range all {
		options = append(options, overlay.Option{ID: g.Locale, Title: m.Say(i18n.GreetingEdit), Detail: m.Look.Ours(g.Locale), Reason: reason})
	}
	switch {
	case len(all) == 0:
		options = append(options, overlay.Option{ID: model.DefaultLocale, Title: m.Say(i18n.GreetingEdit), Detail: model.DefaultLocale, Reason: reason})
	default:
		options = append(options, overlay.Option{ID: "", Title: m.Say(i18n.GreetingAdd), Reason: reason})
	}
	c := overlay.NewChoice(m.Say(i18n.GreetingTitle, "Page", m.Look.Line(p.Name)), options)
	c.Say(m.greetingPreview(to, all))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		if chosen.ID == "" {
			return m.askLocale(to.page)
		}
		return m.editGreeting(to.page, all, chosen.ID)
	})
}

// greetingPreview returns what the customer would see.
func (m *Model) greetingPreview(to greetingTo, all []model.Greeting) string {
	g, ok := model.GreetingFor(all, to.customer.Locale)
	if !ok {
		return m.Say(i18n.GreetingNone)
	}
	return m.Say(i18n.GreetingSays, "Name", m.Look.Name(to.customer)) + "\n" + m.Look.Cells.Shown(safe.LineN(g.Preview(to.customer.Name), 2*model.GreetingLimit).String())
}

// askLocale asks for the locale of a new greeting.
func (m *Model) askLocale(p model.Page) tea.Cmd {
	prompt := overlay.NewPrompt(m.Say(i18n.GreetingAdd), m.Say(i18n.GreetingLocaleHint), "")
	var done func(overlay.Action) tea.Cmd
	done = func(a overlay.Action) tea.Cmd {
		entered, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if err := (model.Greeting{Locale: entered.Text, Text: "x"}).Check(); err != nil {
			prompt.SetError(m.Say(i18n.Code(string(model.GreetingLocale))))
			m.Lay(prompt, done)
			return nil
		}
		return m.editGreeting(p, nil, entered.Text)
	}
	m.Lay(prompt, done)
	return nil
}

// editGreeting asks for a greeting's text.
func (m *Model) editGreeting(p model.Page, all []model.Greeting, locale string) tea.Cmd {
	text := ""
	for _, g := range all {
		if g.Locale == locale {
			text = safe.Typed(g.Text) // a colleague's, to be edited
		}
	}
	prompt := overlay.NewPrompt(
		m.Say(i18n.GreetingEditTitle, "Locale", m.Look.Ours(locale)), m.Say(i18n.GreetingEditHint, "Blanks", greetingBlanks), text,
	)
	var done func(overlay.Action) tea.Cmd
	done = func(a overlay.Action) tea.Cmd {
		entered, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		g := model.Greeting{Locale: locale, Text: model.Untrusted(entered.Text)}
		if entered.Text == "" {
			return m.sendGreeting(p.ID, g, i18n.GreetingDeleted)
		}
		if err := g.Check(); err != nil {
			prompt.SetError(m.Say(i18n.Code(string(model.GreetingTooLong))))
			m.Lay(prompt, done)
			return nil
		}
		return m.sendGreeting(p.ID, g, i18n.GreetingSet)
	}
	m.Lay(prompt, done)
	return nil
}

// sendGreeting sets a greeting, or deletes it if its text is empty.
func (m *Model) sendGreeting(page model.PageID, g model.Greeting, said i18n.ID) tea.Cmd {
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		var err error
		if g.Text == "" {
			_, err = hub.DeleteGreeting(ctx, page, g.Locale)
		} else {
			_, err = hub.SetGreeting(ctx, page, g)
		}
		return greetingsRead{page: page, said: said, err: err}
	})
}
