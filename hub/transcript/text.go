package transcript

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// How many bytes of HTML a note is given. The CRM takes about 100 KB (Pipedrive, "Notes").
// Lines are added up to fill, so that edits find room up to most. The text of one message
// has longest at most, and names as many attachments as mostNamed: what is beyond is cut,
// and says so.
const (
	most      = 94_000
	fill      = 88_000
	longest   = 50_000
	mostNamed = 25
)

// longestName is how many characters a name, or an attachment's title, has at most.
const longestName = 200

// further begins a line of a text after its first one. Indented, it can't be taken for the
// line of another author.
const further = "<br>&nbsp;&nbsp;&nbsp;&nbsp;"

// cut stands where a text was too long for a note.
const cut = " […]"

// dayOf is the day of a time in a zone, 2026-12-31.
func dayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// ZoneOf returns a zone by its name; UTC where it is not known here.
func ZoneOf(name string) *time.Location {
	zone, err := model.LoadZone(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Content is the HTML of a part with these lines.
func Content(p Part, entries []Entry) string {
	var b strings.Builder
	b.WriteString(heading(p))
	zone := ZoneOf(p.Zone)
	for _, e := range entries {
		b.WriteString(lineHTML(e.Line, p.Day, zone))
	}
	return b.String()
}

func heading(p Part) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<p><b>Messenger: %s – %s</b><br>%s (%s)", name(p.Page), name(customerName(p.Customer)), p.Day, html.EscapeString(p.Zone))
	if p.Number > 1 {
		fmt.Fprintf(&b, ", part %d", p.Number)
	}
	fmt.Fprintf(&b, "<br><i>Parley %s</i></p>", p.Marker)
	return b.String()
}

func customerName(name model.Untrusted) model.Untrusted {
	if name == "" {
		return "Customer"
	}
	return name
}

// lineHTML is a message in the note of a day.
func lineHTML(l model.TranscriptLine, day string, zone *time.Location) string {
	at := l.At.In(zone)
	clock := at.Format("15:04")
	if own := at.Format(time.DateOnly); own != day {
		clock = own + " " + clock
	}
	author := l.Author
	if author == "" && l.Direction == model.In {
		author = customerName("")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<p>%s <b>%s</b>:", clock, name(author))
	if l.Unsent {
		b.WriteString(" <i>(unsent)</i>")
	}
	if l.Text != "" {
		b.WriteString(" ")
		b.WriteString(bounded(l.Text))
	}
	for _, a := range l.Attachments[:min(len(l.Attachments), mostNamed)] {
		b.WriteString(" [" + name(a) + "]")
	}
	if len(l.Attachments) > mostNamed {
		b.WriteString(cut)
	}
	if l.Edited {
		b.WriteString(" <i>(edited)</i>")
	}
	b.WriteString("</p>")
	return b.String()
}

// bounded escapes a text, as much of it as a note takes of one message.
func bounded(text model.Untrusted) string {
	s := escape(text)
	if len(s) <= longest {
		return s
	}
	var b strings.Builder
	for _, r := range string(text.Valid()) {
		one := escape(model.Untrusted(r))
		if b.Len()+len(one) > longest-len(cut) {
			break
		}
		b.WriteString(one)
	}
	return b.String() + cut
}

// name escapes what stands on one line: who wrote, what a file is called.
func name(text model.Untrusted) string {
	s := []rune(strings.Join(strings.FieldsFunc(string(text.Valid()), breaks), " "))
	if len(s) > longestName {
		s = append(s[:longestName-1], '…')
	}
	return escape(model.Untrusted(s))
}

// breaks tells what a browser, or whoever copies a text, may show as the end of a line.
func breaks(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// escape makes HTML of a text that somebody else wrote: it shows as it is, does nothing,
// and looks like nobody else's. Control characters, which no browser shows, are left out,
// and with them what turns the direction of writing round: it would have a line end where
// another begins.
func escape(text model.Untrusted) string {
	s := strings.ReplaceAll(string(text.Valid()), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case breaks(r):
			return '\n'
		case r != '\t' && unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(html.EscapeString(s), "\n", further)
}

var tags = regexp.MustCompile(`(?s)<[^>]*>`)

// Plain is the text of HTML without tags and white space, by which notes are compared:
// the CRM may put both otherwise.
func Plain(content string) string {
	s := norm.NFC.String(html.UnescapeString(tags.ReplaceAllString(content, "")))
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// Hash is the same for notes whose [Plain] text is.
func Hash(content string) string {
	sum := sha256.Sum256([]byte(Plain(content)))
	return hex.EncodeToString(sum[:])
}

// stands tells whether a message stands in a note of that plain text.
func stands(plain string, e Entry, day, zone string) bool {
	return strings.Contains(plain, Plain(lineHTML(e.Line, day, ZoneOf(zone))))
}

// size is how many bytes a line takes.
func size(l model.TranscriptLine, day string, zone *time.Location) int {
	return len(lineHTML(l, day, zone))
}
