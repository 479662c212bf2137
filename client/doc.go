// Package client speaks to a hub over HTTP: what the terminal, the commands and the
// scripts share. It owns no screen, and knows of the hub only its wire.
//
// A reply is written to disk before it leaves and handed in with an id of its own,
// so that repeating it, after whatever went wrong, never sends it twice.
package client
