package hub

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/model"
)

// brokenError is that storing failed because of what was to be stored, not of the store:
// trying again won't help, and others must not wait for it.
type brokenError struct{ cause error }

func (e *brokenError) Error() string { return e.cause.Error() }

// Unwrap returns what went wrong.
func (e *brokenError) Unwrap() error { return e.cause }

// isBroken tells whether an error is one of what was to be stored.
func isBroken(err error) bool {
	var b *brokenError
	return errors.As(err, &b)
}

// apart runs a step that one event brings about, so that what is wrong with the event, a
// mistake of ours in reading it included, is told from what is wrong with the store.
func apart(ctx context.Context, step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// Only the type: a value may hold what customers wrote.
			err = &brokenError{cause: fmt.Errorf("%w: %T\n%s", errPanicked, p, debug.Stack())}
		}
	}()
	err = step()
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return &brokenError{cause: err}
}

// storeApart stores an event that could not be stored as what it is: as one that is not
// understood, with a line that says so, or else only as it came.
func (h *Hub) storeApart(ctx context.Context, page model.PageID, e model.Inbound, cause error) error {
	h.log.Error("event could not be stored as what it is", logkey.Page, string(page), logkey.Event, e.Name, logkey.Error, cause)
	e.Event, e.At = nil, h.utc()
	if _, err := h.storePiece(ctx, page, []model.Inbound{e}); !isBroken(err) {
		return err
	}
	return h.write(ctx, page, func(tx store.PageTx) error {
		_, err := tx.KeepRaw(store.RawEvent{
			Page: page, Key: e.Key, Customer: e.Customer, Name: e.Name, At: e.At, ReceivedAt: e.At, Body: e.Raw,
		})
		return err
	})
}
