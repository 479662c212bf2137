package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"parley/hub/sshd"
	"parley/i18n"
	"parley/model"
)

// environmentZone returns the zone of TZ; if that is not set, the machine's own. refused is the
// value of TZ if it is not a zone: times are in UTC then, and the user is told. The time package
// accepts only names and paths, and silently uses UTC for anything else.
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

// zoneFile reads a zone from a user's file, named by its absolute path.
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

// ReportZone reports on standard error that TZ, or that of an SSH client, is not a zone.
func (p *Program) ReportZone() {
	if said := p.ZoneTrouble(); said != "" {
		_, _ = fmt.Fprintln(p.Err, said)
	}
}

// ZoneTrouble says that TZ is not a zone, and which zone is used instead; "" if it is one.
func (p *Program) ZoneTrouble() string {
	if p.ZoneRefused == "" {
		return ""
	}
	return p.Words.Say(i18n.ZoneRefused, "TZ", Plain(p.ZoneRefused), "Zone", Plain(p.Zone.String()))
}

// SetZone sets the user's zone from the session; if the hub does not know it, the hub's zone
// stays.
func (p *Program) SetZone(start sshd.Start) {
	p.ZoneRefused = start.ZoneRefused
	if zone, err := model.LoadZone(start.Zone); err == nil {
		p.Zone = zone
	}
}
