package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/postgres/tables"
	"parley/model"
)

// TestWhatIsReadAheadIsTrue: whatever a transaction answers by what it read ahead is what it would
// read, for random events of few customers, some of which come again, are deleted or answered. It
// runs alone, as it has all that is read ahead be verified.
func TestWhatIsReadAheadIsTrue(t *testing.T) { //nolint:paralleltest // see above
	s := openAt(t, emptyStore(t), postgres.Options{})
	putPage(t, s)
	asked := map[string]int{}
	tables.Verify = func(what string, v any, err error, read func() (any, error)) {
		asked[what]++
		stored, now := read()
		if (err == nil) != (now == nil) || errors.Is(err, store.ErrNotFound) != errors.Is(now, store.ErrNotFound) {
			t.Errorf("%s: %v was read ahead, %v is stored", what, err, now)
		}
		if list := reflect.ValueOf(stored); list.Kind() == reflect.Slice && list.Len() == 0 {
			stored = reflect.Zero(list.Type()).Interface()
		}
		if diff := cmp.Diff(stored, v); err == nil && now == nil && diff != "" {
			t.Errorf("%s (-stored +read ahead):\n%s", what, diff)
		}
	}
	t.Cleanup(func() { tables.Verify = nil })
	r := rand.New(rand.NewPCG(1, 2))
	const rounds, events = 24, 12
	for round := range rounds {
		coming := make([]store.Coming, events)
		for i := range coming {
			n := r.IntN(rounds * events / 2)
			coming[i] = store.Coming{Customer: model.PSID(fmt.Sprint(r.IntN(5))), Key: fmt.Sprint("mid:", n), MID: model.MID(fmt.Sprint(n))}
		}
		err := s.Write(t.Context(), "1", func(tx store.PageTx) error {
			if err := store.ReadAhead(tx, coming); err != nil {
				return err
			}
			for i, c := range coming {
				if err := takes(tx, r, c, began.Add(time.Duration(round*events+i)*time.Second)); err != nil {
					return err
				}
			}
			if round%7 == 3 {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			t.Fatal(err)
		}
	}
	for _, what := range []string{
		"tombstone", "buried mid", "buried event", "conversation", "newest message", "message by mid", "pending events",
		"scheduled replies", "unsettled replies",
	} {
		if asked[what] == 0 {
			t.Errorf("%s was never answered by what was read ahead", what)
		}
	}
}

var errStop = errors.New("stop")

// takes does with an event much of what a hub does.
func takes(tx store.PageTx, r *rand.Rand, e store.Coming, at time.Time) error {
	id := model.NewConversationID("1", e.Customer)
	_, grave := tx.Tombstone(id)
	if errors.Is(grave, store.ErrNotFound) {
		grave = nil
	}
	buried, err := tx.BuriedEvent("1", e.Key)
	gone, err2 := tx.Buried("1", "", e.MID)
	if err := errors.Join(grave, err, err2); buried || gone || err != nil {
		return err
	}
	fresh, err := tx.KeepRaw(store.RawEvent{Page: "1", Key: e.Key, Customer: e.Customer, Name: "message", At: at, ReceivedAt: at})
	if err != nil {
		return err
	}
	c, err := tx.Conversation(id)
	if errors.Is(err, store.ErrNotFound) {
		c, err = store.Conversation{Conversation: model.Conversation{ID: id, PageID: "1", Status: model.Open, Customer: model.Customer{PSID: e.Customer}}}, nil
	}
	m, known := tx.MessageByMID("1", e.MID)
	if err != nil || known != nil && !errors.Is(known, store.ErrNotFound) {
		return errors.Join(err, known)
	}
	if fresh && known != nil {
		m = store.Message{Message: model.Message{
			ID: model.MessageID("1_" + string(e.MID) + fmt.Sprint(at.Unix())), ConversationID: id, MID: e.MID, Direction: model.In, Text: "hello", SentAt: at,
		}, Order: at.Add(-time.Duration(r.IntN(60)) * time.Second), MetaTime: true}
		if err := tx.PutMessage(&m); err != nil {
			return err
		}
	}
	if err := happens(tx, r, id, m, at); err != nil {
		return err
	}
	_, err = tx.Pending("1", e.MID)
	_, err2 = tx.ScheduledReplies(id)
	_, err3 := tx.UnsettledReplies(id)
	_, newest := tx.Newest(id, 0)
	if errors.Is(newest, store.ErrNotFound) {
		newest = nil
	}
	c.UpdatedAt, c.Unread = at, c.Unread+1
	if c.Customer.Name = model.Untrusted(fmt.Sprint("name", r.IntN(2))); r.IntN(4) == 0 {
		c.Labels, c.Mentioned = []string{"VIP"}, []model.UserID{"u"}
	}
	return errors.Join(err, err2, err3, newest, tx.PutConversation(&c))
}

// happens does something that happens seldom.
func happens(tx store.PageTx, r *rand.Rand, id model.ConversationID, m store.Message, at time.Time) error {
	seldom := r.IntN(24)
	if m.ID == "" && seldom > 0 {
		return nil
	}
	switch seldom {
	case 0:
		if err := tx.DeleteConversation(id, at); !errors.Is(err, store.ErrNotFound) {
			return err
		}
	case 1:
		return tx.PutReply(store.Reply{MessageID: m.ID, ConversationID: id, State: []model.State{model.Queued, model.Scheduled}[r.IntN(2)], AcceptedAt: at})
	case 2:
		return tx.AddPending(store.Pending{Page: "1", MID: m.MID, Customer: id.Customer(), Event: model.Unsend{Target: m.MID}})
	case 3:
		return tx.RemoveMessage(m.ID)
	case 4:
		m.Text = "edited"
		return tx.PutMessage(&m)
	case 5:
		return tx.BuryMID(model.MID(fmt.Sprint(r.IntN(100))))
	}
	return nil
}
