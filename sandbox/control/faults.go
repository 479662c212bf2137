package control

import (
	"errors"
	"net/http"

	"parley/sandbox/fault"
	"parley/sandbox/web"
)

func (c *Control) listFaults(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"faults": c.faults.All()})
}

func (c *Control) addFault(w http.ResponseWriter, r *http.Request) {
	var f fault.Fault
	if !readBody(w, r, &f) {
		return
	}
	if err := f.Validate(); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	f.Fired = 0
	c.faults.Add(f)
	web.JSON(w, http.StatusCreated, f)
}

func (c *Control) clearFaults(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]int{"cleared": c.faults.Clear()})
}

func (c *Control) showLimits(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, c.graph.Limits())
}

func (c *Control) setLimits(w http.ResponseWriter, r *http.Request) {
	var in struct {
		PerSecond int `json:"conversations_per_second"`
	}
	if !readBody(w, r, &in) {
		return
	}
	if in.PerSecond < 1 {
		refuse(w, http.StatusBadRequest, errors.New("conversations_per_second must be at least 1"))
		return
	}
	c.graph.SetLimit(in.PerSecond)
	c.showLimits(w, r)
}

func (c *Control) pause(paused bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c.customers.Pause(paused)
		web.JSON(w, http.StatusOK, map[string]bool{"paused": paused})
	}
}
