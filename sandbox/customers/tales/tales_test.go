package tales

import (
	"testing"

	"parley/sandbox/world"
)

// TestATaleAnswersWhatWasWritten: what fits a word of the reply, each once, else what comes next;
// then thanks, and nothing more.
func TestATaleAnswersWhatWasWritten(t *testing.T) {
	t.Parallel()
	told := Tell(Tale{
		Answers: []Answer{{To: []string{"price", "yen"}, Says: []Say{{Text: "when?"}}}, {To: []string{"tomorrow"}, Says: []Say{{Text: "good"}}}},
		Else:    [][]Say{{{Text: "and the price?"}}},
		Thanks:  Say{Text: "thanks"},
	})
	for _, c := range []struct{ reply, says string }{
		{"Hello", "and the price?"}, {"1,800 Yen", "when?"}, {"Tomorrow", "good"}, {"1,800 yen, as I said", "thanks"}, {"You are welcome", ""},
	} {
		says := told.Reply(c.reply)
		got := ""
		if len(says) == 1 {
			got = says[0].Text
		}
		if got != c.says || told.Over() != (c.says == "thanks" || c.says == "") {
			t.Errorf("to %q: says %q, want %q", c.reply, got, c.says)
		}
	}
}

// TestTalesInBothLanguages: the same ones in the same places, by customers of different names, and
// each ends.
func TestTalesInBothLanguages(t *testing.T) {
	t.Parallel()
	en, ja := In("en"), In("ja")
	if len(en) != len(ja) || len(Matters("en")) != len(Matters("ja")) {
		t.Fatalf("%d and %d tales, %d and %d matters", len(en), len(ja), len(Matters("en")), len(Matters("ja")))
	}
	for lang, all := range map[string][]Tale{"en": en, "ja": ja} {
		names := map[string]bool{}
		for i, tale := range all {
			if names[tale.Who.Name] || tale.Who.Lang != lang || (tale.Who == world.Person{}) {
				t.Errorf("%s %d: told by %q", lang, i, tale.Who.Name)
			}
			names[tale.Who.Name] = true
			if tale.Begins != en[i].Begins || len(tale.Opens) == 0 || tale.Thanks.Text == "" {
				t.Errorf("%s %d: begins after %s with %d messages", lang, i, tale.Begins, len(tale.Opens))
			}
			told, replies := Tell(tale), 0
			for ; !told.Over(); replies++ {
				if told.Reply("-") == nil {
					t.Errorf("%s %d: silent before its end", lang, i)
				}
			}
			if replies != len(tale.Else)+1 {
				t.Errorf("%s %d: over after %d replies that fit nothing", lang, i, replies)
			}
		}
	}
}
