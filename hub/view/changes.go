package view

import (
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/store"
	"parley/model"
)

// BatchRows is how many rows of the log go into one batch.
const BatchRows = 500

// ChangesAfter reads a Page's log after seq, with each object as it is now. An object that
// changed several times in the range comes once, at its last change. gone reports that rows in
// between are no longer stored.
func (v View) ChangesAfter(page store.Page, seq int64) (b model.Batch, gone bool, err error) {
	rows, err := v.Events(page.ID, seq, BatchRows)
	if err != nil || len(rows) == 0 || rows[0].Seq != seq+1 {
		return batch(page, seq, seq), len(rows) > 0, err
	}
	b, err = v.changes(page, rows)
	return b, false, err
}

// CommonChangesAfter is ChangesAfter for all who see the Page: it names no changes where these
// differ between them.
func (v View) CommonChangesAfter(page store.Page, seq int64) (b model.Batch, gone bool, err error) {
	rows, err := v.Events(page.ID, seq, BatchRows)
	if err != nil || len(rows) == 0 || rows[0].Seq != seq+1 {
		return batch(page, seq, seq), len(rows) > 0, err
	}
	personal, err := v.personal(rows)
	if err != nil || personal {
		return batch(page, seq, rows[len(rows)-1].Seq), false, err
	}
	v.seen[page.ID] = nil // none of what changed has links
	b, err = v.changes(page, rows)
	return b, false, err
}

func batch(page store.Page, from, to int64) model.Batch {
	return model.Batch{Type: model.FrameBatch, Page: page.ID, From: from, To: to}
}

// lastRows are the seqs of the last rows about each object.
func lastRows(rows []store.LogRow) map[string]int64 {
	last := make(map[string]int64, len(rows))
	for _, r := range rows {
		last[string(r.Kind)+r.ID] = r.Seq
	}
	return last
}

// changes reads the objects that rows of the log are about.
func (v View) changes(page store.Page, rows []store.LogRow) (model.Batch, error) {
	b := batch(page, rows[0].Seq-1, rows[0].Seq-1)
	v.named = make(map[model.ConversationID]store.Conversation)
	last := lastRows(rows)
	changes := make([]model.Change, 0, len(last))
	for _, r := range rows {
		if last[string(r.Kind)+r.ID] != r.Seq {
			continue
		}
		c, err := v.change(page, r)
		if errors.Is(err, store.ErrNotFound) {
			continue // gone since, which a later row says, or not for this user
		}
		if err != nil {
			return b, err
		}
		changes = append(changes, c)
	}
	newest := rows[len(rows)-1]
	b.Events, b.To, b.Proof = changes, newest.Seq, newest.Stamp
	return b, nil
}

// change reads the object that a row of the log is about.
func (v View) change(page store.Page, r store.LogRow) (model.Change, error) {
	var object any
	var err error
	kind := model.ChangeKind(r.Kind)
	switch r.Kind {
	case store.KindMessage:
		object, err = v.changedMessage(model.MessageID(r.ID), r.Seq)
	case store.KindConversation:
		var c store.Conversation
		if c, err = v.changed(model.ConversationID(r.ID), r.Seq); err == nil {
			object, err = v.conversation(c)
		}
	case store.KindPage:
		p := page.Page
		p.Sees = true
		object = p
	case store.KindNotice:
		object, err = v.notice(page.ID, r.ID)
	case store.KindRemoved:
		object = model.Removed{ID: r.ID}
	case store.KindLink:
		kind = model.ChangeLink
		object, err = v.linkChange(r.ID)
	default:
		err = fmt.Errorf("log row %d of %s: unknown kind %q", r.Seq, page.ID, r.Kind)
	}
	if err != nil {
		return model.Change{}, err
	}
	b, err := json.Marshal(object)
	if err != nil {
		return model.Change{}, fmt.Errorf("encode change: %w", err)
	}
	return model.Change{Seq: r.Seq, Kind: kind, Object: b}, nil
}

func (v View) changedMessage(id model.MessageID, seq int64) (model.Message, error) {
	m, err := v.messageAt(id, seq)
	if err != nil {
		return model.Message{}, err
	}
	c, ok := v.named[m.ConversationID]
	if !ok && v.recent != nil {
		c, ok = v.recent.Named(m.ConversationID)
	}
	if !ok {
		if c, err = v.Conversation(m.ConversationID); err != nil {
			return model.Message{}, err
		}
		v.named[m.ConversationID] = c
	}
	return v.message(m, c)
}

// messageAt returns a message that the change of that seq is about: as that left it, if it was
// committed a moment ago, else as it is now.
func (v View) messageAt(id model.MessageID, seq int64) (store.Message, error) {
	if v.recent != nil {
		if m, ok := v.recent.Message(id, seq); ok {
			return m, nil
		}
	}
	return v.Message(id)
}

// changed is messageAt for a conversation.
func (v View) changed(id model.ConversationID, seq int64) (store.Conversation, error) {
	if v.recent != nil {
		if c, ok := v.recent.Conversation(id, seq); ok {
			return c, nil
		}
	}
	if c, ok := v.named[id]; ok { // as it is now, in the same snapshot
		return c, nil
	}
	c, err := v.Conversation(id)
	if err == nil {
		v.named[id] = c
	}
	return c, err
}

// linkChange returns the links of a conversation after one was made or removed. For a user who
// may not see that record it returns [store.ErrNotFound]: to them nothing happened.
func (v View) linkChange(id string) (model.LinkChange, error) {
	conversation, record := store.ParseLinkID(id)
	sees, err := v.SeesRecord(record, v.Viewer())
	if err == nil && !sees {
		err = store.ErrNotFound
	}
	if err != nil {
		return model.LinkChange{}, err
	}
	if _, err := v.Conversation(conversation); err != nil {
		return model.LinkChange{}, err
	}
	links, err := v.LinksOf(conversation)
	return model.LinkChange{Conversation: conversation, Links: links}, err
}

// personal reports whether what these rows of the log are about differs between users who see
// the Page: because of what they may see of the CRM, or because something is for admins only.
func (v View) personal(rows []store.LogRow) (bool, error) {
	last := lastRows(rows)
	for _, r := range rows {
		if last[string(r.Kind)+r.ID] != r.Seq {
			continue
		}
		if is, err := v.personalRow(r); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

func (v View) personalRow(r store.LogRow) (bool, error) {
	switch r.Kind {
	case store.KindLink:
		return true, nil
	case store.KindConversation:
		links, err := v.Links(model.ConversationID(r.ID))
		return len(links) > 0, err
	case store.KindMessage:
		m, err := v.messageAt(model.MessageID(r.ID), r.Seq)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return m.About() != nil, err
	case store.KindNotice:
		n, err := v.Notice(v.Shown[0].ID, r.ID)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return n.ForAdmins(), err
	case store.KindPage, store.KindRemoved:
	}
	return false, nil
}

// Resumption is how a client at some position can go on.
type Resumption int

const (
	// TooFar: it can't be sent what it missed and has to reload the lists.
	TooFar Resumption = iota
	// Resumes: it is sent what it missed.
	Resumes
	// OtherStream: its stream has the same name as this one, but is another.
	OtherStream
)

// Resumable returns whether a client at that position can be sent what it missed.
func (v View) Resumable(p store.Page, from, head model.Position) (Resumption, error) {
	if from.Epoch != head.Epoch || from.Seq < 0 || from.Seq > head.Seq {
		return TooFar, nil
	}
	if from.Seq == head.Seq {
		return proven(from.Proof, head.Proof), nil
	}
	rows, err := v.Events(p.ID, max(from.Seq-1, 0), 2) //nolint:mnd // its last change and the next
	if err != nil {
		return TooFar, err
	}
	if len(rows) > 0 && rows[0].Seq == from.Seq {
		if proven(from.Proof, rows[0].Stamp) == OtherStream {
			return OtherStream, nil
		}
		rows = rows[1:]
	} else if from.Proof != "" {
		return TooFar, nil // its last change is no longer stored, so nothing can be proven by it
	}
	if len(rows) == 0 || rows[0].Seq != from.Seq+1 || head.Seq-from.Seq > model.ReloadBeyond {
		return TooFar, nil
	}
	return Resumes, nil
}

// proven compares a client's proof with the stamp of its last change. Older clients have no
// proof.
func proven(proof, stamp string) Resumption {
	if proof != "" && proof != stamp {
		return OtherStream
	}
	return Resumes
}
