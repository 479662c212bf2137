// Package client calls a hub over HTTP, for the screen, the commands and scripts. It knows
// nothing of the hub but the wire.
//
// This package has the calls. Package stream follows changes, and alone handles positions,
// holes and reloads; package outbox keeps on disk what the user writes until the hub has it;
// package login remembers who is signed in.
package client
