// Package zone tells which time zone the hub is in, and what is a zone at all.
package zone

import (
	"path/filepath"
	"strings"
	"time"

	"parley/model"
)

// OfHub names the zone that the hub's machine is in, or that TZ says; UTC where that can't
// be told.
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

// valid tells whether a name is that of a zone. Local is none.
func valid(name string) bool {
	_, err := model.LoadZone(name)
	return err == nil
}

// Check refuses what was told and is no zone.
func Check(name string) error {
	if name != "" && !valid(name) {
		return &model.InvalidError{Field: "zone", Reason: "is no time zone: neither a name of the IANA database nor a rule of POSIX."}
	}
	return nil
}
