package webhook

import (
	"encoding/json"

	"parley/hub/messenger/meta"
	"parley/model"
)

// family is a kind of event, recognised by its key.
type family struct {
	key  string
	name string
	// unique: the event has a mid of its own.
	unique bool
	// aboutPage: it concerns the Page, not a customer.
	aboutPage bool
	// anonymous: it may come before its customer is known.
	anonymous bool
	// byPage: the Page may have done it.
	byPage bool
	decode func(envelope, json.RawMessage) (model.Event, error)
}

// families returns the kinds that are understood. If an event has several of the keys, the
// first one here decides.
func families() []family {
	return []family{
		{key: "message", unique: true, byPage: true, decode: decodeMessage},
		{key: "postback", unique: true, decode: decodePostback},
		{key: "reaction", byPage: true, decode: decodeReaction},
		{key: "message_edit", byPage: true, decode: decodeEdit},
		{key: "delivery", decode: decodeDelivery},
		{key: "read", decode: decodeRead},
		{key: "referral", decode: decodeReferral},
		{key: "optin", anonymous: true, decode: decodeOptin},
		{key: "response_feedback", decode: decodeFeedback},
		{key: "account_linking", decode: decodeAccountLinking},
		{key: "order", decode: decodeOrder},
		{key: "messaging_feedback", decode: decodeSurvey},
		{key: "pass_thread_control", byPage: true, decode: threadControl("pass")},
		{key: "take_thread_control", byPage: true, decode: threadControl("take")},
		{key: "request_thread_control", byPage: true, decode: threadControl("request")},
		{key: "release_thread_control", byPage: true, decode: threadControl("release")},
		{key: "app_roles", aboutPage: true, decode: decodeAppRoles},
		{key: "policy_enforcement", aboutPage: true, decode: decodePolicy},
		{key: "policy-enforcement", name: "policy_enforcement", aboutPage: true, decode: decodePolicy},
	}
}

// familyOf returns an event's family and the value of its key. If it is of no known family, the
// result has only the name of the event's first own key.
func familyOf(all meta.Members) (f family, value json.RawMessage, known bool) {
	for _, f := range families() {
		if value := all.Get(f.key); value != nil {
			if f.name == "" {
				f.name = f.key
			}
			return f, value, true
		}
	}
	for _, m := range all {
		switch m.Key {
		case "sender", "recipient", "timestamp", "prior_message":
			continue
		}
		if name := meta.PlainWord(m.Key); name != "" {
			return family{name: name, byPage: true}, m.Value, false
		}
	}
	return family{name: nameUnknown, byPage: true}, nil, false
}
