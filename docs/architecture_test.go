// Package docs_test holds documents to what they say of the code.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var (
	// file is a path in backquotes, with the functions that are named behind it.
	file = regexp.MustCompile("`([a-z]+(?:/[a-z0-9_]+)*(?:/[a-z0-9_]+\\.(?:go|md))?)`((?:\\s*\\((?:`\\w+`(?:,\\s)?)+\\))?)")
	name = regexp.MustCompile("`(\\w+)`")
)

// TestArchitectureNamesWhatIsThere: each file is there, and declares what is said to be
// in it.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	files, names := 0, 0
	for _, m := range file.FindAllStringSubmatch(string(doc), -1) {
		path := filepath.Join("..", filepath.FromSlash(m[1]))
		if filepath.Ext(path) == "" && filepath.Dir(m[1]) == "." {
			continue // a word of Go's, or a room
		}
		files++
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if info.IsDir() {
			continue
		}
		code, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range name.FindAllStringSubmatch(m[2], -1) {
			names++
			declared := regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + n[1] + `[(\[]`)
			if !declared.Match(code) {
				t.Errorf("%s declares no %s", m[1], n[1])
			}
		}
	}
	if files < 40 || names < 25 {
		t.Errorf("the document names %d files and %d functions: is it still read rightly?", files, names)
	}
}
