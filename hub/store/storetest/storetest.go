// Package storetest is the suite that every engine of [store.Store] must pass. It uses only the
// interface.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/model"
)

// suite is every test of it, in the order in which they run.
var suite = []struct {
	name string
	test func(t *testing.T, s store.Store)
}{
	{"records", testRecords},
	{"text", testText},
	{"absent", testAbsent},
	{"otherPage", testOtherPage},
	{"installations", testInstallations},
	{"conflicts", testConflicts},
	{"conflictTakesNoSeq", testConflictTakesNoSeq},
	{"raw", testRaw},
	{"pending", testPending},
	{"notices", testNotices},
	{"mails", testMails},
	{"counters", testCounters},
	{"seqOnePage", func(t *testing.T, s store.Store) { testSeq(t, s, 1) }},
	{"seqManyPages", func(t *testing.T, s store.Store) { testSeq(t, s, 4) }},
	{"rollback", testRollback},
	{"context", testContext},
	{"dedupe", testDedupe},
	{"snapshot", testSnapshot},
	{"snapshotUnderLoad", testSnapshotUnderLoad},
	{"closed", testClosed},
	{"paging", testPaging},
	{"badCursors", testBadCursors},
	{"filters", testFilters},
	{"terms", testTerms},
	{"searchTerms", testSearchTerms},
	{"labels", testLabels},
	{"savedViews", testSavedViews},
	{"nameless", testNameless},
	{"beginnings", testBeginnings},
	{"searchWords", testSearchWords},
	{"searchHits", testSearchHits},
	{"searchInStep", testSearchInStep},
	{"searchPages", testSearchPages},
	{"searchPaging", testSearchPaging},
	{"messageOrder", testMessageOrder},
	{"messageMarks", testMessageMarks},
	{"newestSaid", testNewestSaid},
	{"outgoing", testOutgoing},
	{"answered", testAnswered},
	{"tombstones", testTombstones},
	{"buried", testBuried},
	{"removeMessage", testRemoveMessage},
	{"deletedTranscripts", testDeletedTranscripts},
	{"prune", testPrune},
	{"stamps", testStamps},
	{"replies", testReplies},
	{"dueReplies", testDueReplies},
	{"attempts", testAttempts},
	{"reacting", testReacting},
	{"accounts", testAccounts},
	{"loginCodes", testLoginCodes},
	{"removedTokens", testRemovedTokens},
	{"notificationPreferences", testNotificationPreferences},
	{"sshKeys", testSSHKeys},
	{"crmUsers", testCRMUsers},
	{"tested", testTested},
	{"buriedEvents", testBuriedEvents},
	{"deviceLogins", testDeviceLogins},
	{"links", testLinks},
	{"permissions", testPermissions},
	{"syncs", testSyncs},
	{"transcripts", testTranscripts},
	{"media", testMedia},
	{"recordStates", testRecordStates},
	{"recordLines", testRecordLines},
	{"changedUsers", testChangedUsers},
	{"tokens", testTokens},
	{"audit", testAudit},
	{"auditPaging", testAuditPaging},
	{"auditRecords", testAuditRecords},
	{"snippets", testSnippets},
	{"scrub", testScrub},
}

// Run runs the suite. open must return an empty store each time it is called; the suite closes
// it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil && c.name != "closed" {
					t.Errorf("close: %v", err)
				}
			})
			c.test(t, s)
		})
	}
}

// start is the time that tests count from.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// at returns a time some seconds after start.
func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func ptr[T any](v T) *T { return &v }

// errStop is an error made up by a test.
var errStop = errors.New("stop")

func write(t *testing.T, s store.Store, page model.PageID, f func(store.PageTx) error) {
	t.Helper()
	if err := s.Write(t.Context(), page, f); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func read(t *testing.T, s store.Store, f func(store.Reader) error) {
	t.Helper()
	if err := s.Read(t.Context(), f); err != nil {
		t.Fatalf("read: %v", err)
	}
}

func accounts(t *testing.T, s store.Store, f func(store.AccountTx) error) {
	t.Helper()
	if err := s.Accounts(t.Context(), f); err != nil {
		t.Fatalf("accounts: %v", err)
	}
}

// same compares what was stored with what came back.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// value reads one thing.
func value[T any](t *testing.T, s store.Store, f func(store.Reader) (T, error)) T {
	t.Helper()
	var v T
	read(t, s, func(r store.Reader) (err error) {
		v, err = f(r)
		return err
	})
	return v
}

func newPage(id model.PageID) store.Page {
	return store.Page{Page: model.Page{
		ID: id, PageID: id.Meta(), Name: "花屋 🌸", Visibility: model.Shared,
		Installer: model.UserRef{ID: "u1", Name: "Aiko"}, Subscribed: true,
	}}
}

func newConversation(page model.PageID, psid model.PSID, updated time.Time) store.Conversation {
	return store.Conversation{Conversation: model.Conversation{
		ID: model.NewConversationID(page, psid), PageID: page, Status: model.Open,
		Customer: model.Customer{PSID: psid, Name: "Customer"}, UpdatedAt: updated,
	}}
}

func newMessage(c model.ConversationID, id string, order time.Time) store.Message {
	return store.Message{
		Message: model.Message{
			ID: model.NewMessageID(c.Page(), id), ConversationID: c, Direction: model.In,
			Author: model.Author{Kind: model.ByCustomer}, Text: "hello", SentAt: order,
		},
		Order: order, MetaTime: true,
	}
}

// putPage connects a Page.
func putPage(t *testing.T, s store.Store, id model.PageID) {
	t.Helper()
	write(t, s, id, func(tx store.PageTx) error {
		p := newPage(id)
		return tx.PutPage(&p)
	})
}

// putConversation stores a conversation.
func putConversation(t *testing.T, s store.Store, c store.Conversation) store.Conversation {
	t.Helper()
	write(t, s, c.PageID, func(tx store.PageTx) error { return tx.PutConversation(&c) })
	return c
}

// putMessage stores a message.
func putMessage(t *testing.T, s store.Store, m store.Message) store.Message {
	t.Helper()
	write(t, s, m.ID.Page(), func(tx store.PageTx) error { return tx.PutMessage(&m) })
	return m
}

func head(t *testing.T, s store.Store, page model.PageID) int64 {
	t.Helper()
	return value(t, s, func(r store.Reader) (int64, error) { return r.Head(page) })
}

func testClosed(t *testing.T, s store.Store) {
	putPage(t, s, "1")
	if s.ID() == "" {
		t.Error("the store has no id")
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"read":     func() error { return s.Read(ctx, func(store.Reader) error { return nil }) },
		"write":    func() error { return s.Write(ctx, "1", func(store.PageTx) error { return nil }) },
		"accounts": func() error { return s.Accounts(ctx, func(store.AccountTx) error { return nil }) },
		"count":    func() error { return s.Count(ctx, "n", 1) },
		"scrub":    func() error { return s.Scrub(ctx) },
		"prune":    func() error { return s.Prune(ctx, at(0)) },
	} {
		if call() == nil {
			t.Errorf("%s of a closed store is no error", name)
		}
	}
}

func number(prefix string, n int) string { return fmt.Sprintf("%s%03d", prefix, n) }
