// Package webhooks receives the webhooks of Meta and Pipedrive.
package webhooks

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"parley/hub/api/door"
	"parley/hub/messenger/webhook"
	"parley/hub/serve"
	"parley/model"
)

// maxWebhook is the largest POST accepted: Meta puts up to 1,000 events into one.
const maxWebhook = 8 << 20

// webhookSlack is the fraction of a webhook's time that is left for answering.
const webhookSlack = 16

// Hub is what webhooks need of the hub.
type Hub interface {
	// Receive stores Meta's events; when it returns nil they are on disk.
	Receive(ctx context.Context, entries []model.PageEntry) error
	// NoteTest records that Meta tested the address.
	NoteTest(ctx context.Context) error
	// CRMWebhookAllowed reports whether a webhook of Pipedrive's has the right name and
	// password.
	CRMWebhookAllowed(name, password string) bool
	// QueueCRMEvent queues an event; false if too many wait.
	QueueCRMEvent(e model.CRMEvent) bool
}

// Verifier reports whether Meta signed a webhook's body, which may come in pieces.
type Verifier interface {
	Verify(signature string, body ...[]byte) bool
}

// Options configure the routes of webhooks.
type Options struct {
	Hub      Hub
	Door     *door.Door
	Verifier Verifier
	// AppID is our app's id, by which echoes of our own replies are recognised.
	AppID model.AppID
	// VerifyToken is what Meta must send in its handshake.
	VerifyToken string
	// Within is how long storing a webhook of Meta's may take.
	Within time.Duration
	Now    func() time.Time
}

// Routes are the routes for webhooks.
type Routes struct {
	hub         Hub
	door        *door.Door
	verifier    Verifier
	appID       model.AppID
	verifyToken string
	within      time.Duration
	now         func() time.Time
}

// New returns the routes.
func New(o Options) *Routes {
	return &Routes{
		hub: o.Hub, door: o.Door, verifier: o.Verifier, appID: o.AppID, verifyToken: o.VerifyToken, within: o.Within, now: o.Now,
	}
}

// Register adds the routes.
func (s *Routes) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /webhooks/messenger", s.handshake)
	mux.HandleFunc("POST /webhooks/messenger", s.receive)
	mux.HandleFunc("POST /webhooks/pipedrive", s.receiveCRM)
}

// handshake answers Meta's verification of the address.
//
// Source: Messenger Platform, "Webhooks", verification requests.
func (s *Routes) handshake(w http.ResponseWriter, r *http.Request) {
	challenge, ok := webhook.Handshake(r.URL.Query(), s.verifyToken)
	if !ok {
		door.WriteProblem(w, door.NewProblem(http.StatusForbidden, door.CodeSignature, "The verify token is another."))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, challenge) //nolint:gosec // plain text, by its header; Meta expects it unchanged
}

// receive receives a webhook. 200 means that all of it is on disk; anything else makes Meta
// send it again.
func (s *Routes) receive(w http.ResponseWriter, r *http.Request) {
	limit := s.within
	ctx, cancel := context.WithTimeout(r.Context(), limit-limit/webhookSlack)
	defer cancel()
	signatures := r.Header.Values("X-Hub-Signature-256")
	if len(signatures) != 1 || !webhook.WellFormed(signatures[0]) { // an unsigned body is not read
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusForbidden, door.CodeSignature, "A webhook brings one signature, of SHA-256."))
		return
	}
	body, ok := s.webhookBody(w, r, maxWebhook, limit)
	if !ok {
		return
	}
	defer body.Free()
	if !s.verifier.Verify(signatures[0], body.List()...) {
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusForbidden, door.CodeSignature, "The signature is not that of this body."))
		return
	}
	serve.Vouch(r.Context(), door.VouchedSender("meta", r))
	entries, err := webhook.Decode(body.Whole(), s.appID, s.now())
	switch {
	case errors.Is(err, webhook.ErrTest):
		s.received(w, s.hub.NoteTest(ctx))
		return
	case errors.Is(err, webhook.ErrNotPage):
		door.WriteProblem(w, door.NewProblem(http.StatusNotFound, door.CodeNotFound, "Only webhooks of Pages are taken."))
		return
	case err != nil:
		door.WriteProblem(w, door.NewProblem(http.StatusBadRequest, door.CodeInvalid, "The body is not one of Meta's webhooks."))
		return
	}
	s.received(w, s.hub.Receive(ctx, entries))
}

// received answers a webhook by the result of storing it.
func (s *Routes) received(w http.ResponseWriter, err error) {
	if err != nil {
		s.door.Log.Error("receive webhook", "error", err)
		w.Header().Set("Retry-After", "1")
		door.WriteProblem(w, door.NewProblem(http.StatusServiceUnavailable, door.CodeUnavailable, "The hub can't store this now. Send it again."))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "EVENT_RECEIVED")
}

// webhookBody reads a webhook of at most most bytes within a time. The result must be freed;
// false means that it has answered.
func (s *Routes) webhookBody(w http.ResponseWriter, r *http.Request, most int64, within time.Duration) (*door.Pieces, bool) {
	if r.ContentLength > most {
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusRequestEntityTooLarge, door.CodeTooLarge, "The body is larger than a webhook can be."))
		return nil, false
	}
	door.ReadWithin(w, within)
	body, err := door.ReadPieces(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusRequestEntityTooLarge, door.CodeTooLarge, "The body is larger than a webhook can be."))
		return nil, false
	case errors.Is(err, door.ErrBusy):
		w.Header().Set("Retry-After", door.BusyAgain)
		s.door.RefuseEarly(w, r, door.BusyProblem())
		return nil, false
	case err != nil:
		s.door.RefuseEarly(w, r, door.NewProblem(http.StatusBadRequest, door.CodeInvalid, "The body could not be read."))
		return nil, false
	}
	return body, true
}
