package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/model"
)

// NoteMost is the longest HTML of a note, in bytes.
//
// Source: Pipedrive's OpenAPI, version 1, "Add a note".
const NoteMost = 100_000

const notesPage = 100

// FindNotes returns the notes on a record that were changed since a time, which may be zero,
// the newest first.
func (c *Client) FindNotes(ctx context.Context, as *model.CRMGrant, of model.RecordRef, since time.Time) ([]model.CRMNote, error) {
	const call = "notes"
	by, err := c.credential(call, as)
	if err != nil {
		return nil, err
	}
	known, ok := ref(of.Type, of.ID)
	if !ok {
		return nil, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	query := url.Values{string(known.Type) + "_id": {known.ID}, "sort": {"add_time DESC"}, "limit": {strconv.Itoa(notesPage)}}
	if !since.IsZero() {
		query.Set("updated_since", since.UTC().Format(time.RFC3339))
	}
	var list []model.CRMNote
	for range mostPages {
		a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v1/notes", query: query})
		if err != nil {
			return nil, err
		}
		ok := each(a.data, func(one json.RawMessage) {
			if n, ok := readNote(one); ok {
				list = append(list, n)
			}
		})
		if !ok {
			return nil, unavailable(call, errUnreadable)
		}
		if a.start <= 0 {
			return list, nil
		}
		query.Set("start", strconv.FormatInt(a.start, 10))
	}
	return nil, unavailable(call, errTooLong)
}

// Note returns a note; [model.ErrCRMNotFound] if it does not exist or was deleted.
func (c *Client) Note(ctx context.Context, as *model.CRMGrant, id int64) (model.CRMNote, error) {
	return c.requestNote(ctx, as, request{name: "notes/{id}", method: http.MethodGet, path: notePath(id)}, id)
}

// CreateNote creates a note on the records whose ids n has, at least one. The content is HTML
// of at most [NoteMost] bytes. It is not sent twice: after [model.ErrCRMUnavailable] the note
// may exist.
func (c *Client) CreateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote) (model.CRMNote, error) {
	b := noteBody(n)
	b.bad = b.bad || n.Person == "" && n.Deal == "" && n.Lead == ""
	return c.writeNote(ctx, as, request{name: "add note", method: http.MethodPost, path: "/api/v1/notes", body: b.keys}, 0, b.bad)
}

// UpdateNote replaces the content of note n.ID and moves it to the records whose ids n has. A
// record of a type for which n has no id stays attached, unless the type is in off.
func (c *Client) UpdateNote(ctx context.Context, as *model.CRMGrant, n model.CRMNote, off ...model.RecordType) (model.CRMNote, error) {
	b := noteBody(n)
	for _, t := range off {
		b.set(string(t)+"_id", nil)
	}
	return c.writeNote(ctx, as, request{name: "change note", method: http.MethodPut, path: notePath(n.ID), body: b.keys}, n.ID, b.bad || n.ID <= 0)
}

func notePath(id int64) string { return "/api/v1/notes/" + strconv.FormatInt(id, 10) }

func noteBody(n model.CRMNote) *body {
	b := newBody(string(n.Content))
	b.bad = b.bad || len(n.Content) > NoteMost
	b.set("content", string(n.Content))
	b.id("person_id", n.Person)
	b.id("deal_id", n.Deal)
	if n.Lead != "" {
		known, ok := ref(model.Lead, n.Lead)
		b.bad = b.bad || !ok
		b.set("lead_id", known.ID)
	}
	return b
}

func (c *Client) writeNote(ctx context.Context, as *model.CRMGrant, q request, id int64, bad bool) (model.CRMNote, error) {
	if bad {
		return model.CRMNote{}, fmt.Errorf("pipedrive %s: %w", q.name, model.ErrCRMInvalid)
	}
	return c.requestNote(ctx, as, q, id)
}

// requestNote makes a call that returns a note. id is the id that it must have, if known.
func (c *Client) requestNote(ctx context.Context, as *model.CRMGrant, q request, id int64) (model.CRMNote, error) {
	by, err := c.credential(q.name, as)
	if err != nil {
		return model.CRMNote{}, err
	}
	a, err := c.do(ctx, by, q)
	if err != nil {
		return model.CRMNote{}, err
	}
	var gone struct {
		Active *bool `json:"active_flag"`
	}
	if json.Unmarshal(a.data, &gone) == nil && gone.Active != nil && !*gone.Active {
		return model.CRMNote{}, fmt.Errorf("pipedrive %s: %w", q.name, model.ErrCRMNotFound)
	}
	n, ok := readNote(a.data)
	if !ok || id != 0 && n.ID != id {
		return model.CRMNote{}, unavailable(q.name, errUnreadable)
	}
	return n, nil
}

// readNote decodes a note; ok is false if it is invalid or deleted.
//
// Source: Pipedrive's OpenAPI, version 1, "Get one note".
func readNote(data json.RawMessage) (model.CRMNote, bool) {
	var w struct {
		ID       int64  `json:"id"`
		Active   *bool  `json:"active_flag"`
		Content  string `json:"content"`
		Person   int64  `json:"person_id"`
		Deal     int64  `json:"deal_id"`
		Lead     string `json:"lead_id"`
		Added    string `json:"add_time"`
		Updated  string `json:"update_time"`
		User     int64  `json:"user_id"`
		LastUser int64  `json:"last_update_user_id"`
	}
	if json.Unmarshal(data, &w) != nil || w.ID <= 0 || w.Active != nil && !*w.Active {
		return model.CRMNote{}, false
	}
	n := model.CRMNote{ID: w.ID, Content: model.Untrusted(w.Content), AddedAt: moment(w.Added), UpdatedAt: moment(w.Updated), LastUser: w.LastUser}
	if n.UpdatedAt.IsZero() {
		n.UpdatedAt = n.AddedAt
	}
	if n.LastUser == 0 {
		n.LastUser = w.User
	}
	if r, ok := numbered(model.Person, w.Person); ok {
		n.Person = r.ID
	}
	if r, ok := numbered(model.Deal, w.Deal); ok {
		n.Deal = r.ID
	}
	if r, ok := ref(model.Lead, strings.ToLower(w.Lead)); ok {
		n.Lead = r.ID
	}
	return n, true
}
