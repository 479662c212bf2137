package conversation

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/i18n"
	"parley/model/inbox"
)

// TestTailTellsWhenAPageBeginsAnew: what was printed before may be gone then, and seqs come
// again; a Page that is only seen no more is no matter of that.
func TestTailTellsWhenAPageBeginsAnew(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "Page 17 begins anew", "ja": "ページ17"} {
		for _, anew := range []bool{true, false} {
			var out, said bytes.Buffer
			talk := &commands{&cli.Program{Words: i18n.New(lang), Out: &out, Err: &said, JSON: true, Now: time.Now}}
			if err := talk.tailUpdate(newFeed(talk), inbox.Dropped{Page: "17", Anew: anew}); err != nil {
				t.Fatal(err)
			}
			if told := strings.Contains(said.String(), want); told != anew || out.Len() > 0 {
				t.Errorf("%s, anew %t: said %q, printed %q", lang, anew, said.String(), out.String())
			}
		}
	}
}
