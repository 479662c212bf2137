//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/model"
)

// follower is a client that notes when each change came.
type follower struct {
	conn *websocket.Conn
	seq  int64
	came map[string]time.Time
	err  error
}

// follow connects a client that follows a Page from a position; the hub has welcomed it when it
// returns.
func (w *world) follow(ctx context.Context, token string, page int, from model.Position) (*follower, error) {
	conn, resp, err := websocket.DefaultDialer.DialContext(ctx, "ws"+strings.TrimPrefix(w.url, "http")+"/v1/stream",
		http.Header{"Authorization": {"Bearer " + token}, "Sec-WebSocket-Protocol": {model.Subprotocol}})
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	f := &follower{conn: conn, seq: from.Seq, came: map[string]time.Time{}}
	if err := conn.WriteJSON(model.Hello{Type: model.FrameHello, Resume: map[model.PageID]model.Position{pageID(page): from}}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	var welcome model.Welcome
	if err := conn.ReadJSON(&welcome); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if how := welcome.Pages[pageID(page)].Resume; how != model.ResumeOK {
		return nil, errors.Join(fmt.Errorf("%w: resume %q", errAnswer, how), conn.Close())
	}
	return f, nil
}

// until reads what comes until a seq.
func (f *follower) until(seq int64, note func(frame []byte, at time.Time)) {
	for f.seq < seq {
		_, frame, err := f.conn.ReadMessage()
		if err != nil {
			f.err = err
			return
		}
		at := time.Now()
		var b struct {
			Type model.FrameType `json:"type"`
			To   int64           `json:"to"`
		}
		if err := json.Unmarshal(frame, &b); err != nil {
			f.err = err
			return
		}
		if b.Type != model.FrameBatch {
			continue
		}
		f.seq = b.To
		if note != nil {
			note(frame, at)
		}
	}
}

// live measures from the POST of a webhook to when each of many clients has read the message.
func live(ctx context.Context, w *world) error {
	const perSecond, seconds = 50, 10
	from, err := w.head(ctx, 0)
	if err != nil {
		return err
	}
	all := make([]*follower, 0, w.clients)
	defer func() {
		for _, f := range all {
			_ = f.conn.Close()
		}
	}()
	for i := range w.clients {
		f, err := w.follow(ctx, w.followers[i/followEach], 0, from)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	// Each message is a change, and one of its conversation.
	const changes = 2
	last := from.Seq + changes*perSecond*seconds
	var mu sync.Mutex
	posted := make(map[int64]time.Time) // by the seq that its changes end with
	var late []time.Duration
	var reading sync.WaitGroup
	came := make([]map[int64]time.Time, len(all))
	for i, f := range all {
		came[i] = make(map[int64]time.Time, perSecond*seconds)
		reading.Go(func() {
			f.until(last, func(_ []byte, at time.Time) { came[i][f.seq] = at })
		})
	}
	used, began := w.cpu(), time.Now()
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	var posting sync.WaitGroup
	var failed error
	for n := range perSecond * seconds {
		body, err := w.webhook(0, 1, time.Now())
		if err != nil {
			return err
		}
		sent := time.Now()
		posting.Go(func() {
			err := w.deliver(ctx, body)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
		})
		// They are stored in the order in which they are posted, unless one waits for 20 ms.
		mu.Lock()
		posted[from.Seq+int64(changes*(n+1))] = sent
		mu.Unlock()
		<-tick.C
	}
	posting.Wait()
	if failed != nil {
		return failed
	}
	reading.Wait()
	used = w.cpu() - used
	for i, f := range all {
		if f.err != nil {
			return f.err
		}
		for seq, sent := range posted {
			late = append(late, arrived(came[i], seq, last).Sub(sent))
		}
	}
	w.say("")
	w.figure(fmt.Sprintf("webhook to %d clients p50, p99", len(all)), ms(share(late, 0.5)), ms(share(late, 0.99)),
		fmt.Sprintf("CPU of the hub %.0f %%", 100*used.Seconds()/time.Since(began).Seconds()))
	return nil
}

// arrived returns when the batch came that holds a seq.
func arrived(came map[int64]time.Time, seq, last int64) time.Time {
	for ; seq <= last; seq++ {
		if at, ok := came[seq]; ok {
			return at
		}
	}
	return time.Time{}
}

// resume measures how long a client needs to be sent what it missed.
func resume(ctx context.Context, w *world) error {
	const missed, times, each = 1000, 5, 50
	w.say("")
	from, err := w.head(ctx, 0)
	if err != nil {
		return err
	}
	at := from
	for at.Seq-from.Seq < missed {
		body, err := w.webhook(0, each, time.Now())
		if err == nil {
			err = w.deliver(ctx, body)
		}
		if err == nil {
			at, err = w.head(ctx, 0)
		}
		if err != nil {
			return err
		}
	}
	var all []time.Duration
	used := w.cpu()
	for range times {
		began := time.Now()
		f, err := w.follow(ctx, w.token, 0, from)
		if err != nil {
			return err
		}
		f.until(at.Seq, nil)
		all = append(all, time.Since(began))
		if err := errors.Join(f.err, f.conn.Close()); err != nil {
			return err
		}
	}
	w.figure(fmt.Sprintf("resume of %d changes p50, longest", at.Seq-from.Seq), ms(share(all, 0.5)), ms(share(all, 1)), "CPU of the hub "+ms((w.cpu()-used)/times))
	return nil
}
