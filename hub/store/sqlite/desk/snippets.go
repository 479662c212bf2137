package desk

import (
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
	"parley/model/snippet"
)

// SnippetReader reads snippets.
type SnippetReader struct{ *sqldb.Session }

// Snippets implements [store.Reader].
func (r SnippetReader) Snippets(owner model.UserID) ([]snippet.Snippet, error) {
	list, err := sqldb.Many[snippet.Snippet](r.Session, `SELECT doc FROM snippets WHERE owner = ? ORDER BY key`, owner)
	return list, sqldb.Wrap(err, "read snippets")
}

// Snippet implements [store.Reader].
func (r SnippetReader) Snippet(owner model.UserID, name string) (snippet.Snippet, error) {
	s, err := sqldb.One[snippet.Snippet](r.Session, `SELECT doc FROM snippets WHERE owner = ? AND key = ?`, owner, snippet.Key(name))
	return s, sqldb.Wrap(err, "read snippet")
}

// SnippetWriter changes snippets.
type SnippetWriter struct{ *sqldb.Session }

// PutSnippet implements [store.AccountTx].
func (t SnippetWriter) PutSnippet(owner model.UserID, s snippet.Snippet) error {
	s.UpdatedAt = sqldb.Exact(s.UpdatedAt)
	doc, err := sqldb.Encode(s)
	if err == nil {
		err = t.RunOne(`INSERT INTO snippets (owner, key, doc) SELECT ?1, ?2, ?3 WHERE ?1 = '' OR EXISTS (SELECT 1 FROM users WHERE id = ?1)
			ON CONFLICT (owner, key) DO UPDATE SET doc = excluded.doc`, owner, snippet.Key(s.Name), doc)
	}
	return sqldb.Wrap(err, "store snippet")
}

// RemoveSnippet implements [store.AccountTx].
func (t SnippetWriter) RemoveSnippet(owner model.UserID, name string) error {
	return sqldb.Wrap(t.RunOne(`DELETE FROM snippets WHERE owner = ? AND key = ?`, owner, snippet.Key(name)), "remove snippet")
}
