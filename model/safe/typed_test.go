package safe_test

import (
	"testing"

	"parley/model"
	"parley/model/safe"
)

func TestTyped(t *testing.T) {
	t.Parallel()
	for in, want := range map[model.Untrusted]string{
		"": "",
		"はい、\n本日中に\tお送りします。":  "はい、\n本日中に\tお送りします。",
		"a\x1b[2Jb\rc\u009bd": "a[2Jbcd",
		"a\xffb":              "a\uFFFDb",
	} {
		if got := safe.Typed(in); got != want {
			t.Errorf("Typed(%q) = %q, want %q", want, got, want)
		}
	}
}
