package model_test

import (
	"errors"
	"strings"
	"testing"

	"parley/model"
)

// TestEntryLink: a link holds what Facebook takes as a ref, and nothing that would make
// another link of it.
func TestEntryLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ref, want string }{
		{"", "https://m.me/7"},
		{"shop_1-A=", "https://m.me/7?ref=shop_1-A="},
		{strings.Repeat("a", model.EntryLimit), "https://m.me/7?ref=" + strings.Repeat("a", model.EntryLimit)},
		{strings.Repeat("a", model.EntryLimit+1), ""},
		{"a&b", ""},
		{"店", ""},
		{"a\n", ""},
	} {
		got, err := model.EntryLink("7", c.ref)
		var r *model.Refusal
		if got != c.want || (c.want == "") != (errors.As(err, &r) && r.Code == model.EntryRef) {
			t.Errorf("%.20q: %.40q, %v", c.ref, got, err)
		}
	}
}
