package meta

import "strings"

// The longest values of Meta's that are accepted as valid.
const (
	maxID       = 512
	MaxRouteID  = 128
	MaxWord     = 64
	MaxMetadata = 1000 // Send API: metadata, at most 1,000 characters
)

// Printable reports whether s is ASCII without control characters, and without spaces unless
// they are allowed.
func Printable(s string, spaces bool) bool {
	first := byte('!')
	if spaces {
		first = ' '
	}
	for i := range len(s) {
		if s[i] < first || s[i] > '~' {
			return false
		}
	}
	return true
}

// plainID returns s if it can be an id of Meta's, else "".
func plainID(s string) string {
	if len(s) > maxID || !Printable(s, false) {
		return ""
	}
	return s
}

// RouteID returns s if it can be an id that becomes part of our ids and paths (a customer's, an
// attachment's), else "".
func RouteID(s string) string { return onlyRunes(s, MaxRouteID, "._:-") }

// PageID returns s if it can be a Page's id, else "": in our ids "_" ends it and "~" counts its
// installations.
func PageID(s string) string { return onlyRunes(s, MaxRouteID, ".:-") }

// PlainWord returns s if it can be a word of Meta's own, such as SHORTLINK or
// notification_messages, else "".
func PlainWord(s string) string { return onlyRunes(s, MaxWord, "._:-") }

func onlyRunes(s string, longest int, besides string) string {
	if len(s) > longest {
		return ""
	}
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		case strings.ContainsRune(besides, r):
		default:
			return ""
		}
	}
	return s
}
