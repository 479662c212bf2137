package messenger

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"parley/hub/messenger/meta"
	"parley/model"
)

// wireReply is the body of a send.
//
// Source: Messenger Platform, "Send API" reference.
type wireReply struct {
	Recipient struct {
		ID model.PSID `json:"id"`
	} `json:"recipient"`
	MessagingType string `json:"messaging_type"`
	Message       struct {
		Text       string        `json:"text,omitempty"`
		Attachment *wireSentFile `json:"attachment,omitempty"`
		Metadata   string        `json:"metadata,omitempty"`
	} `json:"message"`
	ReplyTo *wireQuote `json:"reply_to,omitempty"`
}

type wireQuote struct {
	MID model.MID `json:"mid"`
}

func newReply(o model.Outgoing) wireReply {
	w := wireReply{MessagingType: "RESPONSE"}
	w.Recipient.ID = o.To
	w.Message.Text, w.Message.Metadata = string(o.Text), o.Metadata
	if a := o.Attachment; a != nil {
		w.Message.Text, w.Message.Attachment = "", &wireSentFile{Type: a.Kind}
		w.Message.Attachment.Payload.ID = a.ID
	}
	if o.ReplyTo != "" {
		w.ReplyTo = &wireQuote{MID: o.ReplyTo}
	}
	return w
}

// Send hands a reply to Meta, once, and returns the outcome. It returns within SendDeadline.
// Nothing is tried a second time: a POST that may have arrived is [model.OutcomeUncertain].
//
// Source: Messenger Platform, "Send API".
func (c *Client) Send(ctx context.Context, o model.Outgoing) model.Outcome {
	if o.Token == "" {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.PageDisconnected}
	}
	ctx, cancel := context.WithTimeout(ctx, c.sendDeadline)
	defer cancel()
	wrote := &written{}
	req, err := c.build(httptrace.WithClientTrace(ctx, wrote.trace()), request{
		name: "send", method: http.MethodPost, path: []string{string(o.Page), "messages"},
		body: newReply(o), token: o.Token,
	})
	if err != nil {
		c.log.ErrorContext(ctx, "no request can be made", keyCall, "send", keyError, err.Error())
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused}
	}
	wrote.watch(req)
	a, err := c.roundTrip(req)
	if err != nil {
		outcome := model.Outcome{Kind: model.OutcomeUncertain}
		if wrote.nothing(ctx) {
			outcome.Kind = model.OutcomeNothingWritten
		}
		c.log.WarnContext(ctx, "graph call without an answer", keyCall, "send", keyError, err.Error())
		return outcome
	}
	return c.sent(ctx, a, o)
}

// sent returns what an answer to a send means.
func (c *Client) sent(ctx context.Context, a answer, o model.Outgoing) model.Outcome {
	var w struct {
		MessageID meta.LooseID `json:"message_id"`
	}
	if a.ok() && json.Unmarshal(a.body, &w) == nil && w.MessageID != "" {
		return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(w.MessageID)}
	}
	e := c.graphError(a, string(o.Page), o.Token)
	if e == nil {
		c.log.WarnContext(ctx, "graph answer unreadable", keyCall, "send", keyStatus, a.status)
		return model.Outcome{Kind: model.OutcomeUncertain, Detail: a.summary()}
	}
	c.logRefusal(ctx, slog.LevelWarn, "send", e)
	return classify(e)
}

// written records how far a request got on its way out.
type written struct {
	connected atomic.Bool // there was a connection to write to
	headers   atomic.Bool // headers were written
	body      atomic.Bool // the transport asked for the body
}

func (w *written) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { w.connected.Store(true) },
		WroteHeaders: func() { w.headers.Store(true) },
	}
}

// watch notices when the body is read: even without a trace event, something has been written
// then.
func (w *written) watch(req *http.Request) {
	req.Body = &watched{ReadCloser: req.Body, read: &w.body}
}

// nothing reports whether certainly no complete request left. If the time ran out with a
// connection at hand, a write may have been under way.
func (w *written) nothing(ctx context.Context) bool {
	if w.body.Load() || w.headers.Load() {
		return false
	}
	return !w.connected.Load() || ctx.Err() == nil
}

type watched struct {
	io.ReadCloser
	read *atomic.Bool
}

// Read implements [io.Reader].
func (w *watched) Read(p []byte) (int, error) {
	w.read.Store(true)
	return w.ReadCloser.Read(p)
}
