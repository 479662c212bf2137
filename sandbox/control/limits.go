package control

import (
	"errors"
	"net/http"

	"parley/sandbox/web"
)

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
