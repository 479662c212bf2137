package model

import "encoding/json"

// linkEvent takes over to which records a conversation is linked. The conversation's own
// seq does not grow by that: what a user may see of its links is their own.
func (in *Inbox) linkEvent(p *inboxPage, ev *Change) error {
	var c LinkChange
	if json.Unmarshal(ev.Object, &c) != nil || c.Conversation.Page() != p.page.ID {
		return ErrUnreadable
	}
	in.setLinks(p, c)
	return nil
}

// PutLinks takes over the links that the hub answered alone, as after a change of the
// user's own.
func (in *Inbox) PutLinks(c LinkChange) Changes {
	in.begin()
	if p, ok := in.pages[c.Conversation.Page()]; ok && p.positioned() {
		in.setLinks(p, c)
	}
	return in.changes
}

// setLinks replaces the links of a conversation that is held.
func (in *Inbox) setLinks(p *inboxPage, c LinkChange) {
	old := p.rows[c.Conversation.Customer()]
	if old == nil {
		return
	}
	now := old.unpack()
	now.Links = c.Links
	next := p.pack(&now)
	next.run = old.run
	in.put(old, &next)
	in.headChanged(c.Conversation)
}
