package postgres_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/sqlite"
	"parley/hub/transcript"
	"parley/model"
)

var began = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// filled returns a store in a file with something in every table that a hub writes.
func filled(t *testing.T, pages ...model.PageID) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), sqlite.Options{Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Accounts(t.Context(), func(tx store.AccountTx) error {
		return errors.Join(
			tx.CreateUser(model.User{ID: "u", Name: "愛子", Admin: true}), tx.AddToken([]byte{0, 0xff}, "u", began),
			tx.AddSSHKey(store.SSHKey{Fingerprint: "f", User: "u", Comment: "\x00c", At: began}),
			tx.SetRecordTitle(model.RecordRef{Type: "deal", ID: "4"}, "Rose\x00s"), tx.SetPermission(model.RecordRef{Type: "deal", ID: "4"}, "u", began.Add(time.Hour)),
			tx.AddDeviceLogin(store.DeviceLogin{Hash: []byte("h"), CodeHash: []byte("c"), Expires: began}),
			tx.AddAudit(model.AuditEntry{ID: "a", At: began, Kind: model.AuditUserAdded}),
		)
	})
	for _, page := range pages {
		if err == nil {
			err = s.Write(t.Context(), page, func(tx store.PageTx) error { return fillPage(tx, page) })
		}
	}
	if err := errors.Join(err, s.Count(t.Context(), "n", 7)); err != nil {
		t.Fatal(err)
	}
	return s
}

func fillPage(tx store.PageTx, page model.PageID) error {
	err := tx.PutPage(&store.Page{Page: model.Page{ID: page, PageID: page.Meta(), Name: "花屋"}})
	for i := range 30 {
		c := store.Conversation{Conversation: model.Conversation{
			ID: model.NewConversationID(page, model.PSID(fmt.Sprint("70", i))), PageID: page, Status: model.Open, Labels: []string{"VIP"},
			Customer: model.Customer{PSID: model.PSID(fmt.Sprint("70", i)), Name: "花子 \x00"}, UpdatedAt: began, Mentioned: []model.UserID{"u"},
		}}
		m := store.Message{Message: model.Message{
			ID: model.NewMessageID(page, fmt.Sprintf("00000000-0000-7000-8000-%012d", i)), ConversationID: c.ID, MID: model.MID(fmt.Sprint("m_", i)),
			Direction: model.Out, State: model.Ask, Text: "東京 \x00 roses", SentAt: began, Attachments: []model.Attachment{{ID: "x"}},
		}, Order: began, MetaTime: i%2 == 0}
		err = errors.Join(err, tx.PutConversation(&c), tx.PutMessage(&m))
		_, kept := tx.KeepRaw(store.RawEvent{Page: page, Key: fmt.Sprint("mid:m_", i), Customer: c.Customer.PSID, Name: "message", At: began, ReceivedAt: began, Body: []byte(`{"a":"\u0000"}`)})
		err = errors.Join(err, kept,
			tx.PutReply(store.Reply{MessageID: m.ID, ConversationID: c.ID, UserID: "u", ClientID: model.ClientID(m.ID), State: model.Ask, WakeAt: began, File: &store.File{Upload: "up"}}),
			tx.PutAttempt(store.Attempt{MessageID: m.ID, Number: 1, Token: string(m.ID), MID: m.MID, At: began}),
			tx.AddPending(store.Pending{Page: page, MID: "later", Customer: c.Customer.PSID, At: began, Event: model.Unsend{Target: "later"}}),
			tx.PutLink(store.Link{Conversation: c.ID, Record: model.RecordRef{Type: "deal", ID: "4"}, By: "u", At: began}),
			tx.PutSync(store.Sync{Conversation: c.ID, WakeAt: began}),
			tx.PutTranscript(c.ID, transcript.Part{Day: "2026-03-01", Number: 1, Note: 9, Records: []model.RecordRef{{Type: "deal", ID: "4"}}}),
			tx.PutMedia(store.Media{ID: model.MediaID(string(m.ID) + ".1"), Conversation: c.ID, At: began, Hash: "abc"}),
			tx.AddAudit(model.AuditEntry{ID: fmt.Sprint("e", i), Page: page, At: began, Kind: model.AuditVisibility}),
		)
	}
	notice := model.Notice{ID: "n", PageID: page, Kind: model.NoticePolicyBlock, CreatedAt: began}
	return errors.Join(err, tx.PutNotice(&notice), tx.PutMail(store.Mail{Page: page, Notice: "n", WakeAt: began}), tx.DeleteConversation(model.NewConversationID(page, "703"), began))
}

// seen is much of what a store tells.
func seen(t *testing.T, s store.ReadStore, page model.PageID) map[string]any {
	t.Helper()
	out := map[string]any{}
	err := s.Read(t.Context(), func(r store.Reader) (failed error) {
		put := func(name string, v any, err error) {
			out[name], failed = v, errors.Join(failed, err)
		}
		scope := []store.PageScope{{ID: page}}
		p, err := r.Page(page)
		put("page", p, err)
		events, err := r.Events(page, 0, 1000)
		put("log", events, err)
		list, _, err := r.Conversations(store.ConversationQuery{Pages: scope, Filter: store.FilterAll, Limit: 100})
		put("conversations", list, err)
		counts, err := r.CountConversations(store.CountQuery{Pages: scope, User: "u", Now: began})
		put("counts", counts, err)
		found, _, err := r.SearchConversations(store.ConversationQuery{Pages: scope, Filter: store.FilterAll, Limit: 100, Search: "東京"})
		put("found", found, err)
		labels, err := r.Labels([]model.PageID{page})
		put("labels", labels, err)
		for _, c := range list {
			messages, _, err := r.Messages(c.ID, "", 100, store.Viewer{})
			put("messages of "+string(c.ID), messages, err)
			links, err := r.Links(c.ID)
			put("links of "+string(c.ID), links, err)
			parts, err := r.Transcript(c.ID)
			put("transcript of "+string(c.ID), parts, err)
		}
		replies, err := r.RepliesIn(page, model.Ask)
		put("replies", replies, err)
		raw, err := r.RawEvent(page, "mid:m_5")
		put("raw", raw, err)
		pending, err := r.Pending(page, "later")
		put("pending", pending, err)
		grave, err := r.Tombstone(model.NewConversationID(page, "703"))
		put("tombstone", grave, err)
		buried, err := r.BuriedEvent(page, "mid:m_3")
		put("buried event", buried, err)
		mid, err := r.Buried(page, "", "m_3")
		put("buried mid", mid, err)
		users, err := r.Users()
		put("users", users, err)
		keys, err := r.SSHKeys("u")
		put("keys", keys, err)
		title, err := r.RecordTitle(model.RecordRef{Type: "deal", ID: "4"})
		put("title", title, err)
		audit, _, err := r.Audit([]store.AuditScope{{Page: page, Content: true}, {}}, store.Viewer{}, "", 100)
		put("audit", audit, err)
		figures, err := r.Counters()
		put("counters", figures, err)
		life, err := r.Incarnation()
		put("incarnation", life, err)
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestACopyIsTheSame: the store in a database tells what that in the file does; it is copied on
// where a copy was cut short, and not over another store.
func TestACopyIsTheSame(t *testing.T) {
	t.Parallel()
	url := emptyStore(t)
	from := filled(t, "1", "1~2", "2")
	to := openAt(t, url, postgres.Options{Exclusive: true, Copying: true})
	stop := errors.New("stop")
	err := func() (err error) {
		defer func() {
			if recover() != nil {
				err = stop
			}
		}()
		return to.Import(t.Context(), from, func(p postgres.Progress) {
			if p.Done == 2 {
				panic(stop)
			}
		})
	}()
	if !errors.Is(err, stop) {
		t.Fatalf("cut short: %v", err)
	}
	if _, err := postgres.Open(t.Context(), url, postgres.Options{}); !errors.Is(err, postgres.ErrUnfinished) {
		t.Errorf("a copy that is not whole is opened: %v", err)
	}
	if err := to.Import(t.Context(), filled(t, "1"), func(postgres.Progress) {}); !errors.Is(err, postgres.ErrOther) {
		t.Errorf("another store is copied over it: %v", err)
	}
	kept := 0
	var last postgres.Progress
	err = to.Import(t.Context(), from, func(p postgres.Progress) {
		if p.Kept {
			kept++
		}
		last = p
	})
	if err != nil || kept == 0 || last.Done != last.Pages || last.Page != "" {
		t.Fatalf("copied on: %v, %d kept, %+v", err, kept, last)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	copied := openAt(t, url, postgres.Options{Exclusive: true})
	if copied.ID() != from.ID() {
		t.Errorf("the copy is %s, not %s", copied.ID(), from.ID())
	}
	for _, page := range []model.PageID{"1", "1~2", "2"} {
		if diff := cmp.Diff(seen(t, from, page), seen(t, copied, page)); diff != "" {
			t.Errorf("page %s (-file +database):\n%s", page, diff)
		}
	}
	if err := copied.Import(t.Context(), from, func(postgres.Progress) {}); err != nil {
		t.Errorf("copied again, and nothing had changed: %v", err)
	}
	write(t, copied, func(tx store.PageTx) error {
		return tx.PutPage(&store.Page{Page: model.Page{ID: "1", PageID: "1"}})
	})
	if err := copied.Import(t.Context(), from, func(postgres.Progress) {}); !errors.Is(err, postgres.ErrOther) {
		t.Errorf("copied over a store that a hub ran with: %v", err)
	}
}
