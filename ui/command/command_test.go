package command_test

import (
	"errors"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"parley/ui/command"
)

// TestTheUsersKeysWin over defaults, also those that came with a later version; two of the user's
// own that collide are refused.
func TestTheUsersKeysWin(t *testing.T) {
	t.Parallel()
	table := []command.Command{
		{ID: "done", Keys: []string{"e"}, Scope: command.Panes},
		{ID: "choose", Keys: []string{"x", "ctrl+x"}, Scope: command.List},
		{ID: "expand", Keys: []string{"x"}, Scope: command.Composer},
	}
	r, err := command.New(table, map[string][]string{"done": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := r.ByKey(command.List, tea.Key{Code: 'x', Text: "x"}); !ok || c.ID != "done" {
		t.Errorf("x runs %v", c)
	}
	if c, ok := r.ByKey(command.Composer, tea.Key{Code: 'x', Text: "x"}); !ok || c.ID != "expand" {
		t.Errorf("x in the composer runs %v", c)
	}
	if c, _ := r.Get("choose"); !slices.Equal(c.Keys, []string{"ctrl+x"}) {
		t.Errorf("choose has %v", c.Keys)
	}
	if got, want := r.Lost(), []command.Lost{{Key: "x", ID: "choose", To: "done"}}; !slices.Equal(got, want) {
		t.Errorf("lost %v, want %v", got, want)
	}
	if table[1].Keys[0] != "x" {
		t.Error("the table was changed")
	}
	_, err = command.New(table, map[string][]string{"done": {"x"}, "choose": {"x"}})
	if !errors.Is(err, command.ErrConflict) {
		t.Errorf("two of the user's own: %v", err)
	}
}
