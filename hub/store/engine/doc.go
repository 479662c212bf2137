// Package engine is what every engine of [store.Store] does alike, whatever its tables: how records
// and times are encoded, what lists are sorted and filtered by, and the cursors of lists. It knows
// no database.
package engine
