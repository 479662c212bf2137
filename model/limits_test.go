package model_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"parley/model"
)

func TestCheckText(t *testing.T) {
	t.Parallel()
	const emoji = "😀" // two UTF-16 code units, four bytes
	tests := []struct {
		name string
		text string
		want model.Code
	}{
		{"nothing", "", model.TextEmpty},
		{"spaces", "   ", model.TextEmpty},
		{"lines and tabs", "\n\t\r\n", model.TextEmpty},
		{"an ideographic space", "\u3000", model.TextEmpty},
		{"a no-break space", "\u00a0", model.TextEmpty},
		{"blank and too long", strings.Repeat(" ", 2001), model.TextEmpty},
		{"one letter", "a", ""},
		{"one letter between spaces", " a ", ""},
		{"one emoji", emoji, ""},
		{"2000 letters", strings.Repeat("a", 2000), ""},
		{"2001 letters", strings.Repeat("a", 2001), model.TextTooLong},
		{"2000 kanji of three bytes", strings.Repeat("東", 2000), ""},
		{"2001 kanji", strings.Repeat("東", 2001), model.TextTooLong},
		{"1000 emoji are 2000 units", strings.Repeat(emoji, 1000), ""},
		{"1000 emoji and a letter", strings.Repeat(emoji, 1000) + "a", model.TextTooLong},
		{"an emoji across the limit", strings.Repeat("a", 1999) + emoji, model.TextTooLong},
		{"2000 with the spaces around", " " + strings.Repeat("a", 1998) + " ", ""},
		{"2001 with the spaces around", " " + strings.Repeat("a", 1999) + " ", model.TextTooLong},
		{"2000 invalid bytes", strings.Repeat("\xff", 2000), ""},
		{"2001 invalid bytes", strings.Repeat("\xff", 2001), model.TextTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := model.CheckText(model.Untrusted(tt.text))
			var got model.Code
			if r != nil {
				got = r.Code
			}
			if got != tt.want {
				t.Errorf("CheckText = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUTF16LenAgreesWithTheEncoder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got, want := model.UTF16Len(s), len(utf16.Encode([]rune(s))); got != want {
			t.Fatalf("UTF16Len = %d, want %d", got, want)
		}
	})
}
