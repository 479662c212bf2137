package settings

import (
	"errors"
	"strings"

	"parley/model"
	"parley/model/snippet"
)

// Macro is a macro of this user, on a key: see ui/snippets.
type Macro struct {
	// Name is how it is called; empty: as its snippet, or its key.
	Name string `koanf:"name"`
	// Key runs it.
	Key string `koanf:"key"`
	// Snippet is the name of the snippet whose text it writes, Text is a text of its own.
	Snippet string `koanf:"snippet"`
	Text    string `koanf:"text"`
	// Send sends the text at once. Label, Assign and Done are what becomes of the conversation; it
	// is assigned to me, or to a user by name or id.
	Send   bool   `koanf:"send"`
	Label  string `koanf:"label"`
	Assign string `koanf:"assign"`
	Done   bool   `koanf:"done"`
}

// macroKeys returns the keys of a macro.
func macroKeys() []string {
	var keys []string
	for _, k := range []string{"name", "key", "snippet", "text", "send", "label", "assign", "done"} {
		keys = append(keys, "macros."+k)
	}
	return keys
}

var errMacros = errors.New("macros: each needs a key of its own (alt with a letter or digit, or f1 to f12) and something to do: snippet or text, label, assign, done; send needs a text, and a name has letters, digits and - only")

// Of returns it as a snippet; without a text if that is the one of a snippet.
func (m Macro) Of() (snippet.Snippet, error) {
	s := snippet.Snippet{Name: m.Name, Text: model.Untrusted(m.Text), Macro: &snippet.Macro{
		Send: m.Send, Label: m.Label, Assign: m.Assign, Done: m.Done, Key: m.Key,
	}}
	if s.Name == "" {
		s.Name = m.Snippet
	}
	if s.Name == "" {
		s.Name = strings.ReplaceAll(m.Key, "+", "-")
	}
	if m.Snippet != "" {
		if m.Text != "" {
			return s, errMacros
		}
		s.Text = "." // the rules ask for a text
	}
	s, err := s.Tidy()
	if err != nil || s.Macro.Key == "" || m.Send && s.Text == "" {
		return s, errMacros
	}
	if m.Snippet != "" {
		s.Text = ""
	}
	return s, nil
}

func checkMacros(all []Macro) error {
	keys := map[string]bool{}
	for _, m := range all {
		s, err := m.Of()
		if err != nil || keys[s.Macro.Key] {
			return errMacros
		}
		keys[s.Macro.Key] = true
	}
	return nil
}
