package model_test

import (
	"testing"

	"parley/model"
)

// TestMarked: marks stand about each stretch, in code points, and nothing is lost of the
// text but what stands far ahead of the first.
func TestMarked(t *testing.T) {
	t.Parallel()
	const text = "あいうえおかきくけこ"
	for name, c := range map[string]struct {
		spans  []model.Span
		before int
		want   model.Untrusted
	}{
		"nothing":             {nil, 1, text},
		"one":                 {[]model.Span{{3, 5}}, 5, "あいう[えお]かきくけこ"},
		"all":                 {[]model.Span{{0, 10}}, 5, "[" + text + "]"},
		"two that touch":      {[]model.Span{{3, 5}, {5, 6}}, 3, "あいう[えお][か]きくけこ"},
		"far in":              {[]model.Span{{6, 7}}, 2, "…おか[き]くけこ"},
		"one too far":         {[]model.Span{{3, 4}}, 2, "…いう[え]おかきくけこ"},
		"at the end":          {[]model.Span{{9, 10}}, 0, "…[こ]"},
		"empty":               {[]model.Span{{2, 2}}, 9, "あい[]うえおかきくけこ"},
		"beyond the end":      {[]model.Span{{9, 11}}, 20, text},
		"far beyond":          {[]model.Span{{12, 13}}, 1, text},
		"just beyond":         {[]model.Span{{11, 11}}, 1, text},
		"backwards":           {[]model.Span{{5, 3}}, 20, text},
		"back into the first": {[]model.Span{{3, 5}, {4, 6}, {7, 8}}, 5, "あいう[えお]かきくけこ"},
	} {
		if got := model.Untrusted(text).Marked(c.spans, "[", "]", c.before); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
