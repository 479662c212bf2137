// Package label has the rules of labels: how one is written, and when two are the same.
package label

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Limits of labels.
const (
	// MaxCells is the longest label, in cells of a terminal.
	MaxCells = 32
	// MaxRunes is the longest label, in characters: marks take no cell.
	MaxRunes = 2 * MaxCells
	// Most is how many labels a conversation may have.
	Most = 20
)

// What is wrong with a label.
var (
	ErrEmpty   = errors.New("a label must not be empty")
	ErrLong    = errors.New("a label must not be wider than 32 cells")
	ErrControl = errors.New("a label must not hold control characters")
	ErrMany    = errors.New("a conversation has 20 labels at most")
)

// Key returns what two labels have in common that are the same: case, width and the form of
// accents don't count. A label has a key however it was written.
func Key(s string) string {
	// Lower case may be in another form than it came from, so that is normalised again; and some
	// marks become a space with a mark.
	return strings.TrimSpace(norm.NFKC.String(strings.ToLower(strings.TrimSpace(norm.NFKC.String(s)))))
}

// Same reports whether two labels are the same.
func Same(a, b string) bool { return a == b || Key(a) == Key(b) }

// Clean returns a label as it is kept: in composed form, without space around it. The error is
// one of this package.
func Clean(s string) (string, error) {
	s = strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(s, "")))
	switch {
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", ErrControl
	case Key(s) == "" || !strings.ContainsFunc(s, unicode.IsGraphic):
		return "", ErrEmpty
	case utf8.RuneCountInString(s) > MaxRunes || cells(s) > MaxCells:
		return "", ErrLong
	}
	return s, nil
}

// All returns labels as they are kept, each once, as it was written first. Those that were
// there before are not judged again: the rules may have been others.
func All(labels, before []string) ([]string, error) {
	all := make([]string, 0, len(labels))
	for _, s := range labels {
		if !slices.Contains(before, s) {
			var err error
			if s, err = Clean(s); err != nil {
				return nil, err
			}
		}
		if !Has(all, s) {
			all = append(all, s)
		}
	}
	if len(all) > Most && len(all) > len(before) {
		return nil, ErrMany
	}
	return all, nil
}

// Has reports whether a label is among those.
func Has(labels []string, s string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return Same(l, s) })
}

// Toggled returns the labels without s, or, if it is not among them, with it at the end.
func Toggled(labels []string, s string) []string {
	if Has(labels, s) {
		return slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return Same(l, s) })
	}
	return append(slices.Clone(labels), s)
}

// cells returns how many cells a terminal needs for a text at most: what it may show in fewer,
// as emoji of several characters, counts in full.
func cells(s string) int {
	n := 0
	for _, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			continue
		}
		n++
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n++
		default:
		}
	}
	return n
}
