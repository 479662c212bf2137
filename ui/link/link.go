// Package link finds the addresses in a text, and makes them links that the terminal opens
// (OSC 8). It is the only place that writes such a sequence, and says which may pass to a
// terminal: https and http alone, of printable ASCII, which shows the name of a host in another
// script as the xn-- that it is.
package link

import (
	"hash/fnv"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Close is the sequence that closes a link.
const Close = open + ";" + end

const (
	open = "\x1b]8;"
	end  = "\x1b\\"

	// mostURL bounds an address: terminals drop longer ones, or all that follows.
	mostURL = 2000
	mostID  = 16
)

// written finds addresses in a text. In Japanese no space needs to follow one, so an address
// is made only of the characters allowed in a URL.
var written = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[-\w.~:/?#\[\]@!$&'()*+,;=%]+`)

// Place is an address in a text, from one byte to before another.
type Place struct {
	From, To int
	URL      *url.URL
}

// Find returns the addresses in a text, from left to right. It is quick where there are none.
func Find(text string) []Place {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") && !strings.Contains(text, "WWW.") {
		return nil
	}
	var out []Place
	for _, at := range written.FindAllStringIndex(text, -1) {
		found := ended(text[at[0]:at[1]])
		if goesOn(text[at[1]:]) {
			continue
		}
		address := found
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		if u, ok := Parse(address); ok && strings.Contains(u.Host, ".") {
			out = append(out, Place{at[0], at[0] + len(found), u})
		}
	}
	return out
}

// goesOn reports whether a word goes on with letters that no address is made of, so that what was
// found is only its beginning. In a text without spaces it ends there.
func goesOn(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Hebrew, unicode.Arabic)
}

// Parse reads an address that a browser may be sent to. A host in another script becomes the
// xn-- that it is.
func Parse(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, false
	}
	host, err := idna.Punycode.ToASCII(u.Hostname())
	if err != nil || strings.ContainsFunc(host, func(r rune) bool { return !inHost(r) }) {
		return nil, false
	}
	if host != u.Hostname() {
		if port := u.Port(); port != "" {
			host += ":" + port
		}
		u.Host = host
	}
	return u, true
}

// inHost reports whether a character may stand in a host, also in the number of one.
func inHost(r rune) bool {
	return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-._:", r))
}

// ended removes from the end of an address what belongs to the sentence around it.
func ended(s string) string {
	for s != "" {
		last := s[len(s)-1]
		switch {
		case strings.IndexByte(".,;:!?'*", last) >= 0,
			last == ')' && strings.Count(s, "(") < strings.Count(s, ")"), last == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
			s = s[:len(s)-1]
		default:
			return s
		}
	}
	return s
}

// To returns a text as a link to an address; as it is, where a terminal should not be sent there:
// an address that names a user looks like one of another host.
func To(u *url.URL, text string) string {
	if u == nil || u.User != nil {
		return text
	}
	address := strings.ReplaceAll(u.String(), ";", "%3B")
	sequence := open + "id=" + id(address) + ";" + address + end
	if Sequence(sequence) != len(sequence) {
		return text
	}
	return sequence + text + Close
}

// id is the same for all parts of a link that is wrapped, so that terminals light them together.
func id(address string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(address))
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// Sequence returns the length of the sequence at the beginning of a text that opens or closes a
// link; 0 if there is none, or none that may pass to a terminal.
func Sequence(s string) int {
	rest, ok := strings.CutPrefix(s, open)
	if !ok {
		return 0
	}
	params, rest, ok := strings.Cut(rest[:min(len(rest), mostID+mostURL+8)], ";")
	if !ok || len(params) > mostID+len("id=") {
		return 0
	}
	address, _, ok := strings.Cut(rest, end)
	if !ok {
		return 0
	}
	length := len(open) + len(params) + 1 + len(address) + len(end)
	if params == "" && address == "" {
		return length
	}
	name, ok := strings.CutPrefix(params, "id=")
	if !ok || name == "" || strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return 0
	}
	if len(address) > mostURL || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return 0
	}
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c >= 0x7f || c == ';' {
			return 0
		}
	}
	return length
}
