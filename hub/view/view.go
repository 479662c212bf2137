package view

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/hub/access"
	"parley/hub/crm"
	"parley/hub/fair"
	"parley/hub/store"
	"parley/hub/transcripts"
	"parley/model"
)

// seenLinks are the links that a user may see, by Page and conversation.
type seenLinks map[model.PageID]map[model.ConversationID][]model.Link

// View is what one user sees in one snapshot.
type View struct {
	store.Reader
	user  model.UserID
	admin bool
	now   time.Time
	Shown []store.Page
	AsOf  model.AsOf
	// recent is what was committed last; nil: everything is read.
	recent Recent
	// named caches the conversations of messages while changes are read.
	named map[model.ConversationID]store.Conversation
	// seen caches the links that the user may see, for the Pages read so far.
	seen seenLinks
}

// Recent is what was committed last, as each change left it.
type Recent interface {
	Message(id model.MessageID, seq int64) (store.Message, bool)
	Conversation(id model.ConversationID, seq int64) (store.Conversation, bool)
	// Named returns a conversation as one of its newest changes left it.
	Named(id model.ConversationID) (store.Conversation, bool)
}

// OfInstaller returns what the installer of a Page sees of it. What recent has is not read.
func OfInstaller(r store.Reader, p store.Page, now time.Time, recent Recent) View {
	return View{Reader: r, user: p.Installer.ID, now: now, Shown: []store.Page{p}, recent: recent, seen: seenLinks{}}
}

// Viewer returns the user and time by which the store judges what of the CRM may be seen.
func (v View) Viewer() store.Viewer { return store.Viewer{User: v.user, Now: v.now} }

// LinksOf returns the links of a conversation whose records the user may see.
func (v View) LinksOf(id model.ConversationID) ([]model.Link, error) {
	of, read := v.seen[id.Page()]
	if !read {
		list, err := v.SeenLinks(id.Page(), v.Viewer())
		if err != nil {
			return nil, err
		}
		of = make(map[model.ConversationID][]model.Link)
		for _, l := range list {
			l.Sync = transcripts.Shown(l.Synced, v.syncOff(id.Page()))
			of[l.Conversation] = append(of[l.Conversation], l.Link)
		}
		v.seen[id.Page()] = of
	}
	if len(of[id]) == 0 {
		return []model.Link{}, nil
	}
	return of[id], nil
}

// syncOff reports whether the transcripts of a Page's conversations are not synced to the CRM.
func (v View) syncOff(id model.PageID) bool {
	return slices.ContainsFunc(v.Shown, func(p store.Page) bool { return p.ID == id && p.SyncOff })
}

// Read runs f on a snapshot of the Pages that a user may see: all of them, or the one in only.
// A Page whose content they may not see gives [store.ErrNotFound].
func (i *Views) Read(ctx context.Context, user model.User, only model.PageID, f func(View) error) error {
	return i.readBy(ctx, i.lists, user, only, f)
}

// readBy is Read within the given limit.
func (i *Views) readBy(ctx context.Context, by *fair.Semaphore, user model.User, only model.PageID, f func(View) error) error {
	leave, err := by.Acquire(ctx, user.ID)
	if err != nil {
		return err
	}
	defer leave()
	return i.store.Read(ctx, func(r store.Reader) error {
		pages, err := access.Authorized(r, user.ID, only)
		if err != nil {
			return err
		}
		v := View{Reader: r, user: user.ID, admin: user.Admin, now: i.now(), Shown: pages, AsOf: model.AsOf{}, recent: i.store.Recent(), seen: seenLinks{}}
		for _, p := range pages {
			if v.AsOf[p.ID], err = i.position(r, p, user.ID); err != nil {
				return err
			}
		}
		return f(v)
	})
}

// scopes returns the Pages that a list may show, and which of them refuse every reply now.
func (v View) scopes() []store.PageScope {
	out := make([]store.PageScope, 0, len(v.Shown))
	for _, p := range v.Shown {
		out = append(out, store.PageScope{ID: p.ID, Blocks: model.PageBlocks(v.now, p.Page)})
	}
	return out
}

// conversation fills in what depends on who asks and when.
func (v View) conversation(c store.Conversation) (model.Conversation, error) {
	for _, p := range v.Shown {
		if p.ID == c.PageID {
			c.Reply = model.CanReply(v.now, p.Page, c.Conversation, v.user)
		}
	}
	if c.Labels == nil {
		c.Labels = []string{}
	}
	links, err := v.LinksOf(c.ID)
	c.Links = links
	c.LastMessage, c.LastSaid = named(c.LastMessage, c.Customer), named(c.LastSaid, c.Customer)
	return c.Conversation, err
}

// named fills in the customer's name in a message of theirs.
func named(m *model.Summary, by model.Customer) *model.Summary {
	if m == nil || m.Author.Kind != model.ByCustomer {
		return m
	}
	s := *m
	s.Author.Name = by.Name
	return &s
}

// message fills in what may have become known since it was stored: the customer's name, the
// title of a record, and the message that this one quotes, which may have arrived later. A line
// about a record that the user may not see gives [store.ErrNotFound].
func (v View) message(m store.Message, c store.Conversation) (model.Message, error) {
	if record := m.About(); record != nil {
		return v.recordLine(m, *record)
	}
	if m.Author.Kind == model.ByCustomer {
		m.Author.Name = c.Customer.Name
	}
	if m.ReplyTo == "" && m.ReplyToMID != "" {
		q, err := v.MessageByMID(c.PageID, m.ReplyToMID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return model.Message{}, err
		}
		m.ReplyTo = q.ID
	}
	return m.Message, nil
}

// notice returns a notice of a Page, or [store.ErrNotFound] if it is not for this user.
func (v View) notice(page model.PageID, id string) (model.Notice, error) {
	return NoticeFor(v, v.admin, page, id)
}

// NoticeFor returns a notice of a Page, or [store.ErrNotFound] if it is for admins only and the
// user is none.
func NoticeFor(r store.Reader, admin bool, page model.PageID, id string) (model.Notice, error) {
	n, err := r.Notice(page, id)
	if err == nil && n.ForAdmins() && !admin {
		return model.Notice{}, store.ErrNotFound
	}
	return n, err
}

// notices returns one page of those notices of Pages that are for this user.
func (v View) notices(pages []model.PageID, cursor string, limit int) (list []model.Notice, next string, err error) {
	for next = cursor; len(list) < limit; {
		var found []model.Notice
		if found, next, err = v.Notices(pages, next, limit-len(list)); err != nil {
			return nil, "", err
		}
		for _, n := range found {
			if v.admin || !n.ForAdmins() {
				list = append(list, n)
			}
		}
		if next == "" {
			break
		}
	}
	return list, next, nil
}

// recordLine fills in the current title of the record that a line is about.
func (v View) recordLine(m store.Message, record model.RecordRef) (model.Message, error) {
	sees, err := v.SeesRecord(record, v.Viewer())
	if err == nil && !sees {
		err = store.ErrNotFound
	}
	if err != nil {
		return model.Message{}, err
	}
	title, err := v.RecordTitle(record)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return model.Message{}, err
	}
	event, link := *m.Event, *m.Event.Record
	if event.Stage != 0 {
		if event.Payload, err = v.RecordTitle(crm.StageTitle(event.Stage)); err != nil && !errors.Is(err, store.ErrNotFound) {
			return model.Message{}, err
		}
	}
	link.Title, event.Record = title, &link
	m.Event = &event
	return m.Message, nil
}
