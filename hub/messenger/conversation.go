package messenger

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"parley/hub/messenger/meta"
	"parley/model"
)

// threadFields requests the newest messages of a thread; Meta shows the details of 20 at most.
//
// Source: Messenger Platform, "Conversations API".
const threadFields = "messages.limit(20){id,created_time,from,message}"

// ThreadMessages returns the newest messages of the Page's thread with a customer, newest
// first. Messages without an author or a time are left out. Calls for one Page wait for each
// other, so that there are at most two a second; that wait does not count towards the call's
// [Config.Timeout].
//
// Source: Messenger Platform, "Conversations API".
func (c *Client) ThreadMessages(ctx context.Context, token string, page model.MetaPageID, customer model.PSID) ([]model.SentMessage, error) {
	if err := c.inbox.Wait(ctx, page); err != nil {
		return nil, err
	}
	defer c.inbox.Done(page)
	var w struct {
		Data meta.Edge[struct {
			Messages meta.Edge[wireSent] `json:"messages"`
		}] `json:"data"`
	}
	err := c.do(ctx, request{
		name: "conversations", method: http.MethodGet, path: []string{string(page), "conversations"},
		query: url.Values{"platform": {"messenger"}, "user_id": {string(customer)}, "fields": {threadFields}},
		token: token,
	}, &w)
	if err != nil {
		return nil, err
	}
	sent := []model.SentMessage{}
	for _, thread := range w.Data.Data {
		for _, m := range thread.Messages.Data {
			if s, ok := m.sent(page); ok {
				sent = append(sent, s)
			}
		}
	}
	return sent, nil
}

// wireSent is a message as the Conversations API shows it.
type wireSent struct {
	ID      meta.LooseID `json:"id"`
	Created meta.Loose   `json:"created_time"`
	From    meta.Maybe[struct {
		ID meta.LooseID `json:"id"`
	}] `json:"from"`
	Message meta.Loose `json:"message"`
}

// sent returns the message, or false if its author or time is missing.
func (w wireSent) sent(page model.MetaPageID) (model.SentMessage, bool) {
	at, ok := createdTime(string(w.Created))
	if w.ID == "" || w.From.Is.ID == "" || !ok {
		return model.SentMessage{}, false
	}
	return model.SentMessage{
		MID: model.MID(w.ID), FromPage: string(w.From.Is.ID) == string(page), Text: model.Untrusted(w.Message), CreatedAt: at,
	}, true
}

// createdTime parses a time of the Graph API, such as 2026-10-01T19:11:07+0000.
func createdTime(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), at.Unix() > 0
		}
	}
	return time.Time{}, false
}
