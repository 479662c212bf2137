package driver

import (
	"net/url"
	"slices"
	"time"
)

// The objects of the hub's API, as documented.

// Conversation is a conversation of the API.
type Conversation struct {
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

// Message is a message of the API.
type Message struct {
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

// Arrived reports whether the reply has reached the customer, by its state.
func (m Message) Arrived() bool {
	return m.State == "sent" || m.State == "delivered" || m.State == "read"
}

// ConversationList is the output of `parley list --json`.
type ConversationList struct {
	Conversations []Conversation
	Cursor        string
	AsOf          map[string]any `json:"as_of"`
}

type messageList struct {
	Messages []Message
	Cursor   string
}

// ShownConversation is the output of `parley show`.
type ShownConversation struct {
	Conversation Conversation
	Messages     []Message
	Cursor       string
}

// Notice is a notice of the API.
type Notice struct {
	ID     string
	PageID string `json:"page_id"`
	Kind   string
	Event  string
	Reason string
}

// Page is a Page of the API.
type Page struct {
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

// List returns the output of the list command.
func (u *User) List(args ...string) ConversationList {
	u.W.T.Helper()
	var l ConversationList
	FromJSON(u.W.T, []byte(u.Cli(append([]string{"list", "--json"}, args...)...).Ok().Out), &l)
	return l
}

// Show returns the output of the show command.
func (u *User) Show(id string) ShownConversation {
	u.W.T.Helper()
	var s ShownConversation
	FromJSON(u.W.T, []byte(u.Cli("show", id, "--json", "--limit", "1000").Ok().Out), &s)
	return s
}

// Conversations returns all of the user's conversations.
func (u *User) Conversations() []Conversation {
	u.W.T.Helper()
	var all []Conversation
	for cursor := ""; ; {
		var l ConversationList
		u.Get("/v1/conversations?limit=1000&cursor=" + url.QueryEscape(cursor)).Is(200).Into(&l)
		all = append(all, l.Conversations...)
		if cursor = l.Cursor; cursor == "" {
			return all
		}
	}
}

// Messages returns all messages of a conversation, oldest first.
func (u *User) Messages(id string) []Message {
	u.W.T.Helper()
	var all []Message
	for before := ""; ; {
		var l messageList
		u.Get(ConversationPath(id, "messages") + "?limit=1000&before=" + url.QueryEscape(before)).Is(200).Into(&l)
		all = append(l.Messages, all...)
		if before = l.Cursor; before == "" {
			return all
		}
	}
}

// Message returns one message.
func (u *User) Message(conversation, id string) Message {
	u.W.T.Helper()
	var m Message
	u.Get(ConversationPath(conversation, "messages", id)).Is(200).Into(&m)
	return m
}

// Notices returns the newest notices.
func (u *User) Notices() []Notice {
	u.W.T.Helper()
	var l struct{ Notices []Notice }
	u.Get("/v1/notices?limit=1000").Is(200).Into(&l)
	return l.Notices
}

// Stats returns the hub's counters.
func (u *User) Stats() map[string]int64 {
	u.W.T.Helper()
	var s struct{ Stats map[string]int64 }
	u.Get("/v1/stats").Is(200).Into(&s)
	return s.Stats
}

// Pages returns every Page as the user may know it.
func (u *User) Pages() []Page {
	u.W.T.Helper()
	var l struct{ Pages []Page }
	u.Get("/v1/pages").Is(200).Into(&l)
	return l.Pages
}

// Holds reports whether a text is the newest message of a listed conversation.
func (u *User) Holds(id, text string) bool {
	return slices.ContainsFunc(u.Conversations(), func(c Conversation) bool {
		return c.ID == id && c.LastMessage != nil && c.LastMessage.Text == text
	})
}
