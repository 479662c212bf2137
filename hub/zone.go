package hub

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// hubZone is the IANA name of the zone that the hub's machine is in; UTC where that can't
// be told.
func hubZone() string {
	if name := time.Local.String(); validZone(name) {
		return name
	}
	path, err := filepath.EvalSymlinks("/etc/localtime")
	if _, name, ok := strings.Cut(path, "/zoneinfo/"); err == nil && ok && validZone(name) {
		return name
	}
	if name := os.Getenv("TZ"); validZone(name) {
		return name
	}
	return "UTC"
}

// validZone tells whether a name is one of the IANA time zone database. Local is none.
func validZone(name string) bool {
	if name == "" || name == "Local" || len(name) > maxZone {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// maxZone is longer than any name of a zone.
const maxZone = 64

// checkZone refuses what was told and is no zone.
func checkZone(name string) error {
	if name != "" && !validZone(name) {
		return &InvalidError{Field: "zone", Reason: "is no time zone of the IANA database."}
	}
	return nil
}
