package webhooks

import (
	"errors"
	"net/http"
	"time"

	"parley/hub/api/door"
	"parley/hub/pipedrive"
	"parley/hub/serve"
)

// maxCRMWebhook is the largest webhook of Pipedrive's accepted: a deal with all its custom
// fields, old and new.
const maxCRMWebhook = 2 << 20

// crmWebhookTime is how long one may take to arrive.
const crmWebhookTime = 10 * time.Second

// receiveCRM receives a webhook of Pipedrive's. It answers before the event is handled: after a
// failure Pipedrive stops sending for a while, and what is lost is found when the record is
// read again.
func (s *Routes) receiveCRM(w http.ResponseWriter, r *http.Request) {
	name, password, _ := r.BasicAuth()
	if !s.hub.CRMWebhookAllowed(name, password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="webhooks"`)
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusUnauthorized, door.CodeSignIn, "The name or the password is not that of the webhooks."))
		return
	}
	serve.Vouch(r.Context(), door.VouchedSender("crm", r))
	body, ok := s.webhookBody(w, r, maxCRMWebhook, crmWebhookTime)
	if !ok {
		return
	}
	defer body.Free()
	e, err := pipedrive.ReadWebhook(body.Whole())
	switch {
	case errors.Is(err, pipedrive.ErrOtherEntity):
		w.WriteHeader(http.StatusNoContent)
	case err != nil:
		door.WriteProblem(w, door.NewProblem(http.StatusBadRequest, door.CodeInvalid, "The body is not one of Pipedrive's webhooks."))
	case !s.hub.QueueCRMEvent(e):
		w.Header().Set("Retry-After", "3")
		door.WriteProblem(w, door.NewProblem(http.StatusServiceUnavailable, door.CodeUnavailable, "Too many events wait. Send it again."))
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
