package compact

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/model"
)

// conversation1 is how a conversation is made compact, as its first byte says: what nearly all have
// stands in place, and what others have follows as JSON without what is empty.
const conversation1 byte = 1

// What a conversation has, as the first number says.
const (
	started = 1 << iota
	unreachable
	otherApp
	pinned
	// noLabels: there are none, which is not the same as not known.
	noLabels
	// customerOfID: the customer is the one that the conversation's id names.
	customerOfID
	// lastMessage and lastSaid are there.
	lastMessage
	lastSaid
	// moreOfIt: JSON follows.
	moreOfIt
)

// What stands in place as the number of its place here. New ones are added at the end.
var (
	statuses   = []model.Status{"", model.Open, model.Snoozed, model.Done}
	waiting    = []model.Waiting{"", model.WaitsNobody, model.WaitsCustomer, model.WaitsReply}
	directions = []model.Direction{"", model.In, model.Out, model.Note, model.System}
	authors    = []model.AuthorKind{"", model.ByCustomer, model.ByUser, model.ByPage, model.ByApp}
	states     = []model.State{
		"", model.Scheduled, model.Queued, model.Posting, model.Sent, model.Delivered, model.Read, model.Failed, model.Unknown, model.Ask, model.Dropped,
	}
)

// taken returns the place of a value and empties it; 0 if it has none.
func taken[T ~string](among []T, v *T) int64 {
	i := max(slices.Index(among, *v), 0)
	if i > 0 {
		*v = ""
	}
	return int64(i)
}

// back puts back what taken took.
func back[T ~string](among []T, i int64, v *T) {
	if i > 0 && i < int64(len(among)) {
		*v = among[i]
	}
}

// aside has the fields of a conversation that don't stand in place, under short names: a copy of
// [store.Conversation], to which it is converted, so that this does not compile when a field is
// missing.
type aside struct {
	model.Conversation `json:"-"`
	OpenedAt           time.Time       `json:"op,omitzero"`
	EnteredAt          time.Time       `json:"en,omitzero"`
	InboundAt          time.Time       `json:"in,omitzero"`
	UnreachableAt      time.Time       `json:"un,omitzero"`
	OtherAppAt         time.Time       `json:"oa,omitzero"`
	DeliveredUpTo      time.Time       `json:"de,omitzero"`
	ReadUpTo           time.Time       `json:"re,omitzero"`
	ReadMark           store.Mark      `json:"rm,omitzero"`
	ProfileAt          time.Time       `json:"pr,omitzero"`
	Posted             store.LinePlace `json:"po,omitzero"`
}

// shown is a copy of [model.Conversation].
type shown struct {
	ID             model.ConversationID `json:"-"`
	PageID         model.PageID         `json:"-"`
	Seq            int64                `json:"-"`
	Customer       model.Customer       `json:"c,omitzero"`
	Status         model.Status         `json:"st,omitzero"`
	SnoozedUntil   *time.Time           `json:"sn,omitempty"`
	Assignee       *model.UserRef       `json:"as,omitzero"`
	AssignedBy     *model.UserRef       `json:"ab,omitzero"`
	Mentioned      []model.UserID       `json:"me,omitzero"`
	Unread         int                  `json:"-"`
	Pinned         bool                 `json:"-"`
	Labels         []string             `json:"la,omitzero"`
	Links          []model.Link         `json:"li,omitzero"`
	LastMessage    *model.Summary       `json:"lm,omitzero"`
	LastSaid       *model.Summary       `json:"ls,omitzero"`
	Waits          model.Waiting        `json:"wa,omitzero"`
	WaitsSince     *time.Time           `json:"ws,omitempty"`
	Scheduled      *time.Time           `json:"sc,omitempty"`
	Started        bool                 `json:"-"`
	WindowUntil    *time.Time           `json:"wi,omitempty"`
	UncertainUntil *time.Time           `json:"uc,omitempty"`
	Unreachable    bool                 `json:"-"`
	OtherApp       bool                 `json:"-"`
	OtherAppUntil  *time.Time           `json:"ou,omitempty"`
	Reply          model.Verdict        `json:"rv,omitzero"`
	Entry          *model.Entry         `json:"ey,omitzero"`
	UpdatedAt      time.Time            `json:"-"`
}

// sides are both, as JSON.
type sides struct {
	Shown shown `json:"s,omitzero"`
	Aside aside `json:"a,omitzero"`
}

// summary is a copy of [model.Summary], of which all that does not stand in place is in the JSON.
type summary struct {
	ID          model.MessageID
	Direction   model.Direction
	Author      model.Author
	Text        model.Untrusted
	Event       *model.Notable
	SentAt      time.Time
	State       model.State
	SendAt      *time.Time
	Attachments []string
}

var _ = summary(model.Summary{})

// times are those of a conversation, in the order in which they stand in place. New ones are added
// at the end.
func (c *sides) times() []*time.Time {
	a := &c.Aside
	return []*time.Time{
		&a.OpenedAt, &a.EnteredAt, &a.InboundAt, &a.UnreachableAt, &a.OtherAppAt, &a.DeliveredUpTo, &a.ReadUpTo, &a.ReadMark.Order, &a.ProfileAt,
	}
}

// moments are the times that may be missing, which stand after those.
func (c *sides) moments() []**time.Time {
	s := &c.Shown
	return []**time.Time{&s.WindowUntil, &s.WaitsSince, &s.SnoozedUntil, &s.UncertainUntil, &s.OtherAppUntil, &s.Scheduled}
}

// Conversation returns what a conversation has besides its id, its seq and when it was updated,
// which stand in columns.
func Conversation(c store.Conversation) ([]byte, error) {
	for _, s := range []string{string(c.ID), string(c.PageID), string(c.Customer.PSID), string(c.Customer.Name), c.Customer.Locale} {
		if !utf8.ValidString(s) {
			return nil, fmt.Errorf("encode conversation: %w", engine.ErrNotUTF8)
		}
	}
	b := sides{Shown: shown(c.Conversation), Aside: aside(c)}
	b.Aside.Conversation = model.Conversation{}
	s := &b.Shown
	s.ID, s.PageID, s.Seq, s.UpdatedAt, s.Unread = "", "", 0, time.Time{}, 0
	has := flags(&b, c.ID)
	var f fields
	f.text(string(s.Customer.PSID))
	f.text(string(s.Customer.Name))
	f.text(s.Customer.Locale)
	s.Customer = model.Customer{}
	f.int(taken(statuses, &s.Status)<<2 | taken(waiting, &s.Waits))
	f.int(int64(c.Unread))
	f.int(b.Aside.ReadMark.FirstSeq)
	b.Aside.ReadMark.FirstSeq = 0
	f.times(&b, c.UpdatedAt)
	if err := f.summary(&s.LastMessage, c); err != nil {
		return nil, err
	}
	if err := f.summary(&s.LastSaid, c); err != nil {
		return nil, err
	}
	if !reflect.ValueOf(b).IsZero() {
		rest, err := engine.Encode(b)
		if err != nil {
			return nil, err
		}
		has |= moreOfIt
		f = append(f, rest...)
	}
	head := fields{conversation1}
	head.int(int64(has))
	return append(head, f...), nil
}

// flags returns what there is, and takes out what that says.
func flags(b *sides, id model.ConversationID) (has int) {
	s := &b.Shown
	set := func(is bool, flag int) {
		if is {
			has |= flag
		}
	}
	set(s.Started, started)
	set(s.Unreachable, unreachable)
	set(s.OtherApp, otherApp)
	set(s.Pinned, pinned)
	set(s.LastMessage != nil, lastMessage)
	set(s.LastSaid != nil, lastSaid)
	s.Started, s.Unreachable, s.OtherApp, s.Pinned = false, false, false, false
	if s.Labels != nil && len(s.Labels) == 0 {
		has |= noLabels
		s.Labels = nil
	}
	if s.Customer.PSID == id.Customer() {
		has |= customerOfID
		s.Customer.PSID = ""
	}
	return has
}

// times writes which times there are, and each as how long after when it was updated.
func (f *fields) times(b *sides, updated time.Time) {
	var which int64
	var at []int64
	for i, t := range b.times() {
		if exact(*t) {
			which |= 1 << i
			at = append(at, t.UnixMicro()-updated.UnixMicro())
			*t = time.Time{}
		}
	}
	for i, t := range b.moments() {
		if *t != nil && (exact(**t) || (*t).IsZero() && (*t).Location() == time.UTC) {
			which |= 1 << (len(b.times()) + i)
			at = append(at, (*t).UnixMicro()-updated.UnixMicro())
			*t = nil
		}
	}
	f.int(which)
	for _, n := range at {
		f.int(n)
	}
}

// summary writes a summary if there is one, and leaves what does not stand in place, nil for nothing.
func (f *fields) summary(of **model.Summary, c store.Conversation) error {
	if *of == nil {
		return nil
	}
	m := **of
	for _, s := range []string{string(m.ID), string(m.Text)} {
		if !utf8.ValidString(s) {
			return fmt.Errorf("encode conversation: %w", engine.ErrNotUTF8)
		}
	}
	f.text(packID(c.PageID, m.ID))
	f.text(string(m.Text))
	f.int(taken(directions, &m.Direction)<<8 | taken(states, &m.State)<<4 | taken(authors, &m.Author.Kind))
	m.ID, m.Text = "", ""
	var sent int64
	if exact(m.SentAt) {
		sent = m.SentAt.UnixMicro() - c.UpdatedAt.UnixMicro()
		f.int(1)
		f.int(sent)
		m.SentAt = time.Time{}
	} else {
		f.int(0)
	}
	*of = &m
	if reflect.ValueOf(m).IsZero() {
		*of = nil
	}
	return nil
}

// ReadConversation reads what [Conversation] returned into a conversation that has what stands in
// columns.
func ReadConversation(kept []byte, c *store.Conversation) error {
	if len(kept) == 0 || kept[0] != conversation1 {
		return ErrUnknown
	}
	r := &reader{b: kept[1:]}
	has := int(r.int())
	customer := model.Customer{PSID: model.PSID(r.text()), Name: model.Untrusted(r.text()), Locale: r.text()}
	if has&customerOfID != 0 {
		customer.PSID = c.ID.Customer()
	}
	kinds, unread, seq := r.int(), r.int(), r.int()
	which := r.int()
	var at [64]time.Time
	for i := range at {
		if which>>i&1 != 0 {
			at[i] = time.UnixMicro(c.UpdatedAt.UnixMicro() + r.int()).UTC()
		}
	}
	var last, said *model.Summary
	if has&lastMessage != 0 {
		last = r.summary(c)
	}
	if has&lastSaid != 0 {
		said = r.summary(c)
	}
	var b sides
	if has&moreOfIt != 0 && r.err == nil {
		if err := json.Unmarshal(r.b, &b); err != nil {
			return fmt.Errorf("decode conversation: %w", err)
		}
	}
	if r.err != nil {
		return r.err
	}
	b.Aside.ReadMark.FirstSeq = seq
	for i, t := range b.times() {
		if which>>i&1 != 0 {
			*t = at[i]
		}
	}
	for i, t := range b.moments() {
		if at := at[len(b.times())+i]; which>>(len(b.times())+i)&1 != 0 {
			*t = &at
		}
	}
	s := &b.Shown
	s.ID, s.PageID, s.Seq, s.UpdatedAt, s.Unread, s.Customer = c.ID, c.PageID, c.Seq, c.UpdatedAt, int(unread), customer
	s.Started, s.Unreachable, s.OtherApp, s.Pinned = has&started != 0, has&unreachable != 0, has&otherApp != 0, has&pinned != 0
	back(statuses, kinds>>2, &s.Status)
	back(waiting, kinds&3, &s.Waits)
	if has&noLabels != 0 {
		s.Labels = []string{}
	}
	s.LastMessage, s.LastSaid = merged(last, s.LastMessage), merged(said, s.LastSaid)
	b.Aside.Conversation = model.Conversation(*s)
	*c = store.Conversation(b.Aside)
	return nil
}

// summary reads what stands in place of a summary.
func (r *reader) summary(c *store.Conversation) *model.Summary {
	m := &model.Summary{ID: unpackID(c.PageID, r.text()), Text: model.Untrusted(r.text())}
	kinds := r.int()
	back(directions, kinds>>8, &m.Direction)
	back(states, kinds>>4&15, &m.State)
	back(authors, kinds&15, &m.Author.Kind)
	if r.int() != 0 {
		m.SentAt = time.UnixMicro(c.UpdatedAt.UnixMicro() + r.int()).UTC()
	}
	return m
}

// merged puts what stands in place into what followed, if anything did.
func merged(placed, rest *model.Summary) *model.Summary {
	if placed == nil || rest == nil {
		return placed
	}
	rest.ID, rest.Text = placed.ID, placed.Text
	rest.Direction = model.Direction(cmp.Or(string(placed.Direction), string(rest.Direction)))
	rest.State = model.State(cmp.Or(string(placed.State), string(rest.State)))
	rest.Author.Kind = model.AuthorKind(cmp.Or(string(placed.Author.Kind), string(rest.Author.Kind)))
	if !placed.SentAt.IsZero() {
		rest.SentAt = placed.SentAt
	}
	return rest
}
