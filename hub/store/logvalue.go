package store

import (
	"fmt"
	"log/slog"
)

// These types hold texts or tokens, which must not appear in logs. Page, Conversation, Message
// and Found are logged as the types that they embed.

// LogValue implements [slog.LogValuer]; it leaves out the token.
func (r Reply) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("message", string(r.MessageID)), slog.String("state", string(r.State)), slog.Int("attempt", r.Attempt),
		slog.Int("checks", r.Checks), slog.Time("wake_at", r.WakeAt),
	)
}

// LogValue implements [slog.LogValuer]; it leaves out the token.
func (a Attempt) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("message", string(a.MessageID)), slog.Int("number", a.Number), slog.String("mid", string(a.MID)), slog.Time("at", a.At),
	)
}

// LogValue implements [slog.LogValuer].
func (p Pending) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(p.Page)), slog.String("mid", string(p.MID)), slog.String("event", fmt.Sprintf("%T", p.Event)),
	)
}

// LogValue implements [slog.LogValuer].
func (e RawEvent) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("page", string(e.Page)), slog.String("key", e.Key), slog.Time("at", e.At),
		slog.Bool("understood", e.Understood), slog.Int("body_bytes", len(e.Body)),
	)
}

// LogValue implements [slog.LogValuer]; it leaves out even the hash.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("user", string(t.User)), slog.Time("at", t.At), slog.Time("used_at", t.UsedAt))
}
