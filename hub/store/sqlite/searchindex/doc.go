// Package searchindex maintains the full-text index: the words of each message and each
// customer's name. It builds the index after a migration, and makes sure that no deleted word
// is left in it.
package searchindex
