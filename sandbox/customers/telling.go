package customers

import (
	"fmt"
	"time"

	"parley/sandbox/customers/tales"
	"parley/sandbox/messenger"
	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// betweenMessages is how long somebody takes who writes several messages in a row.
const betweenMessages = 1500 * time.Millisecond

// beginTales schedules the beginning of each tale.
func (c *Customers) beginTales() {
	for _, l := range c.living {
		if l.told == nil {
			continue
		}
		c.opts.Agenda.After(l.told.Begins, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if !c.paused {
				c.say(l, l.told.Opens)
			}
		})
	}
}

// tellOn writes what fits the Page's last message. mu must be held.
func (c *Customers) tellOn(l *life) {
	if c.paused {
		return
	}
	var last *world.Message
	var text string
	c.world.Do(func(*world.State) {
		if last = l.customer.LastOfPage(); last != nil {
			text = last.Text
		}
	})
	says := l.told.Reply(text)
	if last != nil && l.told.Over() && says != nil {
		c.messenger.React(last, "love", "❤")
	}
	c.say(l, says)
}

// say writes several messages, one after the other. mu must be held.
func (c *Customers) say(l *life, says []tales.Say) {
	for i, s := range says {
		if i == 0 {
			c.sayOne(l.customer, s)
			continue
		}
		c.opts.Agenda.After(time.Duration(i)*betweenMessages, func() { c.sayOne(l.customer, s) })
	}
}

// sayOne writes one message.
func (c *Customers) sayOne(who *world.Customer, s tales.Say) {
	w := messenger.Wording{Text: fillContacts(who, s.Text)}
	for kind, name := range map[string]string{"image": s.Photo, "audio": s.Voice, "file": s.File} {
		if name != "" {
			w.Attachments = []meta.Attachment{c.meta.Media(kind, who.PSID+"/"+name)}
		}
	}
	mid := c.messenger.Write(who, w)
	if s.Fixed != "" {
		c.opts.Agenda.After(secondThought, func() { c.messenger.Amend(mid, s.Fixed) })
	}
}

// recall fills an old conversation with what it was about, so that the customer wrote last at the
// given time.
func (c *Customers) recall(st *world.State, who *world.Customer, m tales.Matter, last int64) {
	const pause = 4 * 60 * 1000
	n := len(m.Said)
	newest := n - 1 - (n-1)%2 // the customer's
	for i, text := range m.Said {
		message := &world.Message{
			MID: meta.MessageID(c.meta.Seed, fmt.Sprintf("history %s %d", who.PSID, i)), Owner: who,
			Text: text, At: last + int64(i-newest)*pause, Old: true,
		}
		if i%2 == 1 {
			message.FromPage, message.AppID = true, inboxApp
		}
		if message.At <= st.Now() {
			st.Record(message)
		}
	}
}
