package webhook

import (
	"encoding/json"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// wireMessage is the value of "message".
//
// Source: Messenger Platform, "messages" and "Message echoes".
type wireMessage struct {
	MID         meta.Ident                    `json:"mid"`
	Text        string                        `json:"text"`
	Attachments meta.Several[json.RawMessage] `json:"attachments"`
	Echo        meta.Flag                     `json:"is_echo"`
	Deleted     meta.Flag                     `json:"is_deleted"`
	Unsupported meta.Flag                     `json:"is_unsupported"`
	AppID       meta.LooseID                  `json:"app_id"`
	Metadata    meta.Loose                    `json:"metadata"`
	StickerID   meta.LooseID                  `json:"sticker_id"`
	QuickReply  json.RawMessage               `json:"quick_reply"`
	ReplyTo     json.RawMessage               `json:"reply_to"`
	Referral    json.RawMessage               `json:"referral"`
	Commands    json.RawMessage               `json:"commands"`
	AdminText   meta.Loose                    `json:"admin_text"`
}

// decodeMessage decodes what the customer wrote, what the Page wrote (an echo), and that a
// message was unsent.
func decodeMessage(e envelope, raw json.RawMessage) (model.Event, error) {
	var w wireMessage
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	switch {
	case bool(w.Deleted) && w.MID == "":
		return nil, meta.ErrShape
	case bool(w.Deleted):
		return model.Unsend{Target: model.MID(w.MID)}, nil
	case w.MID == "":
		return notice(w, raw), nil
	case bool(w.Echo) || e.byPage():
		echo := model.Echo{
			MID: model.MID(w.MID), AppID: model.AppID(w.AppID), Metadata: plainMetadata(string(w.Metadata)),
			Text: model.Untrusted(w.Text), Attachments: attachments(w.Attachments, w.StickerID), ReplyTo: quoted(w.ReplyTo),
		}
		if echo.Blank() {
			echo.Holds = holds(raw)
		}
		return echo, nil
	}
	m := model.CustomerMessage{
		MID: model.MID(w.MID), Text: model.Untrusted(w.Text), Attachments: attachments(w.Attachments, w.StickerID),
		ReplyTo: quoted(w.ReplyTo), QuickReply: quickReply(w.QuickReply), Command: commands(w.Commands), Referral: entry(w.Referral),
	}
	if m.Referral == nil && e.prior == model.SourceCheckbox {
		m.Referral = &model.Entry{Source: model.SourceCheckbox}
	}
	empty := m.Text == "" && len(m.Attachments) == 0 && m.QuickReply == nil && m.Referral == nil && !present(w.Commands)
	m.Unsupported = bool(w.Unsupported) || empty
	return m, nil
}

// notice decodes what Meta puts into a thread by itself: nobody wrote it, and it has no mid.
// Its text is kept if it is plain text.
func notice(w wireMessage, raw json.RawMessage) model.Event {
	if w.AdminText != "" {
		return model.Happened{Notable: model.Notable{Kind: model.EventAdminText, Payload: model.Untrusted(w.AdminText)}}
	}
	return model.Happened{Notable: model.Notable{Kind: model.EventUnknown, Action: holds(raw), Payload: model.Untrusted(w.Text)}}
}

// holds returns what a message without a text contains, in Meta's word: the first key of its
// own.
func holds(raw json.RawMessage) string {
	all, _ := meta.Object(raw)
	for _, m := range all {
		switch m.Key {
		case "mid", "seq", "text", "attachments", "is_echo", "app_id", "metadata", "reply_to", "sticker_id", "tags":
			continue
		}
		if present(m.Value) && meta.PlainWord(m.Key) != "" {
			return m.Key
		}
	}
	return ""
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// plainMetadata returns a message's metadata if it can be ours: other apps may put anything
// there.
func plainMetadata(s string) string {
	if len(s) > meta.MaxMetadata || !meta.Printable(s, true) {
		return ""
	}
	return s
}

// quoted returns the mid of the message that this one replies to.
func quoted(raw json.RawMessage) model.MID {
	var w struct {
		MID meta.LooseID `json:"mid"`
	}
	if present(raw) {
		_ = json.Unmarshal(raw, &w)
	}
	return model.MID(w.MID)
}

// quickReply returns the payload of the quick reply that the customer chose.
//
// Source: Messenger Platform, "Quick replies".
func quickReply(raw json.RawMessage) *model.Untrusted {
	var w struct {
		Payload meta.Loose `json:"payload"`
	}
	if !present(raw) || json.Unmarshal(raw, &w) != nil {
		return nil
	}
	payload := model.Untrusted(w.Payload)
	return &payload
}

// commands returns the names of the commands that a message uses.
//
// Source: Messenger Platform, "messages", commands.
func commands(raw json.RawMessage) model.Untrusted {
	var all meta.Several[struct {
		Name meta.Loose `json:"name"`
	}]
	if !present(raw) || json.Unmarshal(raw, &all) != nil {
		return ""
	}
	var names []string
	for _, c := range all {
		if c.Name != "" {
			names = append(names, string(c.Name))
		}
	}
	return model.Untrusted(strings.Join(names, ", "))
}
