package txn

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"parley/hub/store"
)

// brokenError means that what was to be stored is at fault, not the store: trying again won't
// help, and others must not wait for it.
type brokenError struct{ cause error }

func (e *brokenError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *brokenError) Unwrap() error { return e.cause }

// IsBroken reports whether what was to be stored is at fault, not the store.
func IsBroken(err error) bool {
	var b *brokenError
	return errors.As(err, &b)
}

// Apart runs the step that applies one event, and tells an error caused by the event, even a
// panic of ours in handling it, from an error of the store; see [IsBroken].
func Apart(ctx context.Context, step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// Only the type: the value may hold what customers wrote.
			err = &brokenError{cause: fmt.Errorf("%w: %T\n%s", ErrPanicked, p, debug.Stack())}
		}
	}()
	err = step()
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	return &brokenError{cause: err}
}

// ErrPanicked means that events were not stored because our code panicked.
var ErrPanicked = errors.New("panicked")
