// Package tables reads and writes the tables of a store. Each role of [store.Reader],
// [store.PageTx] and [store.AccountTx] is a type with its statements, in a file by subject.
package tables
