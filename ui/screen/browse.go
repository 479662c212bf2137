package screen

import (
	"net/url"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/term"
)

// AddressOpened is the answer of the browser's start.
type AddressOpened struct{ Err error }

// BrowseTo opens an address in the browser, and says at which host it is. Where the
// program runs on another machine, the address goes into the clipboard.
func (s *Screen) BrowseTo(u *url.URL) tea.Cmd {
	host := s.Look.Ours(u.Host)
	said := i18n.SaidAddressOpened
	if s.Browse == nil {
		said = i18n.SaidAddressCopied
	}
	s.Notify(s.Say(said, "Host", host))
	return s.OpenLink(u.String())
}

// OpenLink opens an address in the browser; where that is on another machine, it goes into
// the clipboard.
func (s *Screen) OpenLink(address string) tea.Cmd {
	if s.Browse == nil {
		return term.Copy(address)
	}
	browse := s.Browse
	return func() tea.Msg { return AddressOpened{browse(address)} }
}

// AddressOpened copies nothing by itself: it says what to do where there is no browser.
func (s *Screen) AddressOpened(o AddressOpened) {
	if o.Err != nil {
		s.Notify(s.Say(i18n.WhyNoBrowser))
	}
}
