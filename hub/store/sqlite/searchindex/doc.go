// Package searchindex keeps the index by which words are found: which words each message and
// each customer's name has, all of them after a migration, and that no word which was
// deleted is left in the index.
package searchindex
