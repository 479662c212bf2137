package client

import (
	"path/filepath"
	"strings"
	"time"

	"parley/model"
)

// localZone names the zone that this machine is in, or that TZ says; empty where that can't
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
	if _, err := model.LoadZone(name); err != nil {
		return ""
	}
	return name
}
