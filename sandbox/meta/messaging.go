package meta

import "encoding/json"

// Entry is one entry of a webhook's body.
type Entry struct {
	ID        string            `json:"id"`
	Time      int64             `json:"time"`
	Messaging []json.RawMessage `json:"messaging,omitempty"`
	Standby   []json.RawMessage `json:"standby,omitempty"`
	Changes   []json.RawMessage `json:"changes,omitempty"`
}

// Envelope encodes a webhook's body. Entries that are escaped already pass unchanged.
func Envelope(entries []Entry) ([]byte, error) {
	return Encode(struct {
		Object string  `json:"object"`
		Entry  []Entry `json:"entry"`
	}{"page", entries})
}

// Party is a customer or the Page.
type Party struct {
	ID string `json:"id"`
}

// Messaging is one event of an entry's messaging (or standby) list.
type Messaging struct {
	Sender    *Party    `json:"sender,omitempty"`
	Recipient *Party    `json:"recipient,omitempty"`
	Timestamp int64     `json:"timestamp,omitempty"`
	Message   *Message  `json:"message,omitempty"`
	Edit      *Edit     `json:"message_edit,omitempty"`
	Reaction  *Reaction `json:"reaction,omitempty"`
	Postback  *Postback `json:"postback,omitempty"`
	Referral  *Referral `json:"referral,omitempty"`
	Delivery  *Delivery `json:"delivery,omitempty"`
	Read      *Read     `json:"read,omitempty"`
	Policy    *Policy   `json:"policy_enforcement,omitempty"`
}

// Message is a customer's message, or the echo of one of the Page's.
type Message struct {
	IsEcho      bool         `json:"is_echo,omitempty"`
	AppID       json.Number  `json:"app_id,omitempty"`
	Metadata    string       `json:"metadata,omitempty"`
	MID         string       `json:"mid"`
	Text        string       `json:"text,omitempty"`
	QuickReply  *QuickReply  `json:"quick_reply,omitempty"`
	ReplyTo     *ReplyTo     `json:"reply_to,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Referral    *Referral    `json:"referral,omitempty"`
}

// QuickReply is the button that a customer tapped.
type QuickReply struct {
	Payload string `json:"payload"`
}

// ReplyTo names the quoted message.
type ReplyTo struct {
	MID         string `json:"mid"`
	IsSelfReply bool   `json:"is_self_reply"`
}

// Edit is a new text of a message.
type Edit struct {
	MID     string `json:"mid"`
	Text    string `json:"text"`
	NumEdit int    `json:"num_edit"`
}

// Reaction is an emoji on a message.
type Reaction struct {
	MID      string `json:"mid"`
	Action   string `json:"action"`
	Emoji    string `json:"emoji,omitempty"`
	Reaction string `json:"reaction,omitempty"`
}

// Postback is a press of a button.
type Postback struct {
	MID      string    `json:"mid,omitempty"`
	Title    string    `json:"title"`
	Payload  string    `json:"payload"`
	Referral *Referral `json:"referral,omitempty"`
}

// Referral is how a customer came in.
type Referral struct {
	Ref    string     `json:"ref,omitempty"`
	AdID   string     `json:"ad_id,omitempty"`
	Source string     `json:"source"`
	Type   string     `json:"type"`
	Ad     *AdContext `json:"ads_context_data,omitempty"`
}

// AdContext is the ad by which they came.
type AdContext struct {
	Title    string `json:"ad_title"`
	PhotoURL string `json:"photo_url,omitempty"`
	PostID   string `json:"post_id,omitempty"`
}

// Delivery tells which messages reached the customer.
type Delivery struct {
	MIDs      []string `json:"mids,omitempty"`
	Watermark int64    `json:"watermark"`
}

// Read tells up to when the customer has read.
type Read struct {
	Watermark int64 `json:"watermark"`
}

// Policy is a measure that Facebook takes against the Page.
type Policy struct {
	Action string `json:"action"`
	Reason string `json:"reason,omitempty"`
}

// Attachment is a message's attachment as webhooks carry it.
type Attachment struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// URL returns the attachment's address, or "".
func (a Attachment) URL() string {
	var p struct {
		URL string `json:"url"`
	}
	_ = json.Unmarshal(a.Payload, &p)
	return p.URL
}
