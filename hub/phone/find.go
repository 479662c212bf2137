package phone

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// The library parses a number, but finds none in a text. This file splits a text into
// candidates, and leaves the decision to the library.

// Finder finds telephone numbers in texts. The work that it does is bounded, so that nobody can
// keep a hub busy by writing digits: what is beyond the bound is skipped.
type Finder struct {
	regions []string
	tries   int
}

// mostTries is how many candidates a finder parses at most: about a third of a second.
const mostTries = 3000

// NewFinder returns a finder; the regions are as in [Parse].
func NewFinder(regions ...string) *Finder { return &Finder{regions: known(regions), tries: mostTries} }

// Find returns the telephone numbers in a text, each once, in their order. A number without a
// country code needs its trunk prefix; otherwise every order number would be somebody's. Dates,
// times, postcodes, amounts of money and what the text itself calls an order number are not
// telephone numbers.
func (f *Finder) Find(text string) []Number {
	if f.tries <= 0 || !strings.ContainsFunc(text, func(r rune) bool { return r == '〇' || r == '零' || unicode.Is(unicode.Nd, r) }) {
		return nil
	}
	var found []Number
	for line := range strings.Lines(blank(normal(text))) {
		for _, n := range (&scan{Finder: f, line: line}).numbers() {
			if !slices.ContainsFunc(found, n.Same) {
				found = append(found, n)
			}
		}
	}
	return found
}

// normal replaces digits of all scripts by ASCII digits, dashes and spaces of all kinds by one
// kind, and drops characters without width.
func normal(text string) string {
	text = strings.ToValidUTF8(text, " ")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.No, r): // ① and the like precede a number, ² follows one
			return ' '
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
			return '\n'
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		case unicode.Is(unicode.Pd, r), strings.ContainsRune("ーｰ−─━﹘﹣", r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
	text = kanji.ReplaceAllStringFunc(norm.NFKC.String(text), func(s string) string { return inASCII.Replace(s) })
	return extension.ReplaceAllString(text, " ext. $1")
}

var (
	// kanji matches a number written digit by digit in kanji.
	kanji   = regexp.MustCompile(`[〇零一二三四五六七八九]{2,}`)
	inASCII = strings.NewReplacer("〇", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
)

// digit returns a decimal digit of any script as ASCII. Unicode has them in blocks of ten, from
// zero to nine, of which several may be adjacent.
func digit(r rune) rune {
	begin := r
	for unicode.Is(unicode.Nd, begin-1) {
		begin--
	}
	return '0' + (r-begin)%10
}

var (
	// extension matches a Japanese or Chinese extension; the library knows the others.
	extension = regexp.MustCompile(`[\s(,、-]*(?:内線|分机|內線)(?:番号)?[:\s]*([0-9]{1,7})\)?`)

	// noPhones match dates, times, postcodes, money and list numbering, which look like parts
	// of a telephone number.
	noPhones = []*regexp.Regexp{
		regexp.MustCompile(`(^|[^0-9])(?:19|20)[0-9]{2}[-/.年] ?(?:0?[1-9]|1[0-2])[-/.月] ?(?:[12][0-9]|3[01]|0?[1-9])(?:日|([^0-9]|$))`),
		regexp.MustCompile(`(^|[^0-9])(?:[12][0-9]|3[01]|0?[1-9])[-/.](?:[12][0-9]|3[01]|0?[1-9])[-/.](?:19|20)[0-9]{2}([^0-9]|$)`),
		regexp.MustCompile(`(^|[^0-9/])(?:[12][0-9]|3[01]|0?[1-9])/(?:[12][0-9]|3[01]|0?[1-9])(?:/[0-9]{2})?([^0-9/]|$)`),
		regexp.MustCompile(`[0-9]{1,4} ?年|[0-9]{1,2} ?[月日時分](?:間|半)?`),
		regexp.MustCompile(`(^|[^0-9])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?([^0-9]|$)`),
		// The numbering of a list: 1. 2) (3).
		regexp.MustCompile(`(^|[ (、,:])[1-9][0-9]?[.)] ?(\(?0[0-9])`),
		regexp.MustCompile(`〒 ?[0-9]{3}[- ]?[0-9]{4}`),
		regexp.MustCompile(`[¥$€£฿₩] ?[0-9][0-9.,]*|[0-9][0-9.,]* ?(?:円|万|千円|¥|€|£|฿|₩|%|ドル|yen\b|JPY\b|USD\b|EUR\b)`),
		regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|(?:https?://|www\.)[^\s]+`),
	}
)

// blank removes what is not a telephone number, so that it is not joined with its neighbours.
func blank(text string) string {
	for _, no := range noPhones {
		// Twice, because neighbours share the character between them.
		text = no.ReplaceAllString(no.ReplaceAllString(text, "$1|$2"), "$1|$2")
	}
	return text
}

// How firmly what stands between two groups of digits joins them.
const (
	tight = iota // 090-1111
	loose        // 2208/090: two numbers, or one
	apart        // 2208 2
)

// link matches what may stand between two groups of digits of one number.
var link = regexp.MustCompile(`^(?: ?[-.・·•_の~〜/,] ?|[ ]?[()\[\]]{1,2}[ -]?|[ ]{1,3})$`)

func strength(between string) int {
	switch {
	case strings.ContainsAny(between, "/・·•~〜,"):
		return loose
	case strings.TrimSpace(between) == "", strings.ContainsAny(between, " ") && strings.ContainsAny(between, "()[]"):
		return apart
	}
	return tight
}

// group is a group of digits: its place, and how firmly it is joined to the one before.
type group struct {
	from, to int
	held     int // tight, loose, apart
	first    bool
}

var digits = regexp.MustCompile(`[0-9]+`)

// groups splits a line into groups of digits. first marks the beginning of a stretch.
func groups(line string) (all []group) {
	for i, at := range digits.FindAllStringIndex(line, -1) {
		g := group{from: at[0], to: at[1], first: i == 0}
		if i > 0 {
			between := line[all[i-1].to:at[0]]
			g.first = !link.MatchString(between)
			g.held = strength(between)
		}
		all = append(all, g)
	}
	return all
}

// Bounds of a candidate: the digits of a complete number including dialling prefixes, and the
// number of groups.
const (
	fewestDigits = 6
	mostDigits   = 20
	mostGroups   = 9
	// near is how many bytes around digits are examined.
	near = 40
)

// scan looks for the numbers of one line.
type scan struct {
	*Finder
	line string
}

func (s *scan) numbers() (found []Number) {
	all := groups(s.line)
	for i := 0; i < len(all); {
		next := i + 1
		ends := s.ends(all, i)
		for at, j := range append(ends, ends...) {
			if n, ok := s.number(all, i, j, at >= len(ends)); ok {
				found, next = append(found, n), j+1
				break
			}
		}
		i = next
	}
	return found
}

// ends returns the groups at which a number beginning with group i may end, the likeliest
// first: the most firmly joined, of those the longest, but without a number of pieces that
// follows.
func (s *scan) ends(all []group, i int) []int {
	if i > 0 && !all[i].first && all[i].held == tight {
		return nil // in the middle of something
	}
	type end struct{ at, loosest, order int }
	var list []end
	loosest, length := tight, 0
	for j := i; j < len(all) && j < i+mostGroups && (j == i || !all[j].first); j++ {
		if j > i {
			loosest = max(loosest, all[j].held)
		}
		length += all[j].to - all[j].from
		if length > mostDigits {
			break
		}
		if j+1 < len(all) && !all[j+1].first && all[j+1].held == tight {
			continue
		}
		order := -j
		if j > i && s.pieces(all[j]) {
			order = 1 // after all shorter ones
		}
		if length >= fewestDigits {
			list = append(list, end{j, loosest, order})
		}
	}
	slices.SortStableFunc(list, func(a, b end) int {
		if a.loosest != b.loosest {
			return a.loosest - b.loosest
		}
		return a.order - b.order
	})
	out := make([]int, 0, len(list))
	for _, e := range list {
		out = append(out, e.at)
	}
	return out
}

// pieces reports whether a group is a number of pieces wanted: 2, or 10個.
func (s *scan) pieces(g group) bool {
	if g.held == tight {
		return false
	}
	after, _ := utf8.DecodeRuneInString(s.line[g.to:])
	return g.to-g.from == 1 || g.to-g.from <= 3 && unicode.IsLetter(after)
}

// number parses the groups from i to j, if they are a telephone number; with newer also one
// with a country code and the right length whose range the library does not know.
func (s *scan) number(all []group, i, j int, newer bool) (Number, bool) {
	from, to := all[i].from, all[j].to
	before, after := s.line[max(0, from-near):from], s.line[to:min(len(s.line), to+near)]
	text := s.line[from:to]
	lead := strings.TrimRight(before, "( ")
	plus := strings.HasSuffix(lead, "+")
	if plus {
		text, before = "+"+text, strings.TrimRight(lead[:len(lead)-1], "( ")
	}
	if newer && !plus || s.tries <= 0 {
		return Number{}, false
	}
	s.tries--
	text = digitsOnly(text)
	if m := extensionAfter.FindString(after); m != "" {
		text += m
	}
	called := calledPhone(before)
	if !called && foreign(before, after) {
		return Number{}, false
	}
	for at, region := range s.regions {
		if at > 0 && !plus && i == j {
			break // bare digits only count for the Page's own region
		}
		n, ok := read(text, region, newer)
		if !ok || !called && !phonenumbers.IsNationalPrefixPresentIfRequired(n) || !s.grouped(n, all[i:j+1]) {
			continue
		}
		return number(n, s.written(from, to, plus)), true
	}
	return Number{}, false
}

// read parses a number, also with 00 before the country code, as most of the world dials it.
func read(text, region string, newer bool) (*phonenumbers.PhoneNumber, bool) {
	for _, dialled := range []string{text, overseas(text)} {
		n, err := phonenumbers.ParseAndKeepRawInput(dialled, region)
		if err == nil && (phonenumbers.IsValidNumber(n) || newer && possible(n)) {
			return n, true
		}
	}
	return nil, false
}

// written returns the number as written in the text.
func (s *scan) written(from, to int, plus bool) string {
	text := s.line[from:to]
	switch {
	case plus:
		text = "+" + text
	case strings.HasSuffix(s.line[:from], "("):
		text = "(" + text
	}
	return text
}

// grouped refuses numbers without a country code and trunk prefix that are composed of groups
// that nobody would write: a postcode and a count.
func (s *scan) grouped(n *phonenumbers.PhoneNumber, cut []group) bool {
	if len(cut) == 1 || n.GetCountryCodeSource() != phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY {
		return true
	}
	if strings.HasPrefix(s.line[cut[0].from:], "0") || cut[0].to-cut[0].from == 1 {
		return true
	}
	if !slices.ContainsFunc(cut[1:], func(g group) bool { return g.held != tight }) {
		return true
	}
	return withinGroups(cut, phonenumbers.Format(n, phonenumbers.RFC3966))
}

// withinGroups reports whether groups are separated only where the formatted number is.
func withinGroups(cut []group, formatted string) bool {
	ends := map[int]bool{}
	length := 0
	for _, g := range digits.FindAllString(formatted, -1)[1:] { // the first is the country code
		length += len(g)
		ends[length] = true
	}
	length = 0
	for _, g := range cut {
		if length += g.to - g.from; !ends[length] {
			return false
		}
	}
	return true
}

// digitsOnly returns the digits that are dialled. A zero in brackets after the country code is
// dialled only within the country: the library knows that.
func digitsOnly(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', strings.ContainsRune("+()-", r):
			return r
		}
		return ' '
	}, text)
}

var (
	extensionAfter = regexp.MustCompile(`^(?: ?ext\.? ?[0-9]{1,7}| ?x[0-9]{2,7}|#[0-9]{1,7})\b`)
	// phoneWord matches what people write before a telephone number, orderWord before another
	// number.
	phoneWord = regexp.MustCompile(`(?i)(?:電話|携帯|連絡先|電話番号|携帯番号|☎|☏|📞|📱|โทร|هاتف|जोड़|tel|telephone|téléphone|telefon|teléfono|phone(?: number)?|mobile|mob|cell|call|fax|ph|whatsapp|line)[ .:は\]が、]*$`)
	orderWord = regexp.MustCompile(`(?i)(?:番号|注文|受注|伝票|追跡|予約|会員|口座|管理|品番|型番|コード|id|no|nr|number|order|invoice|ref|sku|code|tracking|account|item)[ .:は#]*$|[#№]$`)
	// within matches a longer word of which digits are a part.
	within = regexp.MustCompile(`\p{Latin}[-_.]?$`)
)

func calledPhone(before string) bool { return phoneWord.MatchString(before) }

// foreign reports whether the text around digits shows that they are not a telephone number.
func foreign(before, after string) bool {
	if orderWord.MatchString(before) || within.MatchString(strings.TrimRight(before, "(")) && !strings.HasSuffix(before, ":") {
		return true
	}
	r, size := utf8.DecodeRuneInString(after)
	if r == '-' || r == '_' {
		r, _ = utf8.DecodeRuneInString(after[size:])
		return unicode.Is(unicode.Latin, r)
	}
	return false
}
