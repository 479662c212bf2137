// Package media fetches what customers and others sent from Meta, whose addresses of it expire,
// and keeps it: each content in a file of its own, named by its hash, beside the store. What is
// to be fetched is a row of the store, written with the message, so that it survives a restart.
//
// A customer chooses what is fetched, and an address is only text: the [fetcher] asks none but
// Meta's hosts, and connects to no address of a private network, whatever a name resolves to.
//
// Lock order: none of this package's locks is held while the store is written. [Folder] calls
// back into the store while it holds its own.
package media
