package webhook

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/hub/messenger/meta"
	"parley/model"
)

// decodeReaction decodes that a reaction was set, changed or taken back.
//
// Source: Messenger Platform, "message_reactions".
func decodeReaction(e envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MID      meta.Ident `json:"mid"`
		Action   string     `json:"action"`
		Reaction meta.Word  `json:"reaction"`
		Emoji    string     `json:"emoji"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.MID == "" {
		return nil, meta.ErrShape
	}
	r := model.Reacted{Target: model.MID(w.MID), By: model.ByCustomer}
	if e.byPage() {
		r.By = model.ByPage
	}
	switch w.Action {
	case "react":
		r.Kind, r.Emoji = string(w.Reaction), spelledEmoji(w.Emoji)
	case "unreact":
		r.Removed = true
	default:
		return nil, meta.ErrShape
	}
	return r, nil
}

// spelledEmoji returns an emoji, which may come spelled out, as \u{2764}\u{FE0F}.
func spelledEmoji(s string) model.Untrusted {
	if !strings.Contains(s, `\u{`) {
		return model.Untrusted(s)
	}
	spelled := regexp.MustCompile(`\\u\{[0-9A-Fa-f]{1,6}\}`)
	return model.Untrusted(spelled.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseInt(m[len(`\u{`):len(m)-len(`}`)], 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) {
			return m
		}
		return string(rune(n))
	}))
}

// decodeEdit decodes that the customer edited a message.
//
// Source: Messenger Platform, "message_edits".
func decodeEdit(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MID  meta.Ident  `json:"mid"`
		Text string      `json:"text"`
		Edit meta.Number `json:"num_edit"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.MID == "" {
		return nil, meta.ErrShape
	}
	return model.Edit{Target: model.MID(w.MID), Text: model.Untrusted(w.Text), Number: max(1, w.Edit.Integer())}, nil
}

// decodeFeedback decodes the customer's rating of one of the Page's messages.
//
// Source: Messenger Platform, "response_feedback".
func decodeFeedback(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MID      meta.Ident `json:"mid"`
		Feedback string     `json:"feedback"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.MID == "" {
		return nil, meta.ErrShape
	}
	return model.Feedback{Target: model.MID(w.MID), Words: model.Untrusted(w.Feedback)}, nil
}
