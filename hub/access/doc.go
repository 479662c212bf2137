// Package access is the one gate to what a Page holds: whatever reads, changes or reports any
// of it for a user passes here.
//
// It needs the Page as it is now. It stores nothing, and answers the same for a thing that is
// hidden and one that does not exist.
package access
