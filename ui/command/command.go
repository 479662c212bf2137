// Package command holds commands as data. Key dispatch, the footer, the help and the palette
// all derive from one table, so that they never disagree.
package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Scope says where the keys of a command work. A command may have several.
type Scope uint8

// The scopes. The palette has every command, wherever the user is.
const (
	List Scope = 1 << iota
	Thread
	Panel
	// Typing is where text is typed, or an overlay is open.
	Typing
	// Composer is where a reply or a note is written.
	Composer

	// Panes is anywhere else.
	Panes = List | Thread | Panel
	// Anywhere is for keys that type no text.
	Anywhere = Panes | Typing
	// Working is where conversations are worked on: the panes and the composer.
	Working = Panes | Composer
)

// Command is something that the user can do.
type Command struct {
	// ID names it in the settings and in the catalogues: "done".
	ID string
	// Keys run it, in Bubble Tea's spelling: "ctrl+k". The first is the one shown.
	Keys []string
	// Scope is where the keys work.
	Scope Scope
	// Hidden keeps it out of the palette: it only moves the selection.
	Hidden bool
	// Danger: it can't be taken back, or others feel it; a weak match must not put it first.
	Danger bool
	// Selected: it acts on the selection.
	Selected bool
	// Message: in a conversation it acts on the selected message.
	Message bool
	// Reason returns why it can't be used now, as a sentence; "" if it can. Nil: it always
	// can.
	Reason func() string
	// Run runs it. It is called only if Reason is empty.
	Run func() tea.Cmd
}

// Key returns the key that is shown for the command, or "".
func (c *Command) Key() string {
	if len(c.Keys) == 0 {
		return ""
	}
	return c.Keys[0]
}

// Why returns why the command can't be used now; "" if it can.
func (c *Command) Why() string {
	if c.Reason == nil {
		return ""
	}
	return c.Reason()
}

// Registry is the table of all commands. It is immutable.
type Registry struct {
	all  []Command
	lost []Lost
}

// Lost is a default key that gave way to one that the user set.
type Lost struct {
	// Key is the key, ID the command that had it, To the one that has it now.
	Key, ID, To string
}

// ErrConflict says that the settings give a key to two commands in one scope, or name an unknown
// command.
var ErrConflict = errors.New("keys in conflict")

// New returns the table of the commands, with keys replaced as the user set them: ids and
// their keys. A default key gives way to one that the user set; [Registry.Lost] tells which.
func New(all []Command, keys map[string][]string) (*Registry, error) {
	r := &Registry{all: slices.Clone(all)}
	for id, ks := range keys {
		c, ok := r.Get(id)
		if !ok {
			return nil, fmt.Errorf("%w: there is no command %q", ErrConflict, id)
		}
		c.Keys = slices.Clone(ks)
	}
	r.giveWay(keys)
	return r, r.check()
}

// giveWay takes from the commands that the user set no keys for those that they set for others.
func (r *Registry) giveWay(keys map[string][]string) {
	for i := range r.all {
		a := &r.all[i]
		if _, set := keys[a.ID]; !set {
			continue
		}
		for j := range r.all {
			b := &r.all[j]
			if _, set := keys[b.ID]; set || a.Scope&b.Scope == 0 {
				continue
			}
			b.Keys = slices.DeleteFunc(slices.Clone(b.Keys), func(k string) bool {
				if !slices.Contains(a.Keys, k) {
					return false
				}
				r.lost = append(r.lost, Lost{Key: k, ID: b.ID, To: a.ID})
				return true
			})
		}
	}
}

// Lost returns the default keys that gave way to those that the user set, in the table's order.
func (r *Registry) Lost() []Lost { return slices.Clone(r.lost) }

// check returns an error if keys or ids are not unique.
func (r *Registry) check() error {
	ids := map[string]bool{}
	for i := range r.all {
		a := &r.all[i]
		if ids[a.ID] {
			return fmt.Errorf("%w: two commands %q", ErrConflict, a.ID)
		}
		ids[a.ID] = true
		for j := range r.all[:i] {
			b := &r.all[j]
			for _, k := range a.Keys {
				if a.Scope&b.Scope != 0 && slices.Contains(b.Keys, k) {
					return fmt.Errorf("%w: %s is for %q and %q", ErrConflict, k, b.ID, a.ID)
				}
			}
		}
	}
	return nil
}

// All returns every command, in the table's order.
func (r *Registry) All() []*Command {
	out := make([]*Command, len(r.all))
	for i := range r.all {
		out[i] = &r.all[i]
	}
	return out
}

// Get returns a command by its id.
func (r *Registry) Get(id string) (*Command, bool) {
	i := slices.IndexFunc(r.all, func(c Command) bool { return c.ID == id })
	if i < 0 {
		return nil, false
	}
	return &r.all[i], true
}

// ByKey returns the command that a key press runs in a scope.
func (r *Registry) ByKey(in Scope, key tea.Key) (*Command, bool) {
	for _, name := range names(key) {
		for i := range r.all {
			if c := &r.all[i]; c.Scope&in != 0 && slices.Contains(c.Keys, name) {
				return c, true
			}
		}
	}
	return nil, false
}

// names returns the names of a key press: as it prints, and, for keyboards of other scripts,
// by the key's position.
func names(k tea.Key) []string {
	out := []string{k.String()}
	if s := k.Keystroke(); s != out[0] && (k.BaseCode != 0 || k.Text == "") {
		out = append(out, strings.TrimPrefix(s, "shift+"))
	}
	return out
}
