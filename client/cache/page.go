package cache

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/model"
	"parley/model/inbox"
)

const (
	// blockRows is how many conversations a block holds: what is restored between two frames.
	blockRows = 500
	// mostDirty is how many bytes of changes are gathered at most.
	mostDirty = 1 << 20
	// leastMerge is how large a log becomes before it is merged into its base, unless half of
	// the base is more.
	leastMerge = 2 << 20
)

// page is what is kept of one Page: a base, which holds all that was held at a position; a log
// of what changed since; and the conversations that the user opened. Changes are gathered and
// appended to the log, the newest of each object. When the log has grown, a new base is written
// with it.
type page struct {
	id model.PageID
	// name is the name of its files; "": it is not on disk.
	name string
	// unread: it is on disk, and was not restored yet.
	unread bool
	// inherited: it is shown as an earlier run kept it, and the hub has not confirmed it.
	inherited bool
	confirmed time.Time
	counts    *inbox.Counts

	// at is the position up to which changes are known, and placed whether there is one.
	at     model.Position
	placed bool
	// seq is that of the newest object of the Page.
	seq     int64
	reading *reading

	dirty      map[string]change
	dirtyBytes int
	changes    int
	moved      bool

	baseSize, logSize int64

	// removedAt is the seq of the newest removal: what the screen remembered before it may hold
	// what was removed.
	removedAt int64
	opened    []inbox.Opened
	reopened  bool // opened is not on disk
}

// change is an object that changed, and its place among the others.
type change struct {
	entry
	place int
}

// reading is the base of a Page that is being read from the hub.
type reading struct {
	name string
	// began is the position of its first list, target that of its newest.
	began    model.Position
	target   int64
	complete bool
	// removed maps what was removed since to the seq of its removal.
	removed map[string]int64
}

func (p *page) file(dir, suffix string) string { return filepath.Join(dir, p.name+suffix) }

// newName returns the name of new files of a Page.
func newName(id model.PageID) string {
	return fmt.Sprintf("%s-%016x", shortHash("page", string(id)), rand.Uint64())
}

// put gathers a changed object; older ones are ignored.
func (p *page) put(e entry) {
	key := string(e.kind) + e.id
	if p.dirty == nil {
		p.dirty = map[string]change{}
	}
	old, ok := p.dirty[key]
	if ok && e.kind != ofLinks && e.seq <= old.seq {
		return
	}
	p.changes++
	p.dirty[key] = change{e, p.changes}
	p.dirtyBytes += len(e.body) - len(old.body)
	p.moved = true
}

// drop forgets a gathered change.
func (p *page) drop(k kind, id string) {
	key := string(k) + id
	p.dirtyBytes -= len(p.dirty[key].body)
	delete(p.dirty, key)
}

func (p *page) forgetChanges() { p.dirty, p.dirtyBytes, p.moved = nil, 0, false }

// flush writes what changed of a Page that is held completely.
func (p *page) flush(c *Cache) error {
	if p.name == "" || p.reading != nil || p.unread {
		return nil
	}
	if p.moved {
		all := make([]change, 0, len(p.dirty))
		for _, e := range p.dirty {
			all = append(all, e)
		}
		slices.SortFunc(all, func(a, b change) int { return cmp.Compare(a.place, b.place) })
		var raw, out []byte
		for _, e := range all {
			if len(raw) > mostDirty {
				out, raw = append(out, c.pack.block(raw)...), nil
			}
			raw = appendEntry(raw, e.entry)
		}
		at, err := json.Marshal(p.at)
		if err != nil {
			return err
		}
		out = append(out, c.pack.block(appendEntry(raw, entry{kind: ofPosition, seq: p.at.Seq, body: at}))...)
		if err := grow(p.file(c.dir, logSuffix), out); err != nil {
			return err
		}
		p.forgetChanges()
		p.logSize += int64(len(out))
	}
	if p.logSize > max(leastMerge, p.baseSize/2) {
		if err := p.merge(c); err != nil {
			return err
		}
	}
	if !p.reopened {
		return nil
	}
	p.reopened = false
	return p.writeOpened(c)
}

// writeOpened writes the conversations that the user opened.
func (p *page) writeOpened(c *Cache) error {
	out := []byte(magic)
	for _, o := range p.opened {
		body, err := json.Marshal(o)
		if err != nil {
			return err
		}
		if len(body) < maxBlock/2 {
			out = append(out, c.pack.block(appendEntry(nil, entry{kind: ofOpened, id: string(o.Conversation), body: body}))...)
		}
	}
	return replace(p.file(c.dir, openedSuffix), out, false)
}

// begin starts a new base: the Page is being read. What is on disk stays until that is done, as
// of before.
func (p *page) begin(c *Cache) error {
	err := p.flush(c)
	p.giveUp(c.dir)
	p.forgetChanges()
	p.placed, p.unread = false, false
	p.reading = &reading{name: newName(p.id), removed: map[string]int64{}}
	return err
}

// giveUp drops a base that is not complete.
func (p *page) giveUp(dir string) {
	if p.reading != nil {
		_ = erase(filepath.Join(dir, p.reading.name+baseSuffix))
		p.forgetChanges()
		p.reading, p.placed = nil, false
	}
}

// list adds a list of conversations to the base.
func (p *page) list(c *Cache, u inbox.Listed) error {
	r := p.reading
	if u.First {
		p.at, p.placed = u.AsOf, true
		r.began = u.AsOf
	}
	r.target = max(r.target, u.AsOf.Seq)
	var raw, out []byte
	rows := 0
	for i := range u.Conversations {
		v := &u.Conversations[i]
		id := string(v.ID.Customer())
		if seq, gone := r.removed[string(v.ID)]; gone && v.Seq <= seq {
			continue
		}
		if d, ok := p.dirty[string(ofConversation)+id]; ok && d.seq >= v.Seq {
			continue
		}
		p.drop(ofLinks, id) // the list has newer ones
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		raw = appendEntry(raw, entry{ofConversation, id, v.Seq, body})
		if rows++; rows == blockRows {
			out, raw, rows = append(out, c.pack.block(raw)...), nil, 0
		}
	}
	if rows > 0 {
		out = append(out, c.pack.block(raw)...)
	}
	if len(out) == 0 {
		return nil
	}
	return grow(filepath.Join(c.dir, r.name+baseSuffix), out)
}

// finish completes the base once all of it was read and the changes have reached it. From then
// on it counts, and what was kept before is erased.
func (p *page) finish(c *Cache) error {
	r := p.reading
	if r == nil || !r.complete || p.at.Seq < r.target {
		return nil
	}
	// The base is as of its first list: the log has what came since.
	at, err := json.Marshal(r.began)
	if err != nil {
		return err
	}
	path := filepath.Join(c.dir, r.name+baseSuffix)
	if err := grow(path, c.pack.block(appendEntry(nil, entry{kind: ofPosition, seq: r.began.Seq, body: at}))); err != nil {
		return err
	}
	p.reading, p.moved = nil, true
	p.logSize = 0
	return p.become(c, r.name, path)
}

// become makes other files the Page's, and erases the ones before.
func (p *page) become(c *Cache, name, base string) error {
	before := p.name
	p.name, p.unread, p.reopened = name, false, true
	if err := p.flush(c); err != nil {
		return err
	}
	if info, err := os.Stat(base); err == nil {
		p.baseSize = info.Size()
	}
	c.writeIndex(false)
	if before == "" {
		return nil
	}
	// They say nothing that the new ones don't, so this need not be durable.
	for _, suffix := range []string{baseSuffix, logSuffix, openedSuffix} {
		if err := erase(filepath.Join(c.dir, before+suffix)); err != nil {
			return err
		}
	}
	return nil
}

// without removes conversations from the disk, those of before their removal.
func (p *page) without(c *Cache, removed map[string]int64) error {
	gone := func(e entry) bool {
		switch e.kind {
		case ofConversation, ofLinks:
			seq, ok := removed[string(model.NewConversationID(p.id, model.PSID(e.id)))]
			return ok && (e.kind == ofLinks || e.seq <= seq)
		case ofNotice, ofPage, ofPosition, ofOpened:
		}
		return false
	}
	for key, d := range p.dirty {
		if gone(d.entry) {
			p.dirtyBytes -= len(d.body)
			delete(p.dirty, key)
		}
	}
	var paths []string
	if p.name != "" {
		paths = append(paths, p.file(c.dir, baseSuffix), p.file(c.dir, logSuffix))
	}
	if p.reading != nil {
		paths = append(paths, filepath.Join(c.dir, p.reading.name+baseSuffix))
	}
	for _, path := range paths {
		if err := rewrite(&c.pack, path, gone); err != nil {
			return err
		}
	}
	return nil
}

// closeOpened drops opened conversations that hold something removed.
func (p *page) closeOpened(c *Cache, removed map[string]int64) error {
	n := len(p.opened)
	p.opened = slices.DeleteFunc(p.opened, func(o inbox.Opened) bool {
		if _, ok := removed[string(o.Conversation)]; ok {
			return true
		}
		return slices.ContainsFunc(o.Messages, func(m model.Message) bool {
			_, ok := removed[string(m.ID)]
			return ok
		})
	})
	if len(p.opened) == n || p.name == "" {
		return nil
	}
	return p.writeOpened(c)
}
