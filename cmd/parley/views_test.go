package main

import (
	"net/url"
	"time"
)

// The objects of the hub's interface, as the contract has them.

type conversation struct {
	ID       string
	PageID   string `json:"page_id"`
	Seq      int64
	Customer struct{ PSID, Name, Locale string }
	Status   string
	Unread   int
	Labels   []string
	Links    []any

	LastMessage *struct {
		ID, Direction, Text, State string
	} `json:"last_message"`
	Started     bool
	WindowUntil *time.Time `json:"window_until"`
	OtherApp    bool       `json:"other_app"`
	Unreachable bool
	Reply       struct {
		Allowed bool
		Code    string
	}
	Entry     *entry
	UpdatedAt time.Time `json:"updated_at"`
}

type entry struct {
	Source, Ref, Title string
	AdID               string `json:"ad_id"`
}

type message struct {
	ID             string
	Seq            int64
	MID            string
	ClientID       string `json:"client_id"`
	ConversationID string `json:"conversation_id"`
	Direction      string
	Author         struct{ Kind, Name, ID string }
	Text           string
	Attachments    []struct{ ID, Type, URL, Title string }
	ReplyTo        string `json:"reply_to"`
	ReplyToMID     string `json:"reply_to_mid"`
	Reactions      []struct{ By, Kind, Emoji string }
	Edited         bool
	Was            *string
	Deleted        bool
	Feedback       string
	Event          *struct {
		Kind, Action, Payload string
		Entry                 *entry
	}
	SentAt  time.Time `json:"sent_at"`
	State   string
	Attempt int
	Error   *struct {
		Code, Detail string
		Unchecked    bool
	}
	WaitsFor       string `json:"waits_for"`
	Probably       bool
	DeliveredTwice bool `json:"delivered_twice"`
}

// arrived tells whether the reply is said to have reached the customer.
func (m message) arrived() bool {
	return m.State == "sent" || m.State == "delivered" || m.State == "read"
}

type conversationList struct {
	Conversations []conversation
	Cursor        string
	AsOf          map[string]any `json:"as_of"`
}

type messageList struct {
	Messages []message
	Cursor   string
}

type shownConversation struct {
	Conversation conversation
	Messages     []message
	Cursor       string
}

type notice struct {
	ID     string
	PageID string `json:"page_id"`
	Kind   string
	Event  string
	Reason string
}

type page struct {
	ID            string
	PageID        string `json:"page_id"`
	Name          string
	Visibility    string
	Installer     struct{ ID, Name string }
	Sees          bool
	Seq           int64
	ConnectedAt   *time.Time `json:"connected_at"`
	UninstalledAt *time.Time `json:"uninstalled_at"`
	Subscribed    bool
}

// list returns what the list command shows.
func (u *user) list(args ...string) conversationList {
	u.w.t.Helper()
	var l conversationList
	fromJSON(u.w.t, []byte(u.cli(append([]string{"list", "--json"}, args...)...).ok().out), &l)
	return l
}

// show returns what the show command shows.
func (u *user) show(id string) shownConversation {
	u.w.t.Helper()
	var s shownConversation
	fromJSON(u.w.t, []byte(u.cli("show", id, "--json", "--limit", "1000").ok().out), &s)
	return s
}

// conversations returns all of the user's conversations.
func (u *user) conversations() []conversation {
	u.w.t.Helper()
	var all []conversation
	for cursor := ""; ; {
		var l conversationList
		u.get("/v1/conversations?limit=1000&cursor=" + url.QueryEscape(cursor)).is(200).into(&l)
		all = append(all, l.Conversations...)
		if cursor = l.Cursor; cursor == "" {
			return all
		}
	}
}

// messages returns all messages of a conversation, oldest first.
func (u *user) messages(id string) []message {
	u.w.t.Helper()
	var all []message
	for before := ""; ; {
		var l messageList
		u.get(conversationPath(id, "messages") + "?limit=1000&before=" + url.QueryEscape(before)).is(200).into(&l)
		all = append(l.Messages, all...)
		if before = l.Cursor; before == "" {
			return all
		}
	}
}

// message returns one message.
func (u *user) message(conversation, id string) message {
	u.w.t.Helper()
	var m message
	u.get(conversationPath(conversation, "messages", id)).is(200).into(&m)
	return m
}

// notices returns the newest notices.
func (u *user) notices() []notice {
	u.w.t.Helper()
	var l struct{ Notices []notice }
	u.get("/v1/notices?limit=1000").is(200).into(&l)
	return l.Notices
}

// stats returns the hub's counters.
func (u *user) stats() map[string]int64 {
	u.w.t.Helper()
	var s struct{ Stats map[string]int64 }
	u.get("/v1/stats").is(200).into(&s)
	return s.Stats
}

// pages returns every Page as that user may know it.
func (u *user) pages() []page {
	u.w.t.Helper()
	var l struct{ Pages []page }
	u.get("/v1/pages").is(200).into(&l)
	return l.Pages
}
