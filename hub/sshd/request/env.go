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
	// ZoneRefused is what the client said last of its zone, where that is none: its user is
	// told.
	ZoneRefused string
}

// refuseZone remembers what is no zone; where it was one before, that holds no more.
func (e *Environment) refuseZone(value string) {
	e.Vars = slices.DeleteFunc(e.Vars, func(v string) bool { return strings.HasPrefix(v, "TZ=") })
	e.ZoneRefused = strings.ToValidUTF8(value[:min(len(value), maxVariable)], "\uFFFD")
}

// Set takes a variable in, if it is one that a client may set. What it holds is plain:
// nothing in it is a path, or could be taken for more than a word.
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

// Get is what a variable holds; empty where it is not set.
func (e *Environment) Get(name string) string {
	for _, v := range e.Vars {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// mayBeSet tells which variables a client may set: those that say what its terminal can
// and what its user reads.
func mayBeSet(name string) bool {
	switch name {
	case "TERM", "COLORTERM", "NO_COLOR", "TZ", "LANG", "LC_ALL", "LC_ADDRESS", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION",
		"LC_MEASUREMENT", "LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE", "LC_TIME":
		return true
	}
	return false
}

// IsWord tells whether a value is short and of letters that mean nothing to anybody.
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

// IsZone tells whether a value names a time zone; never a file.
func IsZone(value string) bool {
	_, err := model.LoadZone(value)
	return err == nil
}
