package client

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"parley/model"
)

// Errors of reaching a hub.
var (
	// ErrAddress: the address is not an http or https URL.
	ErrAddress = errors.New("no address of a hub")
	// ErrUnprotected: the token would be sent over the network in the clear.
	ErrUnprotected = errors.New("unprotected address")
	// ErrNoHub: what answers is not a hub.
	ErrNoHub = errors.New("no hub answers")
)

// Problem is a hub's answer other than success.
type Problem struct {
	Status int             `json:"status"`
	Code   model.Code      `json:"code"`
	Detail model.Untrusted `json:"detail"`
	// Reply is the verdict that refused a reply, if one did.
	Reply *model.Verdict `json:"reply"`
	// Until is when to ask again; nil: not known.
	Until *time.Time `json:"until"`
	// Reason is Facebook's; Since is when a reply window closed. Empty and nil: not known.
	Reason model.Untrusted `json:"reason"`
	Since  *time.Time      `json:"since"`
}

// Refused reports whether the hub certainly did not do what it was asked.
func (p *Problem) Refused() bool {
	return p.Status >= http.StatusBadRequest && p.Status < http.StatusInternalServerError && p.Status != http.StatusRequestTimeout
}

// Unanswered reports whether the hub, or what stands before it, could not say what became of the
// call.
func (p *Problem) Unanswered() bool { return p.Status >= http.StatusInternalServerError }

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("hub answered %d %s", p.Status, p.Code) }

// UnreachableError says that the hub gave no answer. It may or may not have got the request.
type UnreachableError struct {
	URL   string
	Cause error
}

// Error implements error.
func (e *UnreachableError) Error() string { return fmt.Sprintf("reach hub at %s: %v", e.URL, e.Cause) }

// Unanswered reports that nobody said what became of the call.
func (e *UnreachableError) Unanswered() bool { return true }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }
