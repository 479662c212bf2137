package storetest

import (
	"errors"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

var (
	person12 = model.RecordRef{Type: model.Person, ID: "12"}
	deal42   = model.RecordRef{Type: model.Deal, ID: "42"}
)

// testLinks: a link is a change of its Page that leaves the conversation unchanged, and is
// removed with it.
func testLinks(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putPage(t, s, "2")
	c := putConversation(t, s, newConversation("1", "2", at(1)))
	putConversation(t, s, newConversation("2", "9", at(1)))
	deal := store.Link{Conversation: "1_2", Record: deal42, By: "u1", At: at(3)}
	person := store.Link{Conversation: "1_2", Record: person12, By: "u2", At: at(4)}
	elsewhere := store.Link{Conversation: "2_9", Record: deal42, By: "u1", At: at(5)}
	before := head(t, s, "1")
	write(t, s, "1", func(tx store.PageTx) error { return errors.Join(tx.PutLink(deal), tx.PutLink(person)) })
	write(t, s, "2", func(tx store.PageTx) error { return tx.PutLink(elsewhere) })
	links := func(id model.ConversationID) []store.Link {
		return value(t, s, func(r store.Reader) ([]store.Link, error) { return r.Links(id) })
	}
	same(t, "links, the person first", []store.Link{person, deal}, links("1_2"))
	same(t, "links to", []store.Link{deal, elsewhere}, value(t, s, func(r store.Reader) ([]store.Link, error) { return r.LinksTo(deal42) }))
	rows := value(t, s, func(r store.Reader) ([]store.LogRow, error) { return r.Events("1", before, 10) })
	for i := range rows {
		rows[i].At, rows[i].Stamp = time.Time{}, ""
	}
	same(t, "log", []store.LogRow{
		{Seq: before + 1, Kind: store.KindLink, ID: "1_2 deal:42"}, {Seq: before + 2, Kind: store.KindLink, ID: "1_2 person:12"},
	}, rows)
	same(t, "conversation", c.Seq, value(t, s, func(r store.Reader) (store.Conversation, error) { return r.Conversation("1_2") }).Seq)
	if id, ref := store.ParseLinkID(rows[0].ID); id != "1_2" || ref != deal42 {
		t.Errorf("the row's id reads as %s, %s", id, ref)
	}
	for what, f := range map[string]func(store.PageTx) error{
		"of no conversation": func(tx store.PageTx) error { return tx.PutLink(store.Link{Conversation: "1_7", Record: deal42}) },
		"that is not there":  func(tx store.PageTx) error { return tx.RemoveLink("1_2", model.RecordRef{Type: model.Deal, ID: "43"}) },
	} {
		if err := s.Write(t.Context(), "1", f); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link %s: %v", what, err)
		}
	}
	if err := s.Write(t.Context(), "1", func(tx store.PageTx) error { return tx.PutLink(elsewhere) }); err == nil {
		t.Error("a link of another page was stored")
	}
	write(t, s, "1", func(tx store.PageTx) error { return tx.RemoveLink("1_2", deal42) })
	same(t, "left", []store.Link{person}, links("1_2"))
	write(t, s, "1", func(tx store.PageTx) error { return tx.DeleteConversation("1_2", at(9)) })
	if left := links("1_2"); len(left) != 0 {
		t.Errorf("left of a deleted conversation: %v", left)
	}
}

// testPermissions: permissions to see a record last until their time, and only for those who
// were named last.
func testPermissions(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(1)))
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "a"}), tx.CreateUser(model.User{ID: "b"}),
			tx.SetRecordTitle(deal42, "old"), tx.SetRecordTitle(deal42, "椅子"), tx.SetPermissions(deal42, []model.UserID{"a", "b"}, at(60)))
	})
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutLink(store.Link{Conversation: "1_2", Record: deal42}), tx.PutLink(store.Link{Conversation: "1_2", Record: person12}))
	})
	seen := func(u model.UserID, second int) []store.SeenLink {
		return value(t, s, func(r store.Reader) ([]store.SeenLink, error) {
			return r.SeenLinks("1", store.Viewer{User: u, Now: at(second)})
		})
	}
	sees := func(u model.UserID, second int) bool {
		return value(t, s, func(r store.Reader) (bool, error) {
			return r.SeesRecord(deal42, store.Viewer{User: u, Now: at(second)})
		})
	}
	want := []store.SeenLink{{Conversation: "1_2", Link: model.Link{Type: "deal", ID: "42", Title: "椅子"}}}
	same(t, "seen by a", want, seen("a", 59))
	if len(seen("a", 60)) != 0 || sees("a", 60) || len(seen("c", 1)) != 0 || len(seen("", 1)) != 0 || !sees("b", 59) {
		t.Error("seen too late, or by who was not named")
	}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.SetPermissions(deal42, []model.UserID{"b"}, at(90)), tx.SetPermission(person12, "b", at(90)))
	})
	if len(seen("a", 1)) != 0 || sees("a", 1) || !sees("b", 89) {
		t.Error("seen by who is not named any more")
	}
	same(t, "both, the person first", []string{"12", "42"}, []string{seen("b", 1)[0].ID, seen("b", 1)[1].ID})
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.SetPermissions(deal42, []model.UserID{"a", "b"}, at(90)), tx.RemoveUser("b"))
	})
	if len(seen("b", 1)) != 0 || !sees("a", 1) {
		t.Error("what a user sees did not go with them alone")
	}
	accounts(t, s, func(tx store.AccountTx) error { return tx.ForgetPermissions(at(90)) })
	if sees("a", 1) {
		t.Error("seen after it was forgotten")
	}
	title := value(t, s, func(r store.Reader) (model.Untrusted, error) { return r.RecordTitle(deal42) })
	same(t, "title", model.Untrusted("椅子"), title)
	if err := s.Read(t.Context(), func(r store.Reader) error { _, err := r.RecordTitle(person12); return err }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("title of a record that is not known: %v", err)
	}
}

// testRecordStates: a record's state and title are stored independently; each linked record is
// listed once.
func testRecordStates(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(1)))
	putConversation(t, s, newConversation("1", "3", at(1)))
	state := func(r model.RecordRef) store.RecordState {
		return value(t, s, func(tx store.Reader) (store.RecordState, error) { return tx.RecordState(r) })
	}
	same(t, "not known", store.RecordState{}, state(deal42))
	want := store.RecordState{
		Stage: 3, Status: model.DealOpen, Value: &model.Money{Amount: 1.5, Currency: "EUR"}, Owner: 7, Person: "12", UpdatedAt: at(1), EventAt: at(2), ToldAt: at(4), AskedAt: at(3), Gone: true,
	}
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.SetRecordState(deal42, want), tx.SetRecordTitle(deal42, "椅子"), tx.SetRecordTitle(person12, "花子"))
	})
	same(t, "kept", want, state(deal42))
	same(t, "a title alone", store.RecordState{}, state(person12))
	same(t, "title", "椅子", string(value(t, s, func(r store.Reader) (model.Untrusted, error) { return r.RecordTitle(deal42) })))
	write(t, s, "1", func(tx store.PageTx) error {
		return errors.Join(tx.PutLink(store.Link{Conversation: "1_2", Record: person12}), tx.PutLink(store.Link{Conversation: "1_2", Record: deal42}),
			tx.PutLink(store.Link{Conversation: "1_3", Record: deal42}))
	})
	same(t, "linked", []model.RecordRef{deal42, person12}, value(t, s, func(r store.Reader) ([]model.RecordRef, error) { return r.LinkedRecords() }))
}

// testRecordLines: a line about a record is returned to viewers who may see it; for others it
// leaves no gap, and it never is the newest message.
func testRecordLines(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	putConversation(t, s, newConversation("1", "2", at(1)))
	first := putMessage(t, s, newMessage("1_2", "a", at(1)))
	line := newMessage("1_2", "b", at(2))
	line.Direction, line.MetaTime = model.System, false
	line.Event = &model.Notable{Kind: model.EventRecord, Action: model.ActionLinked, Record: &model.Link{Type: "deal", ID: "42"}}
	line = putMessage(t, s, line)
	last := putMessage(t, s, newMessage("1_2", "c", at(3)))
	write(t, s, "1", func(tx store.PageTx) error { return tx.RemoveMessage(last.ID) })
	accounts(t, s, func(tx store.AccountTx) error {
		return errors.Join(tx.CreateUser(model.User{ID: "a"}), tx.SetPermission(deal42, "a", at(60)))
	})
	messages := func(u model.UserID, limit int) (list []store.Message, cursor string) {
		read(t, s, func(r store.Reader) (err error) {
			list, cursor, err = r.Messages("1_2", "", limit, store.Viewer{User: u, Now: at(5)})
			return err
		})
		return list, cursor
	}
	all, _ := messages("a", 10)
	same(t, "with the line", []store.Message{first, line}, all)
	list, cursor := messages("b", 1)
	same(t, "without it", []store.Message{first}, list)
	if cursor != "" {
		t.Error("a line that is not told leaves a page behind")
	}
	newest := value(t, s, func(r store.Reader) (store.Message, error) { return r.Newest("1_2", 0) })
	same(t, "newest", first, newest)
	same(t, "newest up to", first, value(t, s, func(r store.Reader) (store.Message, error) { return r.Newest("1_2", 99) }))
}
