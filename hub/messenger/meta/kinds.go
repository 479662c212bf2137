package meta

import "strconv"

// Attachment types that need special treatment, in Meta's words.
const (
	TypeImage    = "image"
	TypeSticker  = "sticker"
	TypeTemplate = "template"
)

// FreeID returns the first unused position from n on, as an id.
func FreeID(taken map[string]bool, n int) string {
	for taken[strconv.Itoa(n)] {
		n++
	}
	return strconv.Itoa(n)
}
