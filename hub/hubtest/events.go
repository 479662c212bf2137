package hubtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"parley/model"
)

// Events of Meta.

// Event is one that has no id of its own.
func Event(name string, customer model.PSID, at time.Time, e model.Event) model.Inbound {
	raw, err := json.Marshal([]any{name, customer, at, fmt.Sprintf("%T", e), e})
	if err != nil {
		panic(err)
	}
	return model.Inbound{
		Key: fmt.Sprintf("sha:%x", sha256.Sum256(raw)), Raw: raw, Name: name, Customer: customer, At: at, Event: e,
	}
}

// WithMID is an event with an id of its own.
func WithMID(e model.Inbound, mid model.MID) model.Inbound {
	e.Key = "mid:" + string(mid)
	return e
}

// Wrote is a message of a customer.
func Wrote(customer model.PSID, mid model.MID, text string, at time.Time) model.Inbound {
	return WithMID(Event("message", customer, at, model.CustomerMessage{MID: mid, Text: model.Untrusted(text)}), mid)
}

// Echoed is a message of the Page, as Meta tells of it.
func Echoed(customer model.PSID, at time.Time, e model.Echo) model.Inbound {
	return WithMID(Event("message", customer, at, e), e.MID)
}

// EchoOf is the echo of what was handed to Send.
func EchoOf(o model.Outgoing, mid model.MID) model.Inbound {
	return Echoed(o.To, Now(), model.Echo{MID: mid, AppID: OurApp, Metadata: o.Metadata, Text: o.Text})
}

// BareEchoOf is the echo where Meta leaves the token out.
func BareEchoOf(o model.Outgoing, mid model.MID) model.Inbound {
	o.Metadata = ""
	return EchoOf(o, mid)
}

// Standby is the event as it comes while another app holds the thread.
func Standby(e model.Inbound) model.Inbound {
	e.Standby, e.Key = true, e.Key+":standby"
	return e
}

// Policy tells that Facebook warned the Page, blocked it or lifted the block.
func Policy(action, reason string, at time.Time) model.Inbound {
	return Event("policy_enforcement", "", at, model.Policy{Action: action, Reason: model.Untrusted(reason)})
}

// Entry is a webhook of the Page's events.
func Entry(events ...model.Inbound) []model.PageEntry {
	return []model.PageEntry{{Page: MetaPage, Events: events}}
}

// Receive has Meta deliver events, in one POST.
func (w *World) Receive(events ...model.Inbound) {
	w.Helper()
	w.Must(w.Hub.Receive(w.Ctx, Entry(events...)))
	w.Settle()
}

// CustomerWrites opens a conversation with each: a message a minute ago, by the id m_in_ and
// the customer's.
func (w *World) CustomerWrites(customers ...model.PSID) {
	w.Helper()
	var events []model.Inbound
	for _, c := range customers {
		events = append(events, Wrote(c, model.MID("m_in_"+string(c)), "hello", Ago(time.Minute)))
	}
	w.Receive(events...)
}
