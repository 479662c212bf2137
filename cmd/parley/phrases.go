package main

import (
	"time"

	"parley/i18n"
	"parley/model"
)

const day = 24 * time.Hour

// age says how long something is ago, short: now, 4m, 3h, 2d.
func (p *program) age(at time.Time) string {
	d := p.now().Sub(at)
	if d < time.Minute {
		return p.words.Say(i18n.AgeNow)
	}
	return p.span(d)
}

// left says how much of the reply window is left, marked where Facebook may refuse a
// reply; a dash when none is.
func (p *program) left(c model.Conversation) string {
	until, mark := c.WindowUntil, ""
	if v := c.Reply; v.Uncertain {
		until, mark = v.Until, "?"
	}
	if until == nil {
		return "—"
	}
	d := until.Sub(p.now())
	if d <= 0 {
		return "—"
	}
	return p.span(max(d, time.Minute)) + mark
}

func (p *program) span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return p.words.Say(i18n.AgeMinutes, "N", int(d/time.Minute))
	case d < 2*day:
		return p.words.Say(i18n.AgeHours, "N", int(d/time.Hour))
	}
	return p.words.Say(i18n.AgeDays, "N", int(d/day))
}

// clock says when something was: the time of today, else the date too.
func (p *program) clock(at time.Time) string {
	at, now := at.In(p.zone), p.now().In(p.zone)
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

func (p *program) visibility(page model.Page) string {
	switch {
	case page.Visibility == model.Shared:
		return p.words.Say(i18n.VisShared)
	case page.Sees:
		return p.words.Say(i18n.VisPrivateMine)
	}
	return p.words.Say(i18n.VisPrivateOf, "Name", plain(page.Installer.Name))
}
