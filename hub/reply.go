package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Draft is a reply, or an internal note, as its writer hands it in.
type Draft struct {
	Conversation model.ConversationID
	ClientID     model.ClientID
	Text         model.Untrusted
	// ReplyTo is the message it quotes, or empty.
	ReplyTo model.MessageID
	// Note: for colleagues only; it never leaves the hub.
	Note bool
	// SeenSeq is the highest seq of the Page that the writer had seen when they
	// wrote; nil: not checked.
	SeenSeq *int64
}

// LogValue implements [slog.LogValuer].
func (d Draft) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String(keyConversation, string(d.Conversation)), slog.String("client_id", string(d.ClientID)),
		slog.Bool("note", d.Note), slog.Int("text_bytes", len(d.Text)),
	)
}

// hash is the same for the same body under the same id.
func (d Draft) hash() string {
	b, err := json.Marshal([]any{d.Conversation, d.Text, d.ReplyTo, d.Note})
	if err != nil {
		panic("hub: a draft must marshal: " + err.Error()) // strings and a bool
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Reply accepts a reply: it is stored and will leave by itself, at most once. The
// same draft handed in again answers with the same message, whatever became of it.
// A [model.Refusal] stores nothing.
func (h *Hub) Reply(ctx context.Context, user model.User, d Draft) (model.Message, error) {
	if !isUUID(string(d.ClientID)) {
		return model.Message{}, &InvalidError{Field: "client_id", Reason: "must be a UUID"}
	}
	if d.Conversation.Page() == "" {
		return model.Message{}, ErrNotFound
	}
	var out model.Message
	err := h.write(ctx, d.Conversation.Page(), func(tx store.PageTx) error {
		page, conversation, err := authorizeConversation(tx, user.ID, d.Conversation)
		if err != nil {
			return err
		}
		if m, known, err := knownReply(tx, user.ID, d); known || err != nil {
			out = m
			return err
		}
		if err := h.judge(tx, user.ID, page, conversation, d); err != nil {
			return err
		}
		out, err = h.accept(tx, user, d)
		return err
	})
	if err != nil {
		return model.Message{}, err
	}
	h.outbox.wake.notify()
	return out, nil
}

// knownReply answers a client id that was used before.
func knownReply(tx store.PageTx, user model.UserID, d Draft) (model.Message, bool, error) {
	r, err := tx.ReplyByClientID(d.Conversation.Page(), user, d.ClientID)
	if errors.Is(err, store.ErrNotFound) {
		// One that went with a deleted conversation must not leave a second time.
		buried, err := tx.BuriedReply(d.Conversation.Page(), user, d.ClientID)
		if buried && err == nil {
			err = ErrNotFound
		}
		return model.Message{}, false, err
	}
	if err != nil {
		return model.Message{}, false, err
	}
	if r.BodyHash != d.hash() {
		return model.Message{}, true, model.Refuse(model.ClientIDReused)
	}
	m, err := tx.Message(r.MessageID)
	return m.Message, true, err
}

// judge refuses what may not be sent.
func (h *Hub) judge(tx store.PageTx, user model.UserID, page store.Page, c store.Conversation, d Draft) error {
	if r := model.CheckText(d.Text); r != nil {
		return r
	}
	if err := checkQuoted(tx, d); err != nil {
		return err
	}
	if d.Note {
		return nil
	}
	if v := model.CanReply(h.utc(), page.Page, c.Conversation, user); !v.Allowed {
		return &model.Refusal{Code: v.Code, Verdict: &v}
	}
	return checkNewer(tx, user, d.Conversation, d.SeenSeq)
}

func checkQuoted(tx store.PageTx, d Draft) error {
	if d.ReplyTo == "" {
		return nil
	}
	q, err := tx.Message(d.ReplyTo)
	if errors.Is(err, store.ErrNotFound) || err == nil && (q.ConversationID != d.Conversation || q.MID == "") {
		return model.Refuse(model.NoReplyTarget)
	}
	return err
}

// checkNewer refuses a reply whose writer had not seen somebody else's answer.
func checkNewer(tx store.PageTx, user model.UserID, c model.ConversationID, seen *int64) error {
	if seen == nil {
		return nil
	}
	answered, err := tx.AnsweredSince(c, user, *seen)
	if answered && err == nil {
		return model.Refuse(model.NewerReply)
	}
	return err
}

// accept stores a reply as queued, or a note.
func (h *Hub) accept(tx store.PageTx, user model.User, d Draft) (model.Message, error) {
	b, err := h.newBatch(tx, d.Conversation.Page())
	if err != nil {
		return model.Message{}, err
	}
	c, err := b.find(d.Conversation.Customer())
	if err != nil {
		return model.Message{}, err
	}
	m := &store.Message{Message: model.Message{
		ClientID: d.ClientID, Direction: model.Out, State: model.Queued, Text: d.Text, ReplyTo: d.ReplyTo,
		Author: model.Author{Kind: model.ByUser, ID: string(user.ID), Name: model.Untrusted(user.Name)},
		SentAt: b.now,
	}}
	if d.Note {
		m.Direction, m.State = model.Note, ""
	}
	if m.Order, err = placeAfterSeen(tx, d, b.now); err != nil {
		return model.Message{}, err
	}
	if err := b.add(c, m); err != nil {
		return model.Message{}, err
	}
	err = tx.PutReply(store.Reply{
		MessageID: m.ID, ConversationID: c.ID, UserID: user.ID, ClientID: d.ClientID, SentBy: user.ID,
		BodyHash: d.hash(), AcceptedSeq: m.FirstSeq, AcceptedAt: b.now, State: m.State,
	})
	if err != nil {
		return model.Message{}, err
	}
	if err := b.releaseQueue(c); err != nil {
		return model.Message{}, err
	}
	if err := b.flush(); err != nil {
		return model.Message{}, err
	}
	stored, err := tx.Message(m.ID)
	return stored.Message, err
}

// placeAfterSeen is where a reply stands that Meta has not timed: after all that
// its writer had seen.
func placeAfterSeen(tx store.PageTx, d Draft, now time.Time) (time.Time, error) {
	var upTo int64
	if d.SeenSeq != nil {
		upTo = *d.SeenSeq
	}
	last, err := tx.Newest(d.Conversation, upTo)
	if errors.Is(err, store.ErrNotFound) || err == nil && last.Order.Before(now) {
		return now, nil
	}
	return last.Order, err
}
