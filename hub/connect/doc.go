// Package connect takes an admin through Facebook's dialog to a Page that they connect: the
// link, the browser that takes it up, what it comes back with, and the choice of the Page.
//
// It owns the attempts, in memory alone. It needs Facebook's login, and is given by what a Page
// is connected in the end: what it may not be, it says with that one's refusals.
package connect
