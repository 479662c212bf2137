package door

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/hub/accounts"
	"parley/hub/fair"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/model"
	"parley/model/snippet"
)

// Codes of problems that are not refusals by a rule.
const (
	CodeInvalid     model.Code = "invalid"
	CodeTooLarge    model.Code = "too_large"
	CodeNotFound    model.Code = "not_found"
	CodeSignIn      model.Code = "not_signed_in"
	CodeUnavailable model.Code = "unavailable"
	codeGraph       model.Code = "graph_unavailable"
	codeCRM                    = model.CRMUnavailable
	CodeSignature   model.Code = "bad_signature"
	CodeInternal    model.Code = "internal"
	codeMethod      model.Code = "method_not_allowed"
	CodeTries       model.Code = "too_many_tries"
	codeBusy        model.Code = "busy"
)

// Problem is an RFC 9457 problem document with our code.
type Problem struct {
	Type   string     `json:"type"`
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail,omitempty"`
	Code   model.Code `json:"code"`
	// Reply is the verdict, if a reply was refused by one.
	Reply *model.Verdict `json:"reply,omitempty"`
	// Until is when it is worth asking again.
	Until *time.Time `json:"until,omitempty"`
	// Reason is Facebook's reason, Since when a reply window closed.
	Reason model.Untrusted     `json:"reason,omitempty"`
	Since  *time.Time          `json:"since,omitempty"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// NewProblem returns a problem document.
func NewProblem(status int, code model.Code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// Problems that huma itself finds (invalid JSON, a missing field) get the same shape. This is
// set once, before anything is served: huma has no other way.
func init() { //nolint:gochecknoinits // see above
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p := NewProblem(status, CodeOfStatus(status), msg)
		for _, err := range errs {
			var known *Problem
			if errors.As(err, &known) {
				return known
			}
			if errors.Is(err, ErrBusy) {
				return BusyProblem()
			}
			if errors.Is(err, io.ErrUnexpectedEOF) { // the client went away, which is not the hub's fault
				return NewProblem(http.StatusBadRequest, CodeInvalid, "The body did not come whole.")
			}
			var d huma.ErrorDetailer
			if errors.As(err, &d) {
				detail := d.ErrorDetail()
				// Without the value that was sent: it may contain a secret or a customer's
				// text.
				p.Errors = append(p.Errors, &huma.ErrorDetail{Message: detail.Message, Location: detail.Location})
			}
		}
		return p
	}
}

// CodeOfStatus is the code of a problem that has none of its own.
func CodeOfStatus(status int) model.Code {
	switch status {
	case http.StatusUnauthorized:
		return CodeSignIn
	case http.StatusNotFound:
		return CodeNotFound
	case http.StatusMethodNotAllowed:
		return codeMethod
	case http.StatusRequestEntityTooLarge:
		return CodeTooLarge
	case http.StatusServiceUnavailable:
		return CodeUnavailable
	}
	if status >= http.StatusInternalServerError {
		return CodeInternal
	}
	return CodeInvalid
}

// refusedStatus returns the HTTP status of a refusal. Refusals without one of their own are
// conflicts with the current state: 409.
func refusedStatus(code model.Code) int {
	switch code {
	case model.NotAdmin, model.NotInstaller, model.NoManageTask, model.PersonalProfile, model.AlreadyConnected,
		model.LoginDenied, model.OtherBrowser, model.WrongCompany, model.NoCompany, model.NoAccount, model.CRMInactive, model.CRMSignIn,
		model.NoPermission, model.ConnectForeign:
		return http.StatusForbidden
	case model.NoCRMUser, model.CRMForbidden, model.CRMEditUnknown:
		return http.StatusForbidden
	case model.LoginExpired, model.MediaIsGone:
		return http.StatusGone
	case model.SlowDown, model.CRMLimited:
		return http.StatusTooManyRequests
	case model.Hidden, model.PageUnknown, model.RecordNotFound:
		return http.StatusNotFound
	case model.BadRecord, model.CRMInvalid, snippet.BadName, snippet.BadBraces, snippet.UnknownField, snippet.BadMacro, snippet.BadKey:
		return http.StatusUnprocessableEntity
	default:
		return http.StatusConflict
	}
}

// Problem turns an error of the hub into a problem document for the client, and logs its cause.
func (s *Door) Problem(ctx context.Context, err error) error {
	var refusal *model.Refusal
	var invalid *model.InvalidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		p := NewProblem(refusedStatus(refusal.Code), refusal.Code, sentence(refusal.Code))
		p.Reply, p.Until, p.Reason, p.Since = refusal.Verdict, refusal.Until, refusal.Reason, refusal.Since
		if refusal.Code == model.SlowDown {
			return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {RetryAfter(s.loginPoll)}})
		}
		return p
	case errors.As(err, &invalid):
		return NewProblem(http.StatusUnprocessableEntity, CodeInvalid, invalid.Error())
	case errors.Is(err, store.ErrBadCursor):
		return NewProblem(http.StatusUnprocessableEntity, CodeInvalid, "The cursor is not one of this list.")
	case errors.Is(err, store.ErrNotFound):
		return NewProblem(http.StatusNotFound, CodeNotFound, "There is no such thing.")
	case errors.Is(err, accounts.ErrSignIn):
		return NewProblem(http.StatusUnauthorized, CodeSignIn, "The token or code lets nobody in. Sign in again.")
	case errors.Is(err, fair.ErrBusy):
		return huma.ErrorWithHeaders(BusyProblem(), http.Header{"Retry-After": {BusyAgain}})
	case errors.Is(err, store.ErrUnavailable):
		s.Log.Error("store unavailable", "error", err)
		return NewProblem(http.StatusServiceUnavailable, CodeUnavailable, "The hub can't store anything at the moment. Nothing was kept; try again.")
	case errors.Is(err, model.ErrCRMUnavailable):
		s.Log.Warn("crm", "error", err)
		return NewProblem(http.StatusBadGateway, codeCRM, "Pipedrive could not be asked. Nothing was changed; try again. The hub's log says why.")
	case errors.Is(err, pages.ErrGraph):
		s.Log.Warn("graph api", "error", err)
		return NewProblem(http.StatusBadGateway, codeGraph, "Facebook did not do what was asked. The hub's log says why.")
	case ctx.Err() != nil:
		return NewProblem(http.StatusServiceUnavailable, CodeUnavailable, "The request took too long, or its sender went away.")
	}
	s.Log.Error("request failed", "error", err)
	return NewProblem(http.StatusInternalServerError, CodeInternal, "The hub made a mistake. Its log says more.")
}

// WriteProblem answers with a problem document.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // fails if the client is gone
}

// TooManyTries asks a client that sent a wrong code to wait.
func TooManyTries(wait time.Duration) error {
	return TooMany(wait, "Too many codes were wrong. Wait before the next.")
}

// TooMany asks a client that asks too often to wait.
func TooMany(wait time.Duration, detail string) error {
	p := NewProblem(http.StatusTooManyRequests, CodeTries, detail)
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {RetryAfter(wait)}})
}

// RetryAfter returns how long to wait in whole seconds, rounded up.
func RetryAfter(wait time.Duration) string { return strconv.Itoa(int(wait/time.Second) + 1) }
