package settings

import (
	"strings"
	"testing"
)

// TestMacrosOfTheFile: each has a key of its own and something to do.
func TestMacrosOfTheFile(t *testing.T) {
	t.Parallel()
	for content, says := range map[string]string{
		"[[macros]]\nkey = \"alt+q\"\ntext = \"Thanks, {customer}\"\nsend = true\nlabel = \"answered\"\nassign = \"me\"\ndone = true\n\n[[macros]]\nkey = \"f5\"\nsnippet = \"hours\"\n": "",
		"[[macros]]\nkey = \"alt+q\"\ndone = true":                                             "",
		"[[macros]]\ndone = true":                                                              "macros: each needs",
		"[[macros]]\nkey = \"q\"\ndone = true":                                                 "macros: each needs",
		"[[macros]]\nkey = \"alt+q\"":                                                          "macros: each needs",
		"[[macros]]\nkey = \"alt+q\"\nsend = true\ndone = true":                                "macros: each needs",
		"[[macros]]\nkey = \"alt+q\"\ntext = \"a\"\nsnippet = \"b\"":                           "macros: each needs",
		"[[macros]]\nkey = \"alt+q\"\ndone = true\n[[macros]]\nkey = \"Alt+Q\"\nlabel = \"x\"": "macros: each needs",
		"[[macros]]\nkey = \"alt+q\"\ndoen = true":                                             "there is no setting macros.doen",
	} {
		if said := loads(t, content); says == "" && said != "" || !strings.Contains(said, says) {
			t.Errorf("%q: %q, want %q", content, said, says)
		}
	}
}
