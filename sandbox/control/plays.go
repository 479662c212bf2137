package control

import (
	"errors"
	"net/http"

	"parley/sandbox/customers"
	"parley/sandbox/meta"
	"parley/sandbox/web"
	"parley/sandbox/world"
)

// listPlays lists the plays.
func (c *Control) listPlays(w http.ResponseWriter, _ *http.Request) {
	names, err := customers.PlayNames()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	list := make([]customers.Play, 0, len(names))
	for _, name := range names {
		p, err := customers.ReadPlay(name)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err)
			return
		}
		list = append(list, customers.Play{Name: p.Name, Does: p.Does})
	}
	web.JSON(w, http.StatusOK, map[string]any{"events": list})
}

// play plays an event for a customer: it posts it to the callback at once, in one body, whatever
// fields are subscribed to, and answers with the callback's status.
func (c *Control) play(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Event  string `json:"event"`
		At     moment `json:"at"`
		Name   string `json:"name"`
		Locale string `json:"locale"`
	}
	if !readBody(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	p, err := customers.ReadPlay(in.Event)
	if err := errors.Join(c.checkPSID(psid), err); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	callback, _ := c.hooks.App()
	var body []byte
	var mids []string
	c.world.Do(func(st *world.State) {
		if in.At == 0 {
			in.At = moment(st.Now())
		}
		body, mids, err = c.customers.Perform(st, st.Someone(psid, in.Name, in.Locale), p, int64(in.At))
	})
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	if callback == "" {
		refuse(w, http.StatusConflict, errNoCallback())
		return
	}
	status, err := c.hooks.Post(r.Context(), callback, body, meta.Sign(c.meta.AppSecret, body))
	if err != nil {
		c.log.Info("played event", "err", err)
	}
	web.JSON(w, http.StatusOK, map[string]any{"status": []int{status}, "mids": mids})
}
