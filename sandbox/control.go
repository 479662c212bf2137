package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/sandbox/fault"
	"parley/sandbox/web"
)

// maxControlBody bounds what a control call may carry.
const maxControlBody = 16 << 20

// controlRoute is one route of the control API.
type controlRoute struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Does   string `json:"does"`
	handle http.HandlerFunc
}

// controlRoutes are the routes under control_url.
func (s *Sandbox) controlRoutes() []controlRoute {
	return []controlRoute{
		{"GET", "", "lists these routes", nil},
		{"GET", "/customers", "who there is", s.controlCustomers},
		{"POST", "/customers/{psid}", "changes or makes a customer: unreachable, unreachable_code, name, locale, profile", s.controlCustomer},
		{"POST", "/customers/{psid}/messages", "the customer writes: text, attachments, at, standby, mid, quick_reply, reply_to, name, locale", s.controlWrite},
		{"POST", "/customers/{psid}/events", "an event happens to the customer, by its name: event, at, name, locale", s.controlPlay},
		{"GET", "/events", "the names of the events that can be played", s.controlPlays},
		{"POST", "/events", "posts exactly this to the callback: body, raw or raw_base64, sign, signature, times, shuffle", s.controlEvents},
		{"GET", "/conversations", "every conversation: psid, id, and its messages by mid, oldest first", s.controlConversations},
		{"GET", "/limits", "how often conversations were asked for, and how often that was too often", s.controlLimits},
		{"POST", "/limits", "changes how often they may be: conversations_per_second", s.controlSetLimits},
		{"GET", "/faults", "the faults in force and how often each fired", s.controlFaults},
		{"POST", "/faults", "adds a fault: on, kind, probability, count, delay_ms, code, subcode, regain_minutes, psid, status, call", s.controlAddFault},
		{"DELETE", "/faults", "clears the faults", s.controlClearFaults},
		{"POST", "/page", "changes the Page: restricted, messages_off, token_refused, subscribed, policy, reason", s.controlPage},
		{"POST", "/pause", "the living customers write no more", s.controlPause(true)},
		{"POST", "/resume", "the living customers write again", s.controlPause(false)},
		{"POST", "/pipedrive", "has Pipedrive fail: fault; daily_left; answers how it is", s.controlPipedrive},
		{"GET", "/pipedrive/records", "Pipedrive's persons, deals, leads and notes, hidden or not", s.controlPipedriveRecords},
		{"GET", "/pipedrive/users", "Pipedrive's users, with their API tokens", s.controlPipedriveUsers},
		{"POST", "/pipedrive/users/{email}", "changes a user of Pipedrive: admin, active, name, revoke", s.controlPipedriveUser},
		{"GET", "/pipedrive/webhooks", "Pipedrive's webhooks, and what was delivered and lost", s.controlPipedriveHooks},
		{"POST", "/pipedrive/webhooks", "bans them or lifts the ban: ban; shortens the pauses between attempts: retry_scale", s.controlPipedriveHooks},
		{"POST", "/pipedrive/persons", "somebody makes a person in Pipedrive; ?by= is who", s.controlPipedriveHand("POST persons")},
		{"POST", "/pipedrive/persons/{id}", "somebody edits a person", s.controlPipedriveHand("POST persons/{id}")},
		{"DELETE", "/pipedrive/persons/{id}", "somebody deletes a person", s.controlPipedriveHand("DELETE persons/{id}")},
		{"POST", "/pipedrive/persons/{id}/merge", "somebody merges a person into another one: merge_with_id", s.controlPipedriveHand("POST persons/{id}/merge")},
		{"POST", "/pipedrive/deals", "somebody makes a deal", s.controlPipedriveHand("POST deals")},
		{"POST", "/pipedrive/deals/{id}", "somebody edits or moves a deal", s.controlPipedriveHand("POST deals/{id}")},
		{"DELETE", "/pipedrive/deals/{id}", "somebody deletes a deal", s.controlPipedriveHand("DELETE deals/{id}")},
		{"POST", "/pipedrive/leads", "somebody makes a lead", s.controlPipedriveHand("POST leads")},
		{"POST", "/pipedrive/leads/{id}", "somebody edits a lead", s.controlPipedriveHand("POST leads/{id}")},
		{"DELETE", "/pipedrive/leads/{id}", "somebody deletes a lead", s.controlPipedriveHand("DELETE leads/{id}")},
		{"POST", "/pipedrive/leads/{id}/convert", "somebody makes a deal of a lead: stage_id or pipeline_id", s.controlPipedriveHand("POST leads/{id}/convert")},
		{"POST", "/pipedrive/notes", "somebody writes a note", s.controlPipedriveHand("POST notes")},
		{"POST", "/pipedrive/notes/{id}", "somebody edits a note", s.controlPipedriveHand("POST notes/{id}")},
		{"DELETE", "/pipedrive/notes/{id}", "somebody deletes a note", s.controlPipedriveHand("DELETE notes/{id}")},
		{"GET", "/mails", "the mails that came by SMTP", s.controlMails},
		{"GET", "/delivered", "what customers really got; ?psid= for one of them", s.controlDelivered},
		{"GET", "/actions", "what customers were shown besides messages: typing, seen, reactions; ?psid= for one of them", s.controlActions},
	}
}

// controlHandler serves the control API. What is not a route is answered in JSON
// too.
func (s *Sandbox) controlHandler() http.Handler {
	mux := http.NewServeMux()
	routes := s.controlRoutes()
	for _, route := range routes {
		handle := route.handle
		if handle == nil {
			handle = func(w http.ResponseWriter, _ *http.Request) {
				web.JSON(w, http.StatusOK, map[string]any{"routes": routes})
			}
		}
		mux.HandleFunc(route.Method+" /control"+route.Path, handle)
	}
	mux.HandleFunc("/control/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, fmt.Errorf("no route %s %s; GET /control lists them", r.Method, r.URL.Path))
	})
	return mux
}

func refuse(w http.ResponseWriter, status int, err error) {
	web.JSON(w, status, map[string]string{"error": err.Error()})
}

// readControl decodes a control body; it answers the error itself.
func readControl(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBody))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if errors.Is(err, io.EOF) {
		return true // an empty body asks for nothing in particular
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

// moment is a time given as RFC 3339 or as milliseconds.
type moment int64

func (m *moment) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return nil
	}
	if isDigits(text) {
		return json.Unmarshal([]byte(text), (*int64)(m))
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("at must be RFC 3339 or milliseconds: %w", err)
	}
	*m = moment(t.UnixMilli())
	return nil
}

// customerNode is a customer as the control API shows them.
type customerNode struct {
	PSID        string `json:"psid"`
	ID          string `json:"id"`
	Name        string `json:"name"`
	Locale      string `json:"locale"`
	Living      bool   `json:"living"`
	Profile     string `json:"profile"`
	Unreachable bool   `json:"unreachable"`
	WindowOpen  bool   `json:"window_open"`
	LastWrote   string `json:"last_wrote_at"`
}

// node describes a customer. mu held.
func (s *Sandbox) node(c *customer) customerNode {
	n := customerNode{
		PSID: c.psid, ID: c.psid, Name: c.person.name, Locale: c.person.locale, Living: c.life != nil,
		Profile: c.profile, Unreachable: c.unreachable != 0, WindowOpen: s.windowOpen(c),
	}
	if c.lastWrote != 0 {
		n.LastWrote = time.UnixMilli(c.lastWrote).UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return n
}

func (s *Sandbox) controlCustomers(w http.ResponseWriter, _ *http.Request) {
	list := []customerNode{}
	s.mu.Lock()
	for _, c := range s.world.order {
		list = append(list, s.node(c))
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"customers": list})
}

// someone is the customer with this PSID, made if there is none. mu held.
func (s *Sandbox) someone(psid, name, locale string) *customer {
	c := s.world.people[psid]
	if c == nil {
		c = s.add(psid, person{locale: "ja_JP", zone: "9", gender: "female", lang: "ja"})
		c.rename("お客様 " + web.Clip(psid, 8))
	}
	if locale != "" {
		c.person.locale = locale
		c.person.lang, _, _ = strings.Cut(locale, "_")
	}
	if name != "" {
		c.rename(name)
	}
	return c
}

// checkPSID refuses what cannot stand for a customer in a path. Meta's PSIDs are
// numbers; a test may use a word.
func (s *Sandbox) checkPSID(psid string) error {
	word := strings.Trim(psid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
	taken := slices.Contains([]string{"me", "debug_token", "oauth", "dialog", "media", "control", s.info.PageID, s.info.AppID}, psid) ||
		s.accountByID(psid) != nil ||
		strings.HasPrefix(psid, "t_") || strings.HasPrefix(psid, "m_")
	if psid == "" || len(psid) > 64 || !word || taken || versionPrefix(psid) {
		return fmt.Errorf("%q cannot be a PSID: at most 64 letters, digits, - and _, and not an id of something else", web.Clip(psid, 40))
	}
	return nil
}

func (s *Sandbox) controlCustomer(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Unreachable     *bool  `json:"unreachable"`
		UnreachableCode int    `json:"unreachable_code"`
		Name            string `json:"name"`
		Locale          string `json:"locale"`
		Profile         string `json:"profile"`
	}
	if !readControl(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	err := s.checkPSID(psid)
	switch in.Profile {
	case "", profileEmpty, profileNone, profileFull:
	default:
		err = fmt.Errorf("profile must be empty, none or full, not %q", in.Profile)
	}
	switch in.UnreachableCode {
	case 0, 551, 10:
	default:
		err = fmt.Errorf("unreachable_code must be 551 or 10, not %d", in.UnreachableCode)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	s.mu.Lock()
	c := s.someone(psid, in.Name, in.Locale)
	if in.Profile != "" {
		c.profile = in.Profile
	}
	if in.Unreachable != nil {
		c.unreachable = 0
		if *in.Unreachable {
			c.unreachable = 551
			if in.UnreachableCode != 0 {
				c.unreachable = in.UnreachableCode
			}
		}
	}
	n := s.node(c)
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, n)
}

func (s *Sandbox) controlWrite(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text        string       `json:"text"`
		Attachments []attachment `json:"attachments"`
		At          moment       `json:"at"`
		Standby     bool         `json:"standby"`
		MID         string       `json:"mid"`
		QuickReply  string       `json:"quick_reply"`
		ReplyTo     string       `json:"reply_to"`
		Name        string       `json:"name"`
		Locale      string       `json:"locale"`
		FromAd      bool         `json:"from_ad"`
	}
	if !readControl(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	err := s.checkPSID(psid)
	if err == nil && in.Text == "" && len(in.Attachments) == 0 {
		err = errors.New("text or attachments must be given")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	var by *referral
	if in.FromAd {
		by = adReferral(s.mediaURL("ad.png"))
	}
	s.mu.Lock()
	mid := s.write(s.someone(psid, in.Name, in.Locale), wording{
		text: in.Text, attachments: in.Attachments, at: int64(in.At), standby: in.Standby,
		mid: in.MID, quickReply: in.QuickReply, replyTo: in.ReplyTo, referral: by,
	})
	s.mu.Unlock()
	web.JSON(w, http.StatusAccepted, map[string]string{"mid": mid, "psid": psid})
}

func (s *Sandbox) controlFaults(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"faults": s.faults.All()})
}

func (s *Sandbox) controlAddFault(w http.ResponseWriter, r *http.Request) {
	var f fault.Fault
	if !readControl(w, r, &f) {
		return
	}
	if err := f.Validate(); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	f.Fired = 0
	s.faults.Add(f)
	web.JSON(w, http.StatusCreated, f)
}

func (s *Sandbox) controlClearFaults(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]int{"cleared": s.faults.Clear()})
}

func (s *Sandbox) controlMails(w http.ResponseWriter, _ *http.Request) {
	web.JSON(w, http.StatusOK, map[string]any{"mails": s.mail.Mails()})
}

func (s *Sandbox) controlPause(paused bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.paused = paused
		s.mu.Unlock()
		web.JSON(w, http.StatusOK, map[string]bool{"paused": paused})
	}
}
