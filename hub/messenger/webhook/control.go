package webhook

import (
	"encoding/json"

	"parley/hub/messenger/meta"
	"parley/model"
)

// threadControl returns a decoder for one of the events by which apps pass a thread to each
// other. Afterwards nobody may hold it.
//
// Source: Messenger Platform, "messaging_handovers" and "Conversation routing".
func threadControl(action string) func(envelope, json.RawMessage) (model.Event, error) {
	return func(_ envelope, raw json.RawMessage) (model.Event, error) {
		var w struct {
			New       meta.Ident `json:"new_owner_app_id"`
			Requested meta.Ident `json:"requested_owner_app_id"`
		}
		if err := json.Unmarshal(raw, &w); err != nil {
			return nil, meta.ErrShape
		}
		owner := w.New
		if action == "request" {
			owner = w.Requested
		}
		return model.ThreadControl{Action: action, Owner: model.AppID(owner)}, nil
	}
}

// decodePolicy decodes that Facebook warns, blocks or unblocks the Page.
//
// Source: Messenger Platform, "messaging_policy_enforcement".
func decodePolicy(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Action string `json:"action"`
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	switch w.Action {
	case "warning", "block", "unblock":
		return model.Policy{Action: w.Action, Reason: model.Untrusted(w.Reason)}, nil
	}
	return nil, meta.ErrShape
}

// decodeAppRoles decodes that the roles of apps for the Page changed.
//
// Source: Messenger Platform, "messaging_handovers", app_roles.
func decodeAppRoles(_ envelope, raw json.RawMessage) (model.Event, error) {
	if _, err := meta.Object(raw); err != nil {
		return nil, meta.ErrShape
	}
	return model.PageNews{Kind: model.NoticeAppRoles}, nil
}
