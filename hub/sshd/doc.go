// Package sshd serves Parley over SSH: public keys only, and each session is a process of its
// own on a pseudo-terminal.
//
// # What separates the client from the hub
//
// A client is authenticated by the key that it proved to have, never by one that it merely
// named. Its session is a child process with nothing of the hub's in its environment; it talks
// to the hub over HTTP like every client, with a token that is made for this session and
// removed at its end. Address and token reach it over a pipe, so that neither the arguments nor
// the environment of a process show them. What a client types goes to that process only, which
// parses and bounds it as at any terminal; sizes, variables, commands, sessions and times are
// limited ([Limits]). Nothing is forwarded, and there are no subsystems. A client whose session
// is refused or ended is told why ([parley/hub/sshd/request.Notice]).
//
// # Goroutines and processes
//
// [Server.Serve] owns all goroutines: it returns when every session's child is gone. Each of
// our goroutines recovers, so that a panic in one session ends only that one. The library's
// goroutines can't be made to, and read what anybody sends; so a hub serves SSH in a process of
// its own ([ServeApart], [ServeFront]), which is restarted when it crashes and has none of the
// hub's secrets: it asks the hub who owns a key, and for session tokens.
package sshd
