// Package sshd serves Parley over SSH: public keys only, and each session is a process
// of its own on a pseudo-terminal.
//
// # What stands between the client and the hub
//
// A client is let in by the key that it proved to have, never by one that it merely
// named. Its session is a child process with an environment that holds nothing of the
// hub's; it speaks to the hub as every client does, over HTTP by a token that is made
// for this session and forgotten at its end. Address and token reach it over a pipe, so
// that neither the arguments nor the environment of a process show them. What a client
// types goes to that process alone, which divides and bounds it as at any terminal; sizes,
// variables, commands, sessions and times are limited ([Limits]). Nothing is forwarded, and there are no subsystems. Whose session is refused
// or ended here is told why ([parley/hub/sshd/request.Notice]).
//
// # Goroutines and processes
//
// [Server.Serve] owns all goroutines: it returns when every session's child is gone. Each
// of ours recovers, so that a fault in one session ends that one alone. What the library
// starts can't be made to, and reads what anybody sends; so a hub serves SSH in a process of
// its own ([ServeApart], [ServeFront]), which begins again when it breaks, and which holds
// none of the hub's secrets: it asks the hub whose a key is, and for tokens of sessions.
package sshd
