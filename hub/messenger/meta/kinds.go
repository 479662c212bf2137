package meta

import "strconv"

// Types of attachments that are treated apart, in Meta's words.
const (
	TypeImage    = "image"
	TypeSticker  = "sticker"
	TypeTemplate = "template"
)

// FreeID returns the first free of the positions from n.
func FreeID(taken map[string]bool, n int) string {
	for taken[strconv.Itoa(n)] {
		n++
	}
	return strconv.Itoa(n)
}
