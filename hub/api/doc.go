// Package api serves the hub over HTTP: version 1 for clients, Meta's webhooks, and health
// checks. It assembles the families of routes, each a package below it; what they share is in
// package door.
//
// Every read passes the hub's one authorize; these packages decide nothing. An answer that is
// not a success is an RFC 9457 problem document with our code.
package api
