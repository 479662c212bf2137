package hub_test

import (
	"errors"
	"strings"
	"testing"

	"parley/hub/hubtest"
	"parley/hub/pages"
	"parley/hub/sealing"
	"parley/hub/store"
	"parley/hub/vault"
	"parley/model"
)

func TestPlainTokensAreSealed(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		w.ChangePage(func(p *store.Page) { p.Token, p.SealedToken = "old-token", "" })
		if sealed, err := sealing.Sealed(w.Ctx, w.Store); sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		for _, want := range []int{1, 0} {
			n, err := sealing.SealTokens(w.Ctx, w.Store, hubtest.Vault())
			w.Must(err)
			if n != want {
				t.Errorf("sealed %d, want %d", n, want)
			}
		}
		p := w.Page()
		if p.Token != "" || p.SealedToken == "" || strings.Contains(p.SealedToken, "old-token") {
			t.Errorf("stored as %q and %q", p.Token, p.SealedToken)
		}
		if sealed, err := sealing.Sealed(w.Ctx, w.Store); !sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		w.CustomerWrites(hanako)
		w.Reply(hanako, "By the token that was sealed")
		if got := w.Graph.Last().Token; got != "old-token" {
			t.Errorf("the call carried %q", got)
		}
	})
}

// What users granted in the CRM is sealed by the same key.
func TestGrantsNeedTheKey(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		other, err := vault.New(vault.NewKey())
		w.Must(err)
		w.ChangePage(func(p *store.Page) { p.SealedToken = "" })
		w.Must(w.Store.Accounts(w.Ctx, func(tx store.AccountTx) error {
			return tx.PutCRMUser(store.CRMUser{User: w.Ben.ID, SealedGrant: hubtest.Vault().Seal("crm grant", string(w.Ben.ID), "{}")})
		}))
		if sealed, err := sealing.Sealed(w.Ctx, w.Store); !sealed || err != nil {
			t.Errorf("sealed: %v, %v", sealed, err)
		}
		if _, err := sealing.SealTokens(w.Ctx, w.Store, other); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("with another key: %v", err)
		}
		_, err = sealing.SealTokens(w.Ctx, w.Store, hubtest.Vault())
		w.Must(err)
		// Nobody without a grant hides one of another.
		w.Must(w.Store.Accounts(w.Ctx, func(tx store.AccountTx) error {
			return errors.Join(tx.PutCRMUser(store.CRMUser{User: w.Ann.ID}), tx.PutCRMUser(store.CRMUser{User: w.Cat.ID}))
		}))
		if _, err := sealing.SealTokens(w.Ctx, w.Store, other); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("among those without a grant: %v", err)
		}
	})
}

// A Page whose token is sealed already hides none behind it that is not.
func TestPlainTokensAreSealedBehindOthers(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.Must(err)
		w.Must(w.Store.Write(w.Ctx, "200", func(tx store.PageTx) error {
			p, err := tx.Page("200")
			if err != nil {
				return err
			}
			p.Token, p.SealedToken = "old-token", ""
			return tx.PutPage(&p)
		}))
		if n, err := sealing.SealTokens(w.Ctx, w.Store, hubtest.Vault()); n != 1 || err != nil {
			t.Errorf("sealed %d, %v", n, err)
		}
	})
}

// With another key nothing is changed; a token of another Page is no token.
func TestSealedTokensNeedTheirKey(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		other, err := vault.New(vault.NewKey())
		w.Must(err)
		before := w.Page()
		if _, err := sealing.SealTokens(w.Ctx, w.Store, other); !errors.Is(err, sealing.ErrKey) || strings.Contains(err.Error(), "token\"") {
			t.Errorf("with another key: %v", err)
		}
		if after := w.Page(); after.SealedToken != before.SealedToken || after.Seq != before.Seq {
			t.Error("the Page was changed")
		}
		_, _, err = w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: "200", Token: "t", Visibility: model.Private})
		w.Must(err)
		w.Must(w.Store.Write(w.Ctx, "200", func(tx store.PageTx) error {
			p, err := tx.Page("200")
			if err != nil {
				return err
			}
			p.SealedToken = before.SealedToken
			return tx.PutPage(&p)
		}))
		if _, err := sealing.SealTokens(w.Ctx, w.Store, hubtest.Vault()); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("with another Page's token: %v", err)
		}
		// Nor does a Page without a token hide one behind it.
		w.ChangePage(func(p *store.Page) { p.SealedToken = "" })
		if _, err := sealing.SealTokens(w.Ctx, w.Store, hubtest.Vault()); !errors.Is(err, sealing.ErrKey) {
			t.Errorf("behind a Page without a token: %v", err)
		}
	})
}
