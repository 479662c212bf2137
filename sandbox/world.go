package sandbox

import (
	"encoding/json"
	"sort"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// window is how long after a customer's last sign of life a Page may write.
const window = 24 * time.Hour

// adWindow is the same for who came by a Click-to-Messenger ad.
const adWindow = 7 * 24 * time.Hour

// What GET /{psid} answers for a customer.
const (
	profileFull  = "full"  // the profile
	profileEmpty = "empty" // {} as for people whose profile is not accessible
	profileNone  = "none"  // error 2018218 as for accounts made with a phone number
)

// pageState is the Page as its settings and Facebook's measures have it.
type pageState struct {
	restricted   bool
	messagesOff  bool
	tokenRefused bool
	subscribed   bool
	fields       map[string]bool // subscribed_fields
	// profile is the Messenger profile: greeting, get_started and so on.
	profile map[string]json.RawMessage
}

// customer is a person who has, or may have, a conversation with the Page.
type customer struct {
	psid        string
	thread      string // conversation id, t_…
	person      person
	phone       string // what they write where they tell it
	email       string
	profile     string
	unreachable int        // 0, or the code that a send is refused with: 551 or 10
	windowFrom  int64      // Meta's time, ms, of what opened the window last
	byAd        bool       // came in last by a Click-to-Messenger ad
	lastWrote   int64      // Meta's time, ms, of the last message
	messages    []*message // oldest first
	life        *life      // nil: never writes by themselves
}

// message is one message of a conversation, by either side.
type message struct {
	mid         string
	owner       *customer
	fromPage    bool
	text        string
	metadata    string
	appID       string // of an own send: who sent it
	replyTo     string
	attachments []attachment
	reaction    string
	at          int64 // ms
	old         bool  // part of the history that the sandbox began with
}

// attachment is a message's attachment as webhooks carry it.
type attachment struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// url is the attachment's address, if it has one.
func (a attachment) url() string {
	var p struct {
		URL string `json:"url"`
	}
	_ = json.Unmarshal(a.Payload, &p)
	return p.URL
}

// world is everybody, everything they said, and what customers really got.
type world struct {
	people    map[string]*customer // by PSID
	threads   map[string]*customer // by conversation id
	order     []*customer          // in order of appearance
	messages  map[string]*message  // by mid
	delivered []delivered
	acted     []acted
	files     map[string]keptFile // by id
	living    []*customer
	history   []*customer
}

func newWorld() world {
	return world{
		people:   map[string]*customer{},
		threads:  map[string]*customer{},
		messages: map[string]*message{},
	}
}

// add brings a customer into the world. mu held (or not yet shared).
func (s *Sandbox) add(psid string, p person) *customer {
	c := &customer{
		psid:    psid,
		thread:  "t_" + seeded.Digits(s.opts.Seed, "thread "+psid, 17),
		person:  p,
		phone:   "080-2" + seeded.Digits(s.opts.Seed, "phone "+psid, 3) + "-" + seeded.Digits(s.opts.Seed, "phone 2 "+psid, 4),
		email:   "c" + psid + "@example.net",
		profile: profileFull,
	}
	s.world.people[psid] = c
	s.world.threads[c.thread] = c
	s.world.order = append(s.world.order, c)
	return c
}

// record keeps a message in its conversation, in order of Meta's time. mu held.
func (s *Sandbox) record(m *message) {
	c := m.owner
	s.world.messages[m.mid] = m
	i := len(c.messages)
	if i > 0 && c.messages[i-1].at > m.at {
		i = sort.Search(len(c.messages), func(i int) bool { return c.messages[i].at > m.at })
	}
	c.messages = append(c.messages, nil)
	copy(c.messages[i+1:], c.messages[i:])
	c.messages[i] = m
	if !m.fromPage {
		c.lastWrote = max(c.lastWrote, m.at)
		c.windowFrom = max(c.windowFrom, m.at)
	}
}

// windowOpen tells whether the Page may write to the customer now: up to a week after
// them, where they came by an ad. mu held.
//
// Source: Messenger Platform policy, 28 September 2026.
func (s *Sandbox) windowOpen(c *customer) bool {
	lasts := window
	if c.byAd {
		lasts = adWindow
	}
	return c.windowFrom > 0 && s.nowMS()-c.windowFrom < lasts.Milliseconds()
}

// came keeps by what a customer came in. mu held.
func (c *customer) came(by *referral) {
	if by != nil {
		c.byAd = by.Source == "ADS"
	}
}

// updated is the time of the conversation's newest message.
func (c *customer) updated() int64 {
	if len(c.messages) == 0 {
		return 0
	}
	return c.messages[len(c.messages)-1].at
}

func (s *Sandbox) nowMS() int64 { return s.now().UnixMilli() }

// rename gives a customer another name; without a space all of it is the first name.
func (c *customer) rename(name string) {
	c.person.name = name
	first, last, ok := strings.Cut(name, " ")
	if !ok {
		last = ""
	}
	if strings.HasPrefix(c.person.locale, "ja") && ok {
		first, last = last, first
	}
	c.person.first, c.person.last = first, last
}
