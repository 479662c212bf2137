package conversation

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
	"parley/ui/term"
)

// message returns the text of the message that a command is about: the selected one, or in the
// list the newest of the selected conversation.
func (m *Model) message() (model.Untrusted, bool) {
	if m.Focus == screen.PaneThread {
		msg, ok := m.Thread.Selected()
		return msg.Text, ok && msg.Text != ""
	}
	r, ok := m.Current()
	if said := r.Shown(); ok && said != nil && said.Text != "" {
		return said.Text, true
	}
	return "", false
}

// NeedsMessage says why no text can be copied; empty: one can.
func (m *Model) NeedsMessage() string {
	if _, ok := m.message(); !ok {
		return m.Say(i18n.WhyNoText)
	}
	return ""
}

// CopyText copies the whole text of a message to the clipboard.
func (m *Model) CopyText() tea.Cmd {
	text, _ := m.message()
	m.Notify(m.Say(i18n.SaidCopied))
	return term.Copy(safe.BodyAll(text).String())
}

// written finds addresses in a text. In Japanese no space needs to follow one, so an address
// is made only of the characters allowed in a URL.
var written = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[-\w.~:/?#\[\]@!$&'()*+,;=%]+`)

// addresses returns what a browser can open of the selected message: the addresses in its
// text, then those of its attachments, without duplicates.
func (m *Model) addresses() []*url.URL {
	msg, ok := m.Thread.Selected()
	if !ok || m.Shown == "" {
		return nil
	}
	var all []*url.URL
	add := func(text string) {
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
			return
		}
		if !slices.ContainsFunc(all, func(o *url.URL) bool { return o.String() == u.String() }) {
			all = append(all, u)
		}
	}
	for _, text := range written.FindAllString(safe.BodyAll(msg.Text).String(), -1) {
		if text = ended(text); !strings.Contains(text, "://") {
			text = "https://" + text
		}
		add(text)
	}
	for _, a := range msg.Attachments {
		if line := safe.Line(a.URL); !line.Cut() {
			add(line.String())
		}
	}
	return all
}

// ended removes from the end of an address what belongs to the sentence around it.
func ended(s string) string {
	for s != "" {
		end := s[len(s)-1]
		switch {
		case strings.IndexByte(".,;:!?'*", end) >= 0,
			end == ')' && strings.Count(s, "(") < strings.Count(s, ")"), end == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
			s = s[:len(s)-1]
		default:
			return s
		}
	}
	return s
}

// NeedsAddress says why no address can be opened; empty: one can.
func (m *Model) NeedsAddress() string {
	if len(m.addresses()) == 0 {
		return m.Say(i18n.WhyNoAddress)
	}
	return ""
}

// OpenAddress opens an address of the selected message in the browser, and names its host; if
// there are several, it asks which. If the program runs on another machine, it copies the
// address to the clipboard.
func (m *Model) OpenAddress() tea.Cmd {
	all := m.addresses()
	if len(all) == 1 {
		return m.BrowseTo(all[0])
	}
	const most = 9 // with a key of their own
	var options []overlay.Option
	for i, u := range all {
		o := overlay.Option{ID: strconv.Itoa(i), Title: m.Look.Cut(m.Look.Ours(u.String()), addressCells)}
		if i < most {
			o.Key = strconv.Itoa(i + 1)
		}
		options = append(options, o)
	}
	m.Lay(overlay.NewChoice(m.Say(i18n.AddressesTitle), options), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		i, err := strconv.Atoi(chosen.ID)
		if err != nil {
			return nil
		}
		return m.BrowseTo(all[i])
	})
	return nil
}

// addressCells is how much of an address is shown in a choice; the host comes first.
const addressCells = 50
