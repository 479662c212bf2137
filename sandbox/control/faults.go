package control

import (
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
