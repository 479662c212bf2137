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

// shareBorder is what an overlay and its lines around the QR code need of the height.
const shareBorder = 5

// Share puts the Page's m.me link into the clipboard, by which customers write first,
// and shows it as a QR code where that fits.
func (m *Model) Share() tea.Cmd {
	p, _ := m.Page()
	link, err := model.EntryLink(p.PageID, "")
	if err != nil {
		return nil // a link without a ref has nothing to refuse
	}
	m.Notify(m.Say(i18n.SaidLinkCopied, "Link", m.Look.Ours(link)))
	lines, err := qr.Lines(link, qr.Style{ASCII: m.Look.Theme.Rule == "-", Light: m.LightGround})
	if err == nil && len(lines)+shareBorder <= m.H && m.Look.Cells.Width(lines[0])+4 <= m.W {
		m.Lay(overlay.NewPicture(m.Say(i18n.EntryTitle, "Page", m.Look.Line(p.Name)), append(lines, link)), nil)
	}
	return term.Copy(link)
}

// ShareRef asks for a ref, and puts the link with it into the clipboard.
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
