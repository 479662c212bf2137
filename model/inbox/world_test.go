package inbox_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// me is whose inbox the tests hold.
var me = model.User{ID: "u-me", Name: "Mio", Email: "mio@example.com"}

// world is a hub as the contract describes it, in the simplest way: objects, a log,
// who sees what. It serves one user.
type world struct {
	now   time.Time
	pages map[model.PageID]*worldPage
	made  int // messages and notices ever made, for their ids
}

type worldPage struct {
	page  model.Page
	store int // changes with the store
	lost  int // counts losses of access
	head  int64
	log   []logRow
	convs map[model.ConversationID]*model.Conversation
	msgs  map[model.MessageID]*model.Message
	notes map[string]*model.Notice
}

type logRow struct {
	seq  int64
	kind model.ChangeKind
	id   string
}

func newWorld(pages int) *world {
	w := &world{now: noon, pages: map[model.PageID]*worldPage{}}
	for i := range pages {
		id := model.PageID(fmt.Sprint(i + 1))
		if i == 2 {
			id = "1~2"
		}
		p := openPage()
		p.ID, p.PageID, p.Installer = id, id.Meta(), model.UserRef{ID: installer}
		w.pages[id] = &worldPage{page: p}
		w.pages[id].clear()
	}
	return w
}

func (p *worldPage) clear() {
	p.head, p.log = 0, nil
	p.convs = map[model.ConversationID]*model.Conversation{}
	p.msgs = map[model.MessageID]*model.Message{}
	p.notes = map[string]*model.Notice{}
}

// mark is in everything that a Page holds and nobody else may know.
func mark(page model.PageID) string { return "mark" + strings.ReplaceAll(string(page), "~", "x") + "." }

func (p *worldPage) position() model.Position {
	return model.Position{Epoch: fmt.Sprintf("e%d.%d", p.store, p.lost), Seq: p.head}
}

func (p *worldPage) sees() bool { return model.CanSee(me.ID, p.page) }

func (p *worldPage) next(kind model.ChangeKind, id string) int64 {
	p.head++
	p.log = append(p.log, logRow{p.head, kind, id})
	return p.head
}

func (p *worldPage) touch(c *model.Conversation) {
	c.Seq = p.next(model.ChangeConversation, string(c.ID))
}

// message lets somebody write in a conversation, which it makes if need be.
func (w *world) message(p *worldPage, customer int, d model.Direction, text string) {
	id := model.NewConversationID(p.page.ID, model.PSID(fmt.Sprintf("%sc%d", mark(p.page.ID), customer)))
	c := p.convs[id]
	if c == nil {
		c = &model.Conversation{
			ID: id, PageID: p.page.ID, Status: model.Open, Labels: []string{}, Links: []model.Link{},
			Customer: model.Customer{PSID: id.Customer(), Name: model.Untrusted(mark(p.page.ID) + "山田 花子"), Locale: "ja_JP"},
		}
		p.convs[id] = c
	}
	w.made++
	m := &model.Message{
		ID:             model.NewMessageID(p.page.ID, fmt.Sprintf("%sm%06d", mark(p.page.ID), w.made)),
		ConversationID: id, Direction: d, Text: model.Untrusted(mark(p.page.ID) + text), SentAt: w.now,
		Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
		Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name},
	}
	if d == model.Out {
		m.Author = model.Author{Kind: model.ByUser, Name: "Mio", ID: string(me.ID)}
		m.State = model.Sent
	} else {
		until := w.now.Add(model.ReplyWindow)
		c.Started, c.WindowUntil, c.UncertainUntil = true, &until, nil
		if w.made%3 == 0 { // who came by an ad
			week := w.now.Add(model.AdWindow)
			c.UncertainUntil = &week
		}
		c.Unread++
	}
	p.msgs[m.ID] = m
	m.Seq = p.next(model.ChangeMessage, string(m.ID))
	s := m.Summary()
	c.LastMessage, c.UpdatedAt = &s, w.now
	if s := m.Summary(); w.made%3 > 0 { // else the client finds out
		c.Waits, c.WaitsSince = model.WaitsNobody, nil
		if d == model.In {
			c.Waits, c.WaitsSince = model.WaitsCustomer, &s.SentAt
		} else if w.made%5 == 0 {
			c.Waits, c.WaitsSince = model.WaitsReply, &s.SentAt
		}
	} else {
		c.Waits, c.WaitsSince = "", nil
	}
	p.touch(c)
}

// removeMessage and removeConversation leave a row in the log.
func (p *worldPage) removeMessage(id model.MessageID) {
	delete(p.msgs, id)
	p.next(model.ChangeRemoved, string(id))
}

func (p *worldPage) removeConversation(id model.ConversationID) {
	delete(p.convs, id)
	maps.DeleteFunc(p.msgs, func(_ model.MessageID, m *model.Message) bool { return m.ConversationID == id })
	p.next(model.ChangeRemoved, string(id))
}

func (p *worldPage) object(row logRow) any {
	switch row.kind {
	case model.ChangeConversation:
		if c := p.convs[model.ConversationID(row.id)]; c != nil {
			return c
		}
	case model.ChangeMessage:
		if m := p.msgs[model.MessageID(row.id)]; m != nil {
			return m
		}
	case model.ChangeNotice:
		if n := p.notes[row.id]; n != nil {
			return n
		}
	case model.ChangePage:
		page := p.page
		page.Sees = true
		return page
	case model.ChangeRemoved:
		return model.Removed{ID: row.id}
	case model.ChangeLink:
	}
	return nil
}

// batch is what the hub sends of (from, to]: the objects as they are now.
func (p *worldPage) batch(from, to int64) model.Batch {
	b := model.Batch{Type: model.FrameBatch, Page: p.page.ID, From: from, To: to}
	for _, row := range p.log {
		if row.seq <= from || row.seq > to {
			continue
		}
		if o := p.object(row); o != nil {
			b.Events = append(b.Events, model.Change{Seq: row.seq, Kind: row.kind, Object: encode(o)})
		}
	}
	return b
}

func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// copied is what arrives of v at the other end of a wire.
func copied[T any](v T) T {
	var out T
	if err := json.Unmarshal(encode(v), &out); err != nil {
		panic(err)
	}
	return out
}

// list is a page of the list of conversations: those after that one.
func (p *worldPage) list(after *model.Conversation, limit int) (list []model.Conversation, more bool) {
	for _, c := range p.convs {
		if after == nil || newest(*after, *c) < 0 {
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, newest)
	if len(list) > limit {
		return copied(list[:limit]), true
	}
	return copied(list), false
}

func newest(a, b model.Conversation) int {
	return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
}

// messages are those before that one, oldest first.
func (p *worldPage) messages(id model.ConversationID, before string, limit int) (list []model.Message, cursor string) {
	key := func(m model.Message) string { return m.SentAt.Format("2006-01-02T15:04:05.000000000") + string(m.ID) }
	for _, m := range p.msgs {
		if m.ConversationID == id && (before == "" || key(*m) < before) {
			list = append(list, *m)
		}
	}
	slices.SortFunc(list, func(a, b model.Message) int { return cmp.Compare(key(a), key(b)) })
	if n := len(list); n > limit {
		list = list[n-limit:]
		cursor = key(list[0])
	}
	return copied(list), cursor
}

func (w *world) pageList() []model.Page {
	var list []model.Page
	for _, id := range slices.Sorted(maps.Keys(w.pages)) {
		p := w.pages[id]
		page := p.page.Public()
		if p.sees() {
			page = p.page
			page.Sees = true
		}
		list = append(list, page)
	}
	return copied(list)
}

func (w *world) noticeList() []model.Notice {
	var list []model.Notice
	for _, p := range w.pages {
		for _, n := range p.notes {
			if p.sees() {
				list = append(list, *n)
			}
		}
	}
	return copied(list)
}

// welcome answers a hello that names no Page.
func (w *world) welcome() model.Welcome {
	answer := model.Welcome{Type: model.FrameWelcome, Now: w.now, User: me, Pages: map[model.PageID]model.WelcomePage{}}
	for id, p := range w.pages {
		if p.sees() {
			at := p.position()
			answer.Pages[id] = model.WelcomePage{Epoch: at.Epoch, Seq: at.Seq, Resume: model.ResumeReload}
		}
	}
	return answer
}

// fresh is an Inbox loaded from the hub at once.
func (w *world) fresh() *inbox.Inbox {
	in := inbox.NewInbox(me)
	apply(in, inbox.Welcomed{Now: w.now, User: me}, inbox.PagesListed{Pages: w.pageList()})
	for id, p := range w.pages {
		if p.sees() {
			list, _ := p.list(nil, 1000)
			apply(in, reloading(id), listed(id, list, p.position()), inbox.PagesListed{Pages: w.pageList()}, noticed(w.noticeList()...), complete(id))
		}
	}
	return in
}
