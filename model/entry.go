package model

import "regexp"

// EntryLimit is the longest ref of an m.me link, in characters.
//
// Source: Messenger Platform, "m.me links".
const EntryLimit = 2083

// EntryRef: a ref holds more than letters, digits, -, _ and =, or is too long.
const EntryRef Code = "entry_ref"

var refForm = regexp.MustCompile(`^[A-Za-z0-9_=-]*$`)

// EntryLink returns the link by which customers write to a Page first. Facebook tells
// with which ref somebody came; empty: none.
//
// Source: Messenger Platform, "m.me links".
func EntryLink(page MetaPageID, ref string) (string, error) {
	if len(ref) > EntryLimit || !refForm.MatchString(ref) {
		return "", Refuse(EntryRef)
	}
	link := "https://m.me/" + string(page)
	if ref != "" {
		link += "?ref=" + ref // = may stand in the value of a query
	}
	return link, nil
}
