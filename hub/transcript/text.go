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
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// How many characters of HTML a note is given. The CRM takes 100,000. Lines are added up
// to fill, so that edits find room up to most. One message has longest at most: what is
// beyond is cut, and says so.
const (
	most    = 99_000
	fill    = 90_000
	longest = 60_000
)

// cut stands where a text was too long for a note.
const cut = " […]"

// dayOf is the day of a time in a zone, 2026-12-31.
func dayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// ZoneOf returns a zone by its IANA name; UTC where it is not known here.
func ZoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
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
	fmt.Fprintf(&b, "<p><b>Messenger: %s – %s</b><br>%s (%s)", escape(p.Page), escape(customerName(p.Customer)), p.Day, html.EscapeString(p.Zone))
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
	fmt.Fprintf(&b, "<p>%s <b>%s</b>:", clock, escape(author))
	if l.Unsent {
		b.WriteString(" <i>(unsent)</i>")
	}
	if l.Text != "" {
		b.WriteString(" ")
		b.WriteString(bounded(l.Text))
	}
	for _, a := range l.Attachments {
		b.WriteString(" [" + escape(a) + "]")
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
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	var b strings.Builder
	n := 0
	for _, r := range string(text.Valid()) {
		one := escape(model.Untrusted(r))
		if n += utf8.RuneCountInString(one); n > longest-len(cut) {
			break
		}
		b.WriteString(one)
	}
	return b.String() + cut
}

// escape makes HTML of a text that somebody else wrote: it shows as it is, and does
// nothing. Control characters, which no browser shows, are left out.
func escape(text model.Untrusted) string {
	s := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, string(text.Valid()))
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
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

// size is how many characters a line takes.
func size(l model.TranscriptLine, day string, zone *time.Location) int {
	return utf8.RuneCountInString(lineHTML(l, day, zone))
}
