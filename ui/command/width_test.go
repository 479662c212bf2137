package command_test

import (
	"testing"

	"parley/ui/command"
)

func TestFullWidthCharactersStandForKeys(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ｊ": "j", "Ｇ": "G", "？": "?", "！": "!", "～": "~", "０": "0", "　": " ", "「": "[", "」": "]", "・": "/", "ー": "-", "：": ":",
		"j": "j", "あ": "あ", "ｱ": "ｱ", "é": "é", "": "", "ｊｊ": "jj",
	} {
		if got := command.Narrow(in); got != want {
			t.Errorf("%q stands for %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"あ": true, "ジ": true, "ｱ": true, "次": true, "ｊ": false, "？": false, "j": false, "é": false} {
		if command.Converted(in) != want {
			t.Errorf("%q is converted: %v", in, !want)
		}
	}
}
