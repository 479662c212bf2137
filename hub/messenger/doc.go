// Package messenger calls Meta's Graph API. Below it are package webhook, which decodes Meta's
// webhooks, package limits, which keeps to Meta's rate limits, and package meta, which they
// share. Meta's JSON never leaves these packages; model types do.
//
// Everything here is safe for concurrent use. It keeps no state but connections and whose turn
// it is, and no POST is ever made twice: its outcome is reported as it is.
//
// Text written by others is returned as [parley/model.Untrusted], exactly as sent. Plain
// strings (ids, kinds, sources) have been checked to be short and printable ASCII; other values
// of Meta's are dropped.
package messenger
