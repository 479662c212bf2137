//go:build race

package app_test

// raceEnabled: the race detector allocates for itself.
const raceEnabled = true
