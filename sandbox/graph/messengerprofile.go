package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"parley/sandbox/web"
)

// profileProperties returns the properties of a Page's Messenger profile.
func profileProperties() []string {
	return []string{
		"greeting", "get_started", "ice_breakers", "persistent_menu", "whitelisted_domains", "account_linking_url", "commands",
	}
}

// greetingLimit is the longest greeting, in characters.
const greetingLimit = 160

// profile is the Messenger profile of the Page: greeting, get_started and so on.
type profile struct {
	mu   sync.Mutex
	held map[string]json.RawMessage
}

// read returns the requested properties that are set.
func (p *profile) read(c *call) (any, error) {
	names, err := profileFieldsOf(c)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	set := map[string]json.RawMessage{}
	for _, name := range names {
		if v, ok := p.held[name]; ok {
			set[name] = v
		}
	}
	data := []any{}
	if len(set) > 0 {
		data = append(data, set)
	}
	return map[string]any{"data": data}, nil
}

// set sets the given properties; others stay.
func (p *profile) set(c *call) (any, error) {
	given := map[string]json.RawMessage{}
	for _, name := range profileProperties() {
		text := c.param(name)
		if text == "" {
			continue
		}
		raw := json.RawMessage(text)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(text) // account_linking_url is text
		}
		if name == "greeting" {
			if err := checkGreeting(raw); err != nil {
				return nil, err
			}
		}
		given[name] = raw
	}
	if len(given) == 0 {
		return nil, badParam("Must provide at least one of {%s}", strings.Join(profileProperties(), ", "))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held = map[string]json.RawMessage{}
	}
	for name, v := range given {
		p.held[name] = v
	}
	return map[string]string{"result": "success"}, nil
}

// forget deletes the named properties.
func (p *profile) forget(c *call) (any, error) {
	names, err := profileFieldsOf(c)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		delete(p.held, name)
	}
	return map[string]string{"result": "success"}, nil
}

// profileFieldsOf parses the fields of a call: comma separated, or a JSON array.
func profileFieldsOf(c *call) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(strings.Trim(c.param("fields"), "[]"), ",") {
		name = strings.Trim(strings.TrimSpace(name), `"`)
		if !slices.Contains(profileProperties(), name) {
			return nil, badParam("Param fields must be one of {%s} - got %q.", strings.ToUpper(strings.Join(profileProperties(), ", ")), web.Clip(name, 40))
		}
		names = append(names, name)
	}
	return names, nil
}

func checkGreeting(raw json.RawMessage) error {
	var list []struct{ Locale, Text string }
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return badParam("param greeting must be an array.")
	}
	locales := map[string]bool{}
	for _, g := range list {
		switch {
		case g.Text == "":
			return badParam("param greeting[0]['text'] is required.")
		case utf8.RuneCountInString(g.Text) > greetingLimit:
			return badParam("Param greeting[0]['text'] must be no longer than 160 characters")
		case locales[g.Locale]:
			return badParam("Duplicate locale %q", web.Clip(g.Locale, 20))
		}
		locales[g.Locale] = true
	}
	if !locales["default"] {
		return badParam("A default locale is required")
	}
	return nil
}
