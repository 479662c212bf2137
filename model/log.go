package model

import (
	"log/slog"
)

// Values that hold other people's text log their ids, kinds and the lengths of their texts
// in bytes. [Untrusted] alone hides itself in a log, but a handler that writes a struct as
// JSON would write it out.

// length is the log attribute of a text.
func length(key string, u Untrusted) slog.Attr { return slog.Int(key+"_bytes", len(u)) }

// LogValue implements [slog.LogValuer].
func (c Customer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("psid", string(c.PSID)), length("name", c.Name))
}

// LogValue implements [slog.LogValuer].
func (l Link) LogValue() slog.Value {
	return slog.GroupValue(slog.String("type", l.Type), slog.String("id", l.ID), length("title", l.Title))
}

// LogValue implements [slog.LogValuer].
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("source_bytes", len(e.Source)), slog.Int("ad_id_bytes", len(e.AdID)), length("ref", e.Ref), length("title", e.Title))
}

// LogValue implements [slog.LogValuer].
func (a Author) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(a.Kind)), slog.String("id", a.ID), length("name", a.Name))
}

// LogValue implements [slog.LogValuer].
func (a Attachment) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.Int64("size", a.Size), length("url", a.URL), length("title", a.Title))
}

// LogValue implements [slog.LogValuer].
func (r Reaction) LogValue() slog.Value {
	return slog.GroupValue(slog.String("by", string(r.By)), length("emoji", r.Emoji))
}

// LogValue implements [slog.LogValuer].
func (n Notable) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(n.Kind)), length("payload", n.Payload))
}

// LogValue implements [slog.LogValuer].
func (e MessageError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(e.Code)), length("detail", e.Detail))
}

// LogValue implements [slog.LogValuer].
func (m Message) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("id", string(m.ID)), slog.Int64("seq", m.Seq), slog.String("mid", string(m.MID)),
		slog.String("client_id", string(m.ClientID)), slog.String("conversation", string(m.ConversationID)),
		slog.String("direction", string(m.Direction)), slog.String("author", string(m.Author.Kind)),
		slog.String("state", string(m.State)), slog.Int("attempt", m.Attempt),
		slog.Int("attachments", len(m.Attachments)), slog.Int("reactions", len(m.Reactions)), length("text", m.Text),
	}
	if m.Event != nil {
		attrs = append(attrs, slog.String("event", string(m.Event.Kind)))
	}
	if m.Error != nil {
		attrs = append(attrs, slog.String("code", string(m.Error.Code)))
	}
	return slog.GroupValue(attrs...)
}

// LogValue implements [slog.LogValuer].
func (s Summary) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", string(s.ID)), slog.String("direction", string(s.Direction)),
		slog.String("author", string(s.Author.Kind)), slog.String("state", string(s.State)), length("text", s.Text),
	)
}

// LogValue implements [slog.LogValuer].
func (c Conversation) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("id", string(c.ID)), slog.Int64("seq", c.Seq), slog.String("status", string(c.Status)),
		slog.Int("unread", c.Unread), slog.Int("labels", len(c.Labels)), slog.Int("links", len(c.Links)),
		slog.String("verdict", string(c.Reply.Code)), slog.Any("customer", c.Customer),
	}
	if c.LastMessage != nil {
		attrs = append(attrs, slog.Any("last_message", *c.LastMessage))
	}
	return slog.GroupValue(attrs...)
}

// LogValue implements [slog.LogValuer].
func (d Draft) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("updated_at", d.UpdatedAt), length("text", d.Text))
}

// LogValue implements [slog.LogValuer].
func (h Hit) LogValue() slog.Value {
	return slog.GroupValue(slog.String("message", string(h.Message)), slog.Int("spans", len(h.Spans)), length("text", h.Text))
}

// LogValue implements [slog.LogValuer].
func (f Found) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("conversation", f.Conversation), slog.Int("hits", len(f.Hits)))
}

// LogValue implements [slog.LogValuer].
func (n Notice) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", n.ID), slog.String("page", string(n.PageID)), slog.Int64("seq", n.Seq),
		slog.String("kind", string(n.Kind)), length("reason", n.Reason),
	)
}

// LogValue implements [slog.LogValuer].
func (c Check) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("state", string(c.State)), length("detail", c.Detail))
}

// LogValue implements [slog.LogValuer].
func (g Greeting) LogValue() slog.Value {
	return slog.GroupValue(slog.String("locale", g.Locale), length("text", g.Text))
}

// LogValue implements [slog.LogValuer].
func (m NoticeMail) LogValue() slog.Value {
	return slog.GroupValue(slog.String("state", string(m.State)), slog.Int("tries", m.Tries), length("reason", m.Reason))
}

// LogValue implements [slog.LogValuer].
func (m PolicyMail) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", m.MessageID), slog.String("page", string(m.Page)), slog.String("kind", string(m.Kind)),
		length("reason", m.Reason),
	)
}

// LogValue implements [slog.LogValuer].
func (p Page) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("id", string(p.ID)), slog.Int64("seq", p.Seq), slog.String("visibility", string(p.Visibility)),
		slog.String("installer", string(p.Installer.ID)), slog.Bool("connected", p.Connected()),
		slog.Bool("restricted", p.Restricted != nil), length("name", p.Name),
	)
}

// LogValue implements [slog.LogValuer].
func (r Restriction) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("since", r.Since), length("reason", r.Reason))
}

// LogValue implements [slog.LogValuer]: the token is not shown.
func (g PageGrant) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(g.ID)), slog.Bool("manage_known", g.ManageKnown), length("name", g.Name))
}

// LogValue implements [slog.LogValuer].
func (o Outcome) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("kind", int(o.Kind)), slog.String("mid", string(o.MID)), slog.String("code", string(o.Code)),
		slog.Duration("retry_after", o.RetryAfter), length("detail", o.Detail),
	)
}

// LogValue implements [slog.LogValuer]: neither the Page's token nor the attempt's is
// shown.
func (o Outgoing) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(o.Page)), slog.String("to", string(o.To)), slog.String("reply_to", string(o.ReplyTo)), length("text", o.Text),
	)
}

// LogValue implements [slog.LogValuer].
func (s SentMessage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(s.MID)), slog.Bool("from_page", s.FromPage), length("text", s.Text))
}

// LogValue implements [slog.LogValuer].
func (b Batch) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(b.Page)), slog.Int64("from", b.From), slog.Int64("to", b.To), slog.Int("events", len(b.Events)),
	)
}

// LogValue implements [slog.LogValuer].
func (c Change) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("seq", c.Seq), slog.String("kind", string(c.Kind)), slog.Int("object_bytes", len(c.Object)))
}

// LogValue implements [slog.LogValuer].
func (v RecordView) LogValue() slog.Value { return v.Record.LogValue() }

// LogValue implements [slog.LogValuer].
func (l LinkChange) LogValue() slog.Value {
	return slog.GroupValue(slog.String("conversation", string(l.Conversation)), slog.Int("links", len(l.Links)))
}

// LogValue implements [slog.LogValuer].
func (w Welcome) LogValue() slog.Value {
	return slog.GroupValue(slog.String("user", string(w.User.ID)), slog.Int("pages", len(w.Pages)), length("feedback_url", w.FeedbackURL))
}

// LogValue implements [slog.LogValuer].
func (l FoundList) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("conversations", len(l.Conversations)))
}

// LogValue implements [slog.LogValuer].
func (l MessageList) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("messages", len(l.Messages)))
}
