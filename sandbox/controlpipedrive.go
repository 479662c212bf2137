package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"parley/sandbox/pipedrive"
	"parley/sandbox/web"
)

// controlPipedrive tells how Pipedrive is, and has it fail.
func (s *Sandbox) controlPipedrive(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.Steering
	if !readControl(w, r, &in) {
		return
	}
	how, err := s.crm.Steer(in)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	web.JSON(w, http.StatusOK, how)
}

// controlPipedriveRecords shows what Pipedrive holds, hidden or not.
func (s *Sandbox) controlPipedriveRecords(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, s.crm.Records())
}

func (s *Sandbox) controlPipedriveUsers(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"users": s.crm.Accounts()})
}

// controlPipedriveUser changes a user.
func (s *Sandbox) controlPipedriveUser(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.UserChange
	if !readControl(w, r, &in) {
		return
	}
	changed, ok := s.crm.ChangeUser(r.PathValue("email"), in)
	if !ok {
		refuse(w, http.StatusNotFound, errNoPipedriveUser())
		return
	}
	web.JSON(w, http.StatusOK, changed)
}

func errNoPipedriveUser() error {
	return errors.New("no such user; GET /control/pipedrive/users lists them")
}

// controlPipedriveHooks tells of the webhooks, and bans them or lifts the ban.
func (s *Sandbox) controlPipedriveHooks(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.WebhookSteering
	if r.Method == http.MethodPost && !readControl(w, r, &in) {
		return
	}
	web.JSON(w, http.StatusOK, s.crm.SteerWebhooks(in))
}

// controlPipedriveHand does what somebody does in Pipedrive's own web app.
func (s *Sandbox) controlPipedriveHand(act string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		if len(body) == 0 {
			body = []byte("{}")
		}
		if !json.Valid(body) {
			refuse(w, http.StatusBadRequest, errors.New("the body must be a JSON object"))
			return
		}
		by := r.URL.Query().Get("by")
		if by == "" {
			by = "installer@example.com"
		}
		status, done, ok := s.crm.Hand(act, by, r, body)
		if !ok {
			refuse(w, http.StatusNotFound, errNoPipedriveUser())
			return
		}
		web.JSON(w, status, done)
	}
}
