// Package access is the one gate to what a Page holds: whoever reads, changes or is told
// anything of it for a user passes here.
//
// It needs the Page as it is now. It stores nothing, and never tells one who may not see a
// thing from one who asks for a thing that is not there.
package access
