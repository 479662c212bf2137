package client

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"parley/model"
)

// What keeps a client from speaking to a hub.
var (
	// ErrAddress: the address is no http or https URL.
	ErrAddress = errors.New("no address of a hub")
	// ErrUnprotected: the token would cross the network in the clear.
	ErrUnprotected = errors.New("unprotected address")
	// ErrNoHub: what answers is no hub.
	ErrNoHub = errors.New("no hub answers")
)

// Problem is a hub's answer that is no success.
type Problem struct {
	Status int             `json:"status"`
	Code   model.Code      `json:"code"`
	Detail model.Untrusted `json:"detail"`
	// Reply is the verdict where a reply is refused by one.
	Reply *model.Verdict `json:"reply"`
	// Until is when it is worth asking again; nil: not told.
	Until *time.Time `json:"until"`
	// Reason is Facebook's; Since is when a reply window closed. Empty, nil: not told.
	Reason model.Untrusted `json:"reason"`
	Since  *time.Time      `json:"since"`
}

// Refused tells that the hub did not do what it was asked, for sure.
func (p *Problem) Refused() bool {
	return p.Status >= http.StatusBadRequest && p.Status < http.StatusInternalServerError && p.Status != http.StatusRequestTimeout
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("hub answered %d %s", p.Status, p.Code) }

// UnreachableError is that the hub gave no answer. Whether it got the request is not
// known.
type UnreachableError struct {
	URL   string
	Cause error
}

// Error implements error.
func (e *UnreachableError) Error() string { return fmt.Sprintf("reach hub at %s: %v", e.URL, e.Cause) }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }
