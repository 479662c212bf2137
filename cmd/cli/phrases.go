package cli

import (
	"time"

	"parley/i18n"
	"parley/model"
)

const day = 24 * time.Hour

// Age returns how long ago something was, short: now, 4m, 3h, 2d.
func (p *Program) Age(at time.Time) string {
	d := p.Now().Sub(at)
	if d < time.Minute {
		return p.Words.Say(i18n.AgeNow)
	}
	return p.span(d)
}

// Left returns how much of the reply window is left, marked if Facebook may refuse a reply; a
// dash if none.
func (p *Program) Left(c model.Conversation) string {
	until, mark := c.WindowUntil, ""
	if v := c.Reply; v.Uncertain {
		until, mark = v.Until, "?"
	}
	if until == nil {
		return "—"
	}
	d := until.Sub(p.Now())
	if d <= 0 {
		return "—"
	}
	return p.span(max(d, time.Minute)) + mark
}

func (p *Program) span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return p.Words.Say(i18n.AgeMinutes, "N", int(d/time.Minute))
	case d < 2*day:
		return p.Words.Say(i18n.AgeHours, "N", int(d/time.Hour))
	}
	return p.Words.Say(i18n.AgeDays, "N", int(d/day))
}

// Clock formats when something was: the time if today, else with the date.
func (p *Program) Clock(at time.Time) string {
	at, now := at.In(p.Zone), p.Now().In(p.Zone)
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// Visibility says who sees a Page.
func (p *Program) Visibility(page model.Page) string {
	switch {
	case page.Visibility == model.Shared:
		return p.Words.Say(i18n.VisibilityShared)
	case page.Sees:
		return p.Words.Say(i18n.VisibilityPrivateMine)
	}
	return p.Words.Say(i18n.VisibilityPrivateOf, "Name", Plain(page.Installer.Name))
}

// NameCells is the widest that a name is shown.
const NameCells = 24
