// Package messenger calls Meta's Graph API. Below it are package webhook, which decodes what
// Meta tells, package limits, which keeps to how often it may be called, and package meta,
// which all of them share. Meta's JSON never leaves them; model types do.
//
// Everything here is safe for concurrent use. Nothing is kept but connections and
// whose turn it is, and no POST is ever made twice: its outcome is told as it is.
//
// What is text of others comes out as [parley/model.Untrusted], exactly as sent.
// What comes out as a plain string (ids, kinds, sources) has been checked to be
// short and printable ASCII; Meta's value is dropped where it is not.
package messenger
