package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"parley/sandbox/pipedrive"
	"parley/sandbox/web"
)

// steerPipedrive returns Pipedrive's state, and makes it fail.
func (c *Control) steerPipedrive(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.Steering
	if !readBody(w, r, &in) {
		return
	}
	how, err := c.crm.Steer(in)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	web.JSON(w, http.StatusOK, how)
}

// listRecords returns all records of Pipedrive, hidden or not.
func (c *Control) listRecords(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, c.crm.Records())
}

func (c *Control) listUsers(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"users": c.crm.Accounts()})
}

// changeUser changes a user.
func (c *Control) changeUser(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.UserChange
	if !readBody(w, r, &in) {
		return
	}
	changed, ok := c.crm.ChangeUser(r.PathValue("email"), in)
	if !ok {
		refuse(w, http.StatusNotFound, errNoPipedriveUser())
		return
	}
	web.JSON(w, http.StatusOK, changed)
}

func errNoPipedriveUser() error {
	return errors.New("no such user; GET /control/pipedrive/users lists them")
}

// steerWebhooks returns the webhooks, and bans them or lifts the ban.
func (c *Control) steerWebhooks(w http.ResponseWriter, r *http.Request) {
	var in pipedrive.WebhookSteering
	if r.Method == http.MethodPost && !readBody(w, r, &in) {
		return
	}
	web.JSON(w, http.StatusOK, c.crm.SteerWebhooks(in))
}

// hand does what a user does in Pipedrive's own web app.
func (c *Control) hand(act string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
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
		status, done, ok := c.crm.Hand(act, by, r, body)
		if !ok {
			refuse(w, http.StatusNotFound, errNoPipedriveUser())
			return
		}
		web.JSON(w, status, done)
	}
}
