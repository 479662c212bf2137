package lines

import (
	"context"
	"slices"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/term/prompt"
)

// Console is the terminal.
type Console interface {
	// Events is what happens at the prompt; it is closed once nothing more will.
	Events() <-chan prompt.Event
	// Print prints lines, and reports whether it did: not while something is being typed.
	Print(lines []string) bool
	// Ask asks for a line, of which that text is typed already.
	Ask(prompt, text string)
	// Typed is what is typed, and Drop takes the prompt back with it.
	Typed() string
	Drop()
}

// tick is how often what changes by time alone is looked at.
const tick = time.Second

// Run runs until the user leaves, or nothing more is typed. After it, [Model.Unheard] has what is
// left to be kept.
func (m *Model) Run(ctx context.Context, c Console, updates <-chan []inbox.Update) {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	answers := make(chan func())
	m.begin = func(work func(context.Context) func()) {
		go func() {
			then := work(ctx)
			select {
			case answers <- then:
			case <-ctx.Done():
			}
		}()
	}
	timer := time.NewTicker(tick)
	defer timer.Stop()
	d, events := desk{m: m, c: c}, c.Events()
	for d.settle() {
		select {
		case <-ctx.Done():
			d.keep()
			return
		case e, ok := <-events:
			if !ok {
				d.keep()
				events, m.quitted = nil, true
				continue
			}
			d.event(e)
		case u, ok := <-updates:
			if !ok {
				updates = nil
				continue
			}
			m.Apply(u)
		case then := <-answers:
			if then != nil {
				then()
			}
		case <-timer.C:
			m.Passes()
			d.keep()
		}
	}
}

// desk is a Model at a console.
type desk struct {
	m *Model
	c Console
	// asked is what stands at the prompt; nil: nothing is asked.
	asked *question
	// saved is the draft as it was saved last.
	saved string
	// quitted is when the user left; zero: not yet.
	quitted time.Time
}

// settle prints what waits, as far as it can be, and asks what is to be asked. It returns false once
// the user has left.
func (d *desk) settle() bool {
	m := d.m
	if d.asked != nil && m.question != d.asked {
		d.keep() // what is asked is about something that is gone
		d.c.Drop()
		d.asked = nil
	}
	for len(m.waiting) > 0 {
		if !d.c.Print(m.waiting[0].lines) {
			break
		}
		m.waiting = m.waiting[1:]
	}
	if len(m.waiting) == 0 {
		for _, p := range m.inbox.Pages() {
			if at, ok := m.inbox.Position(p.ID); ok {
				m.seen[p.ID] = at
			}
		}
	}
	if m.quitted {
		return d.lingers()
	}
	if d.asked == nil && m.busy == 0 {
		if m.question == nil {
			m.question = m.command()
		}
		d.asked, d.saved = m.question, m.question.text
		d.c.Ask(d.asked.prompt, d.asked.text)
	}
	return true
}

// linger is how long the program waits, at its end, for the hub to have what was just sent off.
const linger = 3 * time.Second

// lingers reports whether the end waits for a reply that is being handed in.
func (d *desk) lingers() bool {
	now := d.m.o.Now()
	if d.quitted.IsZero() {
		d.quitted = now
	}
	return d.m.written.going() && d.m.live() && now.Sub(d.quitted) < linger
}

// event does what the user typed.
func (d *desk) event(e prompt.Event) {
	q := d.asked
	if q == nil || e.Kind == prompt.Freed {
		return
	}
	if e.Kind == prompt.Ended {
		d.keep()
		d.m.quitted = true
		return
	}
	d.asked, d.m.question = nil, nil
	switch {
	case e.Kind == prompt.Entered:
		q.answer(e.Text)
	case q.leave != nil:
		q.leave(e.Text)
	}
}

// keep keeps what is typed, if it is a draft.
func (d *desk) keep() {
	q := d.asked
	if q == nil || q.draft == nil {
		return
	}
	if text := d.c.Typed(); text != d.saved {
		d.saved = text
		d.m.writes.keepDraft(*q.draft, text)
		if !q.draft.Note {
			d.m.tells.tellTyping(q.draft.Conversation)
		}
	}
}

// Apply applies what the hub says.
func (m *Model) Apply(updates []inbox.Update) {
	changes, _ := m.inbox.Apply(updates...) // what can't be read was logged by nobody, and is missing
	for _, u := range updates {
		switch u := u.(type) {
		case inbox.Welcomed:
			m.setTime(u.Now)
		case inbox.HubTime:
			m.setTime(u.Now)
		case inbox.Connection:
			m.connection(u)
		case inbox.Ephemeral:
			m.tells.heardOf(u.Frame)
		}
	}
	m.changed(changes)
}

// setTime sets the hub's time.
func (m *Model) setTime(hub time.Time) {
	if !hub.IsZero() {
		m.ahead = hub.Sub(m.o.Now().Round(0))
	}
}

// Passes does what is due by time alone.
func (m *Model) Passes() {
	m.changed(m.inbox.Advance(m.now()))
	m.tells.closing()
	m.writes.pump()
	m.tells.announce()
}

// changed says what changed, and forgets what the user may no longer see.
func (m *Model) changed(c inbox.Changes) {
	m.forget()
	if c.Pages {
		m.reads.keepSaved()
	}
	if !m.ready {
		m.greet()
	}
	m.tells.follow(c)
	m.writes.pump()
}

// forget drops everything about conversations that the user may no longer see, before anything more
// is printed.
func (m *Model) forget() {
	m.waiting = slices.DeleteFunc(m.waiting, func(o output) bool { return m.lost(o.of) })
	m.listing.forget(m.lost)
	m.round.Forget(m.lost)
	m.undo.forget(m.lost)
	m.company.forget(m.lost)
	m.news.forget(m.lost)
	if q := m.question; q != nil && m.lost(q.of) {
		m.question = nil
	}
	if m.lost(m.shown) {
		m.shown, m.talk = "", talk{}
		m.say(m.Say(i18n.LinesLost))
	}
}

// greet says how things stand, once all is known.
func (m *Model) greet() {
	if !m.inbox.AllComplete() {
		return
	}
	m.ready = true
	m.tells.learn()
	if len(m.inbox.Pages()) == 0 {
		m.say(m.Say(i18n.EmptyPages))
	}
	m.say(m.reads.standing()...)
	if len(m.written.queue) > 0 {
		m.say(m.Say(i18n.LinesUnsent))
	}
	m.begin(func(ctx context.Context) func() {
		p, perr := m.hub.Notifications(ctx)
		texts, terr := m.hub.Snippets(ctx)
		users, uerr := m.hub.Users(ctx)
		return func() {
			if perr == nil {
				m.prefs = p
			}
			if terr == nil {
				m.texts = texts
			}
			if uerr == nil {
				m.users = users
			}
		}
	})
}

// connection says that the hub can't be reached, and that it is there again; once each.
func (m *Model) connection(c inbox.Connection) {
	was := m.wire
	m.wire = c
	switch {
	case c.State == was.State:
	case c.State == inbox.Offline && was.State != inbox.Connecting, c.State == inbox.Offline && !m.told[i18n.LinesOffline]:
		m.told[i18n.LinesOffline] = true
		m.say(m.Say(i18n.LinesOffline, "Reason", m.Say(offline[c.Trouble])))
	case c.State == inbox.Live && m.told[i18n.LinesOffline]:
		m.told[i18n.LinesOffline] = false
		m.say(m.Say(i18n.LinesBack))
	case c.State == inbox.SignedOut:
		m.say(m.Say(i18n.LinesSignedOut))
	}
}

var offline = map[inbox.Trouble]i18n.ID{
	inbox.Lost: i18n.OfflineLost, inbox.RefusedByHost: i18n.OfflineRefused, inbox.NameUnknown: i18n.OfflineName, inbox.Silent: i18n.OfflineSilent,
}

// Unheard returns the replies that the hub does not have, for when the program ends.
func (m *Model) Unheard() []model.Reply { return m.written.unheard() }
