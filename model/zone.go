package model

import (
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"time"
)

// MaxZone is longer than any name of a time zone that is taken.
const MaxZone = 64

// ErrZone: what was told names no time zone.
var ErrZone = errors.New("no time zone")

// LoadZone returns the time zone that a name means, as the variable TZ has them: a name of
// the IANA database (Asia/Tokyo), one with a colon before it, the path of one in a copy of
// the database, or a rule of POSIX (JST-9, EST5EDT,M3.2.0,M11.1.0, <+09>-9). It reads no
// file that a name leads to elsewhere, and takes neither nothing nor "Local" for a zone.
func LoadZone(name string) (*time.Location, error) {
	if len(name) > MaxZone {
		return nil, ErrZone
	}
	name = strings.TrimPrefix(name, ":")
	if i := strings.LastIndex(name, zoneinfo); i >= 0 && strings.HasPrefix(name, "/") {
		name = strings.TrimPrefix(strings.TrimPrefix(name[i+len(zoneinfo):], "posix/"), "right/")
	}
	if name == "" || name == "Local" {
		return nil, ErrZone
	}
	if zone, err := time.LoadLocation(name); err == nil {
		return zone, nil
	}
	return posixZone(name)
}

// zoneinfo is how the folder of a copy of the IANA database is called.
const zoneinfo = "/zoneinfo/"

// posixRule is the form of a rule; its numbers are judged when it is used.
//
// Source: POSIX.1-2024, "Environment Variables", TZ.
var posixRule = func() *regexp.Regexp {
	const (
		name   = `(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)`
		clock  = `[+-]?[0-9]{1,3}(?::[0-5]?[0-9]){0,2}`
		change = `(?:J[0-9]{1,3}|[0-9]{1,3}|M[0-9]{1,2}\.[0-9]\.[0-9])(?:/` + clock + `)?`
	)
	return regexp.MustCompile(`^` + name + clock + `(?:` + name + `(?:` + clock + `)?(?:,` + change + `,` + change + `)?)?$`)
}()

// posixZone makes a zone of a rule of POSIX. The time package knows such rules: they end
// the files of the IANA database, and say there how a zone goes on after its last change.
// This is a file without changes and with that end.
//
// Source: RFC 9636, "The Time Zone Information Format (TZif)".
func posixZone(rule string) (*time.Location, error) {
	if !posixRule.MatchString(rule) {
		return nil, ErrZone
	}
	const unused = "-00" // what would hold before the rule does
	header := func(types, chars uint32) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, 0, types, chars} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	file := append(header(0, 0), header(1, uint32(len(unused)+1))...)
	file = append(file, make([]byte, 6)...) // one type of time: no offset, no summer time, its name
	file = append(file, unused+"\x00\n"+rule+"\n"...)
	zone, err := time.LoadLocationFromTZData(rule, file)
	if err != nil {
		return nil, ErrZone
	}
	for month := time.January; month <= time.December; month++ { // a number beyond what it may be
		if name, _ := time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC).In(zone).Zone(); name == unused {
			return nil, ErrZone
		}
	}
	return zone, nil
}
