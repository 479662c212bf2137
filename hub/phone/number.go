// Package phone finds telephone numbers in what people write, and tells whether two are the
// same line, however they are written.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is a telephone number as the whole world dials it.
type Number struct {
	// E164 is the whole number with its country's code: +819011112208.
	E164 string
	// Extension is dialled after it; empty: none.
	Extension string
	// Written is the number as somebody wrote it, in ASCII digits.
	Written string
	// Term is in every way of writing the number, as digits: its last ones, before which
	// stand a country's code, a trunk prefix or what is dialled for a mobile.
	Term string
}

// Same tells whether both are one line: the same whole number, and not two extensions of it.
func (n Number) Same(o Number) bool {
	return n.E164 != "" && n.E164 == o.E164 && (n.Extension == "" || o.Extension == "" || n.Extension == o.Extension)
}

// Parse reads what is a telephone number and nothing besides, such as a field of a CRM
// holds it. Where it has no country's code it is of the first of the regions (JP) that
// has such a number. It may lack the trunk prefix: spreadsheets drop a zero in front.
func Parse(written string, regions ...string) (Number, bool) {
	text := normal(written)
	for _, newer := range []bool{false, true} { // a range may be newer than what is known of them
		for _, region := range known(regions) {
			if n, ok := read(text, region, newer); ok {
				return number(n, written), true
			}
		}
	}
	return Number{}, false
}

// unknownRegion makes the library take only what has a country's code.
const unknownRegion = "ZZ"

// known are the regions that there are; where there is none, that of numbers with a
// country's code.
func known(regions []string) []string {
	var out []string
	all := phonenumbers.GetSupportedRegions()
	for _, r := range regions {
		if all[r] {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		out = append(out, unknownRegion)
	}
	return out
}

// overseas is a number after the 00 that most of the world dials before a country's code;
// empty where it has none.
func overseas(text string) string {
	if rest, ok := strings.CutPrefix(strings.TrimLeft(text, "( "), "00"); ok {
		return "+" + rest
	}
	return ""
}

func possible(n *phonenumbers.PhoneNumber) bool {
	return phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// tail is how many digits of a number every way of writing it has; fewer where a mobile is
// dialled in two ways.
const (
	tail       = 9
	tailMobile = 8
)

func number(n *phonenumbers.PhoneNumber, written string) Number {
	term := phonenumbers.GetNationalSignificantNumber(n)
	most := tail
	if phonenumbers.GetCountryMobileToken(int(n.GetCountryCode())) != "" {
		most = tailMobile
	}
	return Number{
		E164: phonenumbers.Format(n, phonenumbers.E164), Extension: n.GetExtension(), Written: written,
		Term: term[max(0, len(term)-most):],
	}
}
