package inbox

import (
	"encoding/json"
	"slices"
	"strings"

	"parley/model"
)

// linkEvent applies the links of a conversation. They don't change the conversation's seq:
// each user sees links of their own.
func (in *Inbox) linkEvent(p *inboxPage, ev *model.Change) error {
	var c model.LinkChange
	if json.Unmarshal(ev.Object, &c) != nil || c.Conversation.Page() != p.page.ID {
		return ErrUnreadable
	}
	in.setLinks(p, c)
	return nil
}

// PutLinks applies links from the hub's answer to a request of the user.
func (in *Inbox) PutLinks(c model.LinkChange) Changes {
	in.beginReport()
	if p, ok := in.pages[c.Conversation.Page()]; ok && p.positioned() {
		in.setLinks(p, c)
	}
	return in.changes
}

// setLinks replaces the links of a conversation, if it is held.
func (in *Inbox) setLinks(p *inboxPage, c model.LinkChange) {
	old := p.rows[c.Conversation.Customer()]
	if old == nil {
		return
	}
	now := old.unpack()
	now.Links = c.Links
	next := p.pack(&now)
	next.run = old.run
	in.put(old, &next)
	if len(in.changes.Links) < namedChanges {
		in.changes.Links = append(in.changes.Links, c.Conversation)
	}
	in.headChanged(c.Conversation)
}

// linkIndex maps a record to the rows that are linked to it.
type linkIndex map[model.RecordRef][]*row

func (x linkIndex) add(r *row) {
	if r.extra == nil {
		return
	}
	for _, l := range r.extra.links {
		if ref := l.Ref(); !slices.Contains(x[ref], r) {
			x[ref] = append(x[ref], r)
		}
	}
}

func (x linkIndex) remove(r *row) {
	if r.extra == nil {
		return
	}
	for _, l := range r.extra.links {
		ref := l.Ref()
		rows := slices.DeleteFunc(x[ref], func(o *row) bool { return o == r })
		if x[ref] = rows; len(rows) == 0 {
			delete(x, ref)
		}
	}
}

// LinkedTo returns the conversations that are linked to a record, newest first.
func (t *table) LinkedTo(ref model.RecordRef) []Row {
	rows := t.linked[ref]
	out := make([]Row, 0, len(rows))
	for _, r := range rows {
		out = append(out, t.row(r))
	}
	slices.SortFunc(out, func(a, b Row) int {
		if n := b.UpdatedAt.Compare(a.UpdatedAt); n != 0 {
			return n
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return out
}
