package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// ConversationList is one page of a list of conversations.
type ConversationList struct {
	Conversations []model.Conversation `json:"conversations"`
	// Cursor asks for the next page; empty at the end.
	Cursor string `json:"cursor"`
	// AsOf is the position of the Pages' streams when the list was read.
	AsOf model.AsOf `json:"as_of"`
}

// NoticeList is one page of the notices.
type NoticeList struct {
	Notices []model.Notice `json:"notices"`
	Cursor  string         `json:"cursor"`
}

// Me returns the user whom the token belongs to.
func (c *Client) Me(ctx context.Context) (model.User, error) {
	var out model.User
	err := c.Call(ctx, http.MethodGet, "/v1/me", nil, nil, &out)
	return out, err
}

// values returns a list query as URL values.
func values(q model.ListQuery) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"filter": q.Filter, "page": string(q.Page), "cursor": q.Cursor, "search": q.Search} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v
}

// Conversations returns one page of the user's conversations.
func (c *Client) Conversations(ctx context.Context, q model.ListQuery) (ConversationList, error) {
	var out ConversationList
	err := c.Call(ctx, http.MethodGet, "/v1/conversations", values(q), nil, &out)
	return out, err
}

// Search returns one page of the conversations that match q.Search, with the places of the
// matches. An empty search gives the whole list.
func (c *Client) Search(ctx context.Context, q model.ListQuery) (model.FoundList, error) {
	var out model.FoundList
	err := c.Call(ctx, http.MethodGet, "/v1/conversations", values(q), nil, &out)
	return out, err
}

// Counts is how many conversations each filter holds, by the hub's count.
type Counts struct {
	Counts inbox.Counts `json:"counts"`
	// AsOf is the position of the Pages' streams when they were counted.
	AsOf model.AsOf `json:"as_of"`
}

// Counts returns how many conversations of a Page each filter holds, or of all Pages of the
// user if page is empty.
func (c *Client) Counts(ctx context.Context, page model.PageID) (Counts, error) {
	var out Counts
	err := c.Call(ctx, http.MethodGet, "/v1/counts", values(model.ListQuery{Page: page}), nil, &out)
	return out, err
}

func conversationPath(id model.ConversationID) string {
	return "/v1/conversations/" + segment(string(id))
}

// Conversation returns one conversation.
func (c *Client) Conversation(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	var out model.Conversation
	err := c.Call(ctx, http.MethodGet, conversationPath(id), nil, nil, &out)
	return out, err
}

// Named returns the conversations that a text may mean: see [model.NamedList].
func (c *Client) Named(ctx context.Context, text string) (model.NamedList, error) {
	var out model.NamedList
	err := c.Call(ctx, http.MethodGet, "/v1/conversations/named", url.Values{"text": {text}}, nil, &out)
	return out, err
}

// Messages returns a conversation's newest messages, or those before the cursor.
func (c *Client) Messages(ctx context.Context, id model.ConversationID, before string, limit int) (model.MessageList, error) {
	q := url.Values{}
	if before != "" {
		q.Set("before", before)
	}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	var out model.MessageList
	err := c.Call(ctx, http.MethodGet, conversationPath(id)+"/messages", q, nil, &out)
	return out, err
}

// ReplyBy returns the user's reply to a conversation with that client id; false if the hub
// has none.
func (c *Client) ReplyBy(ctx context.Context, conversation model.ConversationID, id model.ClientID) (model.Message, bool, error) {
	var out model.MessageList
	err := c.Call(ctx, http.MethodGet, conversationPath(conversation)+"/messages", url.Values{"client_id": {string(id)}}, nil, &out)
	for _, m := range out.Messages {
		if m.ClientID == id {
			return m, true, err
		}
	}
	return model.Message{}, false, err
}

// Message returns one message.
func (c *Client) Message(ctx context.Context, conversation model.ConversationID, id model.MessageID) (model.Message, error) {
	var out model.Message
	err := c.Call(ctx, http.MethodGet, conversationPath(conversation)+"/messages/"+segment(string(id)), nil, nil, &out)
	return out, err
}

// Notices returns the newest notices.
func (c *Client) Notices(ctx context.Context, q model.ListQuery) (NoticeList, error) {
	var out NoticeList
	err := c.Call(ctx, http.MethodGet, "/v1/notices", values(q), nil, &out)
	return out, err
}

// ReadNotice marks a notice as read, for all who see its Page.
func (c *Client) ReadNotice(ctx context.Context, page model.PageID, id string) (model.Notice, error) {
	var out model.Notice
	err := c.Call(ctx, http.MethodPost, "/v1/pages/"+segment(string(page))+"/notices/"+segment(id)+"/read", nil, nil, &out)
	return out, err
}

// Stats returns the hub's counters.
func (c *Client) Stats(ctx context.Context) (map[string]int64, error) {
	var out struct {
		Stats map[string]int64 `json:"stats"`
	}
	err := c.Call(ctx, http.MethodGet, "/v1/stats", nil, nil, &out)
	return out.Stats, err
}

// HandIn posts a reply or a note whose files are uploaded. It is idempotent by client id.
func (c *Client) HandIn(ctx context.Context, r model.Reply) (model.Message, error) {
	in := struct {
		ClientID model.ClientID  `json:"client_id"`
		Text     model.Untrusted `json:"text"`
		ReplyTo  model.MessageID `json:"reply_to,omitempty"`
		Uploads  []string        `json:"attachments,omitempty"`
		Note     bool            `json:"note,omitempty"`
		SeenSeq  int64           `json:"seen_seq,omitempty"`
		Number   int64           `json:"number,omitempty"`
		Done     bool            `json:"done,omitempty"`
		SendAt   *time.Time      `json:"send_at,omitempty"`
	}{r.ClientID, r.Text, r.ReplyTo, uploads(r.Files), r.Note, r.SeenSeq, r.Number, r.Done, r.SendAt}
	var out model.Message
	err := c.Call(ctx, http.MethodPost, conversationPath(r.Conversation)+"/messages", nil, in, &out)
	return out, err
}

// uploads returns the files' ids at the hub.
func uploads(files []model.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Upload)
	}
	return out
}
