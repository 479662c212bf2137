package compact

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Meta escapes in JSON whatever is not ASCII, as \u and four digits in lower case, and each slash:
// a Japanese character takes six bytes, where it has three. Escapes are taken away only where
// putting them back gives the same bytes; a text that is no such JSON stays as it is.

const hexDigits = "0123456789abcdef"

// unescaped returns an event without those escapes, and whether they can be put back. It can't if
// the event has what is not ASCII, a slash that is not escaped, an escape of another form, or of
// what is not a character.
func unescaped(body []byte) ([]byte, bool) {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case c >= utf8.RuneSelf || c == '/':
			return nil, false
		case c != '\\':
			out = append(out, c)
			i++
		case i+1 == len(body):
			return nil, false
		case body[i+1] == '/':
			out = append(out, '/')
			i += 2
		case body[i+1] != 'u':
			out = append(out, c, body[i+1])
			i += 2
		default:
			r, n := escapedRune(body[i:])
			if n == 0 {
				return nil, false
			}
			if r < utf8.RuneSelf { // a control character, kept as it is
				out = append(out, body[i:i+n]...)
			} else {
				out = utf8.AppendRune(out, r)
			}
			i += n
		}
	}
	return out, true
}

// escapedRune reads an escape and returns how long it is; 0 if it is none of those that Meta writes.
func escapedRune(b []byte) (r rune, n int) {
	const one, pair = 6, 12
	first, ok := unit(b)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(first):
		return first, one
	case len(b) < pair:
		return 0, 0
	}
	second, ok := unit(b[one:])
	if r = utf16.DecodeRune(first, second); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, pair
}

// unit reads \u and four digits.
func unit(b []byte) (r rune, ok bool) {
	const prefix, length = `\u`, 6
	if len(b) < length || string(b[:len(prefix)]) != prefix {
		return 0, false
	}
	for _, c := range b[len(prefix):length] {
		d := strings.IndexByte(hexDigits, c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d) //nolint:gosec // one of sixteen
	}
	return r, true
}

// escaped puts back what [unescaped] took away.
func escaped(plain []byte) []byte {
	var out bytes.Buffer
	out.Grow(2 * len(plain))
	for i := 0; i < len(plain); {
		c := plain[i]
		switch {
		case c == '\\' && i+1 < len(plain):
			out.Write(plain[i : i+2])
			i += 2
		case c == '/':
			out.WriteString(`\/`)
			i++
		case c < utf8.RuneSelf:
			out.WriteByte(c)
			i++
		default:
			r, n := utf8.DecodeRune(plain[i:])
			if r > 0xffff {
				high, low := utf16.EncodeRune(r)
				writeUnit(&out, high)
				writeUnit(&out, low)
			} else {
				writeUnit(&out, r)
			}
			i += n
		}
	}
	return out.Bytes()
}

func writeUnit(out *bytes.Buffer, r rune) {
	out.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		out.WriteByte(hexDigits[r>>shift&0xf])
	}
}
