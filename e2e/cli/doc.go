// Package cli tests commands as users run them.
package cli
