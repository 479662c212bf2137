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
// until the hub accepted or refused it. It is safe for concurrent use.
type Outbox struct {
	client *client.Client
	kept   *Kept
	// leaving ends with the program: a reply may wait for the hub until then.
	leaving context.Context //nolint:containedctx // a reply belongs to the program, not to a call

	mu sync.Mutex
	// busy maps the replies being handed in to what stops each.
	busy map[model.ClientID]context.CancelFunc
	// show receives upload progress; nil: nobody does.
	show func(model.Uploading)

	keeping sync.Mutex
	// once holds the replies that this run has kept, or found kept.
	once map[model.ClientID]bool
}

// New returns an outbox with its files in that folder. Replies handed in by [Outbox.Reply]
// wait for the hub at most until leaving ends.
func New(leaving context.Context, c *client.Client, dir string) *Outbox {
	o := &Outbox{
		client: c, kept: NewKept(dir, c.URL()), leaving: leaving,
		busy: map[model.ClientID]context.CancelFunc{}, once: map[model.ClientID]bool{},
	}
	o.kept.run = newRun(leaving, dir)
	return o
}

// Begun returns the reply with a client id: its own if it has one, that of the same reply if
// one is kept, else a new one.
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

// Send hands a reply in, again and again with the same id until the hub accepted or refused
// it, and waits until its outcome is known or wait is over. It returns the reply as last
// known.
//
// If ctx ends after the hub accepted it, the reply is returned with ctx's error. A reply that
// the hub refused on every try is no longer kept, unless it was kept before. An
// [*client.UnreachableError] means that the hub may or may not have it; it stays kept, and the
// same id may be handed in again at any time.
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

// unsureError is a refusal after a try without an answer: the hub may have accepted the reply
// in that try.
type unsureError struct{ error }

// Unwrap returns the refusal.
func (e *unsureError) Unwrap() error { return e.error }

// neverTook reports whether the hub refused the reply on every try, so that it can't have it.
// A hub that asks to sign in or to wait may accept it later.
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

// handIn keeps a reply until the hub accepted or refused it, and returns the hub's message.
func (o *Outbox) handIn(ctx context.Context, r model.Reply, told Progress, deadline time.Time) (model.Message, error) {
	r = o.kept.known(r)
	fresh := slices.ContainsFunc(r.Files, func(f model.File) bool { return f.Upload == "" })
	if err := o.kept.Put(r); err != nil {
		return model.Message{}, err
	}
	r, err := o.uploadAll(ctx, r, told)
	if err != nil {
		var bad *FileError
		if fresh && (refused(err) || errors.As(err, &bad)) { // it was never posted
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

// refused reports whether a rule refused the reply: then the hub does not have it. Any other
// answer may follow a try that the hub accepted and whose answer was lost.
func refused(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusConflict
}

// post posts the reply until it is accepted, refused, or time is up.
func (o *Outbox) post(ctx context.Context, r model.Reply, deadline time.Time) (model.Message, error) {
	unsure := false
	for pause := client.PollFirst; ; pause = min(2*pause, client.PollMax) {
		m, err := o.client.HandIn(ctx, r)
		if r.Number != 0 && unprocessable(err) { // an older hub does not know numbers
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

// unprocessable reports whether the hub did not understand the request, and so did nothing.
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
