// Package api serves the hub over HTTP: version 1 for clients, Meta's webhooks, and
// the health of the server. It puts together the families of routes, each a package
// below it; what all of them share is package door.
//
// Every read goes through the hub's one authorize; these packages decide nothing. An
// answer that is not a success is an RFC 9457 problem document with our code.
package api
