package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/client"
	"parley/model"
)

// Outbox hands replies and notes in to the hub. Each is on disk from before its first try
// until the hub took or refused it. It is safe for concurrent use.
type Outbox struct {
	client *client.Client
	kept   *Kept
	// leaving ends when the program does: a reply may wait for the hub until then.
	leaving context.Context //nolint:containedctx // a reply belongs to the program, not to a call

	mu sync.Mutex
	// busy are the replies that are being handed in, with what stops each.
	busy map[model.ClientID]context.CancelFunc
	// show is told how far files have come; nil: nobody is.
	show func(model.Uploading)

	keeping sync.Mutex
	// once are the replies that this run has kept, or found kept.
	once map[model.ClientID]bool
}

// New returns an outbox that keeps what it has to in that folder. What it hands in
// by [Outbox.Reply] waits for the hub no longer than until leaving ends.
func New(leaving context.Context, c *client.Client, dir string) *Outbox {
	return &Outbox{
		client: c, kept: NewKept(dir, c.URL()), leaving: leaving,
		busy: map[model.ClientID]context.CancelFunc{}, once: map[model.ClientID]bool{},
	}
}

// Begun returns the reply with the id by which it was begun before, where the same is kept,
// else with a new one; one that has an id keeps it.
func (o *Outbox) Begun(r model.Reply) model.Reply {
	if r.ClientID != "" {
		return r
	}
	if id, ok := o.kept.Find(r); ok {
		r.ClientID = id
	} else {
		r.ClientID = o.NewClientID()
	}
	return r
}

// Send hands a reply in, again and again with the same id until the hub took or
// refused it, and waits until its outcome is known or wait is over. It returns the
// reply as it then stands.
//
// If ctx ends after the hub took it, the reply as it was last known comes with ctx's
// error. What the hub refused each time it was asked is no longer kept, unless it was kept
// before. An [*client.UnreachableError] means that it is not known whether the hub has it; it stays
// kept, and the same id may be handed in again at any time.
func (o *Outbox) Send(ctx context.Context, r model.Reply, told Progress, wait time.Duration) (model.Message, error) {
	deadline := time.Now().Add(wait)
	_, before := o.kept.read(string(r.ClientID) + keptSuffix)
	m, err := o.handIn(ctx, r, told, deadline)
	if err != nil && !before && neverTook(err) {
		return m, errors.Join(err, o.kept.Forget(r.ClientID))
	}
	if err != nil {
		return m, err
	}
	return o.client.Follow(ctx, m, deadline, func(m model.Message) bool { return final(m.State) })
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
	var problem *client.Problem
	if errors.As(err, &unsure) || !errors.As(err, &problem) {
		return false
	}
	switch problem.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return problem.Status >= http.StatusBadRequest && problem.Status < http.StatusInternalServerError
}

// handIn hands a reply in that is kept until the hub took or refused it, and returns it as
// the hub took it.
func (o *Outbox) handIn(ctx context.Context, r model.Reply, told Progress, deadline time.Time) (model.Message, error) {
	r = o.kept.known(r)
	fresh := slices.ContainsFunc(r.Files, func(f model.File) bool { return f.Upload == "" })
	if err := o.kept.Put(r); err != nil {
		return model.Message{}, err
	}
	r, err := o.uploadAll(ctx, r, told)
	if err != nil {
		var bad *FileError
		if fresh && (refused(err) || errors.As(err, &bad)) { // it was never handed in
			err = errors.Join(err, o.kept.Forget(r.ClientID))
		}
		return model.Message{}, err
	}
	m, err := o.post(ctx, r, deadline)
	if isGone(err) && len(r.Files) > 0 { // it waited for more than a day; its id stays
		r.Files = notUploaded(r.Files)
		if r, err = o.uploadAll(ctx, r, told); err == nil {
			m, err = o.post(ctx, r, deadline)
		}
	}
	if err != nil && !refused(err) {
		return model.Message{}, err
	}
	if ferr := o.kept.Forget(r.ClientID); err == nil && ferr != nil {
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
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusConflict
}

// post posts the reply until it is taken, refused, or time is over.
func (o *Outbox) post(ctx context.Context, r model.Reply, deadline time.Time) (model.Message, error) {
	unsure := false
	for pause := client.PollFirst; ; pause = min(2*pause, client.PollMax) {
		m, err := o.client.HandIn(ctx, r)
		if r.Number != 0 && unprocessable(err) { // a hub that is older knows of no numbers
			r.Number = 0
			m, err = o.client.HandIn(ctx, r)
		}
		if err == nil && (m.ID == "" || m.ClientID != r.ClientID) {
			err = fmt.Errorf("%w: %s answered with another message", client.ErrNoHub, o.client.URL())
		}
		if !client.MayPass(err) || !client.Pause(ctx, pause, deadline) {
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
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusUnprocessableEntity
}

func final(s model.State) bool {
	switch s {
	case model.Queued, model.Posting, model.Unknown:
		return false
	default:
		return true
	}
}

// NewClientID is [NewClientID].
func (*Outbox) NewClientID() model.ClientID { return NewClientID() }

// NewClientID returns an id for a new reply.
func NewClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }
