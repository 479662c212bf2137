package sandbox

import (
	"encoding/json"
	"strconv"
)

// The shapes of webhooks, in Meta's order of keys.

type party struct {
	ID string `json:"id"`
}

// inner is one event of an entry's messaging (or standby) list.
type inner struct {
	Sender    *party       `json:"sender,omitempty"`
	Recipient *party       `json:"recipient,omitempty"`
	Timestamp int64        `json:"timestamp,omitempty"`
	Message   *wireMessage `json:"message,omitempty"`
	Edit      *edit        `json:"message_edit,omitempty"`
	Reaction  *reaction    `json:"reaction,omitempty"`
	Postback  *postback    `json:"postback,omitempty"`
	Referral  *referral    `json:"referral,omitempty"`
	Delivery  *delivery    `json:"delivery,omitempty"`
	Read      *watermark   `json:"read,omitempty"`
	Policy    *policy      `json:"policy_enforcement,omitempty"`
}

type wireMessage struct {
	IsEcho      bool         `json:"is_echo,omitempty"`
	AppID       json.Number  `json:"app_id,omitempty"`
	Metadata    string       `json:"metadata,omitempty"`
	MID         string       `json:"mid"`
	Text        string       `json:"text,omitempty"`
	QuickReply  *quickReply  `json:"quick_reply,omitempty"`
	ReplyTo     *quoted      `json:"reply_to,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
	Referral    *referral    `json:"referral,omitempty"`
}

type quickReply struct {
	Payload string `json:"payload"`
}

type quoted struct {
	MID         string `json:"mid"`
	IsSelfReply bool   `json:"is_self_reply"`
}

type edit struct {
	MID     string `json:"mid"`
	Text    string `json:"text"`
	NumEdit int    `json:"num_edit"`
}

type reaction struct {
	MID      string `json:"mid"`
	Action   string `json:"action"`
	Emoji    string `json:"emoji,omitempty"`
	Reaction string `json:"reaction,omitempty"`
}

type postback struct {
	MID      string    `json:"mid,omitempty"`
	Title    string    `json:"title"`
	Payload  string    `json:"payload"`
	Referral *referral `json:"referral,omitempty"`
}

type referral struct {
	Ref    string     `json:"ref,omitempty"`
	AdID   string     `json:"ad_id,omitempty"`
	Source string     `json:"source"`
	Type   string     `json:"type"`
	Ad     *adContext `json:"ads_context_data,omitempty"`
}

type adContext struct {
	Title    string `json:"ad_title"`
	PhotoURL string `json:"photo_url,omitempty"`
	PostID   string `json:"post_id,omitempty"`
}

type delivery struct {
	MIDs      []string `json:"mids,omitempty"`
	Watermark int64    `json:"watermark"`
}

type watermark struct {
	Watermark int64 `json:"watermark"`
}

type policy struct {
	Action string `json:"action"`
	Reason string `json:"reason,omitempty"`
}

// event is an inner event on its way to the callback.
type event struct {
	psid    string // whose order it keeps; "" for the Page
	field   string // the subscription field it belongs to
	standby bool
	body    json.RawMessage
	done    chan struct{} // closed once delivered or given up; may be nil
}

// newEvent encodes an inner event.
func (s *Sandbox) newEvent(psid, field string, e inner) *event {
	body, err := encodeMeta(e)
	if err != nil { // only possible for a payload that is not JSON
		s.log.Error("encode event", "field", field, "err", err)
		body = []byte("{}")
	}
	return &event{psid: psid, field: field, body: body}
}

// finish tells whoever waits that the event's way has ended.
func (e *event) finish() {
	if e.done != nil {
		close(e.done)
		e.done = nil
	}
}

// appNumber is the app id as echoes have it: a number.
func (m *message) appNumber() json.Number {
	if _, err := strconv.ParseUint(m.appID, 10, 64); err != nil {
		return ""
	}
	return json.Number(m.appID)
}
