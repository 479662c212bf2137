package view

import (
	"context"
	"slices"

	"parley/hub/access"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
	"parley/model/query"
)

// ConversationList is one page of a list of conversations.
type ConversationList struct {
	Conversations []model.Found
	Cursor        string
	AsOf          model.AsOf
}

// ListQuery asks for one page of a list of conversations.
type ListQuery struct {
	Filter store.Filter
	Page   model.PageID // empty: all that the user sees
	Cursor string
	Limit  int
	// Search is a text that a message or the customer's name must contain; empty for the whole
	// list.
	Search string
	// Where are terms that must hold besides. Its words are left out of account.
	Where query.Query
}

// Conversations returns one page of the conversations that a user may see.
func (i *Views) Conversations(ctx context.Context, user model.User, q ListQuery) (ConversationList, error) {
	out := ConversationList{Conversations: []model.Found{}}
	by := i.lists
	if q.Search != "" {
		by = i.searchers
	}
	err := i.readBy(ctx, by, user, q.Page, func(v View) error {
		scopes, people, err := v.narrowed(q.Where)
		if err != nil {
			return err
		}
		found, cursor, err := v.list(store.ConversationQuery{
			Pages: scopes, Filter: q.Filter, User: user.ID, Now: v.now, Cursor: q.Cursor, Limit: q.Limit, Search: q.Search,
			Where: q.Where, People: people,
		})
		if err != nil {
			return err
		}
		for _, f := range found {
			c, err := v.conversation(f.Conversation)
			if err != nil {
				return err
			}
			out.Conversations = append(out.Conversations, model.Found{Conversation: c, Hits: f.Hits, NameSpans: f.NameSpans})
		}
		out.Cursor, out.AsOf = cursor, v.AsOf
		return nil
	})
	return out, err
}

// list returns one page of a list, or of a search.
func (v View) list(q store.ConversationQuery) ([]store.Found, string, error) {
	if q.Search != "" {
		return v.SearchConversations(q)
	}
	cs, cursor, err := v.Conversations(q)
	found := make([]store.Found, 0, len(cs))
	for _, c := range cs {
		found = append(found, store.Found{Conversation: c})
	}
	return found, cursor, err
}

// Counts returns how many conversations each filter has for a user.
func (i *Views) Counts(ctx context.Context, user model.User, page model.PageID) (store.Counts, model.AsOf, error) {
	var out store.Counts
	var asOf model.AsOf
	err := i.Read(ctx, user, page, func(v View) (err error) {
		asOf = v.AsOf
		out, err = v.CountConversations(store.CountQuery{Pages: v.scopes(), User: user.ID, Now: v.now})
		return err
	})
	return out, asOf, err
}

// Notices returns one page of the notices of the Pages that a user sees, leaving out those that
// are not for them.
func (i *Views) Notices(ctx context.Context, user model.User, page model.PageID, cursor string, limit int) ([]model.Notice, string, model.AsOf, error) {
	var out []model.Notice
	var next string
	var asOf model.AsOf
	err := i.Read(ctx, user, page, func(v View) (err error) {
		asOf = v.AsOf
		ids := make([]model.PageID, 0, len(v.Shown))
		for _, p := range v.Shown {
			ids = append(ids, p.ID)
		}
		out, next, err = v.notices(ids, cursor, limit)
		return err
	})
	return out, next, asOf, err
}

// Conversation returns one conversation.
func (i *Views) Conversation(ctx context.Context, user model.User, id model.ConversationID) (model.Conversation, error) {
	var out model.Conversation
	err := i.Read(ctx, user, id.Page(), func(v View) error {
		c, err := v.Reader.Conversation(id)
		if err != nil {
			return err
		}
		out, err = v.conversation(c)
		return err
	})
	return out, err
}

// Message returns one message of a conversation.
func (i *Views) Message(ctx context.Context, user model.User, conversation model.ConversationID, id model.MessageID) (model.Message, error) {
	var out model.Message
	err := i.Read(ctx, user, conversation.Page(), func(v View) error {
		c, err := v.Reader.Conversation(conversation)
		if err != nil {
			return err
		}
		m, err := v.Reader.Message(id)
		if err == nil && m.ConversationID != conversation {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		out, err = v.message(m, c)
		return err
	})
	return out, err
}

// ReplyBy returns the reply or note that a user submitted for a conversation under a client id,
// or [store.ErrNotFound] if the hub has none.
func (i *Views) ReplyBy(ctx context.Context, user model.User, conversation model.ConversationID, id model.ClientID) (model.Message, error) {
	var out model.Message
	err := i.Read(ctx, user, conversation.Page(), func(v View) error {
		c, err := v.Reader.Conversation(conversation)
		if err != nil {
			return err
		}
		r, err := v.ReplyByClientID(conversation.Page(), user.ID, id)
		if err == nil && r.ConversationID != conversation {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		m, err := v.Reader.Message(r.MessageID)
		if err != nil {
			return err
		}
		out, err = v.message(m, c)
		return err
	})
	return out, err
}

// Messages returns messages of a conversation, oldest first: the newest ones, or those before
// the cursor.
func (i *Views) Messages(ctx context.Context, user model.User, id model.ConversationID, before string, limit int) ([]model.Message, string, model.AsOf, error) {
	out := []model.Message{}
	var next string
	var asOf model.AsOf
	var opened store.Conversation
	err := i.Read(ctx, user, id.Page(), func(v View) error {
		asOf = v.AsOf
		c, err := v.Reader.Conversation(id)
		if err != nil {
			return err
		}
		opened = c
		ms, cursor, err := v.Reader.Messages(id, before, limit, v.Viewer())
		if err != nil {
			return err
		}
		for _, m := range ms {
			shown, err := v.message(m, c)
			if err != nil {
				return err
			}
			out = append(out, shown)
		}
		next = cursor
		return nil
	})
	if err == nil {
		i.opened(opened)
	}
	return out, next, asOf, err
}

// Pages returns every Page. Of those whose content the user may not see, it returns only what
// everybody may know.
func (i *Views) Pages(ctx context.Context, user model.User) ([]model.Page, model.AsOf, error) {
	out, asOf := []model.Page{}, model.AsOf{}
	err := i.store.Read(ctx, func(r store.Reader) error {
		all, err := r.Pages()
		if err != nil {
			return err
		}
		for _, p := range all {
			if !model.CanSee(user.ID, p.Page) {
				out = append(out, p.Public())
				continue
			}
			p.Sees = true
			out = append(out, p.Page)
			if asOf[p.ID], err = i.position(r, p, user.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return out, asOf, err
}

func (i *Views) position(r store.Reader, p store.Page, user model.UserID) (model.Position, error) {
	seq, err := r.Head(p.ID)
	if err != nil {
		return model.Position{}, err
	}
	stamp, err := r.HeadStamp(p.ID)
	return model.Position{Epoch: i.epoch(p, user), Seq: seq, Proof: stamp}, err
}

// MarkRead moves the team's read mark up to a message; never back. What mentioned the user in
// the conversation is seen with it.
func (i *Views) MarkRead(ctx context.Context, user model.User, id model.ConversationID, upTo model.MessageID) error {
	if id.Page() == "" {
		return store.ErrNotFound
	}
	var moved *store.Mark
	err := i.store.Write(ctx, id.Page(), func(tx store.PageTx) error {
		if _, _, err := access.AuthorizeConversation(tx, user.ID, id); err != nil {
			return err
		}
		m, err := tx.Message(upTo)
		if err != nil {
			return err
		}
		if m.ConversationID != id {
			return store.ErrNotFound
		}
		if record := m.About(); record != nil {
			sees, err := tx.SeesRecord(*record, store.Viewer{User: user.ID, Now: i.now()})
			if err == nil && !sees {
				err = store.ErrNotFound
			}
			if err != nil {
				return err
			}
		}
		b, err := txn.Begin(tx, id.Page(), i.now())
		if err != nil {
			return err
		}
		c, err := b.Find(id.Customer())
		if err != nil {
			return err
		}
		if i := slices.Index(c.Mentioned, user.ID); i >= 0 { // that is their own affair, the mark the team's
			c.Mentioned, c.Changed = slices.Delete(slices.Clone(c.Mentioned), i, i+1), true
		}
		if !txn.After(m.Mark(), c.ReadMark) {
			return b.Flush()
		}
		if c.Unread, err = tx.CountUnread(id, m.Mark()); err != nil {
			return err
		}
		c.ReadMark, c.Changed = m.Mark(), true
		moved = &c.ReadMark
		return b.Flush()
	})
	if err == nil && moved != nil {
		i.reads(user.ID, id, *moved, i.now())
	}
	return err
}
