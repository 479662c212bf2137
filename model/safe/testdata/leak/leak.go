// Package leak lets untrusted text out in the ways that exit_test.go looks for:
// each line that ends with "want" is one.
package leak

import (
	"strings"

	"parley/model"
)

type label string

type name model.Untrusted

type row struct{ subject model.Untrusted }

func leaks(u model.Untrusted, r row, b []byte) []any {
	s := string(u)             // want
	s += string(r.subject[1:]) // want
	s += string(u + "…")       // want
	b = append(b, u...)        // want
	_ = copy(b, u)             // want
	for _, c := range u {      // want
		b = append(b, byte(c))
	}
	b = append(b, u[0]) // want
	return []any{
		s,
		[]byte(u),                  // want
		[]rune(u),                  // want
		label(u),                   // want
		name(u),                    // want
		(string)(u),                // want
		strings.ToUpper(string(u)), // want
		as[string](u),              // as leaks
	}
}

// as converts by a type parameter.
func as[T ~string](u model.Untrusted) T { return T(u) } // want

// generic takes untrusted text for any string.
func generic[T ~string](v T) string { return string(v) }

func harmless(u model.Untrusted, s string) []any {
	for range u {
		s += "x"
	}
	return []any{
		model.Untrusted(s), model.Untrusted(u), u + "x", len(u), u == "", string(s), u[1:],
		generic(u), // want
	}
}
