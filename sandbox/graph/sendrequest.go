package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"parley/sandbox/meta"
)

// Limits of the Send API.
const (
	maxText         = 2000 // UTF-16 units
	maxMetadata     = 1000
	maxQuickReplies = 13
)

// looseID is an id that clients write as a string or a number.
type looseID string

func (id *looseID) UnmarshalJSON(raw []byte) error {
	*id = looseID(strings.Trim(string(raw), `"`))
	return nil
}

// sendRequest is the body of POST /{page}/messages.
type sendRequest struct {
	recipient struct {
		ID looseID `json:"id"`
	}
	message struct {
		Text         *string           `json:"text"`
		Metadata     string            `json:"metadata"`
		Attachment   *meta.Attachment  `json:"attachment"`
		StickerID    json.Number       `json:"sticker_id"`
		QuickReplies []json.RawMessage `json:"quick_replies"`
	}
	hasMessage bool
	file       *sentFile // that came with the call
	replyTo    struct {
		MID string `json:"mid"`
	}
	payload struct {
		MessageID string `json:"message_id"`
		Reaction  string `json:"reaction"`
	}
	action        string
	messagingType string
	tag           string
}

// sendAnswer is Meta's answer to a send.
type sendAnswer struct {
	RecipientID string `json:"recipient_id"`
	MessageID   string `json:"message_id,omitempty"`
}

// recipientOf returns the PSID of a send, "" if unknown.
func recipientOf(c *call) string {
	var to struct {
		ID looseID `json:"id"`
	}
	_, _ = c.object("recipient", &to)
	return string(to.ID)
}

func parseSend(c *call) (*sendRequest, error) {
	r := &sendRequest{
		action:        c.param("sender_action"),
		messagingType: c.param("messaging_type"),
		tag:           c.param("tag"),
		file:          c.file,
	}
	var err error
	read := func(name string, into any) (there bool) {
		if err == nil {
			there, err = c.object(name, into)
		}
		return there
	}
	read("recipient", &r.recipient)
	r.hasMessage = read("message", &r.message)
	read("reply_to", &r.replyTo)
	read("payload", &r.payload)
	return r, err
}

// validate checks what can be checked without knowing the customer.
func (r *sendRequest) validate() error {
	if r.action != "" {
		if r.hasMessage {
			return &graphError{code: 100, subcode: 2018014, message: "(#100) Cannot send message and sender_action together"}
		}
		if !slices.Contains([]string{"typing_on", "typing_off", "mark_seen", "react", "unreact"}, r.action) {
			return badParam("Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN, REACT, UNREACT} - got %q.", r.action)
		}
		return r.validateRecipient()
	}
	if err := r.validateType(); err != nil {
		return err
	}
	if err := r.validateRecipient(); err != nil {
		return err
	}
	return r.validateContent()
}

func (r *sendRequest) validateRecipient() error {
	if r.recipient.ID == "" {
		return badParam("The parameter recipient is required")
	}
	return nil
}

func (r *sendRequest) validateType() error {
	switch r.messagingType {
	case "", "RESPONSE", "UPDATE":
		return nil
	case "MESSAGE_TAG":
		if r.tag == "HUMAN_AGENT" {
			return errNoPermission()
		}
		// The old tags were removed on 27 April 2026.
		return badParam("Invalid parameter")
	case "UTILITY":
		return badParam("A template is required for a utility message")
	}
	return badParam("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY} - got %q.", r.messagingType)
}

func (r *sendRequest) validateContent() error {
	m := r.message
	contents := 0
	for _, there := range []bool{m.Text != nil, m.Attachment != nil, m.StickerID != ""} {
		if there {
			contents++
		}
	}
	switch {
	case !r.hasMessage || contents == 0:
		return badParam("Message cannot be empty, must provide valid attachment or text")
	case contents > 1:
		return badParam("Only one of the text, attachment, and sticker_id fields can be specified")
	case utf8.RuneCountInString(m.Metadata) > maxMetadata:
		return badParam("Length of param message[metadata] must be less than or equal to %d", maxMetadata)
	case len(m.QuickReplies) > maxQuickReplies:
		return badParam("Too many quick replies: at most %d", maxQuickReplies)
	}
	if m.Text != nil {
		if strings.TrimSpace(*m.Text) == "" {
			return badParam("Param message[text] must be a non-empty UTF-8 encoded string")
		}
		if len(utf16.Encode([]rune(*m.Text))) > maxText {
			return badParam("Length of param message[text] must be less than or equal to %d", maxText)
		}
	}
	if m.Attachment != nil && r.file == nil {
		return validateAttachment(m.Attachment)
	}
	return nil
}

// validateAttachment checks an attachment from a Page.
func validateAttachment(a *meta.Attachment) error {
	switch a.Type {
	case "template":
		return nil
	case "image", "audio", "video", "file":
		u := a.URL()
		var p struct {
			ID looseID `json:"attachment_id"`
		}
		_ = json.Unmarshal(a.Payload, &p)
		if p.ID != "" || strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://") {
			return nil
		}
		return &graphError{code: 100, subcode: 2018008, message: "(#100) Failed to fetch the file from the url"}
	}
	return badParam("Param message[attachment][type] must be one of {AUDIO, FILE, IMAGE, TEMPLATE, VIDEO} - got %q.", a.Type)
}
