package server

import (
	"os"
	"path/filepath"
	"runtime"

	"parley/cmd/settings"
)

// looseFiles returns the store, its key file and the certificate's key, if others than their
// owner may access them.
func looseFiles(s settings.Settings) func() []string {
	return func() []string {
		if runtime.GOOS == "windows" { // its permissions are of another kind
			return nil
		}
		var out []string
		for _, file := range []string{s.DB, filepath.Join(filepath.Dir(s.DB), keyFile), s.TLSKey} {
			if info, err := os.Stat(file); err == nil && info.Mode().Perm()&othersMay != 0 {
				out = append(out, file)
			}
		}
		return out
	}
}
