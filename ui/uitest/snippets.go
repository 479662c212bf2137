package uitest

import (
	"context"
	"slices"
	"sync"

	"parley/model"
	"parley/model/snippet"
)

// FakeSnippets keeps snippets.
type FakeSnippets struct {
	mu sync.Mutex
	// Kept are the team's snippets and the user's own. Broken is why they can't be changed.
	Kept   []snippet.Snippet
	Broken error
}

// Snippets implements snippets.Hub.
func (h *FakeSnippets) Snippets(context.Context) ([]snippet.Snippet, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.Kept), nil
}

// PutSnippet implements snippets.Hub.
func (h *FakeSnippets) PutSnippet(_ context.Context, s snippet.Snippet) (snippet.Snippet, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Broken != nil {
		return s, h.Broken
	}
	s, err := s.Tidy()
	if err != nil {
		return s, err
	}
	h.Kept = slices.DeleteFunc(h.Kept, func(k snippet.Snippet) bool { return same(k, s.Name, s.Team) })
	h.Kept = append(h.Kept, s)
	return s, nil
}

// RemoveSnippet implements snippets.Hub.
func (h *FakeSnippets) RemoveSnippet(_ context.Context, name string, team bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.Kept)
	h.Kept = slices.DeleteFunc(h.Kept, func(k snippet.Snippet) bool { return same(k, name, team) })
	if len(h.Kept) == n {
		return model.Refuse("not_found")
	}
	return h.Broken
}

func same(s snippet.Snippet, name string, team bool) bool {
	return s.Team == team && snippet.Key(s.Name) == snippet.Key(name)
}
