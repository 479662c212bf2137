// Package cache keeps on disk what a client last knew of a hub, so that the next start shows it
// at once and goes on from there.
//
// It follows the same updates as the screen, just before the screen gets them. So whatever must
// not be seen any more is gone from the disk before a frame without it is drawn: a Page that the
// user may not see any more, whose stream is another, or that the hub does not name; a deleted
// conversation; all, once the hub no longer accepts the token.
//
// A Page is shown at the next start only if the hub confirmed within the time to live that the
// user may see it. Anything older is deleted unread. A hub that can't be reached can't say that
// access was lost: that is the limit of this, and the help says so.
//
// Files are readable by the user alone, in a folder for the hub and one for the login below it.
// A file of another version, or a damaged one, is dropped without a word. Losing the cache costs
// time, never data; so only what removes something waits for the disk.
package cache
