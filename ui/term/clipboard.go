package term

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// Copy puts a text into the user's clipboard through the terminal (OSC 52), also over SSH. The
// text is encoded; control characters but the newline and the tab, which could act where it is
// pasted, are removed.
func Copy(text string) tea.Cmd {
	return tea.SetClipboard(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}
