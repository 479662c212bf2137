// Package world is what stands at Facebook: the Page, its customers, everything that they
// and the Page said, and what customers really got.
//
// What a World holds is reached within Do alone, which hands out the State. A Customer and
// a Message may be kept after it; PSID, MID, Owner and what else never changes may be read
// at any time, everything else within Do.
//
// The World's lock is the first of the sandbox's: within Do, webhooks may be emitted, faults
// taken and the agenda written, which take locks of their own; nothing that holds one of
// those calls Do. The customers' lock alone comes before it.
package world

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/sandbox/meta"
	"parley/sandbox/seeded"
	"parley/sandbox/web"
)

// Window is how long after a customer's last sign of life a Page may write.
const Window = 24 * time.Hour

// adWindow is the same for who came by a Click-to-Messenger ad.
const adWindow = 7 * 24 * time.Hour

// World is one Page and everybody around it.
type World struct {
	mu    sync.Mutex
	state State
}

// New makes a Page that nobody has written to.
func New(seed uint64, now func() time.Time) *World {
	return &World{state: State{
		seed: seed, now: now,
		people: map[string]*Customer{}, threads: map[string]*Customer{}, messages: map[string]*Message{},
	}}
}

// Do calls do with the state, which is nobody else's meanwhile. do must not block, nor call
// Do.
func (w *World) Do(do func(s *State)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(&w.state)
}

// Page is the Page as its settings and Facebook's measures have it.
type Page struct {
	Restricted   bool
	MessagesOff  bool
	TokenRefused bool
}

// State is what a World holds, to be used within Do.
type State struct {
	Page Page

	seed      uint64
	now       func() time.Time
	people    map[string]*Customer // by PSID
	threads   map[string]*Customer // by conversation id
	order     []*Customer          // in order of appearance
	messages  map[string]*Message  // by mid
	delivered []Delivered
	acted     []Acted
	serial    uint64 // makes mids unique
}

// Now is Meta's time, in milliseconds.
func (s *State) Now() int64 { return s.now().UnixMilli() }

// Add brings a customer into the world.
func (s *State) Add(psid string, p Person) *Customer {
	c := &Customer{
		PSID:    psid,
		Thread:  "t_" + seeded.Digits(s.seed, "thread "+psid, 17),
		Person:  p,
		Phone:   "080-2" + seeded.Digits(s.seed, "phone "+psid, 3) + "-" + seeded.Digits(s.seed, "phone 2 "+psid, 4),
		Email:   "c" + psid + "@example.net",
		Profile: ProfileFull,
	}
	s.people[psid] = c
	s.threads[c.Thread] = c
	s.order = append(s.order, c)
	return c
}

// Someone is the customer with this PSID, made if there is none; by another name and locale,
// unless these are empty.
func (s *State) Someone(psid, name, locale string) *Customer {
	c := s.people[psid]
	if c == nil {
		c = s.Add(psid, Person{Locale: "ja_JP", Zone: "9", Gender: "female", Lang: "ja"})
		c.rename("お客様 " + web.Clip(psid, 8))
	}
	if locale != "" {
		c.Person.Locale = locale
		c.Person.Lang, _, _ = strings.Cut(locale, "_")
	}
	if name != "" {
		c.rename(name)
	}
	return c
}

// Customer finds who has a PSID; nil: nobody.
func (s *State) Customer(psid string) *Customer { return s.people[psid] }

// Thread finds whose a conversation id is; nil: nobody's.
func (s *State) Thread(id string) *Customer { return s.threads[id] }

// Message finds a message by its mid; nil: there is none.
func (s *State) Message(mid string) *Message { return s.messages[mid] }

// Customers are all, in order of appearance. The list is the State's own.
func (s *State) Customers() []*Customer { return s.order }

// Record keeps a message in its conversation, in order of Meta's time.
func (s *State) Record(m *Message) {
	c := m.Owner
	s.messages[m.MID] = m
	i := len(c.Messages)
	if i > 0 && c.Messages[i-1].At > m.At {
		i = sort.Search(len(c.Messages), func(i int) bool { return c.Messages[i].At > m.At })
	}
	c.Messages = append(c.Messages, nil)
	copy(c.Messages[i+1:], c.Messages[i:])
	c.Messages[i] = m
	if !m.FromPage {
		c.LastWrote = max(c.LastWrote, m.At)
		c.WindowFrom = max(c.WindowFrom, m.At)
	}
}

// WindowOpen tells whether the Page may write to the customer now: up to a week after
// them, where they came by an ad.
//
// Source: Messenger Platform policy, 28 September 2026.
func (s *State) WindowOpen(c *Customer) bool {
	lasts := Window
	if c.ByAd {
		lasts = adWindow
	}
	return c.WindowFrom > 0 && s.Now()-c.WindowFrom < lasts.Milliseconds()
}

// OwnReply tells whether a message answers one of the same side.
func (s *State) OwnReply(m *Message) bool {
	quoted := s.messages[m.ReplyTo]
	return quoted != nil && quoted.FromPage == m.FromPage
}

// NextMID makes the mid of a new message. It depends on the time too, so that a
// second run with the same seed does not repeat the ids of the first.
func (s *State) NextMID(psid string, at int64) string {
	s.serial++
	return meta.MessageID(s.seed, psid+" "+strconv.FormatInt(at, 10)+" "+strconv.FormatUint(s.serial, 10))
}
