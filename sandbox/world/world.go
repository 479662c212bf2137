// Package world is Facebook's data: the Page, its customers, everything that they and the Page
// said, and what customers really got.
//
// A World's data is accessed only within Do, which passes the State. A Customer and a Message may
// be kept after it; PSID, MID, Owner and what else never changes may be read at any time,
// everything else only within Do.
//
// Within Do, webhooks may be emitted, faults matched and the agenda extended, which take locks of
// their own; nothing that holds one of those calls Do. Only the customers' lock comes before the
// World's.
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

// Window is how long after a customer's last act a Page may write.
const Window = 24 * time.Hour

// adWindow is the same for a customer who came by a Click-to-Messenger ad.
const adWindow = 7 * 24 * time.Hour

// World is one Page and everybody around it.
type World struct {
	mu    sync.Mutex
	state State
}

// New returns a Page that nobody has written to.
func New(seed uint64, now func() time.Time) *World {
	return &World{state: State{
		seed: seed, now: now,
		people: map[string]*Customer{}, threads: map[string]*Customer{}, messages: map[string]*Message{},
	}}
}

// Do calls do with exclusive access to the state. do must not block, nor call Do.
func (w *World) Do(do func(s *State)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(&w.state)
}

// Page is the Page's settings and Facebook's measures against it.
type Page struct {
	Restricted   bool
	MessagesOff  bool
	TokenRefused bool
}

// State is a World's data, for use within Do.
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

// Now returns Meta's time in milliseconds.
func (s *State) Now() int64 { return s.now().UnixMilli() }

// Add adds a customer.
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

// Someone returns the customer with this PSID, creating them if necessary, and sets name and
// locale unless empty.
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

// Customer returns the customer with a PSID; nil: none.
func (s *State) Customer(psid string) *Customer { return s.people[psid] }

// Thread returns the customer of a conversation id; nil: none.
func (s *State) Thread(id string) *Customer { return s.threads[id] }

// Message returns a message by its mid; nil: none.
func (s *State) Message(mid string) *Message { return s.messages[mid] }

// Customers returns all customers, in order of appearance. The list is the State's own.
func (s *State) Customers() []*Customer { return s.order }

// Record adds a message to its conversation, in order of Meta's time.
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

// WindowOpen reports whether the Page may write to the customer now: for up to a week if they
// came by an ad.
//
// Source: Messenger Platform policy, 28 September 2026.
func (s *State) WindowOpen(c *Customer) bool {
	lasts := Window
	if c.ByAd {
		lasts = adWindow
	}
	return c.WindowFrom > 0 && s.Now()-c.WindowFrom < lasts.Milliseconds()
}

// OwnReply reports whether a message quotes one of the same side.
func (s *State) OwnReply(m *Message) bool {
	quoted := s.messages[m.ReplyTo]
	return quoted != nil && quoted.FromPage == m.FromPage
}

// NextMID returns the mid of a new message. It depends on the time too, so that a second run with
// the same seed does not repeat ids.
func (s *State) NextMID(psid string, at int64) string {
	s.serial++
	return meta.MessageID(s.seed, psid+" "+strconv.FormatInt(at, 10)+" "+strconv.FormatUint(s.serial, 10))
}
