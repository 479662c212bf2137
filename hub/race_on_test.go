//go:build race

package hub_test

// checks is how many sequences a property tries: the race detector makes each of
// them some ten times as slow.
const checks = "12"
