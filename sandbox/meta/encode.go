package meta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode encodes v as Meta does: compact, all ASCII.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return Escape(bytes.TrimRight(b.Bytes(), "\n")), nil
}

// Escape rewrites JSON text with Meta's escapes: non-ASCII as \uXXXX in lower-case hex (surrogate
// pairs beyond the basic plane), and / < % @ as \/ \u003C \u0025 \u0040. These bytes only occur
// inside strings. Existing escapes stay as they are, also lone surrogates.
func Escape(in []byte) []byte {
	out := make([]byte, 0, len(in)+len(in)/4)
	for i := 0; i < len(in); {
		c := in[i]
		switch {
		case c == '\\' && i+1 < len(in):
			out = append(out, c, in[i+1])
			i += 2
			continue
		case c == '/':
			out = append(out, '\\', '/')
		case c == '<':
			out = append(out, `\u003C`...)
		case c == '%':
			out = append(out, `\u0025`...)
		case c == '@':
			out = append(out, `\u0040`...)
		case c < utf8.RuneSelf:
			out = append(out, c)
		default:
			r, size := utf8.DecodeRune(in[i:])
			for _, u := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, u)
			}
			i += size
			continue
		}
		i++
	}
	return out
}
