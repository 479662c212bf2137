package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a query.
const (
	// MaxRunes is the longest query, in characters.
	MaxRunes = 500
	// MaxTerms is how many terms it may have.
	MaxTerms = 32
)

// names are the names of kinds before the colon.
var names = map[Kind]string{Is: "is", From: "from", Label: "label", Page: "page"}

// Names returns what may stand before a colon.
func Names() []string { return []string{names[Is], names[From], names[Label], names[Page]} }

// kinds are the names as they may be written.
var kinds = map[string]Kind{
	"is": Is, "from": From, "label": Label, "page": Page,
	"状態": Is, "流入元": From, "ラベル": Label, "ページ": Page,
}

// inJapanese are values as the screen names them in Japanese.
var inJapanese = map[string]string{
	"未完了": Open, "自分": Mine, "担当者なし": Unassigned, "返信待ち": Waiting, "スヌーズ": Snoozed, "返信不可": Blocked, "完了": Done,
	"未読": Unread, "ピン留め": Pinned, "メンション": Mentioned,
	"広告": Ad, "リンク": Link, "プラグイン": Plugin, "ショップ": Shop, "その他": Other, "直接": Direct,
}

// Reason is what is wrong with a text.
type Reason uint8

// What may be wrong.
const (
	// UnknownName: nothing is asked for by the word before the colon.
	UnknownName Reason = iota + 1
	// UnknownValue: there is no such state or way.
	UnknownValue
	// NoValue: nothing follows the colon, the @, or stands in the quotes.
	NoValue
	// NotClosed: a quote does not end.
	NotClosed
	// NotWords: a minus stands before text.
	NotWords
	// TooLong: it has too many characters or terms.
	TooLong
)

// Error says what is wrong with a text, and where.
type Error struct {
	Reason Reason
	// From and To are where, in characters of the text.
	From, To int
	// Name is the word before the colon, Word what is wrong.
	Name, Word string
	// Meant is what may have been meant; empty: no idea.
	Meant string
	// Allowed is what would be right there, if it is a choice.
	Allowed []string
}

// Error implements error. It is in English; who shows it to users has their words.
func (e *Error) Error() string {
	var s string
	switch e.Reason {
	case UnknownName:
		s = fmt.Sprintf("nothing is called %q", e.Word+":")
	case UnknownValue:
		s = fmt.Sprintf("%s: has no %q", e.Name, e.Word)
	case NoValue:
		s = "something is missing after " + fmt.Sprintf("%q", e.Word)
	case NotClosed:
		s = "a quote is not closed"
	case NotWords:
		s = "only is:, from:, label:, page: and @ can be excluded by -"
	case TooLong:
		return fmt.Sprintf("a query has at most %d characters and %d terms", MaxRunes, MaxTerms)
	}
	s = fmt.Sprintf("at %d: %s", e.From+1, s)
	if e.Meant != "" {
		return s + fmt.Sprintf("; did you mean %s?", e.Meant)
	}
	if len(e.Allowed) > 0 {
		return s + ", only " + strings.Join(e.Allowed, ", ")
	}
	return s
}

// Parse reads a query. An error is an [*Error], the first one from the left.
func Parse(text string) (Query, error) {
	p := parser{text: []rune(strings.ToValidUTF8(text, ""))}
	if len(p.text) > MaxRunes {
		return nil, &Error{Reason: TooLong}
	}
	var q Query
	for {
		p.skipSpace()
		if p.at == len(p.text) {
			// As it is printed, it is read again.
			if utf8.RuneCountInString(q.String()) > MaxRunes {
				return nil, &Error{Reason: TooLong}
			}
			return q, nil
		}
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		if slices.Contains(q, t) { // said twice is said once
			continue
		}
		if q = append(q, t); len(q) > MaxTerms {
			return nil, &Error{Reason: TooLong}
		}
	}
}

type parser struct {
	text []rune
	at   int
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func isColon(r rune) bool { return r == ':' || r == '：' }

func isAt(r rune) bool { return r == '@' || r == '＠' }

func isMinus(r rune) bool { return r == '-' || r == '－' || r == '−' }

// structural reports whether a text would be read as something else than plain text.
func structural(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return isSpace(r) || isColon(r) || isAt(r) || isMinus(r) && r != '-' || len(closings(r)) > 0
	})
}

// closings returns what ends a text that this quote begins; none: it is no quote.
func closings(r rune) string {
	switch r {
	case '"', '“', '”', '„', '＂':
		return `"“”＂`
	case '「':
		return "」"
	case '『':
		return "』"
	case '«':
		return "»"
	}
	return ""
}

func (p *parser) skipSpace() {
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
}

// term reads a term at the place of the parser, which is no space.
func (p *parser) term() (Term, error) {
	from := p.at
	not := isMinus(p.text[p.at])
	if not {
		p.at++
		if p.at == len(p.text) || isSpace(p.text[p.at]) { // a dash between words
			return Term{Kind: Words, Value: "-"}, nil
		}
	}
	if isAt(p.text[p.at]) {
		p.at++
		return p.assignee(not, from)
	}
	name, colon := p.name()
	if !colon {
		if not {
			return Term{}, p.wrong(NotWords, from, len(p.text))
		}
		return p.words(from)
	}
	k, known := kinds[fold(name)]
	if !known {
		if meant := nearest(fold(name), Names()); meant != "" {
			e := p.wrong(UnknownName, from, p.at)
			e.Word, e.Meant = name, meant+":"
			return Term{}, e
		}
		if not {
			return Term{}, p.wrong(NotWords, from, len(p.text))
		}
		p.at = from
		return p.words(from)
	}
	return p.valued(k, not, from)
}

// name reads up to a colon, if there is one before a space or a quote.
func (p *parser) name() (string, bool) {
	for i := p.at; i < len(p.text); i++ {
		r := p.text[i]
		if isColon(r) {
			name := string(p.text[p.at:i])
			if name == "" {
				return "", false
			}
			p.at = i + 1
			return name, true
		}
		if isSpace(r) || closings(r) != "" {
			break
		}
	}
	return "", false
}

// assignee reads the name after an @.
func (p *parser) assignee(not bool, from int) (Term, error) {
	v, err := p.value(from)
	if err != nil {
		return Term{}, err
	}
	switch fold(v) {
	case Me, "自分", "わたし", "私":
		v = Me
	}
	return Term{Kind: Assignee, Not: not, Value: v}, nil
}

// valued reads what follows a name and its colon.
func (p *parser) valued(k Kind, not bool, from int) (Term, error) {
	begins := p.at
	v, err := p.value(from)
	if err != nil {
		return Term{}, err
	}
	var allowed []string
	switch k {
	case Is:
		allowed = States()
	case From:
		allowed = Ways()
	default:
		return Term{Kind: k, Not: not, Value: v}, nil
	}
	is := fold(v)
	if said, ok := inJapanese[v]; ok {
		is = said
	}
	if !slices.Contains(allowed, is) {
		e := p.wrong(UnknownValue, begins, p.at)
		e.Name, e.Word, e.Allowed = names[k], v, allowed
		if meant := nearest(is, allowed); meant != "" {
			e.Meant = names[k] + ":" + meant
		}
		return Term{}, e
	}
	return Term{Kind: k, Not: not, Value: is}, nil
}

// words reads text: one word, or what stands in quotes.
func (p *parser) words(from int) (Term, error) {
	p.at = from
	v, err := p.value(from)
	return Term{Kind: Words, Value: v}, err
}

// value reads a word, or what stands in quotes.
func (p *parser) value(from int) (string, error) {
	if p.at == len(p.text) || isSpace(p.text[p.at]) {
		return "", p.missing(from)
	}
	var b strings.Builder
	if ends := closings(p.text[p.at]); ends != "" {
		opened := p.at
		for p.at++; ; p.at++ {
			if p.at == len(p.text) {
				return "", p.wrong(NotClosed, opened, len(p.text))
			}
			r := p.text[p.at]
			if strings.ContainsRune(ends, r) {
				p.at++
				break
			}
			if r == '\\' && p.at+1 < len(p.text) && (p.text[p.at+1] == '\\' || strings.ContainsRune(ends, p.text[p.at+1])) {
				p.at++
				r = p.text[p.at]
			}
			b.WriteRune(r)
		}
	} else {
		for ; p.at < len(p.text) && !isSpace(p.text[p.at]) && closings(p.text[p.at]) == ""; p.at++ {
			b.WriteRune(p.text[p.at])
		}
	}
	v := tidy(b.String())
	if v == "" {
		return "", p.missing(from)
	}
	return v, nil
}

// tidy returns a value in composed form, as one line.
func tidy(s string) string {
	s = strings.Join(strings.FieldsFunc(s, isSpace), " ")
	return norm.NFC.String(s)
}

func (p *parser) missing(from int) *Error {
	e := p.wrong(NoValue, from, p.at)
	e.Word = string(p.text[from:p.at])
	return e
}

func (p *parser) wrong(r Reason, from, to int) *Error {
	return &Error{Reason: r, From: from, To: to, Word: string(p.text[from:min(to, len(p.text))])}
}

// fold returns a name without case and width.
func fold(s string) string { return norm.NFKC.String(strings.ToLower(norm.NFKC.String(s))) }

// nearest returns which of the words may have been meant, "" if none is near. Of short words
// only the beginning counts.
func nearest(s string, words []string) string {
	best, least := "", 3
	for _, w := range words {
		if utf8.RuneCountInString(s) > 2 && strings.HasPrefix(w, s) && len(w) > len(s) {
			return w
		}
		if n := distance(s, w); n < least && n*2 < len(w) && len(w) > 2 {
			best, least = w, n
		}
	}
	return best
}

// distance returns how many letters must be changed, added, left out or swapped with the next.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 2*len(y)+2 {
		return len(x)
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			n := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				n = min(n, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = n
		}
	}
	return rows[len(x)][len(y)]
}
