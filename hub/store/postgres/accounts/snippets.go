package accounts

import (
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
	"parley/model/snippet"
)

// SnippetReader reads snippets.
type SnippetReader struct{ *pgdb.Session }

// Snippets implements [store.Reader].
func (r SnippetReader) Snippets(owner model.UserID) ([]snippet.Snippet, error) {
	list, err := pgdb.Many[snippet.Snippet](r.Session, `SELECT doc FROM snippets WHERE owner = ? ORDER BY key`, owner)
	return list, pgdb.Wrap(err, "read snippets")
}

// Snippet implements [store.Reader].
func (r SnippetReader) Snippet(owner model.UserID, name string) (snippet.Snippet, error) {
	s, err := pgdb.One[snippet.Snippet](r.Session, `SELECT doc FROM snippets WHERE owner = ? AND key = ?`, owner, snippet.Key(name))
	return s, pgdb.Wrap(err, "read snippet")
}

// SnippetWriter changes snippets.
type SnippetWriter struct{ *pgdb.Session }

// PutSnippet implements [store.AccountTx].
func (t SnippetWriter) PutSnippet(owner model.UserID, s snippet.Snippet) error {
	s.UpdatedAt = engine.Exact(s.UpdatedAt)
	doc, err := pgdb.Encode(s)
	if err == nil {
		err = t.RunOne(`INSERT INTO snippets (owner, key, doc) SELECT ?::text, ?::text, ?::bytea WHERE ?::text = '' OR EXISTS (SELECT 1 FROM users WHERE id = ?)
			ON CONFLICT (owner, key) DO UPDATE SET doc = excluded.doc`, owner, snippet.Key(s.Name), doc, owner, owner)
	}
	return pgdb.Wrap(err, "store snippet")
}

// RemoveSnippet implements [store.AccountTx].
func (t SnippetWriter) RemoveSnippet(owner model.UserID, name string) error {
	return pgdb.Wrap(t.RunOne(`DELETE FROM snippets WHERE owner = ? AND key = ?`, owner, snippet.Key(name)), "remove snippet")
}
