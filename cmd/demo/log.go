package demo

import (
	"io"
	"os"
	"path/filepath"
)

// demoLog opens the log of the demo's hub, beside its store and out of the user's way.
func demoLog(dir string) io.Writer {
	f, err := os.OpenFile(filepath.Join(dir, "hub.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return io.Discard // the log is optional; the store reports what is wrong with the folder
	}
	return f
}
