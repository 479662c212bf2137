// Package phone finds telephone numbers in what people write, and compares them however they
// are written.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is a telephone number in international form.
type Number struct {
	// E164 is the complete number with its country code: +819011112208.
	E164 string
	// Extension is dialled after it; empty if there is none.
	Extension string
	// Written is the number as somebody wrote it, in ASCII digits.
	Written string
	// Term are the digits common to every way of writing the number: its last ones, without
	// country code, trunk prefix or mobile prefix.
	Term string
}

// Same reports whether both are the same line: the same number, and not two extensions of it.
func (n Number) Same(o Number) bool {
	return n.E164 != "" && n.E164 == o.E164 && (n.Extension == "" || o.Extension == "" || n.Extension == o.Extension)
}

// Parse parses a telephone number with nothing besides, as in a field of a CRM. Without a
// country code it belongs to the first of the regions (like JP) that has such a number. The
// trunk prefix may be missing: spreadsheets drop leading zeros.
func Parse(written string, regions ...string) (Number, bool) {
	text := normal(written)
	for _, newer := range []bool{false, true} { // a range may be newer than the library's data
		for _, region := range known(regions) {
			if n, ok := read(text, region, newer); ok {
				return number(n, written), true
			}
		}
	}
	return Number{}, false
}

// unknownRegion makes the library accept only numbers with a country code.
const unknownRegion = "ZZ"

// known returns the regions that exist; if there is none, the one for numbers with a country
// code.
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

// overseas returns a number after 00, as most of the world dials before a country code; empty
// if it has no 00.
func overseas(text string) string {
	if rest, ok := strings.CutPrefix(strings.TrimLeft(text, "( "), "00"); ok {
		return "+" + rest
	}
	return ""
}

func possible(n *phonenumbers.PhoneNumber) bool {
	return phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// tail is how many digits every way of writing a number has; fewer where mobiles are dialled in
// two ways.
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
