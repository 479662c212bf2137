// Package snippet is about snippets: texts that are written once and sent often, with fields
// that are filled in from the conversation, and what is done besides (a macro). It is pure.
package snippet

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parley/model"
)

// Limits of snippets.
const (
	// MaxName is the longest name, in characters.
	MaxName = 32
	// MaxEach is how many snippets the team may have, and how many each user.
	MaxEach = 500
)

// Why a snippet is not kept, besides [model.TextEmpty] and [model.TextTooLong].
const (
	// BadName: the name holds other characters than letters, digits and -, or is too long.
	BadName model.Code = "snippet_name"
	// BadBraces: doubled braces spell the name of a field, which would be taken for one.
	BadBraces model.Code = "snippet_braces"
	// UnknownField: single braces stand around what is no field.
	UnknownField model.Code = "snippet_field"
	// BadMacro: the label is none.
	BadMacro model.Code = "snippet_macro"
	// BadKey: the key can't run a macro.
	BadKey model.Code = "snippet_key"
	// TooMany: there are [MaxEach] already.
	TooMany model.Code = "snippets_full"
)

// Snippet is a text that is inserted by its name.
type Snippet struct {
	// Name consists of letters and digits of any script, and -. Names are compared by [Key].
	Name string `json:"name"`
	// Text may hold fields. It is empty only in a macro.
	Text model.Untrusted `json:"text"`
	// Team: it is everybody's, and only admins change it. Else it is its user's own, and nobody
	// else sees it.
	Team bool `json:"team"`
	// Macro is what is done besides inserting the text; nil: nothing.
	Macro *Macro `json:"macro,omitempty"`
	// UpdatedAt is when it was last changed; By is who did, for snippets of the team.
	UpdatedAt time.Time      `json:"updated_at"`
	By        *model.UserRef `json:"by,omitempty"`
}

// Macro is what a snippet does besides inserting its text.
type Macro struct {
	// Send sends the text at once, unless a field is missing or no reply is allowed; then
	// nothing of the macro is done.
	Send bool `json:"send,omitempty"`
	// Label is added to the conversation; empty: none.
	Label string `json:"label,omitempty"`
	// Assign is whom the conversation is assigned to: [ToMe], or a user's id; empty: nobody.
	Assign string `json:"assign,omitempty"`
	// Done marks the conversation done.
	Done bool `json:"done,omitempty"`
	// Key runs the macro, such as alt+q or f5; empty: its place in the list gives it one.
	Key string `json:"key,omitempty"`
}

// ToMe assigns a conversation to whoever runs the macro.
const ToMe = "me"

// Key returns what names are compared by: full-width and half-width, upper and lower case are
// the same.
func Key(name string) string { return strings.ToLower(norm.NFKC.String(name)) }

// ValidName reports whether a snippet may have that name.
func ValidName(name string) bool {
	n := 0
	for i, r := range name {
		if r == utf8.RuneError || !NameRune(r) || i == 0 && (r == '-' || unicode.IsMark(r)) {
			return false
		}
		n++
	}
	return n > 0 && n <= MaxName && utf8.ValidString(name)
}

// NameRune reports whether a name may hold that character. Scripts such as Thai and Hindi need
// marks.
func NameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) && !unicode.Is(unicode.Variation_Selector, r) || unicode.IsDigit(r) || r == '-'
}

// Tidy returns a snippet as it is kept: name and text in normalization form C, no control
// character but newlines, no blank lines around the text, and no macro that does nothing. An
// error is a [*model.Refusal].
func (s Snippet) Tidy() (Snippet, error) {
	s.Name = norm.NFC.String(strings.TrimSpace(s.Name))
	if !ValidName(s.Name) {
		return s, model.Refuse(BadName)
	}
	s.Text = model.Untrusted(strings.TrimFunc(plain(string(s.Text)), unicode.IsSpace))
	if s.Macro != nil {
		m, err := s.Macro.tidy()
		if err != nil {
			return s, err
		}
		if s.Macro = &m; m == (Macro{}) {
			s.Macro = nil
		}
	}
	switch {
	case s.Text.Blank() && (s.Macro == nil || !s.Macro.acts()):
		return s, model.Refuse(model.TextEmpty)
	case model.UTF16Len(string(s.Text)) > model.MaxText:
		return s, model.Refuse(model.TextTooLong)
	case len(Unfilled(s.literal())) > 0:
		return s, model.Refuse(BadBraces)
	case mistyped(string(s.Text)):
		return s, model.Refuse(UnknownField)
	}
	return s, nil
}

// acts reports whether there is something to do without a text.
func (m Macro) acts() bool { return m.Label != "" || m.Assign != "" || m.Done }

func (m Macro) tidy() (Macro, error) {
	m.Label, m.Assign, m.Key = strings.TrimSpace(m.Label), strings.TrimSpace(m.Assign), strings.ToLower(strings.TrimSpace(m.Key))
	if m.Label != "" {
		// The same rule as for a label of a conversation.
		if _, err := model.Label(m.Label).Of(model.Conversation{}, time.Time{}); err != nil {
			return m, model.Refuse(BadMacro)
		}
	}
	if m.Key != "" && !ValidKey(m.Key) {
		return m, model.Refuse(BadKey)
	}
	return m, nil
}

// ownKeys are the keys beginning with alt that the program has itself: to send and be done, to send
// later, and for the first macros without a key of their own.
const ownKeys = "sl123456789"

// ValidKey reports whether a macro may have that key: alt with a letter or digit, or f1 to f12.
// All others type text or move, or are the program's own.
func ValidKey(key string) bool {
	if rest, ok := strings.CutPrefix(key, "alt+"); ok {
		return len(rest) == 1 && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] == '0') && !strings.Contains(ownKeys, rest)
	}
	return slices.Contains(functionKeys, key)
}

var functionKeys = []string{"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12"}

// Triage returns the change of a conversation's triage that a macro makes for a user.
func (m Macro) Triage(c model.Conversation, me model.UserID) model.Triage {
	var t model.Triage
	if m.Label != "" && !slices.Contains(c.Labels, m.Label) {
		t.Labels = model.Label(append(slices.Clone(c.Labels), m.Label)...).Labels
	}
	switch m.Assign {
	case "":
	case ToMe:
		t.Assignee = model.Assign(me).Assignee
	default:
		t.Assignee = model.Assign(model.UserID(m.Assign)).Assignee
	}
	if m.Done {
		t.Status = model.ToStatus(model.Done).Status
	}
	return t
}

// Sort sorts snippets by name; of two with the same name, one's own comes first.
func Sort(all []Snippet) {
	slices.SortFunc(all, func(a, b Snippet) int {
		if c := strings.Compare(Key(a.Name), Key(b.Name)); c != 0 {
			return c
		}
		if a.Team != b.Team {
			if b.Team {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// Find returns the snippet of that name; one's own hides the team's.
func Find(all []Snippet, name string) (Snippet, bool) {
	var found *Snippet
	for i := range all {
		if Key(all[i].Name) == Key(name) && (found == nil || !all[i].Team) {
			found = &all[i]
		}
	}
	if found == nil {
		return Snippet{}, false
	}
	return *found, true
}

// Complete returns the names that begin so, without duplicates, and their longest common
// beginning.
func Complete(all []Snippet, begun string) (names []string, common string) {
	for _, s := range all {
		if !strings.HasPrefix(Key(s.Name), Key(begun)) || slices.ContainsFunc(names, func(n string) bool { return Key(n) == Key(s.Name) }) {
			continue
		}
		if names = append(names, s.Name); len(names) == 1 {
			common = s.Name
			continue
		}
		common = commonStart(common, s.Name)
	}
	return names, common
}

// commonStart returns the beginning of a that b has, too, by [Key].
func commonStart(a, b string) string {
	out, rest := "", []rune(Key(b))
	for _, r := range a {
		k := []rune(Key(string(r)))
		if len(rest) < len(k) || !slices.Equal(rest[:len(k)], k) {
			break
		}
		out, rest = out+string(r), rest[len(k):]
	}
	return out
}
