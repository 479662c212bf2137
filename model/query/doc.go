// Package query is the little language in which conversations are asked for: in a list's filter,
// in a search, in a saved view.
//
//	is:waiting from:ad label:vip -label:spam @me page:Aoyama "a few words"
//
// Each term must hold. A term after a minus must not hold. What is no term is text, which only
// the hub can search; all the rest a client knows by itself ([Query.Match]). What is typed in
// Japanese is understood as well: ： for a colon, ＠, 「」, wide letters, wide spaces.
package query
