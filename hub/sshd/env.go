package sshd

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

// environment is what a client sets for its session.
type environment struct {
	vars []string
	// zoneRefused is what the client said last of its zone, where that is none: its user is
	// told.
	zoneRefused string
}

// refuseZone remembers what is no zone; where it was one before, that holds no more.
func (e *environment) refuseZone(value string) {
	e.vars = slices.DeleteFunc(e.vars, func(v string) bool { return strings.HasPrefix(v, "TZ=") })
	e.zoneRefused = strings.ToValidUTF8(value[:min(len(value), maxVariable)], "\uFFFD")
}

// set takes a variable in, if it is one that a client may set. What it holds is plain:
// nothing in it is a path, or could be taken for more than a word.
func (e *environment) set(name, value string) bool {
	switch {
	case !mayBeSet(name):
		return false
	case name == "TZ":
		if !isZone(value) {
			e.refuseZone(value)
			return false
		}
		e.zoneRefused = ""
	case !isWord(value), name == "TERM" && strings.ContainsAny(value, "/:@"):
		return false
	}
	prefix := name + "="
	e.vars = slices.DeleteFunc(e.vars, func(v string) bool { return strings.HasPrefix(v, prefix) })
	if len(e.vars) == maxVariables {
		return false
	}
	e.vars = append(e.vars, prefix+value)
	return true
}

func (e *environment) get(name string) string {
	for _, v := range e.vars {
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

// isWord tells whether a value is short and of letters that mean nothing to anybody.
func isWord(value string) bool {
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

// isZone tells whether a value names a time zone; never a file.
func isZone(value string) bool {
	_, err := model.LoadZone(value)
	return err == nil
}
