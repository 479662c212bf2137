package model

import (
	"fmt"
	"log/slog"
)

// LogValue implements [slog.LogValuer].
func (e PageEntry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("page", string(e.Page)), slog.Int("events", len(e.Events)))
}

// LogValue implements [slog.LogValuer].
func (e Inbound) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("key", e.Key), slog.String("customer", string(e.Customer)), slog.Time("at", e.At),
		slog.Bool("standby", e.Standby), slog.String("event", fmt.Sprintf("%T", e.Event)), slog.Int("raw_bytes", len(e.Raw)),
	)
}

// LogValue implements [slog.LogValuer].
func (m CustomerMessage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(m.MID)), slog.Int("attachments", len(m.Attachments)), length("text", m.Text))
}

// LogValue implements [slog.LogValuer]: the attempt's token is not shown.
func (e Echo) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("mid", string(e.MID)), slog.String("app", string(e.AppID)), slog.Int("attachments", len(e.Attachments)), length("text", e.Text),
	)
}

// LogValue implements [slog.LogValuer].
func (p Postback) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(p.MID)), length("title", p.Title), length("payload", p.Payload))
}

// LogValue implements [slog.LogValuer].
func (r Referral) LogValue() slog.Value { return r.Entry.LogValue() }

// LogValue implements [slog.LogValuer].
func (r Reacted) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("target", string(r.Target)), slog.String("by", string(r.By)), slog.Bool("removed", r.Removed), length("emoji", r.Emoji),
	)
}

// LogValue implements [slog.LogValuer].
func (e Edit) LogValue() slog.Value {
	return slog.GroupValue(slog.String("target", string(e.Target)), slog.Int("number", e.Number), length("text", e.Text))
}

// LogValue implements [slog.LogValuer].
func (f Feedback) LogValue() slog.Value {
	return slog.GroupValue(slog.String("target", string(f.Target)), length("words", f.Words))
}

// LogValue implements [slog.LogValuer].
func (o Optin) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("plugin", o.Plugin), slog.Int("type_bytes", len(o.Type)), length("ref", o.Ref))
}

// LogValue implements [slog.LogValuer].
func (h Happened) LogValue() slog.Value { return h.Notable.LogValue() }

// LogValue implements [slog.LogValuer].
func (p Policy) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("action_bytes", len(p.Action)), length("reason", p.Reason))
}
