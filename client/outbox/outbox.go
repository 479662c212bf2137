// Package outbox keeps on disk what the user writes until the hub has it: replies and notes
// on their way, and drafts.
//
// A reply is written to disk before it is posted, and posted with an id of its own, so that
// repeating the post, after whatever went wrong, never sends it twice.
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
	// replyRetry is how long a reply is posted again and again before the user is told that it
	// waits.
	replyRetry = 30 * time.Second
	// tellUploads is how often upload progress is reported.
	tellUploads = 250 * time.Millisecond
)

// OnUpload makes f receive the upload progress of replies, from other goroutines. Call it
// before the first reply.
func (o *Outbox) OnUpload(f func(model.Uploading)) { o.show = f }

// Reply posts a reply or a note, again and again with the same id until the hub accepted or
// refused it, or half a minute is over. It ignores ctx in favour of the program's context: it
// may wait for the hub. If a rule refused it, the error holds a [*model.Refusal].
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

// withRefusal adds the rule that refused to the hub's answer.
func withRefusal(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusConflict {
		return errors.Join(err, &model.Refusal{Code: problem.Code, Verdict: problem.Reply})
	}
	return err
}

// Keep keeps a reply that waits for its turn. It does not keep the same one twice: the hub
// may have accepted it since.
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

// Unsent returns the replies that earlier runs posted without getting an answer, in the order
// of the key presses: the hub may or may not have them. Those that another run is handing in
// now are not among them.
func (o *Outbox) Unsent() []model.Reply {
	o.keeping.Lock()
	defer o.keeping.Unlock()
	all := o.kept.Left()
	for i := range all {
		o.once[all[i].ClientID] = true
		all[i].Files = notUploaded(all[i].Files) // uploads are known only by the reply's id
	}
	return all
}

// StopUpload stops uploading the files of a reply.
func (o *Outbox) StopUpload(id model.ClientID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if stop := o.busy[id]; stop != nil {
		stop()
	}
}

// begin records how to stop a reply that is being handed in.
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

// TakeBack returns a reply that could not be handed in to its writer: it is no longer kept.
// If the hub has it after all, TakeBack returns its message and true.
func (o *Outbox) TakeBack(ctx context.Context, r model.Reply) (model.Message, bool, error) {
	m, taken, err := o.client.ReplyBy(ctx, r.Conversation, r.ClientID)
	if err != nil {
		return model.Message{}, false, err
	}
	return m, taken, o.kept.Forget(r.ClientID)
}

// Taken removes a kept reply that the hub turned out to have.
func (o *Outbox) Taken(id model.ClientID) error { return o.kept.Forget(id) }

// uploading returns a Progress that reports the upload of all of a reply's files together.
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
