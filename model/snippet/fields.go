package snippet

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// Field is what stands in braces in a snippet's text and is filled in when it is used.
type Field string

// The fields.
const (
	Customer Field = "customer"
	// CustomerFirst is the first word of the customer's name.
	CustomerFirst Field = "customer.first"
	Me            Field = "me"
	DealTitle     Field = "deal.title"
	DealValue     Field = "deal.value"
	DealStage     Field = "deal.stage"
	PersonName    Field = "person.name"
	Page          Field = "page"
)

// Fields returns all fields.
func Fields() []Field {
	return []Field{Customer, CustomerFirst, Me, DealTitle, DealValue, DealStage, PersonName, Page}
}

// String formats a field as in a text: {customer}.
func (f Field) String() string { return "{" + string(f) + "}" }

// Values are the values of fields. One that is absent or blank is missing.
type Values map[Field]model.Untrusted

// FirstWord returns the value of [CustomerFirst] for a name.
func FirstWord(name model.Untrusted) model.Untrusted {
	words := strings.FieldsFunc(string(name), unicode.IsSpace)
	if len(words) == 0 {
		return ""
	}
	return model.Untrusted(words[0])
}

// Expand fills in the fields of a text. A field that is missing stays as it is and is returned,
// each once, in the text's order; such a text must not be sent. {{ and }} are single braces;
// braces around anything but the name of a field are text. A value is inserted as it is, in one
// line: what looks like a field in it is not filled in. The result is valid UTF-8 without control
// characters but newlines; like any typed text it is made safe where it is drawn.
func Expand(text model.Untrusted, values Values) (expanded string, missing []Field) {
	var b strings.Builder
	for _, p := range parse(plain(string(text))) {
		if p.field == "" {
			b.WriteString(p.text)
			continue
		}
		if v := values[p.field]; !v.Blank() {
			b.WriteString(line(string(v)))
			continue
		}
		b.WriteString(p.field.String())
		if !slices.Contains(missing, p.field) {
			missing = append(missing, p.field)
		}
	}
	return b.String(), missing
}

// mistyped reports whether a text has what looks like a field and is none: single braces around
// a name. The customer would get it as it is.
func mistyped(text string) bool {
	parts := parse(plain(text))
	for i, p := range parts[:max(0, len(parts)-1)] {
		if name, ok := strings.CutPrefix(p.text, "{"); ok && looksLikeField.MatchString(name) && strings.HasPrefix(parts[i+1].text, "}") {
			return true
		}
	}
	return false
}

var looksLikeField = regexp.MustCompile(`^[\p{L}_. -]{1,40}$`)

// Uses returns the fields of a snippet's text, each once, in its order.
func (s Snippet) Uses() []Field {
	_, all := Expand(s.Text, nil)
	return all
}

// Unfilled returns the fields that stand in a text about to be sent, each once, in its order.
func Unfilled(text string) []Field {
	var all []Field
	for i := range len(text) {
		if f, ok := fieldAt(text[i:]); ok && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

// Escape doubles the braces of a text, so that expanding it gives the text again.
func Escape(text string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(text) }

// literal is what the text says besides its fields, each of which is a letter here.
func (s Snippet) literal() string {
	values := Values{}
	for _, f := range Fields() {
		values[f] = "x"
	}
	out, _ := Expand(s.Text, values)
	return out
}

// part is a piece of a text: a field, or text between fields.
type part struct {
	field Field
	text  string
}

func parse(s string) []part {
	var out []part
	for s != "" {
		if f, ok := fieldAt(s); ok && !strings.HasPrefix(s, "{{") {
			out = append(out, part{field: f})
			s = s[len(f.String()):]
			continue
		}
		n := 1
		switch {
		case strings.HasPrefix(s, "{{"), strings.HasPrefix(s, "}}"):
			out = append(out, part{text: s[:1]})
			s = s[2:]
			continue
		default:
			if next := strings.IndexAny(s[1:], "{}"); next >= 0 {
				n += next
			} else {
				n = len(s)
			}
		}
		out = append(out, part{text: s[:n]})
		s = s[n:]
	}
	return out
}

// fieldAt returns the field that a text begins with.
func fieldAt(s string) (Field, bool) {
	if s == "" || s[0] != '{' {
		return "", false
	}
	for _, f := range Fields() {
		if strings.HasPrefix(s, f.String()) {
			return f, true
		}
	}
	return "", false
}

var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ")

// plain returns a text in normalization form C without control characters but newlines.
func plain(s string) string {
	s = breaks.Replace(strings.ToValidUTF8(s, ""))
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, s))
}

// Plain returns the text of a snippet for editing: valid UTF-8 without control characters but newlines,
// with its fields and doubled braces as they are. Like any typed text it is made safe where it is drawn.
func Plain(text model.Untrusted) string { return plain(string(text)) }

// line returns a value as one line.
func line(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }
