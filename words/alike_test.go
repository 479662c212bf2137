package words_test

import (
	"strings"
	"testing"

	"parley/model"
	"parley/words"
)

// TestWhomToAskIsSaidAlike: whose mail or notice is to be answered where Facebook restricts a
// Page is said in the same words beside the composer, in the notice, in help and by doctor.
func TestWhomToAskIsSaidAlike(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := words.New(lang)
		ask := w.Say(words.ComposerRestrictedDo)
		for _, id := range []words.ID{
			words.NoticeDo(string(model.NoticePolicyBlock)), words.NoticeDo(string(model.NoticePolicyWarning)), words.Answer("policy"),
			words.Check("policy", string(model.CheckWrong)),
		} {
			if said := w.Say(id, "Detail", "x"); !strings.HasSuffix(said, ask) {
				t.Errorf("%s: %s says %q, not %q", lang, id, said, ask)
			}
		}
	}
}
