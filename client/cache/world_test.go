package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/model"
	"parley/model/inbox"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

var me = model.User{ID: "u-me", Name: "Mio"}

// world is a hub, a client that follows it, and what the client keeps.
type world struct {
	testing.TB
	root string
	now  time.Time
	ttl  time.Duration
	// login is whose cache is open.
	login string
	hub   map[model.PageID]*hubPage
	made  int

	box    *inbox.Inbox
	cache  *Cache
	kept   Kept
	forgot []model.PageID
}

// hubPage is a Page at the hub, with all its changes.
type hubPage struct {
	object  model.Page
	at      model.Position
	convs   map[model.PSID]*model.Conversation
	notices []model.Notice
	log     []model.Change
}

func newWorld(t testing.TB, dir string) *world {
	w := &world{TB: t, root: filepath.Join(dir, "inbox"), now: noon, ttl: 12 * time.Hour, login: "token", hub: map[model.PageID]*hubPage{}}
	w.open()
	return w
}

// page returns a Page of the hub, made if need be. Its text is marked with its id.
func (w *world) page(id model.PageID) *hubPage {
	p := w.hub[id]
	if p == nil {
		p = &hubPage{
			object: model.Page{ID: id, PageID: id.Meta(), Name: "Aoyama", Visibility: model.Shared, Installer: model.UserRef{ID: me.ID}, Sees: true, Subscribed: true, Seq: 1},
			at:     model.Position{Epoch: "e1", Seq: 1, Proof: "p1"}, convs: map[model.PSID]*model.Conversation{},
			log: []model.Change{{}},
		}
		w.hub[id] = p
	}
	return p
}

// open starts a client: it shows what is kept.
func (w *world) open() {
	w.cache = Open(Options{
		Root: w.root, Hub: "https://hub.example.com", Login: w.login, TTL: w.ttl, Now: func() time.Time { return w.now },
		Forget: func(_ context.Context, id model.PageID) { w.forgot = append(w.forgot, id) },
	})
	w.kept = w.cache.Restore()
	w.box = inbox.NewInbox(w.kept.User)
	w.applies(w.kept.First()...)
	for updates := range w.kept.Rest(w.Context()) {
		w.applies(updates...)
	}
	w.box.Advance(w.now)
}

func (w *world) applies(updates ...inbox.Update) {
	w.Helper()
	if _, err := w.box.Apply(updates...); err != nil {
		w.Fatal(err)
	}
}

// says hands updates to the client, as the stream does.
func (w *world) says(updates ...inbox.Update) {
	w.Helper()
	if w.cache != nil {
		w.cache.take(updates)
	}
	w.applies(updates...)
}

// welcomes has the hub answer, and the client read what it can't go on with.
func (w *world) welcomes() {
	w.says(inbox.Welcomed{Now: w.now, User: me, Sees: slices.Sorted(maps.Keys(w.hub))})
	for _, p := range w.hub {
		at, ok := w.box.Position(p.object.ID)
		if !ok || !w.box.Complete(p.object.ID) || at.Epoch != p.at.Epoch {
			w.reads(p)
			continue
		}
		w.changes(p, at.Seq)
	}
	w.says(inbox.PagesListed{Pages: w.pages()})
}

func (w *world) pages() []model.Page {
	var out []model.Page
	for _, id := range slices.Sorted(maps.Keys(w.hub)) {
		out = append(out, w.hub[id].object)
	}
	return out
}

// reads has the client read a Page, which changes meanwhile if during is not nil.
func (w *world) reads(p *hubPage, during ...func()) {
	id := p.object.ID
	w.says(inbox.Reloading{Page: id})
	all := slices.SortedFunc(maps.Keys(p.convs), func(a, b model.PSID) int { return strings.Compare(string(a), string(b)) })
	for first := true; first || len(all) > 0; first = false {
		n := min(2, len(all))
		list := inbox.Listed{Page: id, AsOf: p.at, First: first}
		for _, psid := range all[:n] {
			if c := p.convs[psid]; c != nil {
				list.Conversations = append(list.Conversations, *c)
			}
		}
		all = all[n:]
		w.says(list)
		for _, f := range during {
			f()
		}
	}
	w.says(inbox.PagesListed{Pages: w.pages()}, inbox.Noticed{Page: id, Notices: slices.Clone(p.notices)}, inbox.Complete{Page: id})
}

// changes hands the client the changes of a Page after a seq.
func (w *world) changes(p *hubPage, after int64) {
	if after == p.at.Seq {
		return
	}
	b := model.Batch{Page: p.object.ID, From: after, To: p.at.Seq, Proof: p.at.Proof}
	for _, ev := range p.log[after:] {
		if ev.Kind != "" {
			b.Events = append(b.Events, ev)
		}
	}
	w.says(inbox.Changed{Batch: b})
}

// catchesUp hands the client what it does not have yet.
func (w *world) catchesUp(p *hubPage) {
	if at, ok := w.box.Position(p.object.ID); ok && at.Epoch == p.at.Epoch {
		w.changes(p, at.Seq)
	}
}

// changed adds a change.
func (p *hubPage) changed(kind model.ChangeKind, object func(seq int64) any) {
	p.at.Seq++
	p.at.Proof = fmt.Sprint("p", p.at.Seq)
	b, err := json.Marshal(object(p.at.Seq))
	if err != nil {
		panic(err)
	}
	p.log = append(p.log, model.Change{Seq: p.at.Seq, Kind: kind, Object: b})
}

// mark is in everything that a Page holds.
func mark(id model.PageID) string { return "mark-of-" + string(id) }

// writes has the nth customer write.
func (w *world) writes(p *hubPage, n int) model.ConversationID {
	psid := model.PSID(fmt.Sprint(5000 + n))
	c := p.convs[psid]
	if c == nil {
		c = &model.Conversation{
			ID: model.NewConversationID(p.object.ID, psid), PageID: p.object.ID, Status: model.Open, Labels: []string{}, Links: []model.Link{},
			Customer: model.Customer{PSID: psid, Name: model.Untrusted(fmt.Sprintf("山田 %s %d", mark(p.object.ID), n)), Locale: "ja_JP"},
		}
		p.convs[psid] = c
	}
	w.made++
	until := w.now.Add(model.ReplyWindow)
	c.Started, c.WindowUntil, c.UpdatedAt, c.Unread = true, &until, w.now.Add(time.Duration(w.made)*time.Second), c.Unread+1
	c.LastMessage = &model.Summary{
		ID: model.NewMessageID(p.object.ID, fmt.Sprintf("0192f0c1-0000-7000-8000-%012d", w.made)), Direction: model.In,
		Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name}, SentAt: c.UpdatedAt,
		Text: model.Untrusted(fmt.Sprintf("%s of customer-%d: %d", mark(p.object.ID), n, w.made)),
	}
	p.changed(model.ChangeConversation, func(seq int64) any {
		c.Seq = seq
		return *c
	})
	return c.ID
}

func (w *world) links(p *hubPage, n int) {
	c := p.convs[model.PSID(fmt.Sprint(5000+n))]
	if c == nil {
		return
	}
	w.made++
	c.Links = []model.Link{{Type: string(model.Deal), ID: fmt.Sprint(w.made), Title: model.Untrusted(mark(p.object.ID))}}
	p.changed(model.ChangeLink, func(int64) any { return model.LinkChange{Conversation: c.ID, Links: c.Links} })
}

func (w *world) removes(p *hubPage, n int) {
	psid := model.PSID(fmt.Sprint(5000 + n))
	if p.convs[psid] == nil {
		return
	}
	delete(p.convs, psid)
	p.changed(model.ChangeRemoved, func(int64) any { return model.Removed{ID: string(model.NewConversationID(p.object.ID, psid))} })
}

func (w *world) notices(p *hubPage) {
	w.made++
	p.changed(model.ChangeNotice, func(seq int64) any {
		n := model.Notice{ID: fmt.Sprint("n", w.made), PageID: p.object.ID, Seq: seq, CreatedAt: w.now}
		p.notices = append(p.notices, n)
		return n
	})
}

// opens has the user open a conversation and read a message.
func (w *world) opens(p *hubPage, id model.ConversationID) {
	o, read := w.box.Open(id)
	if !read {
		return
	}
	w.made++
	m := model.Message{
		ID: model.NewMessageID(p.object.ID, fmt.Sprintf("0192f0c1-0000-7000-9000-%012d", w.made)), ConversationID: id, Seq: p.at.Seq,
		Direction: model.In, Text: model.Untrusted(mark(p.object.ID) + " in " + string(id)), SentAt: w.now,
		Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
	}
	w.box.SetMessages(o, []model.Message{m}, "", p.at)
}

// flips makes a Page private to somebody else.
func (w *world) flips(id model.PageID) {
	delete(w.hub, id)
	w.says(inbox.Dropped{Page: id})
}

func (w *world) remembered() Remembered {
	return Remembered{Opened: w.box.Opened(), Counts: map[model.PageID]inbox.Counts{}}
}

// leaves ends the client as its user does.
func (w *world) leaves() { w.cache.Close(w.remembered()) }

// killed ends the client without a word.
func (w *world) killed() { _ = w.cache.lock.Unlock() }

// same fails the test if the client holds something else than one that read all anew.
func (w *world) same() {
	w.Helper()
	fresh := &world{TB: w.TB, now: w.now, hub: w.hub, box: inbox.NewInbox(model.User{})}
	fresh.welcomes()
	w.box.Advance(w.now)
	fresh.box.Advance(w.now)
	if d := cmp.Diff(held(fresh.box), held(w.box)); d != "" {
		w.Fatalf("not as one that read all anew (-want +got):\n%s", d)
	}
}

// held is what an Inbox holds.
type holding struct {
	User      model.User
	Pages     []model.Page
	Positions map[model.PageID]model.Position
	Complete  bool
	Counts    inbox.Counts
	Rows      []inbox.Row
	Notices   []model.Notice
}

func held(in *inbox.Inbox) holding {
	h := holding{User: in.User(), Pages: in.Pages(), Positions: map[model.PageID]model.Position{}, Complete: in.AllComplete(), Counts: in.Counts(""), Notices: in.Notices()}
	for _, p := range h.Pages {
		h.Positions[p.ID], _ = in.Position(p.ID)
	}
	v := in.View(inbox.Query{})
	for i := range v.Len() {
		r, _ := v.At(i)
		h.Rows = append(h.Rows, r)
	}
	slices.SortFunc(h.Notices, func(a, b model.Notice) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(h.Rows, func(a, b inbox.Row) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return h
}

// disk is all that stands in the cache's folders, names and contents, unpacked.
func (w *world) disk() string {
	w.Helper()
	var b strings.Builder
	err := filepath.WalkDir(w.root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		b.WriteString(path)
		b.Write(file)
		all, good := frames(file)
		if filepath.Ext(path) != ".json" && len(file) > 0 && good != len(file) {
			w.Errorf("%s: damaged after %d of %d bytes", path, good, len(file))
		}
		for _, f := range all {
			if err := f.entries(func(e entry) error {
				b.WriteString(e.id)
				b.Write(e.body)
				return nil
			}); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return b.String()
}

// nowhere fails the test if something stands in the cache.
func (w *world) nowhere(texts ...string) {
	w.Helper()
	all := w.disk()
	for _, text := range texts {
		if strings.Contains(all, text) {
			w.Fatalf("%q is still on disk", text)
		}
	}
}

// somewhere fails the test if something does not stand in the cache.
func (w *world) somewhere(text string) {
	w.Helper()
	if !strings.Contains(w.disk(), text) {
		w.Fatalf("%q is not on disk", text)
	}
}
