package outbox

import (
	"os"
	"path/filepath"
	"strings"

	"parley/model"
)

// Files are the files of the user's machine, by paths as a user types them: ~ is their
// folder.
type Files struct{}

// Check looks at a file that is to be attached, as [CheckFile] does.
func (Files) Check(path string) (model.File, error) { return CheckFile(atHome(path)) }

// Complete returns the beginning of a path as far as there is only one way to go on.
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

// atHome is a path with the user's folder in place of ~.
func atHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator))
	if home, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}
