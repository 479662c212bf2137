package term

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// Copy puts a text into the user's clipboard through the terminal (OSC 52), also over
// SSH. The text goes encoded; what could act where it is pasted goes before: all control
// characters but the newline and the tab.
func Copy(text string) tea.Cmd {
	return tea.SetClipboard(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}
