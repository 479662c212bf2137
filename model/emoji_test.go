package model_test

import (
	"strings"
	"testing"

	"parley/model"
)

func TestIsEmoji(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"👍", "❤", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "‼️", "⁉", "😂"} {
		if !model.IsEmoji(model.Untrusted(s)) {
			t.Errorf("%q is one", s)
		}
	}
	for _, s := range []string{
		"", "a", "ok", "1", "#", "はい", "👍 ", " ", "👍\n", "\x1b[2J", "\u200d", "\ufe0f", "👍\u202e", "\xff", "e\u0301",
		strings.Repeat("👍", 17), "love",
	} {
		if model.IsEmoji(model.Untrusted(s)) {
			t.Errorf("%q is none", s)
		}
	}
}
