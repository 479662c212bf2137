package search

import "unicode"

// common reports most dense characters at little cost.
func common(r rune) bool {
	return 'ぁ' <= r && r <= 'ゖ' || 'ァ' <= r && r <= 'ヺ' || 'ー' <= r && r <= 'ヾ' || '一' <= r && r <= '鿿' || '가' <= r && r <= '힣'
}

// dense reports characters of scripts that are indexed in pairs.
func dense(r rune) bool {
	switch {
	case r < 0x0E00: // before Thai
		return false
	case common(r):
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// ignored reports invisible characters, and the skin tones of emoji.
func ignored(r rune) bool {
	const zeroWidthSpace = '\u200b' // it separates words
	return r >= 0x80 && r != zeroWidthSpace && (unicode.Is(unicode.Cf, r) ||
		unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) ||
		0x1F3FB <= r && r <= 0x1F3FF)
}
