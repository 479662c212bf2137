package model

import (
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"time"
)

// MaxZone is the longest name of a time zone that is accepted.
const MaxZone = 64

// ErrZone: the name is not a time zone.
var ErrZone = errors.New("no time zone")

// LoadZone returns the time zone of a name as the variable TZ has it: a name of the IANA
// database (Asia/Tokyo), one after a colon, the path of one in a copy of the database, or a
// POSIX rule (JST-9, EST5EDT,M3.2.0,M11.1.0, <+09>-9). It never reads a file outside the
// database, and rejects "" and "Local".
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

// zoneinfo is the folder of a copy of the IANA database.
const zoneinfo = "/zoneinfo/"

// posixRule is the form of a POSIX rule; its numbers are checked when it is used.
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

// posixZone builds a zone from a POSIX rule. The time package supports such rules only as
// the footer of a file of the IANA database, where they give what follows the last change.
// So this builds a file without changes and with that footer.
//
// Source: RFC 9636, "The Time Zone Information Format (TZif)".
func posixZone(rule string) (*time.Location, error) {
	if !posixRule.MatchString(rule) {
		return nil, ErrZone
	}
	const unused = "-00" // applies before the rule does
	header := func(types, chars uint32) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, 0, types, chars} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	file := append(header(0, 0), header(1, uint32(len(unused)+1))...)
	file = append(file, make([]byte, 6)...) // one type of local time: no offset, no DST, its name
	file = append(file, unused+"\x00\n"+rule+"\n"...)
	zone, err := time.LoadLocationFromTZData(rule, file)
	if err != nil {
		return nil, ErrZone
	}
	for month := time.January; month <= time.December; month++ { // rejects a number out of range
		if name, _ := time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC).In(zone).Zone(); name == unused {
			return nil, ErrZone
		}
	}
	return zone, nil
}
