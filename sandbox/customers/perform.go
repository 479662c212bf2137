package customers

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// Perform returns the body of a play whose last step is at that time, and updates the world. It
// must be called within a Do of the world.
func (c *Customers) Perform(st *world.State, who *world.Customer, p Play, at int64) (body []byte, mids []string, err error) {
	mids = []string{st.NextMID(who.PSID, at), st.NextMID(who.PSID, at)}
	e := meta.Entry{ID: c.meta.PageID, Time: st.Now()}
	for i, step := range p.Steps {
		then := at - int64(len(p.Steps)-1-i)*playPace
		fill := c.playWords(who, mids, then)
		if step.Change != nil {
			e.Changes = append(e.Changes, json.RawMessage(fill.Replace(string(step.Change))))
			continue
		}
		event, err := c.playEvent(st, who, step, fill, then)
		if err != nil {
			return nil, nil, fmt.Errorf("perform %s: %w", p.Name, err)
		}
		if step.Standby {
			e.Standby = append(e.Standby, event)
		} else {
			e.Messaging = append(e.Messaging, event)
		}
	}
	body, err = meta.Envelope([]meta.Entry{e})
	return body, mids, err
}

// playWords returns the replacer for placeholders of ids and times.
func (c *Customers) playWords(who *world.Customer, mids []string, at int64) *strings.Replacer {
	const hour = 3600
	noon := (at/1000/(24*hour)+1)*24*hour + 3*hour // of the next day, in Tokyo
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	return strings.NewReplacer(
		`"#app"`, c.meta.AppID, `"#inbox"`, inboxApp, `"#other"`, otherApp,
		`"#at"`, number(at), `"#start"`, number(noon), `"#end"`, number(noon+hour),
		"$customer", who.PSID, "$page", c.meta.PageID, "$app", c.meta.AppID, "$inbox", inboxApp, "$other", otherApp,
		"$m1", mids[0], "$m2", mids[1], "$media", c.meta.URL+"/media",
	)
}

// playEvent returns one event.
func (c *Customers) playEvent(st *world.State, who *world.Customer, s Step, fill *strings.Replacer, at int64) (json.RawMessage, error) {
	var event map[string]json.RawMessage
	if err := json.Unmarshal([]byte(fill.Replace(string(s.Event))), &event); err != nil {
		return nil, err
	}
	id := func(of string) json.RawMessage { return json.RawMessage(`{"id":"` + of + `"}`) }
	event["recipient"], event["timestamp"] = id(c.meta.PageID), json.RawMessage(strconv.FormatInt(at, 10))
	switch s.From {
	case "customer":
		event["sender"] = id(who.PSID)
	case "page":
		event["sender"], event["recipient"] = id(c.meta.PageID), id(who.PSID)
	}
	follow(st, who, s, event, at)
	return json.Marshal(event)
}

// follow updates the world by a played event, so that the conversation can be read and the
// window is open if it should be.
func follow(st *world.State, who *world.Customer, s Step, event map[string]json.RawMessage, at int64) {
	byCustomer := s.From == "customer"
	if raw, ok := event["message"]; ok {
		followMessage(st, who, raw, byCustomer, at)
	}
	if raw, ok := event["postback"]; ok && byCustomer {
		var p meta.Postback
		_ = json.Unmarshal(raw, &p)
		st.Record(&world.Message{MID: p.MID, Owner: who, Text: p.Title, At: at})
	}
	if raw, ok := event["message_edit"]; ok {
		var e struct{ MID, Text string }
		_ = json.Unmarshal(raw, &e)
		if m := st.Message(e.MID); m != nil {
			m.Text = e.Text
		}
	}
	if raw, ok := event["policy_enforcement"]; ok {
		var p meta.Policy
		_ = json.Unmarshal(raw, &p)
		st.Page.Restricted = p.Action == "block" || st.Page.Restricted && p.Action != "unblock"
	}
	if byCustomer {
		who.Came(referralOf(event))
	}
	if byCustomer && opensWindow(event) {
		who.WindowFrom = max(who.WindowFrom, at)
	}
}

// referralOf returns the referral in a customer's event; nil: it has none.
func referralOf(event map[string]json.RawMessage) *meta.Referral {
	var by *meta.Referral
	for _, key := range []string{"message", "postback"} {
		var holds struct {
			Referral *meta.Referral `json:"referral"`
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

// followMessage records a played message, or removes one that was taken back.
func followMessage(st *world.State, who *world.Customer, raw json.RawMessage, byCustomer bool, at int64) {
	var m struct {
		meta.Message
		Deleted bool `json:"is_deleted"`
	}
	_ = json.Unmarshal(raw, &m)
	known := st.Message(m.MID)
	switch {
	case m.Deleted && known != nil:
		known.Text, known.Attachments = "", nil
	case !m.Deleted && known == nil:
		kept := &world.Message{
			MID: m.MID, Owner: who, FromPage: !byCustomer, Text: m.Text, Metadata: m.Metadata,
			AppID: m.AppID.String(), Attachments: m.Attachments, At: at,
		}
		if m.ReplyTo != nil {
			kept.ReplyTo = m.ReplyTo.MID
		}
		st.Record(kept)
	}
}

// opensWindow reports whether an event of a customer opens the reply window, besides messages and
// postbacks, which do so when they are recorded.
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
