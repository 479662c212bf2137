package model

import "unicode/utf16"

// MaxText is the longest text of a reply in UTF-16 code units.
//
// Source: Messenger Platform, Send API reference ("2000 characters"); how they
// are counted is not told, so the count that never allows too much is used.
const MaxText = 2000

// UTF16Len counts the UTF-16 code units of a text.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		if l := utf16.RuneLen(r); l > 0 {
			n += l
			continue
		}
		n++ // an invalid byte, replaced by U+FFFD on the wire
	}
	return n
}

// CheckText returns the refusal of a reply's text, nil where it can be sent.
func CheckText(text Untrusted) *Refusal {
	n := UTF16Len(string(text))
	switch {
	case blank(string(text)):
		return Refuse(TextEmpty)
	case n > MaxText:
		return Refuse(TextTooLong)
	}
	return nil
}
