package ui

import (
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/theme"
)

// headerLine is the first line: where I am at the left, how things stand at the right.
func (m *Model) headerLine(w int) string {
	th := m.look.Theme
	where, page := m.where()
	if p, ok := m.onlyHidden(); ok {
		where, page = m.look.Line(p.Name), &p
	}
	if m.query.Sort != inbox.SortNewest {
		where += " " + th.Bullet + " " + m.say(i18n.SortName(string(m.query.Sort)))
	}
	state, style := m.connection()
	sight, sightStyle := m.sight(page)
	me := m.look.Ours(m.inbox.User().Name)
	for _, parts := range m.withImport(m.headerParts(piece{state, style}, piece{sight, sightStyle}, piece{me, th.Muted})) {
		right, used := m.join(parts)
		room := w - 2 - used - 2
		if room >= min(12, m.look.Cells.Width(where)) {
			where = m.look.Cut(where, room)
			return " " + th.Strong.Paint(where) + blank(w-2-m.look.Cells.Width(where)-used) + right + " "
		}
	}
	return m.look.Fit(" "+where, w)
}

// headerParts are what may stand at the right, the fullest first: what doesn't fit goes.
// That goes first is who I am, then the words for not being available, whose mark stays
// longest, then the words for who sees the Page.
func (m *Model) headerParts(state, sight, me piece) [][]piece {
	if !m.inbox.User().Away {
		return [][]piece{{state, sight, me}, {state, sight}, {state}}
	}
	th := m.look.Theme
	mark := piece{th.Waiting, th.Warn}
	away := piece{th.Waiting + " " + m.say(i18n.AssignAway), th.Warn}
	return [][]piece{{state, sight, away, me}, {state, sight, away}, {state, sight, mark}, {state, mark}, {state}}
}

// withImport puts how far an import is behind the first piece. Where it leaves no room for
// anything else, it goes.
func (m *Model) withImport(all [][]piece) [][]piece {
	text := m.importText()
	if text == "" {
		return all
	}
	out := make([][]piece, 0, 2*len(all))
	for _, parts := range all {
		out = append(out, slices.Insert(slices.Clone(parts), 1, piece{text, m.look.Theme.Warn}))
	}
	return append(out, all...)
}

// piece is some text in one style.
type piece struct {
	text  string
	style theme.Style
}

// join puts pieces side by side, and tells how many cells they need.
func (m *Model) join(pieces []piece) (string, int) {
	out, used := "", 0
	for _, p := range pieces {
		if p.text == "" {
			continue
		}
		if used > 0 {
			out += "   "
			used += 3
		}
		out += p.style.Paint(p.text)
		used += m.look.Cells.Width(p.text)
	}
	return out, used
}

// where names the Page that is shown, or all of them, and returns the one.
func (m *Model) where() (string, *model.Page) {
	if p, ok := m.inbox.Page(m.query.Page); ok {
		return m.look.Line(p.Name), &p
	}
	pages := m.seenPages()
	switch len(pages) {
	case 0:
		return "Parley", nil
	case 1:
		return m.look.Line(pages[0].Name), &pages[0]
	}
	return m.say(i18n.AllPages, "N", len(pages)), nil
}

// onlyHidden returns the only Page there is where the user may not see into it, so that
// the header says whose it is.
func (m *Model) onlyHidden() (model.Page, bool) {
	pages := m.inbox.Pages()
	if len(pages) != 1 || pages[0].Sees || pages[0].Visibility != model.Private {
		return model.Page{}, false
	}
	return pages[0], true
}

// connection says how the connection to the hub stands.
func (m *Model) connection() (string, theme.Style) {
	th := m.look.Theme
	switch {
	case m.live() && m.inbox.AllComplete():
		return th.Live + " " + m.say(i18n.StateLive), th.Good
	case m.live():
		return th.Reconnecting + " " + m.say(i18n.StateReading), th.Muted
	case m.wire.State == Connecting:
		return th.Reconnecting + " " + m.say(i18n.StateConnecting), th.Warn
	}
	return th.Reconnecting + " " + m.say(i18n.StateOffline), th.Danger
}

// sight says who sees the Page.
func (m *Model) sight(p *model.Page) (string, theme.Style) {
	th := m.look.Theme
	switch {
	case p == nil:
		return "", th.Muted
	case p.Visibility == model.Shared:
		return m.say(i18n.VisShared), th.Muted
	case p.Installer.ID == m.inbox.User().ID:
		return th.Private + " " + m.say(i18n.VisPrivateMine), th.Muted
	}
	return th.Private + " " + m.say(i18n.VisPrivateOf, "Name", m.look.Ours(p.Installer.Name)), th.Muted
}

// bannerText is what stands under the first line while something is wrong, in words
// with what to do; empty while nothing is.
func (m *Model) bannerText() (string, theme.Style) {
	th := m.look.Theme
	switch m.wire.State {
	case Offline:
		return m.say(i18n.BannerOffline, "Reason", m.wire.Reason), th.Danger
	case SignedOut:
		return m.say(i18n.BannerSignedOut), th.Danger
	case Connecting, Live:
	}
	now := m.now()
	for _, p := range m.seenPages() {
		code := model.PageTrouble(now, p)
		if m.query.Page != "" && p.ID != m.query.Page || code == "" {
			continue
		}
		return m.look.Line(p.Name) + ": " + m.pageTrouble(now, p, code), th.Danger
	}
	if said := m.noticeBanner(); said != "" {
		return said, th.Warn
	}
	return "", th.Danger
}

// pageTrouble says why a Page can't send.
func (m *Model) pageTrouble(now time.Time, p model.Page, code model.Code) string {
	switch {
	case code == model.PageRestricted && p.Restricted != nil && p.Restricted.Reason != "":
		return m.say(i18n.Code(string(code))) + " " + m.say(i18n.RestrictedReason, "Reason", m.look.Line(p.Restricted.Reason))
	case code == model.RateLimited && p.RateLimitedUntil != nil:
		return m.say(i18n.ComposerRateLimitedUntil, "Time", m.look.Moment(now, *p.RateLimitedUntil))
	}
	return m.say(i18n.Code(string(code)))
}
