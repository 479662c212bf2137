package server

import (
	"os"
	"path/filepath"
	"runtime"

	"parley/cmd/settings"
)

// looseFiles names the store, the key beside it, and that of the certificate, where others
// than their owner may use them.
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
