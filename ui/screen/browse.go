package screen

import (
	"net/url"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/term"
)

// AddressOpened is the result of starting the browser.
type AddressOpened struct{ Err error }

// BrowseTo opens an address in the browser, and names its host. If the program runs on
// another machine, it copies the address to the clipboard.
func (s *Screen) BrowseTo(u *url.URL) tea.Cmd {
	host := s.Look.Ours(u.Host)
	said := i18n.SaidAddressOpened
	if s.Browse == nil {
		said = i18n.SaidAddressCopied
	}
	s.Notify(s.Say(said, "Host", host))
	return s.OpenLink(u.String())
}

// OpenLink opens an address in the browser; if the program runs on another machine, it copies
// the address to the clipboard.
func (s *Screen) OpenLink(address string) tea.Cmd {
	if s.Browse == nil {
		return term.Copy(address)
	}
	browse := s.Browse
	return func() tea.Msg { return AddressOpened{browse(address)} }
}

// AddressOpened says what to do if there is no browser. It copies nothing by itself.
func (s *Screen) AddressOpened(o AddressOpened) {
	if o.Err != nil {
		s.Notify(s.Say(i18n.WhyNoBrowser))
	}
}
