package client

import (
	"path/filepath"
	"strings"
	"time"
)

// localZone is the IANA name of the zone that this machine is in; empty where that can't
// be told.
func localZone() string {
	name := time.Local.String()
	if name == "Local" || name == "" {
		path, err := filepath.EvalSymlinks("/etc/localtime")
		if err != nil {
			return ""
		}
		_, name, _ = strings.Cut(path, "/zoneinfo/")
	}
	if _, err := time.LoadLocation(name); err != nil {
		return ""
	}
	return name
}
