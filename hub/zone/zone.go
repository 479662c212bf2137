// Package zone finds the hub's time zone, and validates zones.
package zone

import (
	"path/filepath"
	"strings"
	"time"

	"parley/model"
)

// OfHub returns the name of the machine's zone, or the one in TZ; UTC if unknown.
func OfHub() string {
	if name := time.Local.String(); valid(name) {
		return name
	}
	path, err := filepath.EvalSymlinks("/etc/localtime")
	if _, name, ok := strings.Cut(path, "/zoneinfo/"); err == nil && ok && valid(name) {
		return name
	}
	return "UTC"
}

// valid reports whether a name is that of a zone. Local is not.
func valid(name string) bool {
	_, err := model.LoadZone(name)
	return err == nil
}

// Check refuses a name that is not a zone; an empty one is accepted.
func Check(name string) error {
	if name != "" && !valid(name) {
		return &model.InvalidError{Field: "zone", Reason: "is no time zone: neither a name of the IANA database nor a rule of POSIX."}
	}
	return nil
}
