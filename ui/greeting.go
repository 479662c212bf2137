package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
)

// greetingBlanks stand for the customer's name in a greeting.
const greetingBlanks = "{{user_first_name}} {{user_last_name}} {{user_full_name}}"

// greetingsRead is a Page's greetings, read or changed.
type greetingsRead struct {
	page model.PageID
	all  []model.Greeting
	// said is what was done; empty: they were read.
	said i18n.ID
	err  error
}

// greetingTo is a preview: of which Page, for whom.
type greetingTo struct {
	page     model.Page
	customer model.Customer
}

// openGreeting shows the Page's greetings as the current customer would see them. They
// are read from Facebook first.
func (m *Model) openGreeting() tea.Cmd {
	p, _ := m.page()
	c := overlay.NewChoice(m.say(i18n.GreetingTitle, "Page", m.look.Line(p.Name)), nil)
	c.Say(m.say(i18n.GreetingLoading))
	m.lay(c, nil)
	m.greeting = c
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		all, err := hub.Greetings(ctx, p.ID)
		return greetingsRead{page: p.ID, all: all, err: err}
	})
}

// greetingsRead shows what was read or changed, unless the user has left.
func (m *Model) greetingsRead(r greetingsRead) {
	if r.err != nil {
		m.notify(m.explain(r.err))
		if r.said == "" && m.overlaid() == m.greeting {
			m.lift()
		}
		return
	}
	if r.said != "" {
		m.notify(m.say(r.said))
		return
	}
	p, ok := m.inbox.Page(r.page)
	if !ok || m.overlaid() != m.greeting {
		return
	}
	m.chooseGreeting(p, r.all)
}

// chooseGreeting lists the greetings; choosing one changes it.
func (m *Model) chooseGreeting(p model.Page, all []model.Greeting) {
	to := greetingTo{page: p, customer: model.Customer{Name: model.Untrusted(m.say(i18n.GreetingSample)), Locale: model.DefaultLocale}}
	if r, ok := m.current(); ok && r.Customer.Name != "" && r.PageID == p.ID {
		to.customer = r.Customer
	}
	reason := ""
	if p.Installer.ID != m.inbox.User().ID {
		reason = m.say(i18n.Code(string(model.NotInstaller)))
	}
	var options []overlay.Option
	for _, g := range all {
		options = append(options, overlay.Option{ID: g.Locale, Title: m.say(i18n.GreetingEdit), Detail: m.look.Ours(g.Locale), Reason: reason})
	}
	switch {
	case len(all) == 0:
		options = append(options, overlay.Option{ID: model.DefaultLocale, Title: m.say(i18n.GreetingEdit), Detail: model.DefaultLocale, Reason: reason})
	default:
		options = append(options, overlay.Option{ID: "", Title: m.say(i18n.GreetingAdd), Reason: reason})
	}
	c := overlay.NewChoice(m.say(i18n.GreetingTitle, "Page", m.look.Line(p.Name)), options)
	c.Say(m.greetingPreview(to, all))
	m.lay(c, func(a overlay.Action) tea.Cmd {
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

// greetingPreview is what the customer would see.
func (m *Model) greetingPreview(to greetingTo, all []model.Greeting) string {
	g, ok := model.GreetingFor(all, to.customer.Locale)
	if !ok {
		return m.say(i18n.GreetingNone)
	}
	return m.say(i18n.GreetingSays, "Name", m.look.Name(to.customer)) + "\n" + m.look.Cells.Shown(safe.LineN(g.Preview(to.customer.Name), 2*model.GreetingLimit).String())
}

// askLocale asks for which locale a greeting is added.
func (m *Model) askLocale(p model.Page) tea.Cmd {
	prompt := overlay.NewPrompt(m.say(i18n.GreetingAdd), m.say(i18n.GreetingLocaleHint), "")
	var done func(overlay.Action) tea.Cmd
	done = func(a overlay.Action) tea.Cmd {
		entered, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		if err := (model.Greeting{Locale: entered.Text, Text: "x"}).Check(); err != nil {
			prompt.SetError(m.say(i18n.Code(string(model.GreetingLocale))))
			m.lay(prompt, done)
			return nil
		}
		return m.editGreeting(p, nil, entered.Text)
	}
	m.lay(prompt, done)
	return nil
}

// editGreeting asks for a greeting's text.
func (m *Model) editGreeting(p model.Page, all []model.Greeting, locale string) tea.Cmd {
	text := ""
	for _, g := range all {
		if g.Locale == locale {
			text = safe.Typed(g.Text) // a colleague's, to go on with
		}
	}
	prompt := overlay.NewPrompt(
		m.say(i18n.GreetingEditTitle, "Locale", m.look.Ours(locale)), m.say(i18n.GreetingEditHint, "Blanks", greetingBlanks), text,
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
			prompt.SetError(m.say(i18n.Code(string(model.GreetingTooLong))))
			m.lay(prompt, done)
			return nil
		}
		return m.sendGreeting(p.ID, g, i18n.GreetingSet)
	}
	m.lay(prompt, done)
	return nil
}

// sendGreeting sets a greeting, or deletes it where its text is empty.
func (m *Model) sendGreeting(page model.PageID, g model.Greeting, said i18n.ID) tea.Cmd {
	hub := m.hub
	return call(func(ctx context.Context) tea.Msg {
		return greetingsRead{page: page, said: said, err: hub.SetGreeting(ctx, page, g)}
	})
}
