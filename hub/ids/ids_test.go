package ids_test

import (
	"strings"
	"testing"

	"parley/hub/ids"
)

func TestValidPassesTheCommonFormAlone(t *testing.T) {
	t.Parallel()
	id := ids.New()
	for s, valid := range map[string]bool{
		id:                              true,
		strings.ToUpper(id):             false,
		"{" + id + "}":                  false,
		"urn:uuid:" + id:                false,
		strings.ReplaceAll(id, "-", ""): false,
		"":                              false,
		strings.Repeat("-", len(id)):    false,
		id[:len(id)-1] + "g":            false,
	} {
		if got := ids.Valid(s); got != valid {
			t.Errorf("Valid(%q) = %t", s, got)
		}
	}
}
