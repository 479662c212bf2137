// Package connect takes an admin through Facebook's dialog to connect a Page: the link, the
// browser that opens it, what the browser comes back with, and the choice of the Page.
//
// It owns the attempts, in memory only. It needs Facebook's login and a function that connects
// the Page in the end, whose refusals it passes on.
package connect
