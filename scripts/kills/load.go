//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/model"
)

const (
	// How many of each kind work at once.
	facebooks, writers, sorters = 4, 3, 2
	// pause before a failed attempt is repeated
	again = 20 * time.Millisecond
	// mostEvents is the most events in one POST.
	mostEvents = 12
)

// working is a hub under load; end ends the load.
type working struct {
	ctx     context.Context //nolint:containedctx // it lives as long as the work
	stop    context.CancelFunc
	workers sync.WaitGroup
}

// work lets Facebook deliver, and users reply, note and label, until it is ended. What fails is
// tried again, as Facebook and clients do, until it is answered.
func (w *world) work(ctx context.Context) *working {
	g := &working{}
	g.ctx, g.stop = context.WithCancel(ctx)
	for i := range facebooks {
		g.workers.Go(func() {
			for n := i; g.ctx.Err() == nil; n++ {
				w.facebookDelivers(g.ctx, n)
			}
		})
	}
	for i := range writers {
		g.workers.Go(func() {
			for n := i; g.ctx.Err() == nil; n += writers {
				w.userReplies(g.ctx, n)
			}
		})
	}
	for i := range sorters {
		g.workers.Go(func() {
			for n := i; g.ctx.Err() == nil; n++ {
				w.userLabels(g.ctx, i+n%(customers/sorters)*sorters)
			}
		})
	}
	g.workers.Go(func() {
		for g.ctx.Err() == nil {
			w.userAnswers(g.ctx)
			wait(g.ctx, 5*again)
		}
	})
	return g
}

// end lets everybody finish what they began.
func (g *working) end() {
	g.stop()
	g.workers.Wait()
}

// insist tries until it succeeds. What was begun is finished even if the work ends, or nobody would
// know its outcome.
func insist(ctx context.Context, do func(context.Context) error) error {
	ctx = context.WithoutCancel(ctx)
	deadline := time.Now().Add(2 * patience)
	for {
		err := do(ctx)
		var refused *statusError
		if err == nil || errors.As(err, &refused) && refused.status >= 400 && refused.status < 500 {
			return err
		}
		if time.Now().After(deadline) {
			return err
		}
		<-time.After(again)
	}
}

// facebookDelivers posts a webhook with several events until it is accepted.
func (w *world) facebookDelivers(ctx context.Context, n int) {
	now := time.Now()
	var events []any
	var mids []incoming
	for i := range 1 + n%mostEvents {
		conversation := w.conversations[(n+i)%len(w.conversations)]
		psid := conversation[len(w.facebook.PageID)+1:]
		mid := "m_" + uuid.NewString()
		mids = append(mids, incoming{conversation, mid})
		events = append(events, map[string]any{
			"sender": map[string]string{"id": psid}, "recipient": map[string]string{"id": w.facebook.PageID}, "timestamp": now.UnixMilli(),
			"message": map[string]any{"mid": mid, "text": "text of " + mid},
		})
	}
	body := map[string]any{"object": "page", "entry": []any{map[string]any{"id": w.facebook.PageID, "time": now.UnixMilli(), "messaging": events}}}
	err := insist(ctx, func(ctx context.Context) error { return w.deliver(ctx, body) })
	w.ledger.came(mids, err)
}

// userReplies hands in a reply, or a note, as a client does.
func (w *world) userReplies(ctx context.Context, n int) {
	r := reply{conversation: w.conversations[n%len(w.conversations)], client: uuid.Must(uuid.NewV7()).String(), note: n%4 == 3}
	r.text = "reply " + r.client
	body := map[string]any{"client_id": r.client, "text": r.text, "note": r.note}
	w.ledger.handedIn(r)
	err := insist(ctx, func(ctx context.Context) error {
		said, err := w.call(ctx, http.MethodPost, "/v1/conversations/"+r.conversation+"/messages", body, http.StatusAccepted)
		if err == nil {
			err = json.Unmarshal(said, &struct {
				ID *string `json:"id"`
			}{&r.id})
		}
		return err
	})
	w.ledger.accepted(r, err)
}

// userAnswers decides on replies that ask, since those behind them wait: what the customer did not
// get is sent again, what they got is dropped.
func (w *world) userAnswers(ctx context.Context) {
	for _, c := range w.conversations {
		n, err := w.newestOf(ctx, c, 1000)
		if err != nil {
			return // the hub is down
		}
		for _, m := range n.Messages {
			if model.State(m.State) != model.Ask {
				continue
			}
			path, want := "/v1/conversations/"+c+"/messages/"+m.ID, http.StatusAccepted
			got, err := w.got(ctx, time.Now().Add(time.Hour))
			if err != nil {
				return
			}
			body := map[string]any{"attempt": m.Attempt}
			if got[m.Text] > 0 {
				path, want, body = path+"/drop", http.StatusOK, map[string]any{}
			} else {
				path += "/retry"
			}
			if _, err := w.call(ctx, http.MethodPost, path, body, want); err == nil {
				w.ledger.answered(got[m.Text] > 0)
			}
		}
	}
}

// userLabels gives a conversation one label after another.
func (w *world) userLabels(ctx context.Context, n int) {
	conversation, label := w.conversations[n], fmt.Sprintf("l%d", time.Now().UnixNano())
	w.ledger.labelling(conversation, label)
	err := insist(ctx, func(ctx context.Context) error {
		_, err := w.call(ctx, http.MethodPatch, "/v1/conversations/"+conversation, map[string]any{"labels": []string{label}}, http.StatusOK)
		return err
	})
	w.ledger.labelled(conversation, err)
}
