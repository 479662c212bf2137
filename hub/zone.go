package hub

import (
	"path/filepath"
	"strings"
	"time"

	"parley/model"
)

// hubZone names the zone that the hub's machine is in, or that TZ says; UTC where that can't
// be told.
func hubZone() string {
	if name := time.Local.String(); validZone(name) {
		return name
	}
	path, err := filepath.EvalSymlinks("/etc/localtime")
	if _, name, ok := strings.Cut(path, "/zoneinfo/"); err == nil && ok && validZone(name) {
		return name
	}
	return "UTC"
}

// validZone tells whether a name is that of a zone. Local is none.
func validZone(name string) bool {
	_, err := model.LoadZone(name)
	return err == nil
}

// checkZone refuses what was told and is no zone.
func checkZone(name string) error {
	if name != "" && !validZone(name) {
		return &model.InvalidError{Field: "zone", Reason: "is no time zone: neither a name of the IANA database nor a rule of POSIX."}
	}
	return nil
}
