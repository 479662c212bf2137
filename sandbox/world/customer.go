package world

import (
	"encoding/json"
	"strconv"
	"strings"

	"parley/sandbox/meta"
)

// Answers of GET /{psid} for a customer.
const (
	ProfileFull  = "full"  // the profile
	ProfileEmpty = "empty" // {} as for people with an inaccessible profile
	ProfileNone  = "none"  // error 2018218 as for accounts made with a phone number
)

// Person is who a customer is on Facebook.
type Person struct {
	Name, First, Last string
	Locale            string
	Zone              string // hours from UTC
	Gender            string
	Lang              string // key of their lines
}

// Customer is a person who has, or may have, a conversation with the Page. PSID, Thread,
// Living, HidesReads, Phone and Email never change once the sandbox runs.
type Customer struct {
	PSID        string
	Thread      string // conversation id, t_…
	Living      bool   // writes unprompted
	HidesReads  bool   // hides from the Page that they read
	Person      Person
	Phone       string // what they write when they give it
	Email       string
	Profile     string
	Unreachable int        // 0, or the code of refused sends: 551 or 10
	WindowFrom  int64      // Meta's time, ms, of what last opened the window
	ByAd        bool       // last came in by a Click-to-Messenger ad
	LastWrote   int64      // Meta's time, ms, of the last message
	Messages    []*Message // oldest first
}

// Came records how a customer came in; nil: unknown.
func (c *Customer) Came(by *meta.Referral) {
	if by != nil {
		c.ByAd = by.Source == "ADS"
	}
}

// Updated returns the time of the conversation's newest message.
func (c *Customer) Updated() int64 {
	if len(c.Messages) == 0 {
		return 0
	}
	return c.Messages[len(c.Messages)-1].At
}

// Unread counts the customer's messages since the Page wrote last.
func (c *Customer) Unread() int {
	n := 0
	for i := len(c.Messages) - 1; i >= 0 && !c.Messages[i].FromPage; i-- {
		n++
	}
	return n
}

// LastOfPage returns the Page's newest message to the customer, or nil.
func (c *Customer) LastOfPage() *Message {
	for i := len(c.Messages) - 1; i >= 0; i-- {
		if c.Messages[i].FromPage {
			return c.Messages[i]
		}
	}
	return nil
}

// rename changes a customer's name; without a space all of it is the first name.
func (c *Customer) rename(name string) {
	c.Person.Name = name
	first, last, ok := strings.Cut(name, " ")
	if !ok {
		last = ""
	}
	if strings.HasPrefix(c.Person.Locale, "ja") && ok {
		first, last = last, first
	}
	c.Person.First, c.Person.Last = first, last
}

// Message is one message of a conversation, by either side. Only its text, attachments and
// reaction change.
type Message struct {
	MID         string
	Owner       *Customer
	FromPage    bool
	Text        string
	Metadata    string
	AppID       string // of a send by the Page: the app
	ReplyTo     string
	Attachments []meta.Attachment
	Reaction    string
	At          int64 // ms
	Old         bool  // part of the initial history
}

// AppNumber returns the app id as a number, as in echoes.
func (m *Message) AppNumber() json.Number {
	if _, err := strconv.ParseUint(m.AppID, 10, 64); err != nil {
		return ""
	}
	return json.Number(m.AppID)
}
