package safe

import "unicode"

// class says how a character is handled.
type class uint8

const (
	keep      class = iota
	mark            // kept if its cluster has room
	joiner          // kept if its neighbours need it
	space           // becomes a space
	tab             // becomes four spaces
	control         // becomes a picture or a name
	direction       // becomes its name
	invisible       // is removed
	unknown         // becomes U+FFFD
)

// inert reports whether r is shown as it is, whatever is beside it, in a cluster of its own
// unless something that isn't inert follows. It knows only the characters of everyday text:
// false means nothing.
func inert(r rune) bool {
	switch {
	case r <= '~':
		return r >= ' '
	case 0x3041 <= r && r <= 0x3096, 0x30A0 <= r && r <= 0x30FF, 0x3400 <= r && r <= 0x9FFF:
		return true // most of Japanese, without a search
	}
	return unicode.Is(everyday, r)
}

// everyday has the inert characters that aren't ASCII.
var everyday = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xA1, 0xAC, 1}, {0xAE, 0x2FF, 1}, // Latin
		{0x391, 0x3A1, 1}, {0x3A3, 0x3FF, 1}, // Greek
		{0x400, 0x482, 1}, {0x48A, 0x52F, 1}, // Cyrillic
		{0x5D0, 0x5EA, 1},                        // Hebrew
		{0x621, 0x64A, 1},                        // Arabic
		{0xE01, 0xE30, 1},                        // Thai
		{0x2010, 0x2027, 1}, {0x2030, 0x205E, 1}, // punctuation
		{0x20A0, 0x20C0, 1},                      // currency
		{0x2460, 0x27BF, 1},                      // enclosed, boxes, symbols
		{0x3000, 0x3029, 1}, {0x3030, 0x303E, 1}, // 、。「」々〜
		{0x3041, 0x3096, 1}, {0x309B, 0x30FF, 1}, // かな
		{0x3220, 0x33FF, 1}, // ㈱ ㍻
		{0x3400, 0x9FFF, 1}, // 漢字
		{0xAC00, 0xD7A3, 1}, // 한글
		{0xFF01, 0xFF9D, 1}, // full and half width
	},
	R32: []unicode.Range32{
		{0x1F300, 0x1F3F3, 1},
		{0x1F3F5, 0x1F3FA, 1},
		{0x1F400, 0x1F64F, 1},
		{0x1F680, 0x1F6C5, 1},
		{0x1F90C, 0x1F9FF, 1},
	},
	LatinOffset: 1,
}

// classify returns how to handle r, which is not a line break.
func classify(r rune) class {
	switch {
	case r == '\t':
		return tab
	case r < ' ', 0x7F <= r && r <= 0x9F:
		return control
	case inert(r):
		return keep
	case isJoiner(r):
		return joiner
	case isBlankSpace(r):
		return space
	case directionName(r) != "":
		return direction
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return unknown // visible, but of no bounded width
	case isInvisible(r):
		return invisible
	case isMark(r), isTrailingJamo(r):
		return mark
	case unicode.IsGraphic(r), isPictograph(r), isIdeographPlane(r):
		return keep
	}
	return unknown
}

// isSpace reports whether r is a space.
func isSpace(r rune) bool { return r == ' ' || r >= 0xA0 && unicode.Is(unicode.Zs, r) }

// isBlankSpace reports whether r is a space, or looks like one, and isn't worth
// keeping apart. U+3000 is, and so are the spaces of a set width.
func isBlankSpace(r rune) bool {
	switch r {
	case '\u00A0', '\u1680', '\u202F', '\u205F', '\u2800':
		return true
	}
	return false
}

// isInvisible reports whether r shows nothing: format characters, default ignorable ones,
// and letters and signs that are drawn blank.
func isInvisible(r rune) bool {
	switch r {
	case 0x1D159, 0x13441, 0x13442: // null notehead, blank hieroglyphs
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// isMark reports whether r is drawn on the character before.
func isMark(r rune) bool { return r >= 0x300 && unicode.Is(unicode.M, r) }

// isSpacingMark reports whether r is a mark that takes a cell.
func isSpacingMark(r rune) bool { return unicode.Is(unicode.Mc, r) }

// isTrailingJamo reports whether r is a conjoining vowel or final consonant of Hangul. norm
// counts it as a mark.
func isTrailingJamo(r rune) bool {
	return 0x1160 <= r && r <= 0x11FF || 0xD7B0 <= r && r <= 0xD7C6 || 0xD7CB <= r && r <= 0xD7FB
}

// isIdeographPlane reports whether r is in the planes for ideographs, where each year adds
// some.
func isIdeographPlane(r rune) bool {
	return 0x20000 <= r && r <= 0x2FFFD || 0x30000 <= r && r <= 0x3FFFD
}

// isSkinTone reports whether r colours the emoji before.
func isSkinTone(r rune) bool { return 0x1F3FB <= r && r <= 0x1F3FF }

// isRegional reports whether r is half a flag.
func isRegional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }

// splitMark returns the parts of a mark that normalization splits in two, or r and 0. With
// the parts separate, normalizing never adds marks.
func splitMark(r rune) (first, second rune) {
	switch r {
	case 0x0344:
		return 0x0308, 0x0301
	case 0x0F73:
		return 0x0F71, 0x0F72
	case 0x0F75:
		return 0x0F71, 0x0F74
	case 0x0F81:
		return 0x0F71, 0x0F80
	}
	return r, 0
}

// controlPicture returns what to draw for a control character.
func controlPicture(r rune) string {
	const hex = "0123456789ABCDEF"
	switch {
	case r < ' ':
		return string(0x2400 + r)
	case r == 0x7F:
		return "\u2421"
	}
	return "⟨U+00" + hex[r>>4:r>>4+1] + hex[r&15:r&15+1] + "⟩"
}

// directionName returns what to draw for a character that changes the direction of text
// until another ends it, "" for any other. Those that only affect their own place are
// [invisible].
func directionName(r rune) string {
	switch r {
	case 0x202A:
		return "⟨LRE⟩"
	case 0x202B:
		return "⟨RLE⟩"
	case 0x202C:
		return "⟨PDF⟩"
	case 0x202D:
		return "⟨LRO⟩"
	case 0x202E:
		return "⟨RLO⟩"
	case 0x2066:
		return "⟨LRI⟩"
	case 0x2067:
		return "⟨RLI⟩"
	case 0x2068:
		return "⟨FSI⟩"
	case 0x2069:
		return "⟨PDI⟩"
	}
	return ""
}

// isPictograph reports whether r is an emoji or reserved for one. Digits, halves of flags
// and skin tones are not.
func isPictograph(r rune) bool { return r >= 0xA9 && unicode.Is(pictographs, r) }

// pictographs has the property Extended_Pictographic of Unicode 15. It includes emoji of
// later versions.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xA9, 0xA9, 1},
		{0xAE, 0xAE, 1},
		{0x203C, 0x203C, 1},
		{0x2049, 0x2049, 1},
		{0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1},
		{0x21A9, 0x21AA, 1},
		{0x231A, 0x231B, 1},
		{0x2328, 0x2328, 1},
		{0x2388, 0x2388, 1},
		{0x23CF, 0x23CF, 1},
		{0x23E9, 0x23F3, 1},
		{0x23F8, 0x23FA, 1},
		{0x24C2, 0x24C2, 1},
		{0x25AA, 0x25AB, 1},
		{0x25B6, 0x25B6, 1},
		{0x25C0, 0x25C0, 1},
		{0x25FB, 0x25FE, 1},
		{0x2600, 0x2605, 1},
		{0x2607, 0x2612, 1},
		{0x2614, 0x2685, 1},
		{0x2690, 0x2705, 1},
		{0x2708, 0x2712, 1},
		{0x2714, 0x2714, 1},
		{0x2716, 0x2716, 1},
		{0x271D, 0x271D, 1},
		{0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1},
		{0x2747, 0x2747, 1},
		{0x274C, 0x274C, 1},
		{0x274E, 0x274E, 1},
		{0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1},
		{0x2763, 0x2767, 1},
		{0x2795, 0x2797, 1},
		{0x27A1, 0x27A1, 1},
		{0x27B0, 0x27B0, 1},
		{0x27BF, 0x27BF, 1},
		{0x2934, 0x2935, 1},
		{0x2B05, 0x2B07, 1},
		{0x2B1B, 0x2B1C, 1},
		{0x2B50, 0x2B50, 1},
		{0x2B55, 0x2B55, 1},
		{0x3030, 0x3030, 1},
		{0x303D, 0x303D, 1},
		{0x3297, 0x3297, 1},
		{0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1F000, 0x1F0FF, 1},
		{0x1F10D, 0x1F10F, 1},
		{0x1F12F, 0x1F12F, 1},
		{0x1F16C, 0x1F171, 1},
		{0x1F17E, 0x1F17F, 1},
		{0x1F18E, 0x1F18E, 1},
		{0x1F191, 0x1F19A, 1},
		{0x1F1AD, 0x1F1E5, 1},
		{0x1F201, 0x1F20F, 1},
		{0x1F21A, 0x1F21A, 1},
		{0x1F22F, 0x1F22F, 1},
		{0x1F232, 0x1F23A, 1},
		{0x1F23C, 0x1F23F, 1},
		{0x1F249, 0x1F3FA, 1},
		{0x1F400, 0x1F53D, 1},
		{0x1F546, 0x1F64F, 1},
		{0x1F680, 0x1F6FF, 1},
		{0x1F774, 0x1F77F, 1},
		{0x1F7D5, 0x1F7FF, 1},
		{0x1F80C, 0x1F80F, 1},
		{0x1F848, 0x1F84F, 1},
		{0x1F85A, 0x1F85F, 1},
		{0x1F888, 0x1F88F, 1},
		{0x1F8AE, 0x1F8FF, 1},
		{0x1F90C, 0x1F93A, 1},
		{0x1F93C, 0x1F945, 1},
		{0x1F947, 0x1FAFF, 1},
		{0x1FC00, 0x1FFFD, 1},
	},
	LatinOffset: 2,
}
