// Package outbox keeps on disk what the user writes until the hub has it: replies and notes
// on their way, and drafts.
//
// A reply is written to disk before it leaves and handed in with an id of its own,
// so that repeating it, after whatever went wrong, never sends it twice.
package outbox

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parley/client"
	"parley/model"
)

const (
	// replyRetry is how long a reply is handed in again and again before the user is
	// told that it waits.
	replyRetry = 30 * time.Second
	// tellUploads is how often it is told how far files have come.
	tellUploads = 250 * time.Millisecond
)

// OnUpload has f told how far the files of replies have come, from other goroutines. It is
// to be called before the first reply.
func (o *Outbox) OnUpload(f func(model.Uploading)) { o.show = f }

// Reply hands a reply or a note in, again and again with the same id until the hub took or
// refused it, or half a minute is over. Its context is the program's, not ctx: it may wait
// for the hub. Where a rule refused it, the error holds a [*model.Refusal].
func (o *Outbox) Reply(_ context.Context, r model.Reply) (model.Message, error) {
	if err := o.Keep(r); err != nil {
		return model.Message{}, err
	}
	ctx, stop := context.WithCancel(o.leaving)
	defer stop()
	o.begin(r.ClientID, stop)
	defer o.end(r.ClientID)
	m, err := o.handIn(ctx, r, o.uploading(r), time.Now().Add(replyRetry))
	return m, withRefusal(err)
}

// withRefusal adds to the hub's answer the rule that refused.
func withRefusal(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusConflict {
		return errors.Join(err, &model.Refusal{Code: problem.Code, Verdict: problem.Reply})
	}
	return err
}

// Keep keeps a reply that waits for its turn. What was kept once is not kept again: the
// hub may have taken it since.
func (o *Outbox) Keep(r model.Reply) error {
	o.keeping.Lock()
	defer o.keeping.Unlock()
	if o.once[r.ClientID] {
		return nil
	}
	if err := o.kept.Put(r); err != nil {
		return err
	}
	o.once[r.ClientID] = true
	return nil
}

// Unsent returns what earlier runs handed in without an answer, in the order of the key
// presses: nobody knows whether the hub has it.
func (o *Outbox) Unsent() []model.Reply {
	o.keeping.Lock()
	defer o.keeping.Unlock()
	all := o.kept.All()
	for i := range all {
		o.once[all[i].ClientID] = true
		all[i].Files = notUploaded(all[i].Files) // what is up is known by the reply's id alone
	}
	return all
}

// StopUpload stops sending the files of a reply that is being handed in.
func (o *Outbox) StopUpload(id model.ClientID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if stop := o.busy[id]; stop != nil {
		stop()
	}
}

// begin notes what stops a reply that is being handed in.
func (o *Outbox) begin(id model.ClientID, stop context.CancelFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.busy[id] = stop
}

func (o *Outbox) end(id model.ClientID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, id)
}

// TakeBack gives a reply that could not be handed in back to its writer: it is kept no
// longer. Where the hub has it after all, its message comes, and true.
func (o *Outbox) TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error) {
	m, taken, err := o.client.ReplyBy(ctx, r.Conversation, r.ClientID)
	if err != nil {
		return model.Message{}, false, err
	}
	return m, taken, o.kept.Forget(r.ClientID)
}

// Taken forgets a kept reply that the hub turned out to have.
func (o *Outbox) Taken(id model.ClientID) error { return o.kept.Forget(id) }

// uploading tells how far a reply's files have come, all together.
func (o *Outbox) uploading(r model.Reply) Progress {
	if len(r.Files) == 0 || o.show == nil {
		return nil
	}
	u := model.Uploading{Conversation: r.Conversation, ClientID: r.ClientID}
	for _, f := range r.Files {
		u.All += f.Size
	}
	sent, began, last := map[string]int64{}, time.Now(), time.Time{}
	return func(f model.File, n int64) {
		sent[f.Path] = n
		u.Sent, u.For = 0, time.Since(began)
		for _, n := range sent {
			u.Sent += n
		}
		if u.Sent < u.All && time.Since(last) < tellUploads {
			return
		}
		last = time.Now()
		o.show(u)
	}
}
