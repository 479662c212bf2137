package server

import (
	"testing"

	"parley/hub/sshd"
)

// TestSSHNotices: each has a sentence of its own in each language.
func TestSSHNotices(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en_US.UTF-8", "ja_JP.UTF-8"} {
		said := map[string]sshd.Notice{}
		for _, n := range []sshd.Notice{
			sshd.NoticeCommandLong, sshd.NoticeCommandQuote, sshd.NoticeCommandVerb, sshd.NoticeCommandFlag, sshd.NoticeCommandValue,
			sshd.NoticeTerminal, sshd.NoticeNotStarted, sshd.NoticeKilled, sshd.NoticeIdle, sshd.NoticeLong, sshd.NoticeRevoked,
			sshd.NoticeStopping,
		} {
			s := saySSH(n, lang)
			if other, twice := said[s]; twice || s == "" {
				t.Errorf("%s: %q and %q: %q", lang, n, other, s)
			}
			said[s] = n
		}
	}
	if en, ja := saySSH(sshd.NoticeIdle, "en"), saySSH(sshd.NoticeIdle, "ja"); en == ja {
		t.Errorf("in both languages: %q", en)
	}
	// The client's own language comes first; one that is not spoken gives way to the hub's.
	if got := saySSH(sshd.NoticeIdle, "fr_FR.UTF-8", "ja"); got != saySSH(sshd.NoticeIdle, "ja") {
		t.Errorf("to a French client of a Japanese hub: %q", got)
	}
}
