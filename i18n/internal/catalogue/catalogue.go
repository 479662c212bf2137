// Package catalogue reads the catalogues of sentences, says what is wrong with them, and
// makes the constants of package i18n out of them.
//
// A domain has two files, such as composer.en.toml and composer.ja.toml, with the same ids.
// In the English one, a comment begins the file and says what the domain is about; then
// come sections: a comment, and the sentences right below it, up to an empty line.
//
//	# Pasting.
//	paste_nowhere = "A text was pasted where none is typed."
//
// The comment becomes that of the constants. A comment between two sentences is about the
// one that follows. A section whose comment ends with a line such as
//
//	# Made by Blocked: blocked_*
//
// has no constants: its ids are put together by the function Blocked of package i18n.
package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
)

// The languages that a domain has a file in. Constants are made from the first.
const (
	English  = "en"
	Japanese = "ja"
)

// Domain holds the sentences on one subject.
type Domain struct {
	// Name is that of its files: composer for composer.en.toml.
	Name string
	// About is the comment that its file begins with.
	About    []string
	Sections []Section
}

// Section is a group of sentences that stand together.
type Section struct {
	About []string
	// MadeBy names the function that puts the ids of this section together; empty if each
	// has a constant.
	MadeBy string
	// Like is what those ids look like: a pattern of package path.
	Like      string
	Sentences []Sentence

	line int
}

// Sentence is one sentence in one language.
type Sentence struct {
	ID    string
	About []string
	Text  string

	line int
}

// blank is what a caller fills in.
var blank = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// Blanks returns the names of what a caller fills in, each once, in the order of the text.
func (s Sentence) Blanks() []string {
	var out []string
	for _, m := range blank.FindAllStringSubmatch(s.Text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// Read reads the catalogues in a folder and returns the English ones, by name. The error
// tells everything that is wrong with them, a line each, with file and line.
func Read(folder fs.FS) ([]Domain, error) {
	files, err := fs.Glob(folder, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("catalogues: %w", err)
	}
	if len(files) == 0 {
		return nil, errors.New("there are no catalogues here")
	}
	var faults []error
	domains := map[string]map[string]Domain{English: {}, Japanese: {}}
	for _, file := range files {
		name, language, _ := strings.Cut(strings.TrimSuffix(file, ".toml"), ".")
		if domains[language] == nil {
			faults = append(faults, fmt.Errorf("%s is named neither x.en.toml nor x.ja.toml", file))
			continue
		}
		text, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, fmt.Errorf("catalogues: %w", err)
		}
		d, err := read(name, file, string(text))
		if err != nil {
			faults = append(faults, err)
		}
		domains[language][name] = d
	}
	var english []Domain
	for _, d := range domains[English] {
		english = append(english, d)
	}
	slices.SortFunc(english, func(a, b Domain) int { return cmp.Compare(a.Name, b.Name) })
	return english, errors.Join(errors.Join(faults...), check(english, domains[Japanese]))
}

var (
	entry  = regexp.MustCompile(`^(\w+)\s*=\s*(.*)$`)
	madeBy = regexp.MustCompile(`^Made by (\w+): (\S+)$`)
	// snake is what an id looks like.
	snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// read reads one file.
func read(name, file, text string) (Domain, error) {
	d := Domain{Name: name}
	var texts map[string]string
	if _, err := toml.Decode(text, &texts); err != nil {
		return d, fmt.Errorf("%s: %w", file, err)
	}
	r := reader{domain: &d}
	for i, line := range strings.Split(text, "\n") {
		if r.line(i+1, line); r.fault != "" {
			return d, fmt.Errorf("%s:%d: %s", file, i+1, r.fault)
		}
	}
	found := 0
	for i := range d.Sections {
		for j := range d.Sections[i].Sentences {
			s := &d.Sections[i].Sentences[j]
			s.Text = texts[s.ID]
			found++
		}
	}
	if d.About == nil {
		return d, fmt.Errorf("%s:1: a catalogue begins with a comment that says what it is about, and an empty line", file)
	}
	if found != len(texts) {
		return d, fmt.Errorf("%s: write each sentence as id = \"text\", on a line of its own", file)
	}
	return d, nil
}

// reader goes through the lines of a file, of which TOML itself keeps neither comments nor
// empty ones.
type reader struct {
	domain *Domain
	// about holds comment lines that belong to what comes next.
	about []string
	// in tells that a section goes on, until the next empty line.
	in bool
	// until ends a text of several lines.
	until string
	fault string
}

func (r *reader) line(n int, line string) {
	switch m := entry.FindStringSubmatch(line); {
	case r.until != "":
		if strings.Contains(line, r.until) {
			r.until = ""
		}
	case strings.TrimSpace(line) == "":
		if len(r.about) > 0 && len(r.domain.Sections) == 0 && r.domain.About == nil {
			r.domain.About = r.about
		}
		r.about, r.in = nil, false
	case strings.HasPrefix(line, "#"):
		r.about = append(r.about, strings.TrimSpace(strings.TrimPrefix(line, "#")))
	case m != nil:
		r.sentence(n, m[1], m[2])
	default:
		r.fault = "neither a comment nor id = \"text\""
	}
}

// sentence takes the beginning of a sentence, and of a section if none goes on.
func (r *reader) sentence(n int, id, text string) {
	about := r.about
	r.about = nil
	if !r.in {
		if len(about) == 0 {
			r.fault = "a section begins with a comment that says what it holds"
			return
		}
		s := Section{About: about, line: n}
		if m := madeBy.FindStringSubmatch(about[len(about)-1]); m != nil {
			s.About, s.MadeBy, s.Like = about[:len(about)-1], m[1], m[2]
		}
		r.domain.Sections = append(r.domain.Sections, s)
		r.in, about = true, nil
	}
	section := &r.domain.Sections[len(r.domain.Sections)-1]
	section.Sentences = append(section.Sentences, Sentence{ID: id, About: about, line: n})
	for _, quotes := range []string{`"""`, `'''`} {
		if strings.HasPrefix(text, quotes) && !strings.Contains(text[len(quotes):], quotes) {
			r.until = quotes
		}
	}
}

// place is where a sentence stands.
type place struct {
	file string
	Sentence
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// check tells what is wrong within the languages and between them.
func check(english []Domain, japanese map[string]Domain) error {
	var faults []error
	fault := func(format string, values ...any) { faults = append(faults, fmt.Errorf(format, values...)) }
	seen := map[string]place{}
	for _, d := range english {
		other, ok := japanese[d.Name]
		if !ok {
			fault("%s.en.toml has no %s.ja.toml", d.Name, d.Name)
			continue
		}
		delete(japanese, d.Name)
		en, ja := sentences(d, English), sentences(other, Japanese)
		for _, s := range en {
			checkSentence(s, fault)
			if first, twice := seen[s.ID]; twice {
				fault("%s: %s stands in %s already", s, s.ID, first)
			}
			seen[s.ID] = s
			i := slices.IndexFunc(ja, func(o place) bool { return o.ID == s.ID })
			if i < 0 {
				fault("%s: %s is missing in %s.ja.toml", s, s.ID, d.Name)
				continue
			}
			checkSentence(ja[i], fault)
			if a, b := sorted(s.Blanks()), sorted(ja[i].Blanks()); !slices.Equal(a, b) {
				fault("%s: %s has the blanks %q, in English %q", ja[i], s.ID, b, a)
			}
		}
		for _, s := range ja {
			if !slices.ContainsFunc(en, func(o place) bool { return o.ID == s.ID }) {
				fault("%s: %s is missing in %s.en.toml", s, s.ID, d.Name)
			}
		}
		checkSections(d, fault)
	}
	for name := range japanese {
		fault("%s.ja.toml has no %s.en.toml", name, name)
	}
	return errors.Join(faults...)
}

func checkSentence(s place, fault func(string, ...any)) {
	if !snake.MatchString(s.ID) {
		fault("%s: an id is in lower case, with _ between words, not %q", s, s.ID)
	}
	if strings.TrimSpace(s.Text) == "" {
		fault("%s: %s is empty", s, s.ID)
	}
	if _, err := template.New(s.ID).Parse(s.Text); err != nil {
		fault("%s: %w", s, err)
	}
}

// checkSections tells which ids are not of the kind that their section says they are.
func checkSections(d Domain, fault func(string, ...any)) {
	for _, section := range d.Sections {
		for _, s := range section.Sentences {
			if ok, err := path.Match(section.Like, s.ID); section.MadeBy != "" && (!ok || err != nil) {
				fault("%s: %s is no %s; it needs a section of its own", place{d.Name + ".en.toml", s}, s.ID, section.Like)
			}
		}
	}
}

func sentences(d Domain, language string) []place {
	var out []place
	for _, section := range d.Sections {
		for _, s := range section.Sentences {
			out = append(out, place{d.Name + "." + language + ".toml", s})
		}
	}
	return out
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }
