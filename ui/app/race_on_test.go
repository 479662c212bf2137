//go:build race

package ui

// raceEnabled: the race detector allocates for itself.
const raceEnabled = true
