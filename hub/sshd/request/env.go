package request

import (
	"slices"
	"strings"

	"parley/model"
)

// Bounds of what a client may set.
const (
	maxVariables = 16
	maxVariable  = 64
)

// Environment is what a client sets for its session.
type Environment struct {
	Vars []string
	// ZoneRefused is the last value that the client sent as its zone and that is none; the user
	// is told.
	ZoneRefused string
}

// refuseZone remembers an invalid zone, and drops a valid one set before.
func (e *Environment) refuseZone(value string) {
	e.Vars = slices.DeleteFunc(e.Vars, func(v string) bool { return strings.HasPrefix(v, "TZ=") })
	e.ZoneRefused = strings.ToValidUTF8(value[:min(len(value), maxVariable)], "\uFFFD")
}

// Set sets a variable, if a client may set it. Values are plain: none is a path, or can be
// taken for more than a word.
func (e *Environment) Set(name, value string) bool {
	switch {
	case !mayBeSet(name):
		return false
	case name == "TZ":
		if !IsZone(value) {
			e.refuseZone(value)
			return false
		}
		e.ZoneRefused = ""
	case !IsWord(value), name == "TERM" && strings.ContainsAny(value, "/:@"):
		return false
	}
	prefix := name + "="
	e.Vars = slices.DeleteFunc(e.Vars, func(v string) bool { return strings.HasPrefix(v, prefix) })
	if len(e.Vars) == maxVariables {
		return false
	}
	e.Vars = append(e.Vars, prefix+value)
	return true
}

// Get returns the value of a variable, empty if it is not set.
func (e *Environment) Get(name string) string {
	for _, v := range e.Vars {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// mayBeSet reports whether a client may set a variable: those that say what its terminal
// supports and what its user reads.
func mayBeSet(name string) bool {
	switch name {
	case "TERM", "COLORTERM", "NO_COLOR", "ACCESSIBLE", "TZ", "LANG", "LC_ALL", "LC_ADDRESS", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION",
		"LC_MEASUREMENT", "LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE", "LC_TIME":
		return true
	}
	return false
}

// IsWord reports whether a value is short and has only harmless characters.
func IsWord(value string) bool {
	if len(value) > maxVariable {
		return false
	}
	for _, r := range value {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.@+:/", r):
		default:
			return false
		}
	}
	return true
}

// IsZone reports whether a value names a time zone, and not a file.
func IsZone(value string) bool {
	_, err := model.LoadZone(value)
	return err == nil
}
