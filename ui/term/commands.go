package term

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// What a model can ask of the terminal.

// Repaint is a command that repaints the whole screen, whatever the terminal shows.
func Repaint() tea.Msg { return repaint{} }

type repaint struct{}

// AskColours asks the terminal for its background and, if so wanted, whether it has true colour.
func AskColours(trueColour bool) tea.Cmd {
	questions := ansi.RequestBackgroundColor
	if trueColour {
		questions += ansi.RequestTermcap("RGB") + ansi.RequestTermcap("Tc")
	}
	return tea.Raw(questions)
}

// Copy puts a text into the user's clipboard through the terminal (OSC 52), also over SSH. The
// text is encoded; control characters but the newline and the tab, which could act where it is
// pasted, are removed.
func Copy(text string) tea.Cmd {
	return tea.Raw(ansi.SetSystemClipboard(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)))
}
