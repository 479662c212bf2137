package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/hub/access"
	"parley/hub/ids"
	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/hub/uploads"
	"parley/model"
	"parley/model/schedule"
)

// Draft is a reply or a note as its writer submits it.
type Draft struct {
	Conversation model.ConversationID
	ClientID     model.ClientID
	Text         model.Untrusted
	// ReplyTo is the message that it quotes, or empty.
	ReplyTo model.MessageID
	// Note: for colleagues only; it never leaves the hub.
	Note bool
	// Attachments are uploads of the writer. Meta takes one thing a message, so the text, if
	// any, and each file become messages of their own, in this order, stored together or not at
	// all. The first has the client id, the next ones the client id with "/2", "/3" … appended.
	Attachments []string

	// files are the uploads, once found.
	files []uploads.Upload
	// Number is its place in the order of the writer's key presses: microseconds of the hub's
	// clock, different for each. Replies of a conversation leave in this order. With 0, the
	// time of arrival counts.
	Number int64
	// SeenSeq is the highest seq of the Page that the writer had seen when writing; nil skips
	// the check.
	SeenSeq *int64
	// SendAt is when to send it; nil: at once.
	SendAt *time.Time
	// Done marks the conversation done with it, unless the customer wrote what the writer had not
	// seen.
	Done bool
}

// LogValue implements [slog.LogValuer].
func (d Draft) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String(logkey.Conversation, string(d.Conversation)), slog.String("client_id", string(d.ClientID)),
		slog.Bool("note", d.Note), slog.Int("text_bytes", len(d.Text)),
	)
}

// hash returns a hash of the body, by which a client id that was reused for another text is
// noticed.
func (d Draft) hash() string {
	body := []any{d.Conversation, d.Text, d.ReplyTo, d.Note}
	if len(d.Attachments) > 0 {
		// The content of the files, not their ids: the same file uploaded again is the same
		// body.
		sums := make([]string, len(d.files))
		for i, f := range d.files {
			sums[i] = f.SHA256
		}
		body = append(body, sums)
	}
	if d.SendAt != nil {
		body = append(body, d.SendAt.UTC().Format(time.RFC3339Nano))
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic("hub: a draft must marshal: " + err.Error()) // strings and a bool
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Reply accepts a reply: it is stored and will leave by itself, at most once. Submitting the
// same draft again returns the same message, whatever became of it. A [model.Refusal] stores
// nothing.
func (o *Outbox) Reply(ctx context.Context, user model.User, d Draft) (model.Message, error) {
	if !ids.Valid(string(d.ClientID)) {
		return model.Message{}, &model.InvalidError{Field: "client_id", Reason: "must be a UUID"}
	}
	if d.Conversation.Page() == "" {
		return model.Message{}, store.ErrNotFound
	}
	if err := d.checkShape(); err != nil {
		return model.Message{}, err
	}
	// Looked up before the transaction, which must be short; judged after the check of who may
	// see it.
	gone := o.files.find(user.ID, &d)
	var out model.Message
	err := o.store.Write(ctx, d.Conversation.Page(), func(tx store.PageTx) error {
		page, conversation, err := access.AuthorizeConversation(tx, user.ID, d.Conversation)
		if err != nil {
			return err
		}
		if m, known, err := knownReply(tx, user.ID, d); known || err != nil {
			out = m
			return err
		}
		if err := o.judge(tx, user.ID, page, conversation, d); err != nil {
			return err
		}
		if gone != nil {
			return gone
		}
		out, err = o.accept(tx, user, d)
		return err
	})
	if err != nil {
		return model.Message{}, err
	}
	o.Wake.Notify()
	o.files.use(context.WithoutCancel(ctx), d)
	return out, nil
}

// knownReply returns the message of a client id that was used before.
func knownReply(tx store.PageTx, user model.UserID, d Draft) (model.Message, bool, error) {
	r, err := tx.ReplyByClientID(d.Conversation.Page(), user, d.ClientID)
	if errors.Is(err, store.ErrNotFound) {
		// One that was deleted with its conversation must not leave a second time.
		buried, err := tx.BuriedReply(d.Conversation.Page(), user, d.ClientID)
		if buried && err == nil {
			err = store.ErrNotFound
		}
		return model.Message{}, false, err
	}
	if err != nil {
		return model.Message{}, false, err
	}
	// If the file is gone, nobody can tell whether the body is the same; the same id then
	// suffices.
	if r.BodyHash != d.hash() && len(d.files) == len(d.Attachments) {
		return model.Message{}, true, model.Refuse(model.ClientIDReused)
	}
	m, err := tx.Message(r.MessageID)
	return m.Message, true, err
}

// judge refuses what may not be sent.
func (o *Outbox) judge(tx store.PageTx, user model.UserID, page store.Page, c store.Conversation, d Draft) error {
	if r := model.CheckText(d.Text); r != nil && (r.Code != model.TextEmpty || len(d.Attachments) == 0) {
		return r
	}
	if err := checkQuoted(tx, d); err != nil {
		return err
	}
	if d.Note {
		return nil
	}
	if d.SendAt != nil {
		if r := schedule.Check(o.now(), *d.SendAt, page.Page, c.Conversation, user); r != nil {
			return r
		}
	} else if v := model.CanReply(o.now(), page.Page, c.Conversation, user); !v.Allowed {
		return model.RefuseReply(v, page.Page, c.Conversation)
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

// checkNewer refuses a reply whose writer had not seen a colleague's answer.
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
func (o *Outbox) accept(tx store.PageTx, user model.User, d Draft) (model.Message, error) {
	b, err := o.begin(tx, d.Conversation.Page())
	if err != nil {
		return model.Message{}, err
	}
	c, err := b.Find(d.Conversation.Customer())
	if err != nil {
		return model.Message{}, err
	}
	var seen int64
	if d.SeenSeq != nil {
		seen = *d.SeenSeq
	}
	order, err := b.PlaceAfter(d.Conversation, seen)
	if err != nil {
		return model.Message{}, err
	}
	number := d.number(b.Now, c)
	var parts []model.MessageID
	for _, part := range d.parts() {
		m := &store.Message{Message: model.Message{
			ClientID: part.client, Direction: model.Out, State: model.Queued, Text: part.text, ReplyTo: part.replyTo,
			Author: model.Author{Kind: model.ByUser, ID: string(user.ID), Name: model.Untrusted(user.Name)},
			SentAt: order,
		}, Order: order, Number: number}
		switch {
		case d.Note:
			m.Direction, m.State = model.Note, ""
		case d.SendAt != nil:
			at := d.SendAt.UTC().Truncate(time.Microsecond)
			m.State, m.SendAt = model.Scheduled, &at
		}
		if err := b.mentions(c, m, user.ID); err != nil {
			return model.Message{}, err
		}
		if err := b.acceptPart(c, m, part, d, user.ID); err != nil {
			return model.Message{}, err
		}
		parts = append(parts, m.ID)
	}
	if err := b.LineUp(c); err != nil {
		return model.Message{}, err
	}
	if err := b.finish(c, d); err != nil {
		return model.Message{}, err
	}
	if err := b.interrupted(c, d, user.ID); err != nil {
		return model.Message{}, err
	}
	if o.mayHaveLeft(d) {
		for _, id := range parts {
			if _, err := b.askPutBack(id); err != nil {
				return model.Message{}, err
			}
		}
	}
	if err := b.Release(c); err != nil {
		return model.Message{}, err
	}
	if err := b.Flush(); err != nil {
		return model.Message{}, err
	}
	stored, err := tx.Message(parts[0])
	return stored.Message, err
}

// finish marks the conversation of a draft done, if that is wanted and the customer has not
// written since. A reply that waits behind one that asks has not left, and is not the end of it.
func (b *tx) finish(c *txn.Conversation, d Draft) error {
	if !d.Done || c.Status == model.Done {
		return nil
	}
	if !d.Note {
		open, err := b.Store.UnsettledReplies(c.ID)
		if err != nil || slices.ContainsFunc(open, func(r store.Reply) bool { return r.State == model.Ask }) {
			return err
		}
	}
	newest, err := b.Store.NewestIn(c.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && d.SeenSeq != nil && newest.FirstSeq > *d.SeenSeq {
		return nil
	}
	c.Status, c.SnoozedUntil, c.Changed = model.Done, nil, true
	return nil
}

// acceptPart stores one message of a draft and its state.
func (b *tx) acceptPart(c *txn.Conversation, m *store.Message, p part, d Draft, user model.UserID) error {
	if err := b.Add(c, m); err != nil {
		return err
	}
	if p.file != nil {
		// The file is found again by this id: a reply has at most one.
		m.Attachments = []model.Attachment{{ID: string(m.ID), Type: p.file.Kind, Title: p.file.Name, Size: p.file.Size, Media: &model.Media{State: model.MediaStored, Type: p.file.Media}}}
		if err := b.Put(c, m); err != nil {
			return err
		}
	}
	r := store.Reply{
		MessageID: m.ID, ConversationID: c.ID, UserID: user, ClientID: m.ClientID, SentBy: user, File: p.file,
		BodyHash: d.hash(), Number: m.Number, AcceptedSeq: m.FirstSeq, AcceptedAt: b.Now, State: m.State,
	}
	if m.SendAt != nil {
		r.SendAt, r.WakeAt, r.SeenSeq = *m.SendAt, *m.SendAt, m.FirstSeq
		if d.SeenSeq != nil {
			r.SeenSeq = *d.SeenSeq
		}
	}
	return b.Store.PutReply(r)
}

// number returns a draft's place in its conversation's line: the time of its key press by the
// hub's clock, or now if it has none. It is never in the future, and never before what has
// left.
func (d Draft) number(now time.Time, c *txn.Conversation) int64 {
	n := now.UnixMicro()
	if d.Number > 0 {
		n = min(n, d.Number)
	}
	if n < c.Posted.Number {
		n = c.Posted.Number + 1
	}
	return n
}

// checkShape refuses a draft that is invalid whoever wrote it.
func (d Draft) checkShape() error {
	switch {
	case len(d.Attachments) > model.MaxAttachments:
		return &model.InvalidError{Field: "attachments", Reason: "must be at most " + strconv.Itoa(model.MaxAttachments)}
	case d.Note && d.SendAt != nil:
		return &model.InvalidError{Field: "send_at", Reason: "must be absent in a note"}
	case d.Note && len(d.Attachments) > 0:
		return &model.InvalidError{Field: "attachments", Reason: "must be empty in a note"}
	}
	return nil
}

// part is the part of a draft that becomes one message.
type part struct {
	client  model.ClientID
	text    model.Untrusted
	replyTo model.MessageID
	file    *store.File
}

// parts returns the messages that a draft becomes, in the order in which they leave.
func (d Draft) parts() []part {
	var out []part
	if strings.TrimSpace(string(d.Text)) != "" || len(d.files) == 0 {
		out = append(out, part{text: d.Text})
	}
	for _, u := range d.files {
		out = append(out, part{file: &store.File{Upload: u.ID, Name: u.Name, Kind: u.Kind, Media: u.Media, Size: u.Size}})
	}
	out[0].replyTo = d.ReplyTo
	for i := range out {
		out[i].client = d.ClientID
		if i > 0 {
			out[i].client += model.ClientID("/" + strconv.Itoa(i+1))
		}
	}
	return out
}
