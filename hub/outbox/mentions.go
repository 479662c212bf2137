package outbox

import (
	"slices"

	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
	"parley/model/mention"
)

// mentions records whom a note mentions: those who may see the Page are to be told; of the
// others the note says that they are not. Its writer has seen what mentioned them before.
func (b *tx) mentions(c *txn.Conversation, m *store.Message, writer model.UserID) error {
	was := len(c.Mentioned)
	c.Mentioned = slices.DeleteFunc(slices.Clone(c.Mentioned), func(id model.UserID) bool { return id == writer })
	c.Changed = c.Changed || len(c.Mentioned) != was
	if m.Direction != model.Note {
		return nil
	}
	users, err := b.Store.Users()
	if err != nil {
		return err
	}
	names := make([]model.UserRef, 0, len(users))
	for _, u := range users {
		names = append(names, u.Ref())
	}
	for _, u := range mention.Users(mention.Find(m.Text, names)) {
		if !model.CanSee(u.ID, b.Page.Page) {
			m.Unseen = append(m.Unseen, u)
			continue
		}
		m.Mentions = append(m.Mentions, u)
		if u.ID != writer && !slices.Contains(c.Mentioned, u.ID) {
			c.Mentioned, c.Changed = append(c.Mentioned, u.ID), true
		}
	}
	return nil
}
