package storetest

import (
	"errors"
	"testing"

	"parley/hub/store"
	"parley/model"
	"parley/model/snippet"
)

// testSnippets: snippets are the team's or a user's, are found by name whatever its width and case,
// and go with their user.
func testSnippets(t *testing.T, s store.Store) {
	by := model.UserRef{ID: "a", Name: "愛子"}
	shared := snippet.Snippet{Name: "挨拶", Text: "{customer}様\n", Team: true, UpdatedAt: at(1), By: &by}
	own := snippet.Snippet{Name: "Hello", Text: "Hi", Macro: &snippet.Macro{Label: "見積", Done: true, Key: "f5"}, UpdatedAt: at(2)}
	other := snippet.Snippet{Name: "hello", Text: "Another's", UpdatedAt: at(3)}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "a"}), tx.CreateUser(model.User{ID: "b"}),
			tx.PutSnippet("", shared), tx.PutSnippet("a", own), tx.PutSnippet("b", other))
	})
	list := func(owner model.UserID) []snippet.Snippet {
		return value(t, s, func(r store.Reader) ([]snippet.Snippet, error) { return r.Snippets(owner) })
	}
	same(t, "the team's", []snippet.Snippet{shared}, list(""))
	same(t, "a user's", []snippet.Snippet{own}, list("a"))
	same(t, "by name", own, value(t, s, func(r store.Reader) (snippet.Snippet, error) { return r.Snippet("a", "ＨＥＬＬＯ") }))

	own.Name, own.Text, own.Macro = "hello", "Hi again", nil
	accounts(t, s, func(tx store.AccountTx) error { return tx.PutSnippet("a", own) })
	same(t, "changed", []snippet.Snippet{own}, list("a"))

	for name, f := range map[string]func(store.AccountTx) error{
		"put for nobody":    func(tx store.AccountTx) error { return tx.PutSnippet("nobody", own) },
		"remove":            func(tx store.AccountTx) error { return tx.RemoveSnippet("a", "none") },
		"remove of another": func(tx store.AccountTx) error { return tx.RemoveSnippet("a", shared.Name) },
		"read": func(tx store.AccountTx) error {
			_, err := tx.Snippet("a", shared.Name)
			return err
		},
	} {
		if err := s.Accounts(t.Context(), f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveUser("a") })
	accounts(t, s, func(tx store.AccountTx) error { return tx.RemoveSnippet("", "挨拶") })
	if left := append(list("a"), list("")...); len(left) > 0 {
		t.Errorf("left: %d", len(left))
	}
	same(t, "another user's", []snippet.Snippet{other}, list("b"))
}
