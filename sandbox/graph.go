package sandbox

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parley/sandbox/fault"
	"parley/sandbox/seeded"
)

// maxGraphBody bounds what a Graph call may carry.
const maxGraphBody = 1 << 20

// principal is whose token a call came with.
type principal int

const (
	asPage principal = iota + 1
	asUser
	asApp
)

// call is one request to the Graph API, its parameters gathered from wherever
// Meta accepts them: the query, a form or a JSON body.
type call struct {
	r       *http.Request
	version string
	path    []string
	query   url.Values
	form    url.Values
	file    *sentFile
	body    map[string]json.RawMessage
	who     principal
	token   string
	holds   *credential // whose token it is; nil for the app's
}

// operation is what a call asks for, once it is understood.
type operation struct {
	class string // send, action, upload, conversations, profile or graph: what faults aim at
	psid  string // the customer concerned, if any
	do    func(*call) (any, error)
}

// newestVersion is the newest version of the Graph API: a call that names none is of it.
//
// Source: Graph API, "Changelog": 4 November 2026.
const (
	newestMajor   = 27
	newestVersion = "v27.0"
)

// versionPrefix tells whether a segment of a path names a version that there is, as v26.0
// does.
func versionPrefix(segment string) bool {
	rest, ok := strings.CutPrefix(segment, "v")
	major, minor, dot := strings.Cut(rest, ".")
	if !ok || !dot || len(minor) != 1 || !isDigits(minor) || !isDigits(major) || major[0] == '0' {
		return false
	}
	n, err := strconv.Atoi(major)
	return err == nil && (n < newestMajor || segment == newestVersion)
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// serveGraph answers one Graph call: read, authenticate, find the operation,
// let a fault have its way, do it.
func (s *Sandbox) serveGraph(w http.ResponseWriter, r *http.Request) {
	c, err := readCall(w, r)
	var op operation
	switch {
	case err != nil:
	case r.Method == http.MethodGet && strings.Join(c.path, "/") == "oauth/access_token":
		op = operation{class: "graph", do: s.accessToken} // its own secrets say who asks
	default:
		if err = s.authenticate(c); err == nil {
			op, err = s.operation(c)
		}
	}
	if err != nil {
		s.answer(w, c, nil, err)
		return
	}
	f := s.faults.Take(op.class, op.psid, fault.OnCall)
	if f != nil && f.Before(w, r) {
		return
	}
	if f != nil && f.Kind == "error" {
		s.answer(w, c, nil, faultError(f))
		return
	}
	body, err := op.do(c)
	if f != nil && err == nil && f.After(w, r) {
		return
	}
	s.answer(w, c, body, err)
}

// readCall takes a request apart. It always returns a call, so that an error can
// be answered in the right version.
func readCall(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{r: r, version: newestVersion, query: r.URL.Query()}
	for segment := range strings.SplitSeq(r.URL.Path, "/") {
		if segment != "" {
			c.path = append(c.path, segment)
		}
	}
	if len(c.path) > 0 && versionPrefix(c.path[0]) {
		c.version, c.path = c.path[0], c.path[1:]
	}
	most := int64(maxGraphBody)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		most = maxUpload
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return c, &graphError{code: 1, status: http.StatusRequestEntityTooLarge, message: "Please reduce the amount of data you're asking for, then retry your request"}
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return c, nil
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if c.form, err = url.ParseQuery(string(raw)); err != nil {
			return c, badParam("Invalid parameter: the form cannot be read")
		}
	case "multipart/form-data":
		c.form, c.file, err = readMultipart(raw, params["boundary"])
		if err != nil {
			return c, badParam("Invalid parameter: the form cannot be read")
		}
	default:
		if json.Unmarshal(raw, &c.body) != nil {
			return c, badParam("Invalid parameter: the body is not a JSON object")
		}
	}
	return c, nil
}

// param is a parameter as text; "" when absent. Other JSON than a string is
// given as it stands.
func (c *call) param(name string) string {
	if raw, ok := c.body[name]; ok {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
		return string(raw)
	}
	if c.form.Has(name) {
		return c.form.Get(name)
	}
	return c.query.Get(name)
}

// object decodes a parameter that is a JSON object, or a string with one inside
// as forms have it. It tells whether the parameter was there.
func (c *call) object(name string, into any) (bool, error) {
	text := c.param(name)
	if text == "" || text == "null" {
		return false, nil
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return true, badParam("param %s must be a valid JSON object", name)
	}
	return true, nil
}

// authenticate finds out whose token the call carries, and checks the proof.
func (s *Sandbox) authenticate(c *call) error {
	c.token = c.param("access_token")
	if h, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer "); ok {
		c.token = strings.TrimSpace(h)
	}
	if c.token == "" {
		return errNoToken()
	}
	if c.token == s.info.AppID+"|"+s.info.AppSecret {
		c.who = asApp
		return nil
	}
	s.mu.Lock()
	held, refused, now := s.tokens[c.token], s.page.tokenRefused, s.now()
	s.mu.Unlock()
	switch {
	case held == nil:
		return errBadToken()
	case held.who == asPage && refused:
		return errTokenRefused()
	case !held.valid(now):
		return errTokenExpired()
	}
	c.who, c.holds = held.who, held
	got := c.param("appsecret_proof")
	if !hmac.Equal([]byte(got), []byte(proof(s.info.AppSecret, c.token))) {
		return errProof(got != "")
	}
	return nil
}

// operation finds what the call asks for.
func (s *Sandbox) operation(c *call) (operation, error) {
	if len(c.path) == 0 || len(c.path) > 2 {
		return operation{}, errUnknownObject(c.r.Method, strings.Join(c.path, "/"))
	}
	id, edge := c.path[0], ""
	if len(c.path) == 2 {
		edge = c.path[1]
	}
	if id == "me" {
		id = map[principal]string{asPage: s.info.PageID, asApp: s.info.AppID}[c.who]
		if c.who == asUser {
			id = c.holds.owner.id
		}
	}
	method := c.r.Method
	var op operation
	switch {
	case id == "debug_token" && edge == "" && method == http.MethodGet:
		op = operation{class: "graph", do: s.debugToken}
	case id == s.info.PageID:
		op = s.pageOperation(c, method, edge)
	case c.who == asUser && id == c.holds.owner.id:
		op = s.userOperation(method, edge)
	case id == s.info.AppID && edge == "subscriptions":
		op = s.appOperation(method)
	case method == http.MethodGet:
		op = s.nodeOperation(id, edge)
	}
	if op.do == nil {
		return op, errUnknownObject(method, id)
	}
	return op, nil
}

// pageOperation is what can be asked of the Page. All but reading the Page
// itself takes the Page's own token.
func (s *Sandbox) pageOperation(c *call, method, edge string) operation {
	op := operation{class: "graph"}
	switch method + " " + edge {
	case "GET ":
		return operation{class: "graph", do: s.readPage}
	case "POST messages":
		op.psid = recipientOf(c)
		if c.param("sender_action") == "" {
			op.class = "send"
		} else {
			op.class = "action"
		}
		op.do = s.send
	case "POST message_attachments":
		op.class, op.do = "upload", s.saveAttachment
	case "GET conversations":
		op.class, op.psid = "conversations", c.param("user_id")
		op.do = s.listConversations
	case "GET settings":
		op.do = s.readSettings
	case "GET messenger_profile":
		op.do = s.readMessengerProfile
	case "POST messenger_profile":
		op.do = s.setMessengerProfile
	case "DELETE messenger_profile":
		op.do = s.deleteMessengerProfile
	case "POST subscribed_apps":
		op.do = s.subscribePage
	case "GET subscribed_apps":
		op.do = s.listSubscribedApps
	case "DELETE subscribed_apps":
		op.do = s.unsubscribePage
	}
	if op.do == nil {
		return op
	}
	do := op.do
	op.do = func(c *call) (any, error) {
		if c.who != asPage {
			return nil, errNeedPageToken()
		}
		return do(c)
	}
	return op
}

// userOperation is what can be asked of a person with their own token.
func (s *Sandbox) userOperation(method, edge string) operation {
	switch method + " " + edge {
	case "GET ":
		return operation{class: "graph", do: s.readUser}
	case "GET accounts":
		return operation{class: "graph", do: s.listAccounts}
	case "GET permissions":
		return operation{class: "graph", do: s.listPermissions}
	}
	return operation{}
}

// appOperation is what can be asked of the app's webhook subscriptions.
func (s *Sandbox) appOperation(method string) operation {
	switch method {
	case http.MethodPost:
		return operation{class: "graph", do: s.subscribeApp}
	case http.MethodGet:
		return operation{class: "graph", do: s.listSubscriptions}
	case http.MethodDelete:
		return operation{class: "graph", do: s.unsubscribeApp}
	}
	return operation{}
}

// nodeOperation reads a customer, a conversation or a message.
func (s *Sandbox) nodeOperation(id, edge string) operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.people[id]; c != nil && edge == "" {
		return operation{class: "profile", psid: id, do: func(k *call) (any, error) { return s.readProfile(k, c) }}
	}
	if c := s.world.threads[id]; c != nil && len(c.messages) > 0 {
		switch edge {
		case "":
			return operation{class: "conversations", psid: c.psid, do: func(k *call) (any, error) { return s.readThread(k, c) }}
		case "messages":
			return operation{class: "conversations", psid: c.psid, do: func(k *call) (any, error) { return s.listMessages(k, c) }}
		}
	}
	if m := s.world.messages[id]; m != nil && edge == "" {
		return operation{class: "conversations", psid: m.owner.psid, do: func(k *call) (any, error) { return s.readMessage(k, m) }}
	}
	return operation{}
}

// answer writes the outcome of a call with Meta's headers.
func (s *Sandbox) answer(w http.ResponseWriter, c *call, body any, err error) {
	s.mu.Lock()
	s.serial++
	trace := seeded.Derive(s.opts.Seed, "trace "+strconv.FormatUint(s.serial, 10))
	s.mu.Unlock()
	traceID := "A" + strings.NewReplacer("-", "x", "_", "y").Replace(base64.RawURLEncoding.EncodeToString(trace[:12]))
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("facebook-api-version", c.version)
	h.Set("x-fb-trace-id", traceID)
	h.Set("x-fb-request-id", "A"+base64.RawURLEncoding.EncodeToString(trace[12:28]))
	h.Set("x-fb-rev", "1018678277")
	var ge *graphError
	if err != nil && !errors.As(err, &ge) {
		s.log.Error("graph call", "path", c.r.URL.Path, "err", err)
		ge = errByCode(1, 0)
	}
	s.usageHeaders(h, c, ge)
	status := http.StatusOK
	if ge != nil {
		status, body = ge.httpStatus(), ge.body(traceID)
		if ge.code == 190 {
			h.Set("WWW-Authenticate", fmt.Sprintf(`OAuth "Facebook Platform" "invalid_token" "%s"`, ge.message))
		}
	}
	raw, err := encodeMeta(body)
	if err != nil {
		s.log.Error("encode answer", "err", err)
		status, raw = http.StatusInternalServerError, []byte("{}")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// usageHeaders are Meta's rate headers: low numbers, or full ones on a throttle.
func (s *Sandbox) usageHeaders(h http.Header, c *call, ge *graphError) {
	use, regain := 1, 0
	if ge != nil && ge.throttle() {
		use, regain = 100, ge.regain
	}
	h.Set("x-app-usage", fmt.Sprintf(`{"call_count":%d,"total_cputime":%d,"total_time":%d}`, use, min(use, 25), min(use, 25)))
	if c.who == asPage {
		h.Set("x-business-use-case-usage", fmt.Sprintf(
			`{"%s":[{"type":"messenger","call_count":%d,"total_cputime":%d,"total_time":%d,"estimated_time_to_regain_access":%d}]}`,
			s.info.PageID, use, min(use, 25), min(use, 25), regain))
	}
}
