package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends the old header beside the new one.
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// encodeMeta encodes v as Meta does: compact, all ASCII.
func encodeMeta(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escapeMeta(bytes.TrimRight(b.Bytes(), "\n")), nil
}

// escapeMeta rewrites JSON text with Meta's escapes: what is not ASCII as \uXXXX
// in lower-case hex (surrogate pairs beyond the basic plane), and / < % @ as \/
// \u003C \u0025 \u0040. These bytes only occur inside strings. Escapes that are
// there already stay as they are, lone surrogates too.
func escapeMeta(in []byte) []byte {
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

// signatures are the values of X-Hub-Signature-256 and X-Hub-Signature for the
// raw bytes of a body.
func signatures(secret string, body []byte) (sha256Header, sha1Header string) {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	old := hmac.New(sha1.New, []byte(secret))
	old.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil)), "sha1=" + hex.EncodeToString(old.Sum(nil))
}

// proof is the appsecret_proof of a token.
func proof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}
