// Package compact makes what a store keeps of Meta's events small, and gives back every byte of it.
//
// The first byte of what it makes names how it was made. Each way that a release wrote is read by
// all later ones, each with the dictionary that it was written with. Decompressing takes bounded
// memory, whatever the bytes say.
package compact
