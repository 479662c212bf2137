package webhook

import (
	"testing"

	"parley/model"
)

func TestSpelledEmoji(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]model.Untrusted{
		"❤️":                  "❤️",
		`\u{2764}\u{FE0F}`:    "❤️",
		`\u{1f44d}`:           "👍",
		`a\u{1F44D}b`:         "a👍b",
		`\u{D800}`:            `\u{D800}`,
		`\u{110000}`:          `\u{110000}`,
		`\u{}`:                `\u{}`,
		`\u{2764`:             `\u{2764`,
		`\u2764`:              `\u2764`,
		"":                    "",
		`\u{1F468}\u{200D}\u`: "👨\u200d" + `\u`,
	} {
		if got := spelledEmoji(in); got != want {
			t.Errorf("%q: got %q", in, string(got))
		}
	}
}
