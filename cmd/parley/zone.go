package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
)

// environmentZone is the zone that TZ says; where it is not set, the machine's own. refused
// is what TZ says where that is no zone: times are in UTC then, and the user is told. The
// time package takes only names and paths, and shows anything else in UTC without a word.
func environmentZone(env []string) (zone *time.Location, refused string) {
	name, set := "", false
	for _, v := range env { // the last one counts
		if value, ok := strings.CutPrefix(v, "TZ="); ok {
			name, set = value, true
		}
	}
	switch {
	case !set:
		return time.Local, ""
	case name == "" || name == ":":
		return time.UTC, ""
	}
	if zone, err := model.LoadZone(name); err == nil {
		return zone, ""
	}
	if zone, err := zoneFile(strings.TrimPrefix(name, ":")); err == nil {
		return zone, ""
	}
	return time.UTC, name
}

// mostZoneFile is larger than any file of the IANA database.
const mostZoneFile = 1 << 20

// zoneFile reads a zone from a file of the user's, named by its whole path.
func zoneFile(path string) (*time.Location, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, model.ErrZone
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > mostZoneFile {
		return nil, model.ErrZone
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData("Local", b)
}

// tellZone tells on standard error that TZ, or the client's over SSH, is no zone.
func (p *program) tellZone() {
	if said := p.zoneTrouble(); said != "" {
		_, _ = fmt.Fprintln(p.err, said)
	}
}

// zoneTrouble says that TZ is no zone, and in which zone times are for that; empty where it
// is one.
func (p *program) zoneTrouble() string {
	if p.zoneRefused == "" {
		return ""
	}
	return p.words.Say(i18n.ZoneRefused, "TZ", plain(p.zoneRefused), "Zone", plain(p.zone.String()))
}
