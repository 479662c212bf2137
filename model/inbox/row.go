package inbox

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
	"unique"

	"parley/model"
)

// stamp is a time in microseconds since 1970, or [never].
type stamp int64

// never is no time. It sorts before every time.
const never stamp = math.MinInt64

func stampOf(t time.Time) stamp {
	if t.IsZero() {
		return never
	}
	return stamp(t.UnixMicro())
}

func stampOfPointer(t *time.Time) stamp {
	if t == nil {
		return never
	}
	return stamp(t.UnixMicro())
}

func (s stamp) time() time.Time {
	if s == never {
		return time.Time{}
	}
	return time.UnixMicro(int64(s)).UTC()
}

// row is the head of a conversation, packed: a client holds 100,000 of them. Repeated values
// are shared, rare ones are in extra, and all strings of a row are one string.
type row struct {
	page *inboxPage
	// strings are the customer's id, the last message's id, the customer's name and the
	// beginning of the last message, concatenated.
	strings  string
	locale   unique.Handle[string]
	assignee unique.Handle[model.UserRef]
	last     unique.Handle[lastHead]
	extra    *rowExtra

	seq     int64
	updated stamp
	window  stamp
	sent    stamp
	since   stamp // since when somebody waits

	psidLen, lastIDLen uint16
	nameLen            uint32
	unread             int32
	// due is the row's index in the timetable, from 1; 0: not in it.
	due   int32
	run   uint32
	facts facts
	class class
}

// lastHead is what many last messages have in common.
type lastHead struct {
	direction model.Direction
	author    model.Author
	state     model.State
}

// rowExtra holds what few conversations have.
type rowExtra struct {
	snoozed     stamp
	scheduled   stamp
	otherApp    stamp
	uncertain   stamp // until when a reply may be allowed after the window
	labels      []string
	links       []model.Link
	entry       *model.Entry
	event       *model.Notable
	attachments []string
	said        *model.Summary
	mentioned   []model.UserID
}

// facts are a row's booleans.
type facts uint16

const (
	factSnoozed     facts = 1 << iota // status
	factDone                          // status; open if neither
	factPinned                        //
	factStarted                       //
	factUnreachable                   //
	factOtherApp                      //
	factAssigned                      // assignee is set
	factLast                          // there is a last message
	factWaiting                       // the customer waits
	factAsks                          // a reply asks
	factTold                          // the hub said who waits
	factCustomers                     // the last message's author has the customer's name
	factShortID                       // the last message's id is kept without the Page's
	factWide                          // the last message's text is kept as UTF-16
)

func (f facts) has(g facts) bool { return f&g != 0 }

// fitting reports whether a row can hold an object: a conversation of that Page, with ids of
// a sane length.
func fitting(page model.PageID, c *model.Conversation) bool {
	const most = math.MaxUint16
	if len(c.ID) > most || c.ID.Page() != page || c.ID.Customer() == "" {
		return false
	}
	return c.LastMessage == nil || len(c.LastMessage.ID) <= most
}

// pack makes a row of a conversation that is fitting. A status that this version does not
// know counts as open.
func (p *inboxPage) pack(c *model.Conversation) row {
	r := row{
		page: p, seq: c.Seq, updated: stampOf(c.UpdatedAt), window: stampOfPointer(c.WindowUntil),
		locale: unique.Make(c.Customer.Locale),
		unread: int32(min(max(c.Unread, 0), math.MaxInt32)),
		run:    p.run,
	}
	r.set(factSnoozed, c.Status == model.Snoozed)
	r.set(factDone, c.Status == model.Done)
	r.set(factPinned, c.Pinned)
	r.set(factStarted, c.Started)
	r.set(factUnreachable, c.Unreachable)
	r.set(factOtherApp, c.OtherApp)
	if c.Assignee != nil {
		r.assignee = unique.Make(*c.Assignee)
		r.set(factAssigned, true)
	}
	who, since := c.WhoWaits()
	r.set(factTold, c.Waits != "")
	r.set(factWaiting, who == model.WaitsCustomer)
	r.set(factAsks, who == model.WaitsReply)
	if who != model.WaitsNobody {
		r.since = stampOfPointer(since)
	} else {
		r.since = never
	}
	r.extra = packExtra(c)
	r.packStrings(c)
	return r
}

func (r *row) set(f facts, is bool) {
	if is {
		r.facts |= f
	}
}

// packExtra returns nil for a conversation without rare values.
func packExtra(c *model.Conversation) *rowExtra {
	x := rowExtra{
		snoozed: stampOfPointer(c.SnoozedUntil), otherApp: stampOfPointer(c.OtherAppUntil), uncertain: stampOfPointer(c.UncertainUntil),
		scheduled: stampOfPointer(c.Scheduled), labels: c.Labels, links: c.Links, entry: c.Entry, said: c.LastSaid,
		mentioned: slices.Clone(c.Mentioned),
	}
	if m := c.LastMessage; m != nil {
		x.event, x.attachments = m.Event, m.Attachments
	}
	if x.snoozed == never && x.scheduled == never && x.otherApp == never && x.uncertain == never && x.entry == nil && x.event == nil && x.said == nil &&
		len(x.labels)+len(x.links)+len(x.attachments)+len(x.mentioned) == 0 {
		return nil
	}
	// Copies have no spare capacity and share repeated strings.
	x.labels, x.attachments = shared(x.labels), shared(x.attachments)
	x.links = slices.Clone(x.links)
	for i := range x.links {
		x.links[i].Type = unique.Make(x.links[i].Type).Value()
	}
	return &x
}

// shared returns a copy of a list with its strings interned.
func shared(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = unique.Make(s).Value()
	}
	return out
}

// packStrings packs the strings of a conversation, and its last message.
func (r *row) packStrings(c *model.Conversation) {
	psid, name := string(c.ID.Customer()), string(c.Customer.Name)
	var id, text string
	units := 0
	if m := c.LastMessage; m != nil {
		id, text = string(m.ID), string(m.Text)
		if cut, ok := strings.CutPrefix(id, string(r.page.page.ID)); ok && strings.HasPrefix(cut, model.PageSeparator) {
			id = cut[len(model.PageSeparator):]
			r.set(factShortID, true)
		}
		head := lastHead{direction: m.Direction, author: m.Author, state: m.State}
		if m.Author.Name != "" && m.Author.Name == c.Customer.Name {
			head.author.Name = ""
			r.set(factCustomers, true)
		}
		r.last, r.sent = unique.Make(head), stampOf(m.SentAt)
		r.set(factLast, true)
		if units = utf16Len(text); 2*units < len(text) && utf8.ValidString(text) {
			r.set(factWide, true)
		}
	}
	size := len(text)
	if r.facts.has(factWide) {
		size = 2 * units
	}
	var b strings.Builder
	b.Grow(len(psid) + len(id) + len(name) + size)
	b.WriteString(psid)
	b.WriteString(id)
	b.WriteString(name)
	if r.facts.has(factWide) {
		writeWide(&b, text)
	} else {
		b.WriteString(text)
	}
	r.psidLen, r.lastIDLen, r.nameLen = uint16(len(psid)), uint16(len(id)), uint32(len(name)) //nolint:gosec // fitting bounds the ids
	r.strings = b.String()
}

// utf16Len counts the UTF-16 code units of a text.
func utf16Len(s string) int {
	n := 0
	for _, c := range s {
		n += utf16.RuneLen(c)
	}
	return n
}

// writeWide writes a text as UTF-16: Japanese takes two bytes a character instead of three.
func writeWide(b *strings.Builder, s string) {
	var units [2]uint16
	for _, c := range s {
		for _, u := range utf16.AppendRune(units[:0], c) {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u & 0xff))
		}
	}
}

func readWide(s string) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

func (r *row) psid() model.PSID { return model.PSID(r.strings[:r.psidLen]) }

func (r *row) id() model.ConversationID { return model.NewConversationID(r.page.page.ID, r.psid()) }

// stale reports whether the row is from before the current reload.
func (r *row) stale() bool { return r.run != r.page.run }

// snoozedUntil, otherAppUntil and uncertainUntil are in extra.
func (r *row) snoozedUntil() stamp {
	if r.extra == nil {
		return never
	}
	return r.extra.snoozed
}

func (r *row) otherAppUntil() stamp {
	if r.extra == nil {
		return never
	}
	return r.extra.otherApp
}

func (r *row) uncertainUntil() stamp {
	if r.extra == nil {
		return never
	}
	return r.extra.uncertain
}

// pointees holds all that an unpacked conversation points to, in one allocation.
type pointees struct {
	window, snoozed, scheduled, otherApp, uncertain time.Time
	since                                           time.Time
	assignee                                        model.UserRef
	last                                            model.Summary
}

func (s stamp) into(t *time.Time) *time.Time {
	if s == never {
		return nil
	}
	*t = s.time()
	return t
}

// unpack returns the conversation without its Reply.
func (r *row) unpack() model.Conversation {
	room := new(pointees)
	psid := r.psid()
	rest := r.strings[int(r.psidLen)+int(r.lastIDLen):]
	c := model.Conversation{
		ID: r.id(), PageID: r.page.page.ID, Seq: r.seq,
		Customer:    model.Customer{PSID: psid, Name: model.Untrusted(rest[:r.nameLen]), Locale: r.locale.Value()},
		Status:      r.status(),
		Unread:      int(r.unread),
		Pinned:      r.facts.has(factPinned),
		Started:     r.facts.has(factStarted),
		Unreachable: r.facts.has(factUnreachable),
		OtherApp:    r.facts.has(factOtherApp),
		WindowUntil: r.window.into(&room.window),
		UpdatedAt:   r.updated.time(),
		Labels:      []string{},
		Links:       []model.Link{},
	}
	if r.facts.has(factAssigned) {
		room.assignee = r.assignee.Value()
		c.Assignee = &room.assignee
	}
	if r.facts.has(factLast) {
		room.last = r.unpackLast(c.Customer.Name)
		c.LastMessage = &room.last
	}
	if r.facts.has(factTold) {
		c.Waits, c.WaitsSince = r.waits(), r.since.into(&room.since)
	}
	if x := r.extra; x != nil {
		c.SnoozedUntil, c.OtherAppUntil = x.snoozed.into(&room.snoozed), x.otherApp.into(&room.otherApp)
		c.UncertainUntil, c.Scheduled = x.uncertain.into(&room.uncertain), x.scheduled.into(&room.scheduled)
		c.Entry, c.LastSaid, c.Mentioned = x.entry, x.said, x.mentioned
		if x.labels != nil {
			c.Labels = x.labels
		}
		if x.links != nil {
			c.Links = x.links
		}
	}
	return c
}

func (r *row) waits() model.Waiting {
	switch {
	case r.facts.has(factAsks):
		return model.WaitsReply
	case r.facts.has(factWaiting):
		return model.WaitsCustomer
	}
	return model.WaitsNobody
}

func (r *row) status() model.Status {
	switch {
	case r.facts.has(factDone):
		return model.Done
	case r.facts.has(factSnoozed):
		return model.Snoozed
	}
	return model.Open
}

// unpackLast returns the last message of a row that has one.
func (r *row) unpackLast(customer model.Untrusted) model.Summary {
	head := r.last.Value()
	from := int(r.psidLen) + int(r.lastIDLen)
	id, text := r.strings[r.psidLen:from], r.strings[from+int(r.nameLen):]
	if r.facts.has(factShortID) {
		id = string(r.page.page.ID) + model.PageSeparator + id
	}
	if r.facts.has(factWide) {
		text = readWide(text)
	}
	if r.facts.has(factCustomers) {
		head.author.Name = customer
	}
	s := model.Summary{
		ID: model.MessageID(id), Direction: head.direction, Author: head.author, Text: model.Untrusted(text),
		SentAt: r.sent.time(), State: head.state,
	}
	if x := r.extra; x != nil {
		s.Event, s.Attachments = x.event, x.attachments
	}
	return s
}
