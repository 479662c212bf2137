//go:build race

package main

// raceEnabled: the race detector makes everything several times as slow.
const raceEnabled = true
