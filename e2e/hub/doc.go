// Package hub tests a hub as its operator runs it.
package hub
