package hubstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/cmd/cli"
	"parley/hub/store"
	"parley/i18n"
)

// TestAStoreThatIsNotTakenIsExplained: what happened, and what to do, in both languages.
func TestAStoreThatIsNotTakenIsExplained(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		p := &cli.Program{Words: i18n.New(lang)}
		for d, want := range map[store.Difference][]string{
			store.Missing:  {"/x/hub.db", "/x/hub.db.mark", "335", "--new-store"},
			store.Older:    {"/x/hub.db", "335", "41", "--accept-older-store"},
			store.Diverged: {"/x/hub.db", "/x/hub.db.mark", "335", "41", "--accept-older-store"},
			store.Other:    {"/x/hub.db", "/x/hub.db.mark", "335", "--accept-older-store"},
			store.Mixed:    {"/x/hub.db", "/x/hub.db-wal", "--accept-older-store"},
			store.Damaged:  {"/x/hub.db", "page 7"},
		} {
			said := fmt.Sprint(contradiction(p, "/x/hub.db", &store.ContradictionError{
				Difference: d, Was: 335, Is: 41, Err: errors.New("quick_check: page 7"),
			}))
			for _, w := range want {
				if !strings.Contains(said, w) {
					t.Errorf("%s, %s: %q does not say %s", lang, d, said, w)
				}
			}
			if strings.Contains(said, "<no value>") || strings.Contains(said, "{{") {
				t.Errorf("%s, %s: %q", lang, d, said)
			}
		}
	}
}
