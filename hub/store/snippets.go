package store

import (
	"parley/model"
	"parley/model/snippet"
)

// SnippetReader reads snippets. They are a user's own, or the team's: its owner is "".
type SnippetReader interface {
	// Snippets returns an owner's snippets, by name.
	Snippets(owner model.UserID) ([]snippet.Snippet, error)
	// Snippet returns one of them, by [snippet.Key].
	Snippet(owner model.UserID, name string) (snippet.Snippet, error)
}

// SnippetWriter changes snippets.
type SnippetWriter interface {
	// PutSnippet stores a snippet, in place of the owner's one of the same [snippet.Key]. An owner
	// other than "" that is no user is [ErrNotFound].
	PutSnippet(owner model.UserID, s snippet.Snippet) error
	RemoveSnippet(owner model.UserID, name string) error
}
