package page

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/overlay"
	"parley/ui/qr"
	"parley/ui/term"
)

// shareBorder is how many lines around the QR code the overlay needs.
const shareBorder = 5

// Share copies the Page's m.me link, by which customers write first, to the clipboard, and
// shows it as a QR code if that fits.
func (m *Model) Share() tea.Cmd {
	p, _ := m.Page()
	link, err := model.EntryLink(p.PageID, "")
	if err != nil {
		return nil // a link without a ref is never refused
	}
	m.Notify(m.Say(i18n.SaidLinkCopied, "Link", m.Look.Ours(link)))
	lines, err := qr.Lines(link, qr.Style{ASCII: m.Look.Theme.ASCII, Light: m.LightGround})
	if err == nil && len(lines)+shareBorder <= m.H && m.Look.Cells.Width(lines[0])+4 <= m.W {
		m.Lay(overlay.NewPicture(m.Say(i18n.EntryTitle, "Page", m.Look.Line(p.Name)), append(lines, link)), nil)
	}
	return term.Copy(link)
}

// ShareRef asks for a ref, and copies the link with it to the clipboard.
func (m *Model) ShareRef() tea.Cmd {
	p, _ := m.Page()
	prompt := overlay.NewPrompt(m.Say(i18n.EntryTitle, "Page", m.Look.Line(p.Name)), m.Say(i18n.FlagEntryRef), "")
	var done func(overlay.Action) tea.Cmd
	done = func(a overlay.Action) tea.Cmd {
		entered, ok := a.(overlay.Entered)
		if !ok {
			return nil
		}
		link, err := model.EntryLink(p.PageID, strings.TrimSpace(entered.Text))
		if err != nil {
			prompt.SetError(m.Say(i18n.Code(string(model.EntryRef))))
			m.Lay(prompt, done)
			return nil
		}
		m.Notify(m.Say(i18n.SaidLinkCopied, "Link", m.Look.Ours(link)))
		return term.Copy(link)
	}
	m.Lay(prompt, done)
	return nil
}
