package cli

import "strings"

// Meant returns the known word that was probably meant by another, "" if there is none: one
// that it begins, or one with a similar spelling.
func Meant(word string, known []string) string {
	word = strings.ToLower(word)
	best, least := "", 2+len(word)/4
	for _, k := range known {
		d := Distance(word, k)
		if len(word) > 1 && strings.HasPrefix(k, word) {
			d = min(d, 1)
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// Distance returns how many letters have to be changed, added or removed to turn a into b.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
