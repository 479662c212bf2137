package sqldb

import (
	"strconv"

	"parley/hub/store/engine"
	"parley/model"
)

// EventKey is [engine.EventKey].
func EventKey(page model.PageID, key string) []byte { return engine.EventKey(page, key) }

// Number returns a text as it stands in a column that has numbers where it can, which take less
// room: what is the decimal form of a number as that number.
func Number(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(n, 10) == s {
		return n
	}
	return s
}
