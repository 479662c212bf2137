package cache

import (
	"context"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// Kept is what an earlier run knew, to be shown before the hub answers.
type Kept struct {
	User model.User
	// AsOf is when the hub last confirmed it; zero: nothing is kept.
	AsOf time.Time
	// Positions are where the changes of each Page go on.
	Positions map[model.PageID]model.Position

	cache *Cache
	pages []*keptPage
}

// Restore returns what is kept. The updates of [Kept.First] and then of [Kept.Rest] restore it.
func (c *Cache) Restore() Kept {
	k := Kept{cache: c, Positions: map[model.PageID]model.Position{}}
	if c == nil {
		return k
	}
	k.User, c.restored = c.user, len(c.pages) == 0
	for id, p := range c.pages {
		kept, err := p.restore(c)
		if err != nil {
			c.purge(id)
			continue
		}
		p.at, p.placed, p.seq, p.unread, p.inherited = kept.at, true, kept.object.Seq, false, true
		if k.AsOf.IsZero() || p.confirmed.Before(k.AsOf) {
			k.AsOf = p.confirmed
		}
		k.Positions[id] = kept.at
		k.pages = append(k.pages, kept)
	}
	return k
}

// First returns what is to be shown first of each Page: what changed last, and the newest
// conversations.
func (k Kept) First() []inbox.Update {
	var out []inbox.Update
	for _, p := range k.pages {
		u := p.part()
		u.First, u.Counts, u.Notices, u.AsOf = true, p.counts, p.notices, p.asOf
		u.Conversations = p.changed
		rows, err := p.next()
		if err != nil {
			k.cache.purge(p.object.ID)
			delete(k.Positions, p.object.ID)
			continue
		}
		u.Conversations, u.Last = append(u.Conversations, rows...), len(p.frames) == 0
		out = append(out, u)
	}
	return out
}

// Rest returns the rest, in parts that take no longer than a frame. Call it after First, and
// before [Cache.Relay].
func (k Kept) Rest(ctx context.Context) iter.Seq[[]inbox.Update] {
	return func(yield func([]inbox.Update) bool) {
		for _, p := range k.pages {
			opened := p.part()
			opened.Opened = p.readOpened()
			if len(opened.Opened) > 0 && !yield([]inbox.Update{opened}) {
				return
			}
			for len(p.frames) > 0 {
				u, err := p.several()
				if err != nil {
					// The sum was right: it was written wrongly. The hub has it.
					k.cache.purge(p.object.ID)
					k.cache.o.Forget(ctx, p.object.ID)
					break
				}
				if !yield([]inbox.Update{u}) {
					return
				}
			}
		}
		if k.cache != nil {
			k.cache.restored = true
		}
	}
}

// keptPage is a Page as it is on disk.
type keptPage struct {
	object  model.Page
	at      model.Position
	asOf    time.Time
	counts  *inbox.Counts
	notices []model.Notice
	// changed are the conversations of the log; links those that changed of others.
	changed []model.Conversation
	links   map[string][]model.Link
	// frames are the blocks of the base that were not read yet.
	frames []frame
	// opened is the file of opened conversations.
	opened string
}

func (p *keptPage) part() inbox.Restored { return inbox.Restored{Page: p.object, At: p.at} }

// restore reads the log of a Page and its base's last block, and checks the rest.
func (p *page) restore(c *Cache) (*keptPage, error) {
	k, s, err := p.open(c)
	if err != nil {
		return nil, err
	}
	return k, s.into(k, p.id)
}

// open reads the files of a Page, but no conversation of the base.
func (p *page) open(c *Cache) (*keptPage, *state, error) {
	base, err := os.ReadFile(p.file(c.dir, baseSuffix))
	if err != nil {
		return nil, nil, err
	}
	all, good := frames(base)
	if good != len(base) || len(all) == 0 {
		return nil, nil, errBroken
	}
	log, err := p.readLog(c)
	if err != nil {
		return nil, nil, err
	}
	p.baseSize = int64(len(base))
	s := newState()
	for _, f := range append(all[len(all)-1:], log...) {
		if err := f.entries(s.add); err != nil {
			return nil, nil, err
		}
	}
	return &keptPage{
		asOf: p.confirmed, counts: p.counts, links: map[string][]model.Link{}, frames: all[:len(all)-1], opened: p.file(c.dir, openedSuffix),
	}, s, nil
}

// readLog reads the blocks of the log. What a crash left of its last one is cut off.
func (p *page) readLog(c *Cache) ([]frame, error) {
	path := p.file(c.dir, logSuffix)
	file, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, good := frames(file)
	if good != len(file) {
		if err := os.Truncate(path, int64(good)); err != nil {
			return nil, err
		}
	}
	p.logSize = int64(good)
	return all, nil
}

// state is the newest version of what was written one after the other.
type state struct {
	rows, links, notices map[string]entry
	page, at             entry
	order                []string // of rows
}

func newState() *state {
	return &state{rows: map[string]entry{}, links: map[string]entry{}, notices: map[string]entry{}}
}

// add adds an entry.
func (s *state) add(e entry) error {
	switch e.kind {
	case ofConversation:
		old, held := s.rows[e.id]
		if held && e.seq <= old.seq {
			return nil
		}
		if !held {
			s.order = append(s.order, e.id)
		}
		s.rows[e.id] = e
		delete(s.links, e.id)
	case ofLinks:
		s.links[e.id] = e
	case ofNotice:
		if e.seq > s.notices[e.id].seq {
			s.notices[e.id] = e
		}
	case ofPage:
		s.page = e
	case ofPosition:
		s.at = e
	case ofOpened:
	default:
		return errBroken
	}
	return nil
}

// into decodes the state.
func (s *state) into(k *keptPage, id model.PageID) error {
	if json.Unmarshal(s.page.body, &k.object) != nil || k.object.ID != id || json.Unmarshal(s.at.body, &k.at) != nil || k.at.Epoch == "" {
		return errBroken
	}
	for id, e := range s.links {
		var links []model.Link
		if json.Unmarshal(e.body, &links) != nil {
			return errBroken
		}
		k.links[id] = links
	}
	for _, e := range s.notices {
		var n model.Notice
		if json.Unmarshal(e.body, &n) != nil {
			return errBroken
		}
		k.notices = append(k.notices, n)
	}
	for _, id := range slices.Backward(s.order) {
		c, err := k.conversation(s.rows[id])
		if err != nil {
			return err
		}
		k.changed = append(k.changed, c)
	}
	return nil
}

// conversation decodes a conversation, with the links that changed since.
func (p *keptPage) conversation(e entry) (model.Conversation, error) {
	var c model.Conversation
	if json.Unmarshal(e.body, &c) != nil || c.ID.Page() != p.object.ID || string(c.ID.Customer()) != e.id {
		return c, errBroken
	}
	if links, ok := p.links[e.id]; ok {
		c.Links = links
	}
	return c, nil
}

// several returns the next few blocks of the base: few enough that keys don't wait, and enough
// that the screen is not drawn for each.
func (p *keptPage) several() (inbox.Restored, error) {
	const most = 4
	u := p.part()
	for range most {
		rows, err := p.next()
		if err != nil {
			return u, err
		}
		u.Conversations = append(u.Conversations, rows...)
	}
	u.Last = len(p.frames) == 0
	return u, nil
}

// next reads the next block of the base; nothing if there is none.
func (p *keptPage) next() ([]model.Conversation, error) {
	if len(p.frames) == 0 {
		return nil, nil
	}
	f := p.frames[0]
	p.frames = p.frames[1:]
	rows := make([]model.Conversation, 0, blockRows)
	err := f.entries(func(e entry) error {
		if e.kind != ofConversation {
			return nil
		}
		c, err := p.conversation(e)
		rows = append(rows, c)
		return err
	})
	return rows, err
}

// readOpened reads the conversations that the user opened. They are no loss.
func (p *keptPage) readOpened() []inbox.Opened {
	file, err := os.ReadFile(filepath.Clean(p.opened))
	if err != nil {
		return nil
	}
	var out []inbox.Opened
	all, _ := frames(file)
	for _, f := range all {
		_ = f.entries(func(e entry) error {
			var o inbox.Opened
			if e.kind == ofOpened && json.Unmarshal(e.body, &o) == nil {
				out = append(out, o)
			}
			return nil
		})
	}
	return out
}

// merge writes a new base of the base and the log.
func (p *page) merge(c *Cache) error {
	k, s, err := p.open(c)
	if err != nil {
		return err
	}
	name := newName(p.id)
	path := filepath.Join(c.dir, name+baseSuffix)
	out := []byte(magic)
	newest := slices.Collect(slices.Values(s.order))
	slices.Reverse(newest)
	for part := range slices.Chunk(newest, blockRows) {
		var raw []byte
		for _, id := range part {
			e, err := linked(s.rows[id], s.links)
			if err != nil {
				return err
			}
			raw = appendEntry(raw, e)
		}
		out = append(out, c.pack.block(raw)...)
	}
	for _, f := range k.frames {
		block, err := s.older(c, f)
		if err != nil {
			return err
		}
		out = append(out, block...)
	}
	var last []byte
	for _, n := range s.notices {
		last = appendEntry(last, n)
	}
	last = appendEntry(appendEntry(last, s.page), s.at)
	if err := replace(path, append(out, c.pack.block(last)...), false); err != nil {
		return err
	}
	p.logSize = 0
	return p.become(c, name, path)
}

// older returns a block of a base without what the log has a newer version of; as it is, if
// nothing changed.
func (s *state) older(c *Cache, f frame) ([]byte, error) {
	var raw []byte
	same := true
	err := f.entries(func(e entry) error {
		if now, ok := s.rows[e.id]; ok && now.seq >= e.seq {
			same = false
			return nil
		}
		if _, ok := s.links[e.id]; ok {
			same = false
		}
		e, err := linked(e, s.links)
		raw = appendEntry(raw, e)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case same:
		return f.whole, nil
	case len(raw) == 0:
		return nil, nil
	}
	return c.pack.block(raw), nil
}

// linked returns a conversation's entry with the links that changed since.
func linked(e entry, links map[string]entry) (entry, error) {
	l, ok := links[e.id]
	if !ok {
		return e, nil
	}
	var v model.Conversation
	if json.Unmarshal(e.body, &v) != nil || json.Unmarshal(l.body, &v.Links) != nil {
		return e, errBroken
	}
	body, err := json.Marshal(v)
	e.body = body
	return e, err
}
