package thread

import (
	"time"

	"parley/model"
)

// frame is what all messages' lines depend on. When it changes, the cache is dropped.
type frame struct {
	version  uint32
	w        int
	shown    model.ConversationID
	customer model.Customer
	me       model.UserID
	today    int
	zone     *time.Location
	keys     Keys
}

// reframe drops the cache if its frame has changed.
func (p *Pane) reframe() {
	y, m, d := p.c.Now.In(p.look.Zone).Date()
	f := frame{
		version: p.look.Version, w: p.w, shown: p.shown, customer: p.c.Conversation.Customer, me: p.c.Me,
		today: (y*16+int(m))*32 + d, zone: p.look.Zone, keys: p.c.Keys,
	}
	if f != p.frame {
		p.frame = f
		p.memo = memo{}
	}
}

// itemID identifies a message, or a reply on its way.
type itemID struct {
	message model.MessageID
	client  model.ClientID // only of a reply on its way
}

func idOf(m *model.Message) itemID {
	if m.ID != "" {
		return itemID{message: m.ID}
	}
	return itemID{client: m.ClientID}
}

// blockKey is what a message's lines depend on besides the frame.
type blockKey struct {
	seq   int64
	state model.State
	// group is the state of its group, if it heads one.
	group model.State
	// quoted is the seq of the message that it quotes; -1: that is not here.
	quoted int64
	flags  flags
	reason string
	// pictures is how many of its pictures are here.
	pictures int
}

func (p *Pane) key(i int) blockKey {
	m := p.at(i)
	k := blockKey{seq: m.Seq, state: m.State, quoted: -1, flags: p.items[i].flags, reason: p.reason(i)}
	group := p.groups[p.items[i].group].state
	if k.flags&heads != 0 {
		k.group = group
	}
	if m.Direction == model.Out && m.State != group && !needsHand(m) {
		k.flags |= ticked
	}
	if (m.Was != nil || m.Error != nil) && m.ID != "" && p.expanded[m.ID] {
		k.flags |= expanded
	}
	if q := p.quoted(i); q != nil {
		k.quoted = q.Seq
	}
	k.pictures = pictured(p, m)
	return k
}

// quoted returns the quoted message, if it is here.
func (p *Pane) quoted(i int) *model.Message {
	id := p.at(i).ReplyTo
	if id == "" {
		return nil
	}
	// Usually it is close above, and the index is not needed.
	for n := i - 1; n >= max(0, i-nearby); n-- {
		if m := p.at(n); m.ID == id {
			return m
		}
	}
	if n, ok := p.find(id); ok {
		return p.at(n)
	}
	return nil
}

// nearby is how many messages are checked one by one.
const nearby = 64

// block returns a message's lines.
func (p *Pane) block(i int) *block {
	key, id := p.key(i), idOf(p.at(i))
	if b := p.memo.get(id); b != nil && b.key == key {
		return b
	}
	b := p.lay(i, key)
	p.memo.put(id, b)
	return b
}

// memo caches the blocks used last: at least keptLines/2 lines, which includes everything on
// the screen.
type memo struct {
	young, old map[itemID]*block
	lines      int // of the young
}

const keptLines = 8192

func (c *memo) get(id itemID) *block {
	if b := c.young[id]; b != nil {
		return b
	}
	b := c.old[id]
	if b != nil {
		delete(c.old, id)
		c.put(id, b)
	}
	return b
}

func (c *memo) put(id itemID, b *block) {
	if c.lines+len(b.lines) > keptLines/2 && c.lines > 0 {
		c.old, c.young, c.lines = c.young, nil, 0
	}
	if c.young == nil {
		c.young = make(map[itemID]*block)
	}
	if before := c.young[id]; before != nil {
		c.lines -= len(before.lines)
	}
	c.young[id] = b
	c.lines += len(b.lines)
}
