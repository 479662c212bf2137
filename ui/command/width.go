package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// lookalikes are the characters that a Japanese input method sends for keys of ASCII
// characters, besides the full-width forms of these.
var lookalikes = map[rune]rune{
	'\u3000': ' ', '「': '[', '」': ']', '、': ',', '。': '.', '・': '/', 'ー': '-', '〜': '~', '￥': '\\', '’': '\'', '”': '"',
}

// Narrow returns a text with full-width characters, and what input methods send for the same
// keys, as the ASCII characters that they stand for.
func Narrow(s string) string {
	return strings.Map(func(r rune) rune {
		const first, last, offset = '！', '～', '！' - '!'
		if r >= first && r <= last {
			return r - offset
		}
		if ascii, ok := lookalikes[r]; ok {
			return ascii
		}
		return r
	}, s)
}

// Narrowed returns a key press as the one of the ASCII character that it stands for: an input
// method left on must not keep keys from working.
func Narrowed(k tea.KeyPressMsg) tea.KeyPressMsg {
	if s := Narrow(k.Text); s != k.Text {
		k.Text = s
		k.Code, _ = utf8.DecodeRuneInString(s)
	}
	return k
}

// Converted reports whether a text has what only a Japanese input method types: kana, or what
// kana become.
func Converted(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
	})
}
