package i18n_test

import (
	"strings"
	"testing"

	"parley/i18n"
	"parley/model"
)

// TestWhomToAskIsSaidAlike: whose mail or notice is to be answered where Facebook restricts a
// Page is said in the same words beside the composer, in the notice, in help and by doctor.
func TestWhomToAskIsSaidAlike(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		w := i18n.New(lang)
		ask := w.Say(i18n.ComposerRestrictedDo)
		for _, id := range []i18n.ID{
			i18n.NoticeDo(string(model.NoticePolicyBlock)), i18n.NoticeDo(string(model.NoticePolicyWarning)), i18n.Answer("policy"),
			i18n.Check("policy", string(model.CheckWrong)),
		} {
			if said := w.Say(id, "Detail", "x"); !strings.HasSuffix(said, ask) {
				t.Errorf("%s: %s says %q, not %q", lang, id, said, ask)
			}
		}
	}
}
