// Package receive takes in what Meta tells of Pages: messages, echoes, receipts, reactions,
// who holds a thread, policy. It keeps what the reply window is judged by, and deletes
// conversations so that nothing of them comes back.
//
// It needs the store, somebody who leaves notices on a Page, who removes files, and who is
// woken by what came in.
//
// What it answered is on disk. It calls nobody outside, and sends nothing.
package receive
