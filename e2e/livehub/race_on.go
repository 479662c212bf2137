//go:build race

package livehub

// RaceEnabled: the race detector makes everything several times as slow.
const RaceEnabled = true
