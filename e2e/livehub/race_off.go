//go:build !race

package livehub

// RaceEnabled: the race detector makes everything several times slower.
const RaceEnabled = false
