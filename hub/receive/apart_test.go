package receive_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/pages"
	"parley/hub/receive"
	"parley/hub/store"
	"parley/model"
)

// stumblingStore fails by itself where a message's text, or an event's name, says so.
type stumblingStore struct {
	store.Store
	writes atomic.Int64
}

func (s *stumblingStore) Write(ctx context.Context, p model.PageID, f func(store.PageTx) error) error {
	s.writes.Add(1)
	return s.Store.Write(ctx, p, func(tx store.PageTx) error { return f(stumblingTx{tx}) })
}

type stumblingTx struct{ store.PageTx }

func (t stumblingTx) PutMessage(m *store.Message) error {
	switch text := string(m.Text); {
	case strings.HasPrefix(text, "panic"):
		panic(text)
	case strings.HasPrefix(text, "not found"):
		return fmt.Errorf("put message: %w", store.ErrNotFound)
	case strings.HasPrefix(text, "conflict"):
		return fmt.Errorf("put message: %w", store.ErrConflict)
	case m.Event != nil && strings.HasPrefix(m.Event.Action, "no line"):
		return errors.New("not even a line")
	}
	return t.PageTx.PutMessage(m)
}

func (t stumblingTx) KeepRaw(e store.RawEvent) (bool, error) {
	if e.Name == "not kept" {
		return false, errors.New("not kept")
	}
	return t.PageTx.KeepRaw(e)
}

// stumbling has the hub run on a store that stumbles.
func stumbling(w *hubtest.World) *stumblingStore {
	w.Helper()
	w.GoesWrong()
	w.Stop()
	s := &stumblingStore{Store: w.Store}
	w.Store = s
	w.Start()
	return s
}

// badEvents are events that can't be stored as what they are, by why.
func badEvents(at time.Time) map[string]model.Inbound {
	far := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	message := func(mid, text string) model.Inbound { return hubtest.Wrote(hanako, model.MID(mid), text, at) }
	booked := message("booked", "an appointment")
	booked.Event = model.CustomerMessage{MID: "booked", Attachments: []model.Attachment{{
		ID: "1", Type: "appointment_booking", Booking: &model.Booking{Start: &far},
	}}}
	bytes := message("bytes", "x")
	bytes.Event = model.CustomerMessage{MID: "bytes", Text: "\xff\xfe"}
	noLine := message("no line", "conflict")
	noLine.Name = "no line"
	return map[string]model.Inbound{
		"a panic": message("panic", "panic"), "not found": message("not found", "not found"), "conflict": message("conflict", "conflict"),
		"a time that is none": booked, "bytes that are no text": bytes, "not even as a line": noLine,
	}
}

// An event that can't be stored is kept as it came, counted, and shown as something that
// could not be; what came beside it is stored, wherever it stood. Nothing comes twice.
func TestBadEventNeverStopsItsNeighbours(t *testing.T) {
	for name, bad := range badEvents(hubtest.Now()) {
		for _, n := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s of %d", name, n), func(t *testing.T) {
				hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
					stumbling(w)
					bad := bad
					bad.At = hubtest.Ago(time.Minute)
					for place := range n {
						mids := func(i int) model.MID { return model.MID(fmt.Sprintf("m%d-%d", place, i)) }
						var all []model.Inbound
						for i := range n {
							all = append(all, hubtest.Wrote(ken, mids(i), string(mids(i)), hubtest.Ago(time.Hour-time.Duration(place*n+i)*time.Second)))
						}
						bad.Key = fmt.Sprintf("mid:bad%d", place)
						all[place] = bad
						w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(all...)))
						w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(all...)))
						w.Read(func(r store.Reader) error {
							raw, err := r.RawEvent(page, bad.Key)
							if err == nil && (raw.Understood || string(raw.Body) != string(bad.Raw)) {
								t.Errorf("kept as %+v", raw)
							}
							return err
						})
					}
					if got := w.Counter(receive.CounterNotUnderstood); got != int64(n) {
						t.Errorf("%d are counted, want %d", got, n)
					}
					if got := len(messagesIfAny(w, ken)); got != n*(n-1) {
						t.Errorf("%d neighbours are stored, want %d", got, n*(n-1))
					}
					lines := messagesIfAny(w, hanako)
					if want := n; bad.Name != "no line" && (len(lines) != want || lines[0].Event == nil || lines[0].Direction != model.System) {
						t.Errorf("shown as %+v", lines)
					}
				})
			})
		}
	}
}

// messagesIfAny returns a conversation's messages, none where it is not there.
func messagesIfAny(w *hubtest.World, customer model.PSID) []model.Message {
	ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ann, hubtest.ConversationWith(customer), "", 1000)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.Fatalf("messages: %v", err)
	}
	return ms
}

// What can't even be kept comes again; its neighbours don't wait for it.
func TestEventThatCannotBeKeptComesAgain(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		stumbling(w)
		lost := hubtest.Wrote(hanako, "m1", "lost?", hubtest.Now())
		lost.Name = "not kept"
		all := hubtest.Entry(hubtest.Wrote(ken, "m0", "before", hubtest.Now()), lost, hubtest.Wrote(ken, "m2", "after", hubtest.Now()))
		if err := w.Hub.Receive(w.Ctx, all); err == nil {
			t.Error("answered as if all were stored")
		}
		if got := w.Texts(ken); !slices.Equal(got, []string{"before", "after"}) {
			t.Errorf("the neighbours are %q", got)
		}
		all[0].Events[1].Name = "message" // mended
		w.Must(w.Hub.Receive(w.Ctx, all))
		if got := w.Texts(hanako); !slices.Equal(got, []string{"lost?"}) {
			t.Errorf("came again as %q", got)
		}
	})
}

// A Page whose events can't be stored does not keep another's away.
func TestBadPageNeverStopsAnother(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		_, _, err := w.Hub.ConnectPage(w.Ctx, w.Ben, pages.Connection{Page: "200", Token: "other", Visibility: model.Private})
		w.Must(err)
		stumbling(w)
		lost := hubtest.Wrote(hanako, "m1", "x", hubtest.Now())
		lost.Name = "not kept"
		for i := range 20 {
			mid := model.MID(fmt.Sprintf("n%d", i))
			err := w.Hub.Receive(w.Ctx, []model.PageEntry{
				{Page: metaPage, Events: []model.Inbound{lost}}, {Page: "200", Events: []model.Inbound{hubtest.Wrote(hanako, mid, "here", hubtest.Now())}},
			})
			if err == nil {
				t.Error("answered as if all were stored")
			}
		}
		ms, _, _, err := w.Hub.Messages(w.Ctx, w.Ben, "200_7001", "", 100)
		w.Must(err)
		if len(ms) != 20 {
			t.Errorf("%d stored on the other Page, want 20", len(ms))
		}
	})
}

// However many of a POST are bad and wherever they stand, each neighbour is stored once,
// each bad one kept once, and it takes not many more transactions than there are events.
func TestAnyMixOfBadEvents(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		s := stumbling(w)
		random := rand.New(rand.NewPCG(22, 1))
		for post := range 12 {
			before, stored := w.Counter(receive.CounterNotUnderstood), len(messagesIfAny(w, ken))
			var all []model.Inbound
			good, share := 0, random.Float64()
			for i := range 1 + random.IntN(20) {
				mid := model.MID(fmt.Sprintf("m%d-%d", post, i))
				if random.Float64() < share {
					all = append(all, hubtest.Wrote(hanako, mid, "panic", hubtest.Now()))
					continue
				}
				good++
				all = append(all, hubtest.Wrote(ken, mid, "fine", hubtest.Now()))
			}
			writes := s.writes.Load()
			w.Must(w.Hub.Receive(w.Ctx, hubtest.Entry(all...)))
			if n, most := s.writes.Load()-writes, int64(12+4*len(all)); n > most {
				t.Errorf("%d transactions for %d events", n, len(all))
			}
			if got := len(messagesIfAny(w, ken)) - stored; got != good {
				t.Fatalf("%d of %d neighbours stored", got, good)
			}
			if got := w.Counter(receive.CounterNotUnderstood) - before; got != int64(len(all)-good) {
				t.Fatalf("%d of %d kept", got, len(all)-good)
			}
		}
	})
}
