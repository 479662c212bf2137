package api

import (
	"errors"
	"io"
	"net/http"

	"parley/hub/pipedrive"
)

// maxCRMWebhook is the largest webhook of Pipedrive's taken: a deal with all its custom
// fields, now and before.
const maxCRMWebhook = 2 << 20

// receiveCRM takes a webhook of Pipedrive's. It is answered before it is seen to: one
// that fails makes Pipedrive stop sending for a while, and what is lost is found when the
// record is read again.
func (s *server) receiveCRM(w http.ResponseWriter, r *http.Request) {
	name, password, _ := r.BasicAuth()
	if !s.hub.CRMMayTell(name, password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="webhooks"`)
		writeProblem(w, newProblem(http.StatusUnauthorized, codeSignIn, "The name or the password is not that of the webhooks."))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCRMWebhook))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		writeProblem(w, newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "The body is larger than a webhook can be."))
		return
	case err != nil:
		writeProblem(w, newProblem(http.StatusBadRequest, codeInvalid, "The body could not be read."))
		return
	}
	e, err := pipedrive.ReadWebhook(body)
	switch {
	case errors.Is(err, pipedrive.ErrOtherEntity):
		w.WriteHeader(http.StatusNoContent)
	case err != nil:
		writeProblem(w, newProblem(http.StatusBadRequest, codeInvalid, "The body is not one of Pipedrive's webhooks."))
	case !s.hub.TakeCRMEvent(e):
		w.Header().Set("Retry-After", "3")
		writeProblem(w, newProblem(http.StatusServiceUnavailable, codeUnavailable, "Too many events wait. Send it again."))
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
