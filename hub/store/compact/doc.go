// Package compact makes events as Meta sent them small, and messages, and gives back all of them.
//
// The first byte of what it makes names how it was made. Each way that a release wrote is read by
// all later ones, each with the dictionary that it was written with. Decompressing takes bounded
// memory, whatever the bytes say.
package compact
