package client

import (
	"path/filepath"
	"strings"
	"time"

	"parley/model"
)

// localZone returns the name of this machine's time zone, or of TZ's; "" if unknown.
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
