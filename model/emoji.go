package model

import (
	"unicode"
	"unicode/utf8"
)

// maxEmojiRunes is more than any emoji of Unicode is made of: the longest are families
// and flags, of ten and fourteen code points.
const maxEmojiRunes = 16

// Runes that emoji are made of besides symbols.
const (
	keycap          = '\u20E3'
	zeroWidthJoiner = '\u200D'
	firstTag        = '\U000E0020'
	lastTag         = '\U000E007F'
)

// IsEmoji tells whether a text can be a reaction: symbols, and what joins and colours
// them. Letters, blanks and controls are none.
//
// Source: Messenger Platform, Send API ("any emoji").
func IsEmoji(u Untrusted) bool {
	s := string(u)
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxEmojiRunes {
		return false
	}
	symbols := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.S, r), r == keycap, r == '‼', r == '⁉', r == '〰', r == '〽':
			symbols++
		case r == zeroWidthJoiner, unicode.Is(unicode.Variation_Selector, r), r >= firstTag && r <= lastTag:
		case r >= '0' && r <= '9', r == '#', r == '*': // of a keycap, which is the symbol
		default:
			return false
		}
	}
	return symbols > 0
}
