package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"parley/hub/messenger"
	"parley/hub/serve"
)

// maxWebhook is the largest POST taken: Meta gathers up to 1,000 events in one.
const maxWebhook = 8 << 20

// webhookSlack is which part of a webhook's time is left for answering.
const webhookSlack = 16

// handshake answers Meta's question whether this is the address it was told.
//
// Source: Messenger Platform, "Webhooks", verification requests.
func (s *server) handshake(w http.ResponseWriter, r *http.Request) {
	challenge, ok := messenger.Handshake(r.URL.Query(), s.verifyToken)
	if !ok {
		writeProblem(w, newProblem(http.StatusForbidden, codeSignature, "The verify token is another."))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, challenge) //nolint:gosec // plain text, by its header; Meta wants it back as it came
}

// receive takes a webhook in. 200 means that all of it is on disk; anything else
// makes Meta send it again.
func (s *server) receive(w http.ResponseWriter, r *http.Request) {
	limit := s.hub.Timing().Webhook
	ctx, cancel := context.WithTimeout(r.Context(), limit-limit/webhookSlack)
	defer cancel()
	signatures := r.Header.Values("X-Hub-Signature-256")
	if len(signatures) != 1 || !messenger.WellFormed(signatures[0]) { // nobody's body is read for nothing
		s.refuseEarly(w, r, newProblem(http.StatusForbidden, codeSignature, "A webhook brings one signature, of SHA-256."))
		return
	}
	body, ok := s.webhookBody(w, r, maxWebhook, limit)
	if !ok {
		return
	}
	defer body.free()
	if !s.verifier.Verify(signatures[0], body.list()...) {
		s.refuseEarly(w, r, newProblem(http.StatusForbidden, codeSignature, "The signature is not that of this body."))
		return
	}
	serve.Vouch(r.Context(), vouchedSender("meta", r))
	entries, err := messenger.Decode(body.whole(), s.appID, s.now())
	switch {
	case errors.Is(err, messenger.ErrTest):
		s.received(w, s.hub.NoteTest(ctx))
		return
	case errors.Is(err, messenger.ErrNotPage):
		writeProblem(w, newProblem(http.StatusNotFound, codeNotFound, "Only webhooks of Pages are taken."))
		return
	case err != nil:
		writeProblem(w, newProblem(http.StatusBadRequest, codeInvalid, "The body is not one of Meta's webhooks."))
		return
	}
	s.received(w, s.hub.Receive(ctx, entries))
}

// received answers a webhook by what became of it.
func (s *server) received(w http.ResponseWriter, err error) {
	if err != nil {
		s.log.Error("receive webhook", "error", err)
		w.Header().Set("Retry-After", "1")
		writeProblem(w, newProblem(http.StatusServiceUnavailable, codeUnavailable, "The hub can't store this now. Send it again."))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "EVENT_RECEIVED")
}

// webhookBody reads a webhook of at most so many bytes, which comes in time and is to be
// freed; false: it was answered.
func (s *server) webhookBody(w http.ResponseWriter, r *http.Request, most int64, within time.Duration) (*pieces, bool) {
	if r.ContentLength > most {
		s.refuseEarly(w, r, newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "The body is larger than a webhook can be."))
		return nil, false
	}
	readWithin(w, within)
	body, err := readPieces(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		s.refuseEarly(w, r, newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "The body is larger than a webhook can be."))
		return nil, false
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", busyAgain)
		s.refuseEarly(w, r, busyProblem())
		return nil, false
	case err != nil:
		s.refuseEarly(w, r, newProblem(http.StatusBadRequest, codeInvalid, "The body could not be read."))
		return nil, false
	}
	return body, true
}
