package ui

import (
	"net/url"

	tea "charm.land/bubbletea/v2"

	"parley/model"
	"parley/model/safe"
	"parley/ui/term"
	"parley/words"
)

// message returns the message that a command is about: the selected one, or from the
// list the newest of the selected conversation.
func (m *Model) message() (model.Untrusted, bool) {
	if m.focus == paneThread {
		msg, ok := m.thread.Selected()
		return msg.Text, ok && msg.Text != ""
	}
	r, ok := m.current()
	if said := r.Shown(); ok && said != nil && said.Text != "" {
		return said.Text, true
	}
	return "", false
}

func needsMessage(m *Model) string {
	if _, ok := m.message(); !ok {
		return m.say(words.WhyNoText)
	}
	return ""
}

// copyText puts the text of a message into the clipboard, all of it.
func (m *Model) copyText() tea.Cmd {
	text, _ := m.message()
	m.notify(m.say(words.SaidCopied))
	return term.Copy(safe.BodyAll(text).String())
}

// address returns the address of the first attachment of the selected message that has
// one which a browser may open.
func (m *Model) address() (string, bool) {
	msg, ok := m.thread.Selected()
	if !ok || m.shown.id == "" {
		return "", false
	}
	for _, a := range msg.Attachments {
		text := safe.Line(a.URL).String()
		u, err := url.Parse(text)
		if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && !safe.Line(a.URL).Cut() {
			return u.String(), true
		}
	}
	return "", false
}

func needsAddress(m *Model) string {
	if _, ok := m.address(); !ok {
		return m.say(words.WhyNoAddress)
	}
	return ""
}

// addressOpened is the answer of the browser's start.
type addressOpened struct{ err error }

// openAddress opens an attachment in the browser, and says at which host it is. Where
// the program runs on another machine, the address goes into the clipboard.
func (m *Model) openAddress() tea.Cmd {
	s, _ := m.address()
	u, err := url.Parse(s)
	if err != nil {
		return nil // address gives none that isn't one
	}
	return m.browseTo(u)
}

// addressOpened copies nothing by itself: it says what to do where there is no browser.
func (m *Model) addressOpened(o addressOpened) tea.Cmd {
	if o.err != nil {
		m.notify(m.say(words.WhyNoBrowser))
	}
	return nil
}

func needsPage(m *Model) string {
	if _, ok := m.sharedPage(); !ok {
		return m.say(words.WhyNoPage)
	}
	return ""
}

// sharedPage is the Page whose link is shared: that of the current conversation, or the
// one that is shown.
func (m *Model) sharedPage() (model.Page, bool) {
	if r, ok := m.current(); ok {
		return m.inbox.Page(r.PageID)
	}
	_, p := m.where()
	if p == nil {
		return model.Page{}, false
	}
	return *p, true
}
