package lists

import (
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"

	"parley/hub/search"
	"parley/model"
)

// PostgreSQL keeps so many positions of a word, up to this one, and drops the others. A text that
// has more keeps none: it is found by its words, and then looked through.
const (
	mostPositions = 255
	lastPosition  = 16383
)

// scopeChars is how many characters of its hash a Page's words begin with, so that a search in one
// Page touches few words of another's.
const scopeChars = 5

const base36 = 36

// scope returns what all words of a Page begin with. Two Pages may have the same: which Page is
// searched is also in each statement.
func scope(page model.PageID) string {
	sum := sha256.Sum256([]byte(page))
	s := new(big.Int).SetBytes(sum[:]).Text(base36)
	return s[:scopeChars] + "_"
}

// Vector returns the words of a text as PostgreSQL's tsvector, and whether the text is too long
// for the positions of its words.
func Vector(page model.PageID, text string) (vector string, long bool) {
	words := search.Words(text)
	if len(words) == 0 {
		return "", false
	}
	at := make(map[string][]int, len(words))
	order := make([]string, 0, len(words))
	for i, w := range words {
		if at[w] == nil {
			order = append(order, w)
		}
		at[w] = append(at[w], i+1)
		long = long || len(at[w]) > mostPositions
	}
	long = long || len(words) > lastPosition
	begins := scope(page)
	var b strings.Builder
	for _, w := range order {
		b.WriteString("'")
		b.WriteString(begins)
		b.WriteString(w) // letters, digits, marks and pictographs: nothing to escape
		b.WriteString("'")
		for i, n := range at[w] {
			if long {
				break
			}
			b.WriteByte(":,"[min(i, 1)])
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(' ')
	}
	return b.String(), long
}

// asked is a search on a Page as PostgreSQL's tsquery.
type asked struct {
	// exact finds what the search finds, loose all texts that have its words, wherever they stand.
	exact, loose string
	// text is the search itself.
	text string
}

// ask returns a search; false if it has no words, and finds nothing.
func ask(page model.PageID, text string) (asked, bool) {
	begins := scope(page)
	var exact, loose []string
	for _, p := range search.Terms(text) {
		quoted := make([]string, len(p.Words))
		for i, w := range p.Words {
			quoted[i] = "'" + begins + w + "'"
			if i == len(p.Words)-1 && p.Begins {
				quoted[i] += ":*"
			}
		}
		exact = append(exact, "("+strings.Join(quoted, " <-> ")+")")
		loose = append(loose, quoted...)
	}
	return asked{exact: strings.Join(exact, " & "), loose: strings.Join(loose, " & "), text: text}, len(exact) > 0
}
