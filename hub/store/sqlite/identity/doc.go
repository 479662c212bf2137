// Package identity tells whether a store is the one that the hub ran with: what its files
// hold before it is opened, the mark beside it that says how far it came, and whether the
// files that are open are still those that the next start will find.
package identity
