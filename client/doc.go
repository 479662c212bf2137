// Package client speaks to a hub over HTTP: what the terminal, the commands and the
// scripts share. It owns no screen, and knows of the hub only its wire.
//
// Here are the calls. Package stream follows what changes, and alone knows of positions,
// holes and reloads; package outbox keeps on disk what the user writes until the hub has
// it; package login remembers who is signed in.
package client
