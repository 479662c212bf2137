package engine

import (
	"crypto/sha256"

	"parley/model"
)

// eventKeyBytes are 128 bits of a SHA-256. To find another event that has the key of a given one,
// so that it would be taken for one that came before, takes 2^128 attempts. Two events of one's own
// that have the same key take 2^64, and then only one's own second event is not heard.
const eventKeyBytes = 16

// EventKey returns what stands for the key of a Page's event in its row.
func EventKey(page model.PageID, key string) []byte {
	h := sha256.New()
	h.Write([]byte(page))
	h.Write([]byte{0}) // in no id of a Page
	h.Write([]byte(key))
	return h.Sum(nil)[:eventKeyBytes]
}
