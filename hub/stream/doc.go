// Package stream tells connected clients what changes: of the Pages they see, in order and
// without a hole, and, as it happens, what their colleagues do.
//
// [Stream] reads what each commit added to a Page's log and offers it to the sessions. A
// [Session] is one client: it welcomes, goes on from where the client was, and reads from the
// store what the client was too slow for.
//
// It needs to read the store, what users see (package view), and who is told that somebody
// types. It keeps nothing: after a restart clients say where they were.
//
// Who may have a frame is asked, of the Pages as they are at this moment, while the frame is
// written: once a change of visibility is answered, nothing of the Page leaves to who lost it.
package stream
