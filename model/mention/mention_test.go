package mention_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"parley/model"
	"parley/model/mention"
)

var users = []model.UserRef{
	{ID: "ken", Name: "Ken"},
	{ID: "sato", Name: "Ken Sato"},
	{ID: "hanako", Name: "山田 花子"},
	{ID: "yamada", Name: "山田"},
	{ID: "eva", Name: "Éva"},
	{ID: "ai", Name: "アイ"},
	{ID: "ann1", Name: "Ann"},
	{ID: "ann2", Name: "ann"},
}

// TestFind: longest first, whatever case and width; not within words.
func TestFind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"@Ken look":              {"ken:@Ken"},
		"@ken sato, @KEN":        {"sato:@ken sato", "ken:@KEN"},
		"@KenSato":               {"sato:@KenSato"},
		"@Kenneth":               nil,
		"mail ken@ken.example":   nil,
		"@山田さんお願いします":            {"yamada:@山田"},
		"@山田花子さん":                {"hanako:@山田花子"},
		"確認を＠山田　花子お願い":           {"hanako:＠山田　花子"},
		"＠ｋｅｎ":                   {"ken:＠ｋｅｎ"},
		"(@eva)":                 {"eva:@eva"},
		"@あいさん":                  {"ai:@あい"},
		"@ｱｲ":                    {"ai:@ｱｲ"},
		"@ann":                   {"ann1:@ann", "ann2:@ann"},
		"@@Ken":                  {"ken:@Ken"},
		"@":                      nil,
		"@Ken\nSato":             {"ken:@Ken"},
		"@nobody @Ken@Ken Sato.": {"ken:@Ken"},
	} {
		var got []string
		for _, f := range mention.Find(model.Untrusted(text), users) {
			got = append(got, string(f.User.ID)+":"+string([]rune(text)[f.From:f.To]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
}

// TestBegunAndFitting: what is typed after an @ completes names and parts of them.
func TestBegunAndFitting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"look, @ke": {"Ken", "Ken Sato"}, "@sa": {"Ken Sato"}, "@花": {"山田 花子"}, "を@やま": nil, "＠山": {"山田 花子", "山田"},
		"a@ke": nil, "@ke\n": nil, "no": nil, "@ken s": {"Ken Sato"}, "@アイ": {"アイ"},
	} {
		var got []string
		if begun, _, ok := mention.Begun(text); ok {
			for _, u := range mention.Fitting(begun, users) {
				got = append(got, u.Name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzFind: whatever is written, what is found is within it, in order, and bounded.
func FuzzFind(f *testing.F) {
	f.Add("@Ken @山田花子 \xff@", "Ｋen ")
	f.Fuzz(func(t *testing.T, text, name string) {
		all := append(slices.Clone(users), model.UserRef{ID: "new", Name: name})
		found := mention.Find(model.Untrusted(text), all)
		last := 0
		for _, m := range found {
			if m.From < last || m.To <= m.From || m.To > utf8.RuneCountInString(text) {
				t.Fatalf("%q: %v", text, found)
			}
			last = m.From
		}
		if len(found) > mention.Most {
			t.Fatalf("%d mentions", len(found))
		}
		mention.Begun(text)
		mention.Fitting(text, all)
	})
}
