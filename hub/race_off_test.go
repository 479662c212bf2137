//go:build !race

package hub_test

// checks is how many sequences a property tries.
const checks = "200"
