package cache

import (
	"encoding/json"
	"errors"
	"strings"

	"parley/client/stream"
	"parley/model"
	"parley/model/inbox"
)

// take keeps what updates say. What must go is gone when it returns; the rest is written later.
func (c *Cache) take(updates []inbox.Update) {
	for _, u := range updates {
		c.takeOne(u)
	}
}

func (c *Cache) takeOne(u inbox.Update) {
	switch u := u.(type) {
	case inbox.Connection:
		if u.State == inbox.SignedOut || errors.Is(u.Cause, stream.ErrSignedOut) {
			c.purgeAll()
		}
	case inbox.Welcomed:
		c.welcomed(u)
	case inbox.HubTime:
		c.confirm(u.Sees)
	case inbox.UserChanged:
		if u.User.ID == c.user.ID {
			c.user.Name, c.user.Away, c.outdated = u.User.Name, u.User.Away, true
		}
	case inbox.PagesListed:
		c.listed(u.Pages)
	case inbox.Dropped:
		c.purge(u.Page)
	default:
		c.takeOf(u)
	}
}

// takeOf keeps what an update says about what one Page holds.
func (c *Cache) takeOf(u inbox.Update) {
	if c.broken {
		return
	}
	switch u := u.(type) {
	case inbox.Reloading:
		p := c.pages[u.Page]
		if p == nil {
			p = &page{id: u.Page, confirmed: c.o.Now().Round(0)}
			c.pages[u.Page] = p
		}
		c.fail(p.begin(c))
	case inbox.Listed:
		if p := c.pages[u.Page]; p != nil && p.reading != nil && (u.First || p.placed) {
			c.fail(p.list(c, u))
		}
	case inbox.Noticed:
		if p := c.pages[u.Page]; p != nil && p.placed {
			for _, n := range u.Notices {
				p.notice(n)
			}
		}
	case inbox.Complete:
		if p := c.pages[u.Page]; p != nil && p.reading != nil && p.placed {
			p.reading.complete = true
			c.fail(p.finish(c))
		}
	case inbox.Changed:
		if p := c.pages[u.Batch.Page]; p != nil && p.placed {
			c.changed(p, u.Batch)
		}
	}
}

func (c *Cache) welcomed(u inbox.Welcomed) {
	if c.user.ID != "" && u.User.ID != c.user.ID {
		c.purgeAll()
	}
	if c.user != u.User {
		c.user, c.outdated = u.User, true
	}
	c.confirm(u.Sees)
}

// confirm records that the hub says now that the user may see those Pages.
func (c *Cache) confirm(seen []model.PageID) {
	now := c.o.Now().Round(0)
	for _, id := range seen {
		if p := c.pages[id]; p != nil {
			p.confirmed, p.inherited, c.outdated = now, false, true
		}
	}
}

// listed keeps the Pages' objects. One that the user may not see is erased.
func (c *Cache) listed(pages []model.Page) {
	for _, object := range pages {
		p := c.pages[object.ID]
		switch {
		case p == nil:
		case !object.Sees:
			c.purge(object.ID)
		case p.placed && (object.Seq > p.seq || p.seq == 0 || p.reading != nil):
			p.object(object)
		}
	}
}

func (p *page) object(o model.Page) {
	o.Sees = true
	if body, err := json.Marshal(o); err == nil {
		p.seq = o.Seq
		p.drop(ofPage, "")
		p.put(entry{kind: ofPage, seq: o.Seq, body: body})
	}
}

func (p *page) notice(n model.Notice) {
	if body, err := json.Marshal(n); err == nil {
		p.put(entry{kind: ofNotice, id: n.ID, seq: n.Seq, body: body})
	}
}

// changed keeps the changes of a Page. If they don't follow what is kept, or can't be read, the
// Page is not kept any more until it is read anew.
func (c *Cache) changed(p *page, b model.Batch) {
	if b.From != p.at.Seq {
		c.purge(p.id)
		return
	}
	var removed map[string]int64
	for i := range b.Events {
		ev := &b.Events[i]
		if ev.Kind == model.ChangeRemoved {
			var gone model.Removed
			if json.Unmarshal(ev.Object, &gone) != nil {
				c.purge(p.id)
				return
			}
			if removed == nil {
				removed = map[string]int64{}
			}
			removed[gone.ID] = ev.Seq
			if p.reading != nil {
				p.reading.removed[gone.ID] = ev.Seq
			}
			continue
		}
		if !c.changedOne(p, ev) {
			c.purge(p.id)
			return
		}
	}
	p.at.Seq, p.at.Proof, p.moved = b.To, b.Proof, true
	if removed != nil {
		c.remove(p, removed, b.To)
	}
	if !c.broken {
		c.fail(p.finish(c))
	}
}

// changedOne keeps one change, and reports whether the Page may still be kept.
func (c *Cache) changedOne(p *page, ev *model.Change) bool {
	switch ev.Kind {
	case model.ChangeConversation:
		var about struct {
			ID  model.ConversationID `json:"id"`
			Seq int64                `json:"seq"`
		}
		if json.Unmarshal(ev.Object, &about) != nil || about.ID.Page() != p.id {
			return false
		}
		p.put(entry{ofConversation, string(about.ID.Customer()), about.Seq, ev.Object})
	case model.ChangeLink:
		var l model.LinkChange
		if json.Unmarshal(ev.Object, &l) != nil || l.Conversation.Page() != p.id {
			return false
		}
		body, err := json.Marshal(l.Links)
		if err != nil {
			return false
		}
		p.put(entry{ofLinks, string(l.Conversation.Customer()), ev.Seq, body})
	case model.ChangePage:
		var object model.Page
		if json.Unmarshal(ev.Object, &object) != nil || object.ID != p.id || !model.CanSee(c.user.ID, object) {
			return false
		}
		if object.Seq > p.seq {
			p.object(object)
		}
	case model.ChangeNotice:
		var n model.Notice
		if json.Unmarshal(ev.Object, &n) != nil {
			return false
		}
		p.notice(n)
	case model.ChangeMessage, model.ChangeRemoved:
	}
	return true
}

// remove erases what was removed of a Page up to a seq: conversations, and opened conversations
// that hold a removed message.
func (c *Cache) remove(p *page, removed map[string]int64, to int64) {
	p.removedAt = to
	conversations := false
	for id := range removed {
		// A message's id is a UUID, a conversation's ends with the customer's.
		_, rest, _ := strings.Cut(id, model.PageSeparator)
		conversations = conversations || !isUUID(rest)
	}
	if conversations && c.fail(p.without(c, removed)) {
		return
	}
	c.fail(p.closeOpened(c, removed))
}

// isUUID reports whether an id has the form of our messages' ids.
func isUUID(id string) bool {
	const length = 36
	return len(id) == length && strings.Count(id, "-") == 4
}

// remember keeps what the screen adds, unless it is older than something that had to go.
func (c *Cache) remember(r Remembered) {
	if !c.restored {
		return // it holds only part of what is on disk
	}
	for _, p := range c.pages {
		p.opened, p.reopened = nil, true
		if n, ok := r.Counts[p.id]; ok {
			p.counts = &n
		}
	}
	for _, o := range r.Opened {
		p := c.pages[o.Conversation.Page()]
		if p != nil && p.placed && o.AsOf.Epoch == p.at.Epoch && o.AsOf.Seq >= p.removedAt {
			p.opened = append(p.opened, o)
		}
	}
}
