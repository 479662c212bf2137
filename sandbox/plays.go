package sandbox

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"parley/sandbox/web"
)

// plays are the events of Messenger, one of each kind and form, as bodies to be played
// by name. Each file says what it shows, and its steps; docs/sandbox.md lists them.
//
//go:embed plays/*.json
var plays embed.FS

// play is one of them.
type play struct {
	Name  string     `json:"name"`
	Does  string     `json:"does"`
	Steps []playStep `json:"steps,omitempty"`
}

// playStep is one event: who did it and what it holds besides sender, recipient and
// timestamp; or a change of a field of the Page.
//
// In its texts $customer, $page, $app, $inbox and $other (another app) stand for ids,
// $m1 and $m2 for mids, and $media for the address of pictures. "#app", "#inbox" and
// "#other" are the same ids as numbers; "#at" is the event's time in milliseconds,
// "#start" and "#end" the next noon and an hour later, in seconds.
type playStep struct {
	From    string          `json:"from,omitempty"` // customer, page; empty: nobody
	Standby bool            `json:"standby,omitempty"`
	Event   json.RawMessage `json:"event,omitempty"`
	Change  json.RawMessage `json:"change,omitempty"`
}

const (
	otherApp = "987654321012345" // somebody's bot
	playPace = 1000              // milliseconds between the steps of a play
)

// readPlay reads a play by its name.
func readPlay(name string) (play, error) {
	raw, err := plays.ReadFile("plays/" + name + ".json")
	if err != nil {
		return play{}, fmt.Errorf("no event %q; GET /control/events lists them", web.Clip(name, 40))
	}
	p := play{Name: name}
	if err := json.Unmarshal(raw, &p); err != nil {
		return play{}, fmt.Errorf("read event %s: %w", name, err)
	}
	return p, nil
}

// playNames returns the names of all plays, in order.
func playNames() ([]string, error) {
	files, err := plays.ReadDir("plays")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), path.Ext(f.Name())))
	}
	slices.Sort(names)
	return names, nil
}

// controlPlays lists the plays.
func (s *Sandbox) controlPlays(w http.ResponseWriter, _ *http.Request) {
	names, err := playNames()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	list := make([]play, 0, len(names))
	for _, name := range names {
		p, err := readPlay(name)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err)
			return
		}
		list = append(list, play{Name: p.Name, Does: p.Does})
	}
	web.JSON(w, http.StatusOK, map[string]any{"events": list})
}

// controlPlay has one happen to a customer: it posts it to the callback at once, in one
// body, whatever fields are subscribed to, and answers the callback's status.
func (s *Sandbox) controlPlay(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Event  string `json:"event"`
		At     moment `json:"at"`
		Name   string `json:"name"`
		Locale string `json:"locale"`
	}
	if !readControl(w, r, &in) {
		return
	}
	psid := r.PathValue("psid")
	p, err := readPlay(in.Event)
	if err := errors.Join(s.checkPSID(psid), err); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	s.mu.Lock()
	callback, c := s.app.callback, s.someone(psid, in.Name, in.Locale)
	if in.At == 0 {
		in.At = moment(s.nowMS())
	}
	body, mids, err := s.perform(c, p, int64(in.At))
	s.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err)
		return
	}
	if callback == "" {
		refuse(w, http.StatusConflict, errors.New("there is no callback yet: POST /{app}/subscriptions first"))
		return
	}
	status, err := s.postBody(r.Context(), callback, body, signedWith(s.info.AppSecret, body))
	if err != nil {
		s.log.Info("played event", "err", err)
	}
	web.JSON(w, http.StatusOK, map[string]any{"status": []int{status}, "mids": mids})
}

// perform makes the body of a play whose last step is at that time, and lets the world
// follow it. mu held.
func (s *Sandbox) perform(c *customer, p play, at int64) (body []byte, mids []string, err error) {
	mids = []string{s.nextMID(c.psid, at), s.nextMID(c.psid, at)}
	e := entry{ID: s.info.PageID, Time: s.nowMS()}
	for i, step := range p.Steps {
		then := at - int64(len(p.Steps)-1-i)*playPace
		fill := s.playWords(c, mids, then)
		if step.Change != nil {
			e.Changes = append(e.Changes, json.RawMessage(fill.Replace(string(step.Change))))
			continue
		}
		event, err := s.playEvent(c, step, fill, then)
		if err != nil {
			return nil, nil, fmt.Errorf("perform %s: %w", p.Name, err)
		}
		if step.Standby {
			e.Standby = append(e.Standby, event)
		} else {
			e.Messaging = append(e.Messaging, event)
		}
	}
	body, err = encodeMeta(struct {
		Object string  `json:"object"`
		Entry  []entry `json:"entry"`
	}{"page", []entry{e}})
	return body, mids, err
}

// playWords fills in what stands for ids and times. mu held.
func (s *Sandbox) playWords(c *customer, mids []string, at int64) *strings.Replacer {
	const hour = 3600
	noon := (at/1000/(24*hour)+1)*24*hour + 3*hour // of the next day, in Tokyo
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return strings.NewReplacer(
		`"#app"`, s.info.AppID, `"#inbox"`, inboxApp, `"#other"`, otherApp,
		`"#at"`, number(at), `"#start"`, number(noon), `"#end"`, number(noon+hour),
		"$customer", c.psid, "$page", s.info.PageID, "$app", s.info.AppID, "$inbox", inboxApp, "$other", otherApp,
		"$m1", mids[0], "$m2", mids[1], "$media", s.info.GraphURL+"/media",
	)
}

// playEvent makes one event. mu held.
func (s *Sandbox) playEvent(c *customer, step playStep, fill *strings.Replacer, at int64) (json.RawMessage, error) {
	var event map[string]json.RawMessage
	if err := json.Unmarshal([]byte(fill.Replace(string(step.Event))), &event); err != nil {
		return nil, err
	}
	who := func(id string) json.RawMessage { return json.RawMessage(`{"id":"` + id + `"}`) }
	event["recipient"], event["timestamp"] = who(s.info.PageID), json.RawMessage(strconv.FormatInt(at, 10))
	switch step.From {
	case "customer":
		event["sender"] = who(c.psid)
	case "page":
		event["sender"], event["recipient"] = who(s.info.PageID), who(c.psid)
	}
	s.follow(c, step, event, at)
	return json.Marshal(event)
}

// follow keeps in the world what a played event says, so that the conversation can be
// read and the window is open where it is. mu held.
func (s *Sandbox) follow(c *customer, step playStep, event map[string]json.RawMessage, at int64) {
	byCustomer := step.From == "customer"
	if raw, ok := event["message"]; ok {
		s.followMessage(c, raw, byCustomer, at)
	}
	if raw, ok := event["postback"]; ok && byCustomer {
		var p postback
		_ = json.Unmarshal(raw, &p)
		s.record(&message{mid: p.MID, owner: c, text: p.Title, at: at})
	}
	if raw, ok := event["message_edit"]; ok {
		var e struct{ MID, Text string }
		_ = json.Unmarshal(raw, &e)
		if m := s.world.messages[e.MID]; m != nil {
			m.text = e.Text
		}
	}
	if raw, ok := event["policy_enforcement"]; ok {
		var p policy
		_ = json.Unmarshal(raw, &p)
		s.page.restricted = p.Action == "block" || s.page.restricted && p.Action != "unblock"
	}
	if byCustomer {
		c.came(referralOf(event))
	}
	if byCustomer && opensWindow(event) {
		c.windowFrom = max(c.windowFrom, at)
	}
}

// referralOf returns how a customer came in, by an event of theirs; nil: it does not say.
func referralOf(event map[string]json.RawMessage) *referral {
	var by *referral
	for _, key := range []string{"message", "postback"} {
		var holds struct {
			Referral *referral `json:"referral"`
		}
		if json.Unmarshal(event[key], &holds) == nil && holds.Referral != nil {
			by = holds.Referral
		}
	}
	if raw := event["referral"]; raw != nil {
		_ = json.Unmarshal(raw, &by)
	}
	return by
}

// followMessage keeps a played message, or forgets one that was taken back. mu held.
func (s *Sandbox) followMessage(c *customer, raw json.RawMessage, byCustomer bool, at int64) {
	var m struct {
		wireMessage
		Deleted bool `json:"is_deleted"`
	}
	_ = json.Unmarshal(raw, &m)
	known := s.world.messages[m.MID]
	switch {
	case m.Deleted && known != nil:
		known.text, known.attachments = "", nil
	case !m.Deleted && known == nil:
		kept := &message{
			mid: m.MID, owner: c, fromPage: !byCustomer, text: m.Text, metadata: m.Metadata,
			appID: m.AppID.String(), attachments: m.Attachments, at: at,
		}
		if m.ReplyTo != nil {
			kept.replyTo = m.ReplyTo.MID
		}
		s.record(kept)
	}
}

// opensWindow tells whether an event of a customer opens the reply window besides a
// message and a postback, which do when they are recorded.
//
// Source: Messenger Platform, Send API, "Standard messaging window".
func opensWindow(event map[string]json.RawMessage) bool {
	var what struct {
		Action string `json:"action"`
		Source string `json:"source"`
		Type   string `json:"type"`
	}
	switch {
	case event["reaction"] != nil:
		_ = json.Unmarshal(event["reaction"], &what)
		return what.Action == "react"
	case event["referral"] != nil:
		_ = json.Unmarshal(event["referral"], &what)
		return what.Source == "SHORTLINK"
	case event["optin"] != nil:
		_ = json.Unmarshal(event["optin"], &what)
		return what.Type == ""
	}
	return false
}
