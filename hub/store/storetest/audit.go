package storetest

import (
	"errors"
	"slices"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// deed returns an entry about a Page as a whole.
func deed(id string, page model.PageID, seconds int) model.AuditEntry {
	return model.AuditEntry{ID: id, Page: page, Kind: model.AuditVisibility, At: at(seconds), From: "private", To: "shared"}
}

func auditIDs(t *testing.T, s store.Store, scopes ...store.AuditScope) []string {
	t.Helper()
	var ids []string
	for _, e := range value(t, s, func(r store.Reader) ([]model.AuditEntry, error) {
		list, _, err := r.Audit(scopes, store.Viewer{}, "", 100)
		return list, err
	}) {
		ids = append(ids, e.ID)
	}
	return ids
}

// testAudit: an entry is stored as it was written, together with its change or not at all, and
// returned for the scopes that include it.
func testAudit(t *testing.T, s store.Store) {
	whole := model.AuditEntry{
		ID: "0", At: at(1), Kind: model.AuditUserAdded, By: &model.UserRef{ID: "u", Name: "愛子"}, User: &model.UserRef{ID: "v", Name: "V"},
		From: "a", To: "b", ManageShown: ptr(false),
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.AddAudit(whole) })
	inside := deed("2", "1", 3)
	inside.Conversation, inside.Message = "1_7", "1_m"
	write(t, s, "1", func(tx store.PageTx) error { return errors.Join(tx.AddAudit(deed("1", "1", 2)), tx.AddAudit(inside)) })
	write(t, s, "2", func(tx store.PageTx) error { return tx.AddAudit(deed("3", "2", 4)) })
	same(t, "entries about no page", []model.AuditEntry{whole}, value(t, s, func(r store.Reader) ([]model.AuditEntry, error) {
		list, _, err := r.Audit([]store.AuditScope{{}}, store.Viewer{}, "", 9)
		return list, err
	}))
	for _, c := range []struct {
		want   []string
		scopes []store.AuditScope
	}{
		{nil, nil},
		{[]string{"1"}, []store.AuditScope{{Page: "1"}}},
		{[]string{"2", "1"}, []store.AuditScope{{Page: "1", Content: true}}},
		{[]string{"2", "1"}, []store.AuditScope{{Page: "1", Content: true}, {Page: "1"}, {Page: "1", Content: true}}},
		{[]string{"3", "1", "0"}, []store.AuditScope{{Page: "2", Content: true}, {}, {Page: "1"}}},
		{nil, []store.AuditScope{{Page: "9", Content: true}}},
	} {
		if got := auditIDs(t, s, c.scopes...); !slices.Equal(got, c.want) {
			t.Errorf("%v: told %v, want %v", c.scopes, got, c.want)
		}
	}
	if n := head(t, s, "1"); n != 0 {
		t.Errorf("the audit log took %d seqs", n)
	}
	testBadAudit(t, s)
}

// testBadAudit: an entry of another Page, a duplicate, and one whose transaction fails are not
// stored.
func testBadAudit(t *testing.T, s store.Store) {
	t.Helper()
	elsewhere := deed("4", "1", 5)
	elsewhere.Conversation = "2_7"
	for name, e := range map[string]model.AuditEntry{
		"another page": deed("4", "2", 5), "no page": deed("4", "", 5), "again": deed("1", "1", 5), "no id": deed("", "1", 5),
		"another page's conversation": elsewhere,
	} {
		if s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.AddAudit(e) }) == nil {
			t.Errorf("%s is no error", name)
		}
	}
	if s.Accounts(t.Context(), func(tx store.AccountTx) error { return tx.AddAudit(deed("4", "1", 5)) }) == nil {
		t.Error("an entry of a page among those of none is no error")
	}
	err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return errors.Join(tx.AddAudit(deed("5", "1", 5)), errStop) })
	if !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
	if got := auditIDs(t, s, store.AuditScope{Page: "1", Content: true}); !slices.Equal(got, []string{"2", "1"}) {
		t.Errorf("left %v", got)
	}
}

// testAuditPaging: several scopes form one list, even if times are equal.
func testAuditPaging(t *testing.T, s store.Store) {
	var want []string
	for n := range 20 {
		page := model.PageID("1")
		if n%2 == 0 {
			page = "2"
		}
		e := deed(number("e", n), page, n/4)
		if n%3 == 0 {
			e.Conversation = model.NewConversationID(page, "7")
		}
		write(t, s, page, func(tx store.PageTx) error { return tx.AddAudit(e) })
		want = append([]string{e.ID}, want...)
	}
	scopes := []store.AuditScope{{Page: "1", Content: true}, {Page: "2", Content: true}}
	for _, limit := range []int{1, 3, 7, 20, 50} {
		var got []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			read(t, s, func(r store.Reader) error {
				list, next, err := r.Audit(scopes, store.Viewer{}, cursor, limit)
				for _, e := range list {
					got = append(got, e.ID)
				}
				cursor = next
				return err
			})
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %d: %v", limit, got)
		}
	}
	read(t, s, func(r store.Reader) error {
		if _, _, err := r.Audit(scopes, store.Viewer{}, "nonsense", 1); !errors.Is(err, store.ErrBadCursor) {
			t.Errorf("bad cursor: %v", err)
		}
		return nil
	})
}

// testAuditRecords: an entry about a record is returned only to viewers who may see the record.
func testAuditRecords(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	about := deed("2", "1", 3)
	about.Conversation, about.Record = "1_7", &deal42
	write(t, s, "1", func(tx store.PageTx) error { return errors.Join(tx.AddAudit(deed("1", "1", 2)), tx.AddAudit(about)) })
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "u1"}), tx.SetPermission(deal42, "u1", at(10)))
	})
	for _, c := range []struct {
		viewer store.Viewer
		want   []string
	}{
		{store.Viewer{User: "u1", Now: at(5)}, []string{"2", "1"}},
		{store.Viewer{User: "u1", Now: at(11)}, []string{"1"}},
		{store.Viewer{User: "u2", Now: at(5)}, []string{"1"}},
		{store.Viewer{}, []string{"1"}},
	} {
		var got []string
		read(t, s, func(r store.Reader) error {
			list, _, err := r.Audit([]store.AuditScope{{Page: "1", Content: true}}, c.viewer, "", 9)
			for _, e := range list {
				got = append(got, e.ID)
			}
			return err
		})
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v reads %v, want %v", c.viewer, got, c.want)
		}
	}
}
