// Package api serves the hub over HTTP: version 1 for clients, Meta's webhooks, and
// the health of the server.
//
// Every read goes through the hub's one authorize; this package decides nothing. An
// answer that is not a success is an RFC 9457 problem document with our code.
package api
