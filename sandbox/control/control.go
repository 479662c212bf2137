// Package control is the HTTP API below /control by which tests and people steer the sandbox and
// inspect it.
//
// It has no state of its own.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"parley/sandbox/customers"
	"parley/sandbox/fault"
	"parley/sandbox/graph"
	"parley/sandbox/mail"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/pipedrive"
	"parley/sandbox/web"
	"parley/sandbox/webhooks"
	"parley/sandbox/world"
)

// maxBody is the largest body of a control call.
const maxBody = 16 << 20

// Options are the parts that the control API steers.
type Options struct {
	Meta      meta.Identity
	Logger    *slog.Logger
	Faults    *fault.List
	World     *world.World
	Webhooks  *webhooks.Webhooks
	Messenger *messenger.Messenger
	Graph     *graph.Graph
	Customers *customers.Customers
	Pipedrive *pipedrive.Pipedrive
	Mail      *mail.Server
}

// Control serves the control API.
type Control struct {
	meta      meta.Identity
	log       *slog.Logger
	faults    *fault.List
	world     *world.World
	hooks     *webhooks.Webhooks
	messenger *messenger.Messenger
	graph     *graph.Graph
	customers *customers.Customers
	crm       *pipedrive.Pipedrive
	mail      *mail.Server
	mux       *http.ServeMux
}

// New returns the control API. Unknown routes are answered in JSON too.
func New(o Options) *Control {
	c := &Control{
		meta: o.Meta, log: o.Logger, faults: o.Faults, world: o.World, hooks: o.Webhooks, messenger: o.Messenger,
		graph: o.Graph, customers: o.Customers, crm: o.Pipedrive, mail: o.Mail, mux: http.NewServeMux(),
	}
	routes := c.allRoutes()
	for _, route := range routes {
		handle := route.handle
		if handle == nil {
			handle = func(w http.ResponseWriter, _ *http.Request) {
				web.JSON(w, http.StatusOK, map[string]any{"routes": routes})
			}
		}
		c.mux.HandleFunc(route.Method+" /control"+route.Path, handle)
	}
	c.mux.HandleFunc("/control/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, fmt.Errorf("no route %s %s; GET /control lists them", r.Method, r.URL.Path))
	})
	return c
}

// ServeHTTP serves a call below /control.
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.mux.ServeHTTP(w, r) }

func refuse(w http.ResponseWriter, status int, err error) {
	web.JSON(w, status, map[string]string{"error": err.Error()})
}

// readBody decodes the body of a call; on error it writes the answer.
func readBody(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if errors.Is(err, io.EOF) {
		return true // an empty body is all defaults
	}
	if err == nil && dec.More() {
		err = errors.New("more than one JSON value")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, fmt.Errorf("read the body: %w", err))
		return false
	}
	return true
}

// moment is a time given in RFC 3339 or in milliseconds.
type moment int64

func (m *moment) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return nil
	}
	if strings.Trim(text, "0123456789") == "" {
		return json.Unmarshal([]byte(text), (*int64)(m))
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("at must be RFC 3339 or milliseconds: %w", err)
	}
	*m = moment(t.UnixMilli())
	return nil
}
