package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"parley/client"
	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui"
)

// screenHub is the hub as the screen needs it.
type screenHub struct {
	client *client.Client
	// tell tells colleagues what the user does.
	tell    func(model.Lossy)
	kept    *client.Kept
	explain func(error) string
	// leaving ends when the program does: a reply may wait for the hub until then.
	leaving context.Context //nolint:containedctx // a reply belongs to the program, not to a call

	mu sync.Mutex
	// busy are the replies that are being handed in, with what stops each.
	busy map[model.ClientID]context.CancelFunc
	// show tells the screen how far files have come.
	show func(ui.Uploading)

	keeping sync.Mutex
	// once are the replies that this run has kept, or found kept.
	once map[model.ClientID]bool
}

var _ ui.Hub = (*screenHub)(nil)

// historyPage is how many messages are read at a time.
const historyPage = 50

// foundPage is how many conversations of a search are read at a time.
const foundPage = 50

// replyPatience is how long a reply is handed in again and again before the user is
// told that it waits.
const replyPatience = 30 * time.Second

func (h *screenHub) Messages(ctx context.Context, id model.ConversationID, before string) (ui.Messages, error) {
	l, err := h.client.Messages(ctx, id, before, historyPage)
	return ui.Messages{Messages: l.Messages, Cursor: l.Cursor, AsOf: l.AsOf}, err
}

func (h *screenHub) Search(ctx context.Context, q ui.Search) (ui.Findings, error) {
	l, err := h.client.Search(ctx, client.ListQuery{Filter: string(inbox.FilterAll), Page: q.Page, Search: q.Words, Cursor: q.Cursor, Limit: foundPage})
	return ui.Findings{Found: l.Conversations, Cursor: l.Cursor}, err
}

// Reply implements [ui.Hub].
func (h *screenHub) Reply(_ context.Context, r ui.Reply) (model.Message, error) {
	k := h.toKeep(r)
	if err := h.Keep(r); err != nil {
		return model.Message{}, err
	}
	ctx, stop := context.WithCancel(h.leaving)
	defer stop()
	h.begin(k.ClientID, stop)
	defer h.end(k.ClientID)
	k.Told = h.uploads(r)
	m, err := h.client.HandIn(ctx, h.kept, k, replyPatience)
	return m, refusal(err)
}

// Keep implements [ui.Hub]. What was kept once is not kept again: the hub may have taken it
// since.
func (h *screenHub) Keep(r ui.Reply) error {
	h.keeping.Lock()
	defer h.keeping.Unlock()
	if h.once[r.ClientID] {
		return nil
	}
	if err := h.kept.Put(h.toKeep(r)); err != nil {
		return err
	}
	h.isKept(r.ClientID)
	return nil
}

func (h *screenHub) isKept(id model.ClientID) {
	if h.once == nil {
		h.once = map[model.ClientID]bool{}
	}
	h.once[id] = true
}

// toKeep is a reply as it is kept.
func (h *screenHub) toKeep(r ui.Reply) client.KeptReply {
	return client.KeptReply{
		Hub: h.client.URL(), Conversation: r.Conversation, ClientID: r.ClientID, Text: r.Text, ReplyTo: r.ReplyTo, Note: r.Note, SeenSeq: r.SeenSeq, Number: r.Number, At: r.At, Files: keptFiles(r.Files),
	}
}

// tellUploads is how often the screen is told how far files have come.
const tellUploads = 250 * time.Millisecond

// uploads tells the screen how far a reply's files have come.
func (h *screenHub) uploads(r ui.Reply) client.Progress {
	if len(r.Files) == 0 || h.show == nil {
		return nil
	}
	u := ui.Uploading{Conversation: r.Conversation, ClientID: r.ClientID}
	for _, f := range r.Files {
		u.All += f.Size
	}
	sent, began, last := map[string]int64{}, time.Now(), time.Time{}
	return func(f client.KeptFile, n int64) {
		sent[f.Path] = n
		u.Sent, u.For = 0, time.Since(began)
		for _, n := range sent {
			u.Sent += n
		}
		if u.Sent < u.All && time.Since(last) < tellUploads {
			return
		}
		last = time.Now()
		h.show(u)
	}
}

// StopUpload implements [ui.Hub].
func (h *screenHub) StopUpload(id model.ClientID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if stop := h.busy[id]; stop != nil {
		stop()
	}
}

// begin notes what stops a reply that is being handed in.
func (h *screenHub) begin(id model.ClientID, stop context.CancelFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy == nil {
		h.busy = map[model.ClientID]context.CancelFunc{}
	}
	h.busy[id] = stop
}

func (h *screenHub) end(id model.ClientID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.busy, id)
}

// TakeBack implements [ui.Hub].
func (h *screenHub) TakeBack(ctx context.Context, r ui.Reply) (model.Message, bool, error) {
	m, taken, err := h.client.ReplyBy(ctx, r.Conversation, r.ClientID)
	if err != nil {
		return model.Message{}, false, err
	}
	return m, taken, h.kept.Forget(r.ClientID)
}

// Taken implements [ui.Hub].
func (h *screenHub) Taken(id model.ClientID) error { return h.kept.Forget(id) }

// refusal tells the screen of a rule that refused, so that it gives the text back.
func refusal(err error) error {
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusConflict {
		return errors.Join(err, &model.Refusal{Code: problem.Code, Verdict: problem.Reply})
	}
	return err
}

func (h *screenHub) Resend(ctx context.Context, m model.Message, seen int64) (model.Message, error) {
	return h.client.Retry(ctx, m.ConversationID, m.ID, m.Attempt, &seen)
}

func (h *screenHub) Drop(ctx context.Context, m model.Message) (model.Message, error) {
	return h.client.Drop(ctx, m.ConversationID, m.ID, m.Attempt)
}

func (h *screenHub) React(ctx context.Context, m model.Message, emoji model.Untrusted) (model.Message, error) {
	return h.client.React(ctx, m.ConversationID, m.ID, emoji)
}

func (h *screenHub) MarkRead(ctx context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	return h.client.MarkRead(ctx, id, upTo)
}

func (h *screenHub) MarkUnread(ctx context.Context, id model.ConversationID) (model.Conversation, error) {
	return h.client.MarkUnread(ctx, id)
}

func (h *screenHub) Triage(ctx context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	return h.client.Patch(ctx, id, t)
}

func (h *screenHub) DeleteConversation(ctx context.Context, id model.ConversationID) error {
	return h.client.DeleteConversation(ctx, id)
}

func (h *screenHub) CheckPage(ctx context.Context, id model.PageID, repair bool) (model.Page, error) {
	return h.client.CheckPage(ctx, id, repair)
}

func (h *screenHub) SetVisibility(ctx context.Context, id model.PageID, v model.Visibility) error {
	_, err := h.client.SetVisibility(ctx, id, v)
	return err
}

func (h *screenHub) Users(ctx context.Context) ([]model.Colleague, error) { return h.client.Users(ctx) }

func (h *screenHub) SetAvailable(ctx context.Context, available bool) error {
	_, err := h.client.SetAvailable(ctx, available)
	return err
}

func (h *screenHub) Tell(f model.Lossy) { h.tell(f) }

func (h *screenHub) NewClientID() model.ClientID { return client.NewClientID() }

func (h *screenHub) Explain(err error) string { return h.explain(err) }

// unsent returns what was handed in by earlier runs without an answer: nobody knows
// whether the hub has it.
func (h *screenHub) unsent() []ui.Unsent {
	var out []ui.Unsent
	h.keeping.Lock()
	defer h.keeping.Unlock()
	for _, k := range h.kept.All(h.client.URL()) {
		h.isKept(k.ClientID)
		out = append(out, ui.Unsent{Conversation: k.Conversation, ClientID: k.ClientID, Note: k.Note, Text: k.Text, ReplyTo: k.ReplyTo, Files: shownFiles(k.Files), Number: k.Number, At: k.At})
	}
	return out
}

// typed returns the drafts of earlier runs.
func (h *screenHub) typed(drafts *client.Drafts) (map[ui.DraftOf]string, error) {
	replies, err := drafts.All(h.client.URL())
	notes, nerr := drafts.Notes().All(h.client.URL())
	out := make(map[ui.DraftOf]string, len(replies)+len(notes))
	for id, d := range replies {
		out[ui.DraftOf{Conversation: id}] = safe.Typed(d.Text)
	}
	for id, d := range notes {
		out[ui.DraftOf{Conversation: id, Note: true}] = safe.Typed(d.Text)
	}
	return out, errors.Join(err, nerr)
}

// screenDrafts keeps drafts on disk, the newest last, in whatever order they are
// written.
type screenDrafts struct {
	drafts *client.Drafts
	hub    string

	mu   sync.Mutex
	last map[ui.DraftOf]time.Time
}

// Save implements [ui.Drafts].
func (d *screenDrafts) Save(of ui.DraftOf, text string, at time.Time) error {
	if of.Conversation == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		d.last = map[ui.DraftOf]time.Time{}
	}
	if at.Before(d.last[of]) {
		return nil
	}
	d.last[of] = at
	drafts := d.drafts
	if of.Note {
		drafts = drafts.Notes()
	}
	return drafts.Put(d.hub, of.Conversation, model.Untrusted(text), at)
}

func (h *screenHub) BeginConnect(ctx context.Context) (model.Connect, error) {
	return h.client.BeginConnect(ctx, "")
}

func (h *screenHub) Connect(ctx context.Context, id string) (model.Connect, error) {
	return h.client.Connect(ctx, id)
}

func (h *screenHub) CancelConnect(ctx context.Context, id string) (model.Connect, error) {
	return h.client.CancelConnect(ctx, id)
}

func (h *screenHub) BeginImport(ctx context.Context, page model.PageID) error {
	_, err := h.client.BeginImport(ctx, page)
	return err
}

func (h *screenHub) CancelImport(ctx context.Context, page model.PageID) error {
	_, err := h.client.CancelImport(ctx, page)
	return err
}
