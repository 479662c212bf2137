package server

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"parley/cmd/settings"
)

// storeFiles returns the files of the store; none if it is in a database.
func storeFiles(s settings.Settings) []string {
	if settings.IsDatabase(s.DB) {
		return nil
	}
	file := strings.TrimPrefix(s.DB, settings.FileScheme)
	return []string{file, file + "-wal", file + "-shm"}
}

// looseFiles returns the store, its key file and the certificate's key, if others than their
// owner may access them.
func looseFiles(s settings.Settings) func() []string {
	return func() []string {
		if runtime.GOOS == "windows" { // its permissions are of another kind
			return nil
		}
		var out []string
		for _, file := range append(storeFiles(s)[:min(1, len(storeFiles(s)))], filepath.Join(s.Beside(), keyFile), s.TLSKey) {
			if info, err := os.Stat(file); err == nil && info.Mode().Perm()&othersMay != 0 {
				out = append(out, file)
			}
		}
		return out
	}
}
