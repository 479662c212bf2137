package overlay

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"
)

// Item is a row of the palette.
type Item struct {
	ID    string
	Title string
	// Alias is another name to find it by: the English one if the screen is in another
	// language.
	Alias string
	// Words are others by which people look for it, apart by spaces, in any language. They are
	// matched from their beginnings and not shown.
	Words string
	// Keys are shown at the right.
	Keys string
	// Reason is why it can't be chosen now; empty if it can.
	Reason string
	// Danger: it does not come first for a few letters found here and there.
	Danger bool
	// Group is a heading above the items of one kind, shown while nothing is typed.
	Group string
}

// Palette finds one item of many by a few letters of its title.
type Palette struct {
	title   string
	items   []Item
	names   names
	in      input
	matches []match
	// selected is an index of matches. refused: enter was pressed on it, and it can't be
	// chosen.
	selected int
	refused  bool
	caret    caret
	shown
}

// match is a found item, and which bytes of its title were typed.
type match struct {
	item, score int
	letters     []int
}

// names are what items are found by: all titles, then all aliases.
type names []Item

func (n names) Len() int { return 2 * len(n) }

func (n names) String(i int) string {
	if i < len(n) {
		return n[i].Title
	}
	return n[i-len(n)].Alias
}

// NewPalette returns a palette of items. While nothing is typed they are in their own order.
func NewPalette(title string, items []Item) *Palette {
	p := &Palette{title: title, items: slices.Clone(items)}
	p.names = names(p.items)
	p.find()
	return p
}

// SetItems replaces the items. The selection stays if it is found among them.
func (p *Palette) SetItems(items []Item) {
	id := ""
	if p.selected < len(p.matches) {
		id = p.items[p.matches[p.selected].item].ID
	}
	p.items = slices.Clone(items)
	p.names = names(p.items)
	p.find()
	if i := slices.IndexFunc(p.matches, func(m match) bool { return p.items[m.item].ID == id }); i >= 0 {
		p.selected = i
	}
}

// Update implements Overlay.
func (p *Palette) Update(msg tea.Msg) (Action, tea.Cmd) {
	p.refused = false
	if c, ok := msg.(Click); ok {
		return p.click(c.ID), nil
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" {
		switch key.Keystroke() {
		case "esc", "ctrl+c":
			return Closed{}, nil
		case "enter":
			return p.choose(), nil
		case "up", "ctrl+p":
			p.selected = max(0, p.selected-1)
			return nil, nil
		case "down", "ctrl+n":
			p.selected = max(0, min(p.selected+1, len(p.matches)-1))
			return nil, nil
		}
	}
	if p.in.update(msg) {
		p.find()
	}
	return nil, nil
}

func (p *Palette) choose() Action {
	if p.selected >= len(p.matches) {
		return nil
	}
	it := p.items[p.matches[p.selected].item]
	if it.Reason != "" {
		p.refused = true
		return nil
	}
	return Chosen{it.ID}
}

// find searches what is typed. Of equal matches, items that can be chosen come first. Dangerous
// ones come last unless their name, or a word of it, begins with what is typed.
func (p *Palette) find() {
	p.selected, p.matches = 0, p.matches[:0]
	query := strings.TrimSpace(p.in.text)
	if query == "" {
		for i := range p.items {
			p.matches = append(p.matches, match{item: i})
		}
		return
	}
	place := make(map[int]int, len(p.items))
	for _, f := range fuzzy.FindFromNoSort(query, p.names) {
		m := match{item: f.Index, score: f.Score, letters: f.MatchedIndexes}
		if f.Index >= len(p.items) {
			m.item, m.letters = f.Index-len(p.items), nil
		}
		m.score += begins(f.Str, query)
		at, twice := place[m.item]
		switch {
		case !twice:
			place[m.item] = len(p.matches)
			p.matches = append(p.matches, m)
		case m.score > p.matches[at].score:
			p.matches[at] = m
		}
	}
	for i, it := range p.items {
		if !called(it.Words, query) {
			continue
		}
		at, there := place[i]
		switch {
		case !there:
			p.matches = append(p.matches, match{item: i, score: beginsOther})
		case p.matches[at].score < beginsOther:
			p.matches[at].score = beginsOther
		}
	}
	slices.SortStableFunc(p.matches, func(a, b match) int {
		if da, db := p.doubtful(a, query), p.doubtful(b, query); da != db {
			return da - db
		}
		if a.score != b.score {
			return b.score - a.score
		}
		return blocked(p.items[a.item]) - blocked(p.items[b.item])
	})
}

// Bonus for a name, or one of its words, that begins with the typed text, over letters found
// here and there; beginsOther is the score of an item that goes by such a word besides its name.
const (
	beginsName  = 100
	beginsOther = 75
	beginsWord  = 50
)

// called reports whether one of the words begins with what is typed, or, in a script without
// spaces, has it anywhere.
func called(words, query string) bool {
	if begins(words, query) > 0 {
		return true
	}
	return spaceless(query) && strings.Contains(strings.ToLower(words), strings.ToLower(query))
}

// spaceless reports whether a text is of a script that is written without spaces, and long
// enough to be a word of it.
func spaceless(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && r != 'ー' {
			return false
		}
		n++
	}
	return n >= 2
}

func begins(name, query string) int {
	name, query = strings.ToLower(name), strings.ToLower(query)
	switch {
	case strings.HasPrefix(name, query):
		return beginsName
	case strings.Contains(name, " "+query):
		return beginsWord
	}
	return 0
}

// doubtful is 1 for a dangerous item that was not called by name.
func (p *Palette) doubtful(m match, query string) int {
	it := p.items[m.item]
	named := begins(it.Title, query) > 0 || begins(strings.ReplaceAll(it.Alias, "_", " "), query) > 0 ||
		spaceless(query) && strings.Contains(it.Title, query)
	if it.Danger && !named {
		return 1
	}
	return 0
}

func blocked(it Item) int {
	if it.Reason != "" {
		return 1
	}
	return 0
}

// Cursor implements Overlay.
func (p *Palette) Cursor() (x, y int, ok bool) { return p.caret.x, p.caret.y, p.caret.ok }
