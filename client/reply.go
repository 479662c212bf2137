package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/model"
)

// Pauses between two questions how a reply stands, and between two tries to hand it
// in.
const (
	pollFirst = 50 * time.Millisecond
	pollMax   = time.Second
)

// Reply hands a reply in, again and again with the same id until the hub took or
// refused it, and waits until its outcome is known or wait is over. It returns the
// reply as it then stands.
//
// If ctx ends after the hub took it, the reply as it was last known comes with ctx's
// error. What the hub refused each time it was asked is no longer kept, unless it was kept
// before. An [*UnreachableError] means that it is not known whether the hub has it; it stays
// in kept, and the same id may be handed in again at any time.
func (c *Client) Reply(ctx context.Context, kept *Kept, r KeptReply, wait time.Duration) (model.Message, error) {
	deadline := time.Now().Add(wait)
	_, before := kept.read(string(r.ClientID) + keptSuffix)
	m, err := c.keptUntil(ctx, kept, r, deadline)
	if err != nil && !before && neverTook(err) {
		return m, errors.Join(err, kept.Forget(r.ClientID))
	}
	if err != nil {
		return m, err
	}
	return c.follow(ctx, m, deadline)
}

// unsureError is what a hub answered after a try that nobody heard of: it may have taken
// the reply then.
type unsureError struct{ error }

// Unwrap implements errors.
func (e *unsureError) Unwrap() error { return e.error }

// neverTook tells whether the hub said no to a reply that it can't have: to all that was
// tried. One that asks to sign in, or to wait, may take it later.
func neverTook(err error) bool {
	var unsure *unsureError
	var problem *Problem
	if errors.As(err, &unsure) || !errors.As(err, &problem) {
		return false
	}
	switch problem.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return problem.Status >= http.StatusBadRequest && problem.Status < http.StatusInternalServerError
}

// HandIn is [Client.Reply] that does not wait for the outcome: it returns the reply as
// the hub took it.
func (c *Client) HandIn(ctx context.Context, kept *Kept, r KeptReply, wait time.Duration) (model.Message, error) {
	return c.keptUntil(ctx, kept, r, time.Now().Add(wait))
}

// keptUntil hands a reply in that is kept until the hub took or refused it.
func (c *Client) keptUntil(ctx context.Context, kept *Kept, r KeptReply, deadline time.Time) (model.Message, error) {
	r = kept.known(r)
	fresh := slices.ContainsFunc(r.Files, func(f KeptFile) bool { return f.Upload == "" })
	if err := kept.Put(r); err != nil {
		return model.Message{}, err
	}
	r, err := c.uploadAll(ctx, kept, r)
	if err != nil {
		var bad *FileError
		if fresh && (refused(err) || errors.As(err, &bad)) { // it was never handed in
			err = errors.Join(err, kept.Forget(r.ClientID))
		}
		return model.Message{}, err
	}
	m, err := c.handIn(ctx, r, deadline)
	if isGone(err) && len(r.Files) > 0 { // it waited for more than a day; its id stays
		if r, err = c.uploadAll(ctx, kept, r.anew()); err == nil {
			m, err = c.handIn(ctx, r, deadline)
		}
	}
	if err != nil && !refused(err) {
		return model.Message{}, err
	}
	if ferr := kept.Forget(r.ClientID); err == nil && ferr != nil {
		return m, ferr
	}
	if err != nil {
		return model.Message{}, err
	}
	return m, nil
}

// refused tells whether a rule refused the reply: then the hub does not have it. Any
// other answer may come after a try that it took without our hearing of it.
func refused(err error) bool {
	var problem *Problem
	return errors.As(err, &problem) && problem.Status == http.StatusConflict
}

// handIn posts the reply until it is taken, refused, or time is over.
func (c *Client) handIn(ctx context.Context, r KeptReply, deadline time.Time) (model.Message, error) {
	in := struct {
		ClientID model.ClientID  `json:"client_id"`
		Text     model.Untrusted `json:"text"`
		ReplyTo  model.MessageID `json:"reply_to,omitempty"`
		Uploads  []string        `json:"attachments,omitempty"`
		Note     bool            `json:"note,omitempty"`
		SeenSeq  int64           `json:"seen_seq,omitempty"`
		Number   int64           `json:"number,omitempty"`
	}{r.ClientID, r.Text, r.ReplyTo, r.uploads(), r.Note, r.SeenSeq, r.Number}
	unsure := false
	for pause := pollFirst; ; pause = min(2*pause, pollMax) {
		var m model.Message
		err := c.call(ctx, http.MethodPost, conversationPath(r.Conversation)+"/messages", nil, in, &m)
		if in.Number != 0 && unprocessable(err) { // a hub that is older knows of no numbers
			in.Number = 0
			err = c.call(ctx, http.MethodPost, conversationPath(r.Conversation)+"/messages", nil, in, &m)
		}
		if err == nil && (m.ID == "" || m.ClientID != r.ClientID) {
			err = fmt.Errorf("%w: %s answered with another message", ErrNoHub, c.URL())
		}
		if !again(err) || !rest(ctx, pause, deadline) {
			if err != nil && unsure {
				err = &unsureError{err}
			}
			return m, err
		}
		unsure = true
	}
}

// unprocessable tells whether the hub did not understand what it was asked, and so did
// nothing.
func unprocessable(err error) bool {
	var problem *Problem
	return errors.As(err, &problem) && problem.Status == http.StatusUnprocessableEntity
}

// uploads are the hub's ids of a reply's files.
func (r KeptReply) uploads() []string {
	var out []string
	for _, f := range r.Files {
		out = append(out, f.Upload)
	}
	return out
}

// again tells whether a call may succeed later.
func again(err error) bool {
	var unreachable *UnreachableError
	if errors.As(err, &unreachable) {
		return true
	}
	var problem *Problem
	return errors.As(err, &problem) && problem.Status >= http.StatusInternalServerError
}

// follow asks how a reply stands until nothing will change by itself any more.
func (c *Client) follow(ctx context.Context, m model.Message, deadline time.Time) (model.Message, error) {
	timed, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	for pause := pollFirst; !final(m.State) && rest(ctx, pause, deadline); pause = min(2*pause, pollMax) {
		now, err := c.Message(timed, m.ConversationID, m.ID)
		if again(err) {
			continue
		}
		if err != nil {
			return m, err
		}
		m = now
	}
	return m, ctx.Err()
}

func final(s model.State) bool {
	switch s {
	case model.Queued, model.Posting, model.Unknown:
		return false
	default:
		return true
	}
}

// rest pauses, and answers false when the deadline came or ctx ended first.
func rest(ctx context.Context, d time.Duration, deadline time.Time) bool {
	left := time.Until(deadline)
	if left <= 0 {
		return false
	}
	t := time.NewTimer(min(d, left))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// NewClientID returns an id for a new reply.
func NewClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }
