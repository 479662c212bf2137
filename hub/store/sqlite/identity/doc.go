// Package identity decides whether a store is the one that the hub last ran with: by what its
// files contain before they are opened, by the mark beside them that records the newest seqs,
// and by checking that the open files are still those that the next start will find.
package identity
