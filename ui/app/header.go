package app

import (
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/look"
	"parley/ui/page"
	"parley/ui/screen"
	"parley/ui/theme"
)

// header is the first lines of the screen: where the user is, how things stand, what is wrong.
type header struct {
	*screen.Screen
	page *page.Model
}

// line is the first line: where I am at the left, how things stand at the right.
func (m header) line(w int) string {
	th := m.Look.Theme
	where, page := m.where()
	if p, ok := m.onlyHidden(); ok {
		where, page = m.Look.Line(p.Name), &p
	}
	if m.Query.Sort != inbox.SortNewest {
		where += " " + th.Bullet + " " + m.Say(i18n.SortName(string(m.Query.Sort)))
	}
	state, style := m.connection()
	sight, sightStyle := m.sight(page)
	me := m.Look.Ours(m.Inbox.User().Name)
	for _, parts := range m.withImport(m.parts(look.Piece{Text: state, Style: style}, look.Piece{Text: sight, Style: sightStyle}, look.Piece{Text: me, Style: th.Muted})) {
		right, used := m.join(parts)
		room := w - 2 - used - 2
		if room >= min(12, m.Look.Cells.Width(where)) {
			where = m.Look.Cut(where, room)
			return " " + th.Strong.Paint(where) + look.Blank(w-2-m.Look.Cells.Width(where)-used) + right + " "
		}
	}
	return m.Look.Fit(" "+where, w)
}

// parts are what may stand at the right, the fullest first: what doesn't fit goes.
// That goes first is who I am, then the words for not being available, whose mark stays
// longest, then the words for who sees the Page.
func (m header) parts(state, sight, me look.Piece) [][]look.Piece {
	if !m.Inbox.User().Away {
		return [][]look.Piece{{state, sight, me}, {state, sight}, {state}}
	}
	th := m.Look.Theme
	mark := look.Piece{Text: th.Waiting, Style: th.Warn}
	away := look.Piece{Text: th.Waiting + " " + m.Say(i18n.AssignAway), Style: th.Warn}
	return [][]look.Piece{{state, sight, away, me}, {state, sight, away}, {state, sight, mark}, {state, mark}, {state}}
}

// withImport puts how far an import is behind the first piece. Where it leaves no room for
// anything else, it goes.
func (m header) withImport(all [][]look.Piece) [][]look.Piece {
	text := m.page.ImportText()
	if text == "" {
		return all
	}
	out := make([][]look.Piece, 0, 2*len(all))
	for _, parts := range all {
		out = append(out, slices.Insert(slices.Clone(parts), 1, look.Piece{Text: text, Style: m.Look.Theme.Warn}))
	}
	return append(out, all...)
}

// where names the Page that is shown, or all of them, and returns the one.
func (m header) where() (string, *model.Page) {
	if p, ok := m.Inbox.Page(m.Query.Page); ok {
		return m.Look.Line(p.Name), &p
	}
	pages := m.SeenPages()
	switch len(pages) {
	case 0:
		return "Parley", nil
	case 1:
		return m.Look.Line(pages[0].Name), &pages[0]
	}
	return m.Say(i18n.AllPages, "N", len(pages)), nil
}

// onlyHidden returns the only Page there is where the user may not see into it, so that
// the header says whose it is.
func (m header) onlyHidden() (model.Page, bool) {
	pages := m.Inbox.Pages()
	if len(pages) != 1 || pages[0].Sees || pages[0].Visibility != model.Private {
		return model.Page{}, false
	}
	return pages[0], true
}

// connection says how the connection to the hub stands.
func (m header) connection() (string, theme.Style) {
	th := m.Look.Theme
	switch {
	case m.Live() && m.Inbox.AllComplete():
		return th.Live + " " + m.Say(i18n.StateLive), th.Good
	case m.Live():
		return th.Reconnecting + " " + m.Say(i18n.StateReading), th.Muted
	case m.Wire.State != screen.SignedOut && m.asOf() != "":
		return th.Reconnecting + " " + m.asOf(), th.Warn
	case m.Wire.State == screen.Connecting:
		return th.Reconnecting + " " + m.Say(i18n.StateConnecting), th.Warn
	}
	return th.Reconnecting + " " + m.Say(i18n.StateOffline), th.Danger
}

// sight says who sees the Page.
func (m header) sight(p *model.Page) (string, theme.Style) {
	th := m.Look.Theme
	switch {
	case p == nil:
		return "", th.Muted
	case p.Visibility == model.Shared:
		return m.Say(i18n.VisibilityShared), th.Muted
	case p.Installer.ID == m.Inbox.User().ID:
		return th.Private + " " + m.Say(i18n.VisibilityPrivateMine), th.Muted
	}
	return th.Private + " " + m.Say(i18n.VisibilityPrivateOf, "Name", m.Look.Ours(p.Installer.Name)), th.Muted
}

// banner is what stands under the first line while something is wrong, in words
// with what to do; empty while nothing is.
func (m header) banner() (string, theme.Style) {
	th := m.Look.Theme
	switch m.Wire.State {
	case screen.Offline:
		return m.offlineBanner(), th.Danger
	case screen.SignedOut:
		return m.Say(i18n.BannerSignedOut, "Key", m.KeyOf("quit")), th.Danger
	case screen.Connecting, screen.Live:
	}
	now := m.Now()
	for _, p := range m.SeenPages() {
		code := model.PageTrouble(now, p)
		if m.Query.Page != "" && p.ID != m.Query.Page || code == "" {
			continue
		}
		return m.Look.Line(p.Name) + ": " + m.pageTrouble(now, p, code), th.Danger
	}
	if said := m.page.NoticeBanner(); said != "" {
		return said, th.Warn
	}
	return "", th.Danger
}

// pageTrouble says why a Page can't send.
func (m header) pageTrouble(now time.Time, p model.Page, code model.Code) string {
	switch {
	case code == model.PageRestricted && p.Restricted != nil && p.Restricted.Reason != "":
		return m.Say(i18n.Code(string(code))) + " " + m.Say(i18n.RestrictedReason, "Reason", m.Look.Line(p.Restricted.Reason))
	case code == model.RateLimited && p.RateLimitedUntil != nil:
		return m.Say(i18n.ComposerRateLimitedUntil, "Time", m.Look.Moment(now, *p.RateLimitedUntil))
	}
	return m.Say(i18n.Code(string(code)))
}

// join puts pieces side by side, and tells how many cells they need.
func (m header) join(pieces []look.Piece) (string, int) {
	out, used := "", 0
	for _, p := range pieces {
		if p.Text == "" {
			continue
		}
		if used > 0 {
			out += "   "
			used += 3
		}
		out += p.Style.Paint(p.Text)
		used += m.Look.Cells.Width(p.Text)
	}
	return out, used
}
