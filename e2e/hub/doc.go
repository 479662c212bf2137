// Package hub has the tests of a hub as its operator runs it.
package hub
