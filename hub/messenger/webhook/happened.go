package webhook

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// Opt-ins that don't come from a plugin: they allow certain messages, and open no window.
const (
	optinMarketing = "notification_messages"
	optinOneTime   = "one_time_notif_req"
)

// decodeOptin decodes that the customer agreed to something. If only the plugin's own user_ref
// is known, there is no customer, and the event has no effect.
//
// Source: Messenger Platform, "messaging_optins".
func decodeOptin(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Type    string     `json:"type"`
		Ref     meta.Loose `json:"ref"`
		Payload meta.Loose `json:"payload"`
		Title   meta.Loose `json:"title"`
		Status  meta.Loose `json:"notification_messages_status"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	o := model.Optin{Type: meta.PlainWord(w.Type), Ref: model.Untrusted(w.Ref), Title: model.Untrusted(w.Title)}
	switch w.Status {
	case "STOP NOTIFICATIONS", "STOP_NOTIFICATIONS":
		o.Status = "stop"
	case "RESUME NOTIFICATIONS", "RESUME_NOTIFICATIONS":
		o.Status = "resume"
	}
	o.Plugin = w.Type != optinMarketing && w.Type != optinOneTime
	if o.Ref == "" {
		o.Ref = model.Untrusted(w.Payload)
	}
	return o, nil
}

// decodeAccountLinking decodes that the customer linked or unlinked an account.
//
// Source: Messenger Platform, "messaging_account_linking".
func decodeAccountLinking(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Status meta.Word `json:"status"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.Status == "" {
		return nil, meta.ErrShape
	}
	return model.Happened{Notable: model.Notable{Kind: model.EventAccountLinking, Action: string(w.Status)}}, nil
}

// decodeOrder decodes what the customer put into a cart: "2 × Beans (12.5 EUR), …", and their
// note.
//
// Source: Messenger Platform, "send_cart".
func decodeOrder(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Note     meta.Loose `json:"note"`
		Products meta.Several[struct {
			Name      meta.Loose  `json:"name"`
			UnitPrice meta.Number `json:"unit_price"`
			Currency  meta.Word   `json:"currency"`
			Quantity  meta.Number `json:"quantity"`
		}] `json:"products"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	lines := make([]string, 0, len(w.Products))
	for _, p := range w.Products {
		line := strconv.Itoa(max(1, p.Quantity.Integer())) + " × " + string(p.Name)
		if p.UnitPrice.OK {
			price := strconv.FormatFloat(p.UnitPrice.Value, 'f', -1, 64)
			line += " (" + strings.TrimSpace(price+" "+string(p.Currency)) + ")"
		}
		lines = append(lines, line)
	}
	text := strings.Join(lines, ", ")
	if w.Note != "" {
		text = strings.TrimPrefix(text+"; "+string(w.Note), "; ")
	}
	return model.Happened{Notable: model.Notable{Kind: model.EventOrder, Payload: model.Untrusted(text)}}, nil
}

// decodeSurvey decodes the customer's answers to a feedback template: "CSAT 4: words, …", with
// the questions in the order of their ids.
//
// Source: Messenger Platform, "messaging_feedback".
func decodeSurvey(_ envelope, raw json.RawMessage) (model.Event, error) {
	type question struct {
		Type     meta.Loose      `json:"type"`
		Payload  meta.Loose      `json:"payload"`
		FollowUp json.RawMessage `json:"follow_up"`
	}
	var w struct {
		Screens meta.Several[struct {
			Questions map[string]question `json:"questions"`
		}] `json:"feedback_screens"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	var answers []string
	for _, screen := range w.Screens {
		for _, id := range slices.Sorted(maps.Keys(screen.Questions)) {
			q := screen.Questions[id]
			answer := strings.TrimSpace(scale(string(q.Type)) + " " + string(q.Payload))
			var more struct {
				Payload meta.Loose `json:"payload"`
			}
			if present(q.FollowUp) && json.Unmarshal(q.FollowUp, &more) == nil && more.Payload != "" {
				answer += ": " + string(more.Payload)
			}
			answers = append(answers, answer)
		}
	}
	return model.Happened{Notable: model.Notable{
		Kind: model.EventFeedback, Payload: model.Untrusted(strings.Join(answers, ", ")),
	}}, nil
}

// scale returns the usual name of a question's scale.
//
// Source: Messenger Platform, "Customer feedback template", question types.
func scale(kind string) string {
	switch kind {
	case "csat", "nps", "ces":
		return strings.ToUpper(kind)
	}
	return kind
}
