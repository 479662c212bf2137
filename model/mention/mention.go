// Package mention finds the users that a note names: an @ and their name, in whatever case and
// width.
package mention

import (
	"cmp"
	"slices"
	"unicode"

	"parley/model"
	"parley/model/fold"
)

// Most bounds the mentions of one note.
const Most = 20

// Found is a mention: whom, and where it stands, the @ included, in code points.
type Found struct {
	User model.UserRef
	model.Span
}

// Find returns the mentions of a text, in its order. Of several names that fit, the longest
// counts. An @ within a word, as in an address, mentions nobody; a name must not go on in
// letters, except where words have no blanks between them, as in Japanese. Users of the same
// name are all mentioned.
func Find(text model.Untrusted, users []model.UserRef) []Found {
	names := prepared(users)
	chars := fold.Characters(string(text))
	var out []Found
	for i := 0; i < len(chars) && len(out) < Most; i++ {
		if !opens(chars, i) {
			continue
		}
		end := 0
		for _, n := range names {
			if end > 0 && len(n.runes) < end-i-1 {
				break
			}
			if to, ok := n.at(chars, i+1); ok && (end == 0 || to == end) {
				end = to
				out = append(out, Found{n.user, model.Span{From: chars[i].From.From, To: chars[to-1].From.To}})
			}
		}
		if end > 0 {
			i = end - 1
		}
	}
	return out[:min(len(out), Most)]
}

// Users returns each mentioned user once.
func Users(found []Found) []model.UserRef {
	var out []model.UserRef
	for _, f := range found {
		if !slices.ContainsFunc(out, func(u model.UserRef) bool { return u.ID == f.User.ID }) {
			out = append(out, f.User)
		}
	}
	return out
}

// Begun returns what of a name is typed at the end of a text, after an @; false: none is. from
// is where the @ is, in code points.
func Begun(text string) (begun string, from int, ok bool) {
	runes := []rune(text)
	const longest = 60
	for i := len(runes) - 1; i >= max(0, len(runes)-longest); i-- {
		switch runes[i] {
		case '\n':
			return "", 0, false
		case '@', '＠':
			if i > 0 && wordly(runes[i-1]) && !dense(runes[i-1]) {
				return "", 0, false
			}
			return string(runes[i+1:]), i, true
		}
	}
	return "", 0, false
}

// Fitting returns the users whose name, or a part of it after a blank, begins with what is
// typed, in their order.
func Fitting(begun string, users []model.UserRef) []model.UserRef {
	want := unspaced(fold.Characters(begun))
	var out []model.UserRef
	for _, u := range users {
		chars := fold.Characters(u.Name)
		for i := range chars {
			if i > 0 && !unicode.IsSpace(chars[i-1].Rune) {
				continue
			}
			if has := unspaced(chars[i:]); len(has) >= len(want) && slices.Equal(has[:len(want)], want) {
				out = append(out, u)
				break
			}
		}
	}
	return out
}

// name is a user's name as it is looked for: without its blanks, before which characters they
// may stand.
type name struct {
	user  model.UserRef
	runes []rune
	blank []bool
}

// prepared returns the names, longest first.
func prepared(users []model.UserRef) []name {
	var out []name
	for _, u := range users {
		n := name{user: u}
		space := false
		for _, c := range fold.Characters(u.Name) {
			if unicode.IsSpace(c.Rune) {
				space = true
				continue
			}
			n.runes, n.blank = append(n.runes, c.Rune), append(n.blank, space)
			space = false
		}
		if len(n.runes) > 0 && u.ID != "" {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b name) int { return cmp.Compare(len(b.runes), len(a.runes)) })
	return out
}

// at reports whether the name stands at a place, and where it ends.
func (n name) at(chars []fold.Character, i int) (end int, ok bool) {
	for k, r := range n.runes {
		if k > 0 && n.blank[k] && i < len(chars) && unicode.IsSpace(chars[i].Rune) && chars[i].Rune != '\n' {
			i++
		}
		if i >= len(chars) || chars[i].Rune != r {
			return 0, false
		}
		i++
	}
	last := n.runes[len(n.runes)-1]
	return i, i == len(chars) || !wordly(chars[i].Rune) || !wordly(last) || dense(last) || dense(chars[i].Rune)
}

// opens reports whether an @ that can mention somebody is at a place.
func opens(chars []fold.Character, i int) bool {
	return chars[i].Rune == '@' && (i == 0 || !wordly(chars[i-1].Rune) || dense(chars[i-1].Rune))
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// dense reports characters of scripts without blanks between words.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー'
}

// unspaced returns folded characters without blanks.
func unspaced(chars []fold.Character) []rune {
	var out []rune
	for _, c := range chars {
		if !unicode.IsSpace(c.Rune) {
			out = append(out, c.Rune)
		}
	}
	return out
}
