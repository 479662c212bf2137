package engine

import (
	"strconv"
	"strings"

	"parley/model"
)

// Installation returns the number of an installation of its Page, from 1.
func Installation(id model.PageID) int {
	number, found := strings.CutPrefix(strings.TrimPrefix(string(id), string(id.Meta())), "~")
	if n, err := strconv.Atoi(number); found && err == nil {
		return n
	}
	return 1
}
