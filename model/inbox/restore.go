package inbox

import (
	"math"
	"slices"
	"time"

	"parley/model"
)

// Restored is part of what an earlier run knew of a Page, as of a position from which its
// changes go on. The first part of a Page names its object and position; rows follow in any
// number of parts; the last one says that this was all. All parts come before anything the hub
// says. A Page of which something is held already is not restored.
type Restored struct {
	// Page and At are those of the Page when it was kept; set in every part.
	Page model.Page
	At   model.Position
	// AsOf is when the hub last confirmed that the user may see the Page.
	AsOf time.Time
	// First and Last mark the first and the last part.
	First, Last bool
	// Counts are shown until the last part is in; nil: what is held so far is counted.
	Counts        *Counts
	Conversations []model.Conversation
	Notices       []model.Notice
	Opened        []Opened
}

func (Restored) isUpdate() {}

// Opened is an opened conversation as an Inbox held it, to be kept and restored.
type Opened struct {
	Conversation model.ConversationID `json:"conversation"`
	Messages     []model.Message      `json:"messages"`
	// Cursor asks for older messages; empty if there are none.
	Cursor string `json:"cursor,omitempty"`
	// AsOf is the position of the Page up to which changes were applied. Stale: some may
	// have been missed before it.
	AsOf  model.Position `json:"as_of"`
	Stale bool           `json:"stale,omitempty"`
}

// Opened returns copies of the opened conversations whose messages are held, the one opened
// last at the end. Those of Pages without position are left out.
func (in *Inbox) Opened() []Opened {
	type used struct {
		at uint64
		Opened
	}
	var list []used
	for id, t := range in.threads {
		if t.loaded && t.page.positioned() {
			list = append(list, used{t.used, Opened{
				Conversation: id, Messages: slices.Clone(t.messages), Cursor: t.cursor, AsOf: t.page.at, Stale: t.stale,
			}})
		}
	}
	slices.SortFunc(list, func(a, b used) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	out := make([]Opened, 0, len(list))
	for _, u := range list {
		out = append(out, u.Opened)
	}
	return out
}

// Heard grows with each change of the messages of opened conversations.
func (in *Inbox) Heard() uint64 { return in.heard }

// KeptSince returns as of when an Inbox is that was restored from an earlier run and that the
// hub has not confirmed; false once the hub has, or if nothing was restored. Until then what is
// shown may be out of date, and nothing of it may be changed.
func (in *Inbox) KeptSince() (time.Time, bool) { return in.keptSince, !in.keptSince.IsZero() }

// confirmed records that the hub says from now on what is so.
func (in *Inbox) confirmed() {
	if in.keptSince.IsZero() {
		return
	}
	in.keptSince = time.Time{}
	in.changes.Pages = true
	in.manyChanged()
}

// restore adds a part of a Page that was kept.
func (in *Inbox) restore(u Restored) {
	p := in.page(u.Page.ID)
	if u.First {
		if p.hidden || p.phase != notHeld {
			return
		}
		in.markSeen(p)
		in.runs++
		p.run = in.runs
		p.phase, p.at, p.placed = restoring, u.At, true
		p.first, p.target = u.At.Seq, u.At.Seq
		p.hubCounts = u.Counts
		in.putPage(p, u.Page)
		if in.keptSince.IsZero() || u.AsOf.Before(in.keptSince) {
			in.keptSince = u.AsOf
		}
		in.judgePage(p)
	}
	if p.positioned() { // also after the last part
		for _, o := range u.Opened {
			in.restoreThread(p, o)
		}
	}
	if p.phase != restoring {
		return
	}
	for i := range u.Conversations {
		if fitting(p.page.ID, &u.Conversations[i]) {
			in.merge(p, &u.Conversations[i], p.run)
		}
	}
	for _, n := range u.Notices {
		if n.PageID == p.page.ID {
			in.changes.Notices = p.putNotice(n) || in.changes.Notices
		}
	}
	if u.Last {
		p.phase = complete
		in.dropHubCounts(p)
		in.manyChanged()
	}
	in.changes.Pages = true
}

// restoreThread restores the messages of an opened conversation. They are stale if changes up
// to the Page's position may not be among them.
func (in *Inbox) restoreThread(p *inboxPage, o Opened) {
	if _, held := in.threads[o.Conversation]; held || o.Conversation.Page() != p.page.ID {
		return
	}
	in.threads.makeRoom()
	in.runs++
	in.uses++
	t := &thread{
		page: p, run: in.runs, used: in.uses, cursor: o.Cursor, loaded: true, asOf: o.AsOf, since: p.at.Seq, passed: math.MinInt64,
		stale: o.Stale || o.AsOf.Epoch != p.at.Epoch || o.AsOf.Seq < p.at.Seq,
	}
	in.threads[o.Conversation] = t
	t.merge(o.Conversation, o.Messages)
	in.threadChanged(o.Conversation)
}
