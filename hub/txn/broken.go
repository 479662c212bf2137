package txn

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"parley/hub/store"
)

// brokenError is that storing failed because of what was to be stored, not of the store:
// trying again won't help, and others must not wait for it.
type brokenError struct{ cause error }

func (e *brokenError) Error() string { return e.cause.Error() }

// Unwrap returns what went wrong.
func (e *brokenError) Unwrap() error { return e.cause }

// IsBroken tells whether an error is one of what was to be stored.
func IsBroken(err error) bool {
	var b *brokenError
	return errors.As(err, &b)
}

// Apart runs a step that one event brings about, so that what is wrong with the event, a
// mistake of ours in reading it included, is told from what is wrong with the store.
func Apart(ctx context.Context, step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// Only the type: a value may hold what customers wrote.
			err = &brokenError{cause: fmt.Errorf("%w: %T\n%s", ErrPanicked, p, debug.Stack())}
		}
	}()
	err = step()
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return &brokenError{cause: err}
}

// ErrPanicked is that events were not stored because of a mistake of ours.
var ErrPanicked = errors.New("panicked")
