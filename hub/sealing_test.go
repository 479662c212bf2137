package hub_test

import (
	"errors"
	"strings"
	"testing"

	"parley/hub/pages"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/model"
)

// changesPage changes the Page behind the hub's back.
func (w *world) changesPage(change func(*store.Page)) {
	w.Helper()
	w.must(w.store.Write(w.ctx, page, func(tx store.PageTx) error {
		p, err := tx.Page(page)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	}))
}

func TestPlainTokensAreSealed(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.changesPage(func(p *store.Page) { p.Token, p.SealedToken = "old-token", "" })
		if sealed, err := sealing.Sealed(w.ctx, w.store); sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		for _, want := range []int{1, 0} {
			n, err := sealing.SealTokens(w.ctx, w.store, testVault())
			w.must(err)
			if n != want {
				t.Errorf("sealed %d, want %d", n, want)
			}
		}
		p := w.pageNow()
		if p.Token != "" || p.SealedToken == "" || strings.Contains(p.SealedToken, "old-token") {
			t.Errorf("stored as %q and %q", p.Token, p.SealedToken)
		}
		if sealed, err := sealing.Sealed(w.ctx, w.store); !sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		w.customerWrites(hanako)
		w.reply(hanako, "By the token that was sealed")
		if got := w.graph.last().Token; got != "old-token" {
			t.Errorf("the call carried %q", got)
		}
	})
}

// What users granted in the CRM is sealed by the same key.
func TestGrantsNeedTheKey(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		other, err := vault.New(vault.NewKey())
		w.must(err)
		w.changesPage(func(p *store.Page) { p.SealedToken = "" })
		w.must(w.store.Accounts(w.ctx, func(tx store.AccountTx) error {
			return tx.PutCRMUser(store.CRMUser{User: w.ben.ID, SealedGrant: testVault().Seal("crm grant", string(w.ben.ID), "{}")})
		}))
		if sealed, err := sealing.Sealed(w.ctx, w.store); !sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		if _, err := sealing.SealTokens(w.ctx, w.store, other); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("with another key: %v", err)
		}
		_, err = sealing.SealTokens(w.ctx, w.store, testVault())
		w.must(err)
		// Nobody without a grant hides one of another.
		w.must(w.store.Accounts(w.ctx, func(tx store.AccountTx) error {
			return errors.Join(tx.PutCRMUser(store.CRMUser{User: w.ann.ID}), tx.PutCRMUser(store.CRMUser{User: w.cat.ID}))
		}))
		if _, err := sealing.SealTokens(w.ctx, w.store, other); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("among those without a grant: %v", err)
		}
	})
}

// A Page whose token is sealed already hides none behind it that is not.
func TestPlainTokensAreSealedBehindOthers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		_, _, err := w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.must(err)
		w.must(w.store.Write(w.ctx, "200", func(tx store.PageTx) error {
			p, err := tx.Page("200")
			if err != nil {
				return err
			}
			p.Token, p.SealedToken = "old-token", ""
			return tx.PutPage(&p)
		}))
		if n, err := sealing.SealTokens(w.ctx, w.store, testVault()); n != 1 || err != nil {
			t.Errorf("sealed %d, %v", n, err)
		}
	})
}

// With another key nothing is changed; a token of another Page is no token.
func TestSealedTokensNeedTheirKey(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		other, err := vault.New(vault.NewKey())
		w.must(err)
		before := w.pageNow()
		if _, err := sealing.SealTokens(w.ctx, w.store, other); !errors.Is(err, sealing.ErrKey) || strings.Contains(err.Error(), "token\"") {
			t.Errorf("with another key: %v", err)
		}
		if after := w.pageNow(); after.SealedToken != before.SealedToken || after.Seq != before.Seq {
			t.Error("the Page was changed")
		}
		_, _, err = w.hub.ConnectPage(w.ctx, w.ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.must(err)
		w.must(w.store.Write(w.ctx, "200", func(tx store.PageTx) error {
			p, err := tx.Page("200")
			if err != nil {
				return err
			}
			p.SealedToken = before.SealedToken
			return tx.PutPage(&p)
		}))
		if _, err := sealing.SealTokens(w.ctx, w.store, testVault()); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("with another Page's token: %v", err)
		}
		// Nor does a Page without a token hide one behind it.
		w.changesPage(func(p *store.Page) { p.SealedToken = "" })
		if _, err := sealing.SealTokens(w.ctx, w.store, testVault()); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("behind a Page without a token: %v", err)
		}
	})
}
