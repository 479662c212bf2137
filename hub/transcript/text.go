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

// Sizes of a note in bytes of HTML. The CRM accepts about 100 KB (Pipedrive, "Notes"). Lines
// are added up to fill, so that edits have room up to most. The text of one message takes at
// most longest, and at most mostNamed attachments are named: the rest is cut, which the text
// says.
const (
	most      = 94_000
	fill      = 88_000
	longest   = 50_000
	mostNamed = 25
)

// longestName is the most characters of a name or an attachment's title.
const longestName = 200

// further begins the second and later lines of a text. Indented, they can't be taken for
// another author's line.
const further = "<br>&nbsp;&nbsp;&nbsp;&nbsp;"

// cut marks where a text was too long for a note.
const cut = " […]"

// dayOf returns the day of a time in a zone, like 2026-12-31.
func dayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// ZoneOf returns a zone by its name; UTC if it is unknown.
func ZoneOf(name string) *time.Location {
	zone, err := model.LoadZone(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Content returns the HTML of a part with these lines.
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

// lineHTML returns a message as a line in the note of a day.
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

// bounded escapes a text, up to the limit for one message.
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

// name escapes something on one line: an author, a file name.
func name(text model.Untrusted) string {
	s := []rune(strings.Join(strings.FieldsFunc(string(text.Valid()), breaks), " "))
	if len(s) > longestName {
		s = append(s[:longestName-1], '…')
	}
	return escape(model.Untrusted(s))
}

// breaks reports characters that a browser, or whoever copies a text, may show as the end of a
// line.
func breaks(r rune) bool {
	switch r {
	case '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// escape turns somebody else's text into HTML: it shows as it is, does nothing, and can't pass
// for anybody else's. Control characters, which no browser shows, are left out, including those
// that change the writing direction: they would make a line end where another begins.
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

// Plain returns the text of HTML without tags and white space, by which notes are compared: the
// CRM may change both.
func Plain(content string) string {
	s := norm.NFC.String(html.UnescapeString(tags.ReplaceAllString(content, "")))
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// Hash is equal for notes with the same [Plain] text.
func Hash(content string) string {
	sum := sha256.Sum256([]byte(Plain(content)))
	return hex.EncodeToString(sum[:])
}

// stands reports whether a message is in a note with that plain text.
func stands(plain string, e Entry, day, zone string) bool {
	return strings.Contains(plain, Plain(lineHTML(e.Line, day, ZoneOf(zone))))
}

// size returns how many bytes a line takes.
func size(l model.TranscriptLine, day string, zone *time.Location) int {
	return len(lineHTML(l, day, zone))
}
