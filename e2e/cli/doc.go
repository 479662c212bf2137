// Package cli has the tests of commands as users run them.
package cli
