package conversation

import (
	"testing"

	"parley/model"
)

func TestMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  model.Untrusted
		spans []model.Span
		want  model.Untrusted
	}{
		{"hello", nil, "hello"},
		{"東京の机", []model.Span{{From: 0, To: 2}, {From: 3, To: 4}}, "«東京»の«机»"},
		{"0123456789012345678901 x", []model.Span{{From: 23, To: 24}}, "…89012345678901 «x»"},
		{"ab", []model.Span{{From: 1, To: 9}}, "ab"},
		{"ab", []model.Span{{From: 50, To: 51}}, "ab"},
		{"ab", []model.Span{{From: -1, To: 1}}, "ab"},
		{"ab", []model.Span{{From: 1, To: 2}, {From: 0, To: 1}}, "a«b»"},
	} {
		if got := marked(c.text, c.spans); got != c.want {
			t.Errorf("%q %v: %q, want %q", string(c.text), c.spans, string(got), string(c.want))
		}
	}
}
