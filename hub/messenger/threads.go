package messenger

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// pastFields requests threads with their newest messages. Meta shows the details of 20 at most,
// and only this way works for many threads in one call.
//
// Source: Messenger Platform, "Conversations API".
const pastFields = "id,updated_time,participants,messages.limit(20){id,created_time,from,message,attachments,sticker,shares,reply_to}"

// countedAtOnce is how many threads one call counts.
const countedAtOnce = "100"

// Threads returns a Page's threads after a cursor, most recently updated first, each with its
// newest messages. Calls for one Page wait for each other. A failure is a [model.CallError].
//
// Messages without author or time, and threads without a customer, are left out.
//
// Source: Messenger Platform, "Conversations API".
func (c *Client) Threads(ctx context.Context, token string, page model.MetaPageID, after string, limit int) (model.PastThreads, error) {
	w, err := c.threads(ctx, token, page, after, pastFields, strconv.Itoa(limit))
	if err != nil {
		return model.PastThreads{}, err
	}
	list := model.PastThreads{Next: w.next(after)}
	for _, t := range w.Data.Data {
		if one, ok := t.thread(page); ok {
			list.Threads = append(list.Threads, one)
		}
	}
	return list, nil
}

// CountThreads counts threads after a cursor, and returns the cursor to continue from, "" at
// the end. A failure is a [model.CallError].
func (c *Client) CountThreads(ctx context.Context, token string, page model.MetaPageID, after string) (n int, next string, err error) {
	w, err := c.threads(ctx, token, page, after, "id", countedAtOnce)
	return len(w.Data.Data), w.next(after), err
}

// wireThreads is one page of a Page's threads.
type wireThreads struct {
	Data   meta.Edge[wireThread] `json:"data"`
	Paging meta.Maybe[struct {
		Next    meta.Loose `json:"next"`
		Cursors meta.Maybe[struct {
			After meta.Loose `json:"after"`
		}] `json:"cursors"`
	}] `json:"paging"`
}

// next returns the cursor of the next page. It uses the cursor and not the URL beside it, which
// could lead anywhere with our token.
func (w wireThreads) next(after string) string {
	cursor := string(w.Paging.Is.Cursors.Is.After)
	if w.Paging.Is.Next == "" || cursor == after {
		return ""
	}
	return cursor
}

func (c *Client) threads(ctx context.Context, token string, page model.MetaPageID, after, fields, limit string) (w wireThreads, err error) {
	if err := c.inbox.Wait(ctx, page); err != nil {
		return w, err
	}
	defer c.inbox.Done(page)
	query := url.Values{"platform": {"messenger"}, "fields": {fields}, "limit": {limit}}
	if after != "" {
		query.Set("after", after)
	}
	err = c.do(ctx, request{
		name: "conversations", method: http.MethodGet, path: []string{string(page), "conversations"}, query: query, token: token,
	}, &w)
	return w, callError(err)
}

// callError returns a failed call as a [model.CallError], which says what may be done about it.
func callError(err error) error {
	var e *GraphError
	if !errors.As(err, &e) {
		return err
	}
	out := &model.CallError{Kind: model.CallAgain, Cause: err}
	switch {
	case limited(e):
		out.Kind, out.RetryAfter, out.Code = model.CallLimited, e.RetryAfter, model.RateLimited
	case e.Status >= http.StatusInternalServerError, e.Transient, e.Code == codeUnknown, e.Code == codeTemporary:
	case e.Code == codeToken:
		out.Kind, out.Code = model.CallRefused, model.PageDisconnected
	default:
		out.Kind, out.Code = model.CallRefused, model.GraphUnavailable
	}
	return out
}

// wireThread is a thread as the Conversations API shows it.
type wireThread struct {
	ID           meta.LooseID `json:"id"`
	Updated      meta.Loose   `json:"updated_time"`
	Participants meta.Edge[struct {
		ID   meta.LooseID `json:"id"`
		Name meta.Loose   `json:"name"`
	}] `json:"participants"`
	Messages meta.Edge[wirePast] `json:"messages"`
}

func (w wireThread) thread(page model.MetaPageID) (model.PastThread, bool) {
	at, ok := createdTime(string(w.Updated))
	t := model.PastThread{ID: string(w.ID), UpdatedAt: at}
	for _, p := range w.Participants.Data {
		if id := meta.RouteID(string(p.ID)); id != "" && id != string(page) {
			t.Customer, t.Name = model.PSID(id), model.Untrusted(p.Name)
		}
	}
	if t.ID == "" || t.Customer == "" || !ok {
		return t, false
	}
	for _, m := range w.Messages.Data {
		if past, ok := m.past(page); ok {
			t.Messages = append(t.Messages, past)
		}
	}
	return t, true
}

// wirePast is a message with its attachments.
type wirePast struct {
	wireSent
	Attachments meta.Edge[wirePastAttachment] `json:"attachments"`
	Sticker     meta.Loose                    `json:"sticker"`
	Shares      meta.Edge[struct {
		Link meta.Loose `json:"link"`
		Name meta.Loose `json:"name"`
	}] `json:"shares"`
	ReplyTo meta.Maybe[struct {
		MID meta.LooseID `json:"mid"`
	}] `json:"reply_to"`
}

// wirePastAttachment is an attachment; the part that is present tells its kind.
type wirePastAttachment struct {
	ID    meta.LooseID `json:"id"`
	Kind  meta.Word    `json:"mime_type"`
	Name  meta.Loose   `json:"name"`
	Size  meta.Number  `json:"size"`
	File  meta.Loose   `json:"file_url"`
	Image meta.Maybe[struct {
		URL meta.Loose `json:"url"`
	}] `json:"image_data"`
	Video meta.Maybe[struct {
		URL meta.Loose `json:"url"`
	}] `json:"video_data"`
	Template meta.Maybe[struct {
		Title meta.Loose `json:"title"`
	}] `json:"generic_template"`
}

// past returns the message, or false if its author or time is missing or it is empty: Meta
// shows no details of messages older than the newest 20.
func (w wirePast) past(page model.MetaPageID) (model.PastMessage, bool) {
	s, ok := w.sent(page)
	if !ok {
		return model.PastMessage{}, false
	}
	m := model.PastMessage{MID: s.MID, FromPage: s.FromPage, Text: s.Text, CreatedAt: s.CreatedAt, ReplyTo: model.MID(w.ReplyTo.Is.MID)}
	for _, a := range w.Attachments.Data {
		m.Attachments = append(m.Attachments, a.attachment())
	}
	if w.Sticker != "" {
		m.Attachments = append(m.Attachments, model.Attachment{Type: meta.TypeSticker, URL: model.Untrusted(w.Sticker)})
	}
	for _, share := range w.Shares.Data {
		m.Attachments = append(m.Attachments, model.Attachment{Type: typeFallback, URL: model.Untrusted(share.Link), Title: model.Untrusted(share.Name)})
	}
	taken := make(map[string]bool, len(m.Attachments))
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.ID == "" || taken[a.ID] {
			a.ID = meta.FreeID(taken, i+1)
		}
		taken[a.ID] = true
	}
	return m, true
}

// typeFallback is what webhooks call a shared link.
const typeFallback = "fallback"

func (w wirePastAttachment) attachment() model.Attachment {
	a := model.Attachment{
		ID: meta.RouteID(string(w.ID)), Type: "file", URL: model.Untrusted(w.File), Title: model.Untrusted(w.Name), Size: int64(max(0, w.Size.Integer())),
	}
	switch {
	case w.Image.Is.URL != "":
		a.Type, a.URL = meta.TypeImage, model.Untrusted(w.Image.Is.URL)
	case w.Video.Is.URL != "":
		a.Type, a.URL = "video", model.Untrusted(w.Video.Is.URL)
	case w.Template.Is.Title != "":
		a.Type, a.Title = meta.TypeTemplate, model.Untrusted(w.Template.Is.Title)
	case strings.HasPrefix(string(w.Kind), "audio/"):
		a.Type = "audio"
	}
	return a
}
