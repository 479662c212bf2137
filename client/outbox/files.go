package outbox

import (
	"os"
	"path/filepath"
	"strings"

	"parley/model"
)

// Files are the files on the user's machine, by paths as a user types them: ~ is the home
// folder.
type Files struct{}

// Check checks a file to attach, as [CheckFile] does.
func (Files) Check(path string) (model.File, error) { return CheckFile(atHome(path)) }

// Complete completes the beginning of a path as far as it is unambiguous.
func (Files) Complete(path string) string {
	dir, begin := filepath.Split(path)
	look := atHome(dir)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return path
	}
	common, found := "", 0
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || begin == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		if found++; found == 1 {
			common = name
		}
		for !strings.HasPrefix(name, common) {
			common = strings.ToValidUTF8(common[:len(common)-1], "")
		}
	}
	if found == 0 {
		return path
	}
	return dir + common
}

// atHome returns a path with ~ replaced by the home folder.
func atHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator))
	if home, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}
