package messenger

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"parley/hub/messenger/limits"
	"parley/hub/messenger/meta"
	"parley/model"
)

// GraphError is an error of the Graph API.
//
// Source: Graph API, "Error handling"; Messenger Platform, "Error codes".
type GraphError struct {
	Status  int // the HTTP status
	Code    int
	Subcode int
	Message model.Untrusted
	Type    string
	// Transient: Meta says that the error is temporary.
	Transient bool
	TraceID   string
	// RetryAfter is how long to wait, 0 if Meta names no time.
	RetryAfter time.Duration
}

// Error implements error. It leaves out Meta's own words: see [GraphError.Detail].
func (e *GraphError) Error() string {
	return fmt.Sprintf("error %s, status %d, trace %q", e.number(), e.Status, e.TraceID)
}

// Detail returns Meta's own words with the codes and the trace id:
// "(#10/2018278) message [trace]".
func (e *GraphError) Detail() model.Untrusted {
	d := model.Untrusted("("+e.number()+") ") + e.Message
	if e.TraceID != "" {
		d += model.Untrusted(" [" + e.TraceID + "]")
	}
	return d
}

func (e *GraphError) number() string {
	if e.Subcode == 0 {
		return fmt.Sprintf("#%d", e.Code)
	}
	return fmt.Sprintf("#%d/%d", e.Code, e.Subcode)
}

// Has reports whether a number is the error's code or its subcode: for some numbers Meta does
// not say which they are.
func (e *GraphError) Has(number int) bool { return e.Code == number || e.Subcode == number }

// is reports whether the error has that code and that subcode.
func (e *GraphError) is(code, subcode int) bool { return e.Code == code && e.Subcode == subcode }

// IsTokenRefused reports whether an error is the Graph API's refusal of a token.
func IsTokenRefused(err error) bool {
	var e *GraphError
	return errors.As(err, &e) && e.Code == codeToken
}

// wireError is Meta's envelope of an error.
type wireError struct {
	Error struct {
		Message   meta.Loose  `json:"message"`
		Type      meta.Word   `json:"type"`
		Code      meta.Number `json:"code"`
		Subcode   meta.Number `json:"error_subcode"`
		Transient meta.Flag   `json:"is_transient"`
		TraceID   meta.Loose  `json:"fbtrace_id"`
	} `json:"error"`
}

// maxMessage is the longest error message kept, in bytes.
const maxMessage = 2000

// graphError returns the error in an answer, nil if there is none. object is the id of what the
// call concerned; secrets are hidden if Meta quotes them.
func (c *Client) graphError(a answer, object string, secrets ...string) *GraphError {
	var w wireError
	if json.Unmarshal(a.body, &w) != nil || w.Error.Code.Integer() == 0 {
		return nil
	}
	e := &GraphError{
		Status: a.status, Code: w.Error.Code.Integer(), Subcode: w.Error.Subcode.Integer(),
		Type: string(w.Error.Type), Transient: bool(w.Error.Transient), TraceID: traceID(string(w.Error.TraceID)),
		RetryAfter: limits.RetryAfter(a.header, object, c.now()),
	}
	e.Message = c.message(string(w.Error.Message), secrets)
	return e
}

// message returns Meta's words without the leading code, which is kept separately, and without
// the secrets that Meta quotes ("Malformed access token …").
func (c *Client) message(s string, secrets []string) model.Untrusted {
	for _, hide := range append(secrets, string(c.appSecret)) {
		if hide != "" {
			s = strings.ReplaceAll(s, hide, meta.Hidden)
		}
	}
	s = regexp.MustCompile(`^\(#[0-9]+\) `).ReplaceAllString(s, "")
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "")
	}
	return model.Untrusted(s)
}

// traceID returns Meta's id of a call if it looks like one, else "".
func traceID(s string) string {
	if len(s) > meta.MaxRouteID || !meta.Printable(s, false) {
		return ""
	}
	return s
}

// summary describes an answer that can't be read: its status, and Meta's id of the call if it has
// one.
func (a answer) summary() model.Untrusted {
	d := fmt.Sprintf("(HTTP %d)", a.status)
	if trace := traceID(a.header.Get("X-Fb-Trace-Id")); trace != "" {
		d += " [" + trace + "]"
	}
	return model.Untrusted(d)
}

// ok reports whether the status means success.
func (a answer) ok() bool {
	return a.status >= http.StatusOK && a.status < http.StatusMultipleChoices
}
