package safe_test

import (
	"encoding/json"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/safe"
)

// TestJSON: what a terminal would hide stands as an escape, and what it shows as it is.
func TestJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"山田 花子 Müller":              `山田 花子 Müller`,
		"❤️ 👍🏽 👨‍👩‍👧 1️⃣ 🇯🇵":        `❤️ 👍🏽 👨‍👩‍👧 1️⃣ 🇯🇵`,
		"क्\u200dष می\u200cخواهم":   "क्\u200dष می\u200cخواهم",
		"\u202Egnp.exe\u202C":       `\u202egnp.exe\u202c`,
		"\u2066a\u2069\u061C\u200E": `\u2066a\u2069\u061c\u200e`,
		"a\u200Bb\u00ADc\uFEFF":     `a\u200bb\u00adc\ufeff`,
		"a\u200Db\u200Cc\uFE0Fd":    `a\u200db\u200cc\ufe0fd`,
		"\U000E0041\U000E007F":      `\udb40\udc41\udb40\udc7f`,
		"\U000E0100\u034F\u3164":    `\udb40\udd00\u034f\u3164`,
		"\u115F\uFFA0\u17B4\u180E":  `\u115f\uffa0\u17b4\u180e`,
		"\uFFF9x\uFFFB\U0001D173":   `\ufff9x\ufffb\ud834\udd73`,
		"\u2060\u2064\u206F\u2800":  `\u2060\u2064\u206f\u2800`,
		"\x7f\u0080\u009b31m\u0085": `\u007f\u0080\u009b31m\u0085`,
		"\x1b[2J\a\t":               `\u001b[2J\u0007\t`,
		"\u2028\u2029\uFFFE\uE000":  `\u2028\u2029\ufffe\ue000`,
		"山\U000E0101":               `山\udb40\udd01`,
	} {
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(safe.JSON(b)); got != `"`+want+`"` {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	const doc = "{\n\t\"a\": [1, true]\r\n}\n"
	if got := string(safe.JSON([]byte(doc))); got != doc {
		t.Errorf("%q", got)
	}
}

// TestJSONIsExact: what is decoded is what was encoded, and nothing that is hidden is left.
func TestJSONIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]string{"text": rapid.StringOfN(rapid.OneOf(rapid.Rune(), rapid.RuneFrom(nil, unicode.Cf, unicode.Variation_Selector, unicode.Co)), 0, 40, -1).Draw(t, "text")}
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		shown := safe.JSON(b)
		var out map[string]string
		if err := json.Unmarshal(shown, &out); err != nil || out["text"] != in["text"] {
			t.Fatalf("%q became %q (%v)", in, out, err)
		}
		for _, r := range string(shown) {
			if unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) {
				t.Fatalf("%q holds %U", shown, r)
			}
		}
		if text := safe.BodyAll(model.Untrusted(shown)); text.Hidden() && len(shown) < 60 && !marks(in["text"]) {
			t.Fatalf("%q hides something", shown)
		}
	})
}

func marks(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.M, r) {
			return true
		}
	}
	return false
}
