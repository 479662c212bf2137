package server

import (
	"testing"

	"parley/hub/sshd/request"
)

// TestSSHNotices: each has a sentence of its own in each language.
func TestSSHNotices(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en_US.UTF-8", "ja_JP.UTF-8"} {
		said := map[string]request.Notice{}
		for _, n := range []request.Notice{
			request.NoticeCommandLong, request.NoticeCommandQuote, request.NoticeCommandVerb, request.NoticeCommandFlag, request.NoticeCommandValue,
			request.NoticeTerminal, request.NoticeNotStarted, request.NoticeKilled, request.NoticeIdle, request.NoticeLong, request.NoticeRevoked,
			request.NoticeStopping,
		} {
			s := saySSH(n, lang)
			if other, twice := said[s]; twice || s == "" {
				t.Errorf("%s: %q and %q: %q", lang, n, other, s)
			}
			said[s] = n
		}
	}
	if en, ja := saySSH(request.NoticeIdle, "en"), saySSH(request.NoticeIdle, "ja"); en == ja {
		t.Errorf("in both languages: %q", en)
	}
	// The client's own language comes first; one that is not spoken gives way to the hub's.
	if got := saySSH(request.NoticeIdle, "fr_FR.UTF-8", "ja"); got != saySSH(request.NoticeIdle, "ja") {
		t.Errorf("to a French client of a Japanese hub: %q", got)
	}
}
