package pipedrive

import (
	"fmt"
	"net/http"

	"parley/sandbox/fault"

	"parley/sandbox/web"
)

// Outage is how Pipedrive fails at present.
type Outage string

// The kinds of outage.
const (
	Well Outage = ""
	// Error500 answers in Pipedrive's envelope, HTML403 like the firewall before it after too many
	// calls, Cut not at all; Garbage is half a JSON object.
	Error500 Outage = "http_500"
	HTML403  Outage = "html_403"
	Cut      Outage = "reset"
	Garbage  Outage = "garbage"
	Hang     Outage = "timeout"
)

// fails makes a call fail if there is an outage, and reports whether it did.
func (p *Pipedrive) fails(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	outage := p.outage
	p.mu.Unlock()
	switch outage {
	case Error500:
		web.JSON(w, http.StatusInternalServerError, failure("Internal server error"))
	case HTML403:
		wall(w)
	case Garbage:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"success":true,"data":{"id":`))
	case Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case Cut:
		panic(http.ErrAbortHandler)
	case Well:
		return false
	}
	return true
}

// known refuses an unknown outage.
func (o Outage) known() error {
	switch o {
	case Well, Error500, HTML403, Cut, Garbage, Hang:
		return nil
	}
	return fmt.Errorf("fault must be empty, http_500, html_403, reset, garbage or timeout, not %q", web.Clip(string(o), 40))
}

// strike answers with a fault in Pipedrive's own form; it reports whether it did.
func strike(f *fault.Fault, w http.ResponseWriter) bool {
	switch f.Kind {
	case "error":
		web.JSON(w, f.StatusOr(http.StatusInternalServerError), failure("Internal server error"))
	case "html_403":
		wall(w)
	default:
		return false
	}
	return true
}
