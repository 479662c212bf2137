// Package webhook verifies the sender of Meta's webhooks and decodes them into events.
package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"parley/hub/messenger/meta"
	"parley/model"
)

// The errors of [Decode] for a POST that is not for us.
var (
	// ErrMalformed means that the body is not a JSON object with a list of entries.
	ErrMalformed = errors.New("messenger: malformed webhook")
	// ErrNotPage means that the webhook is about another kind of object than a Page.
	ErrNotPage = errors.New("messenger: webhook of another object than a page")
	// ErrTest means that it is the sample that the app's dashboard sends to test an address: a
	// field and a value, of no Page.
	ErrTest = errors.New("messenger: test of the app's dashboard")
)

// Names of events whose key is unknown.
const (
	nameUnknown = "unknown"
	nameEntry   = "entry"
	nameChanges = "changes"
)

// Decode splits the body of one webhook POST into entries and their events, in the order in
// which they came. Nothing is left out: an event that is not understood has a nil Event, and a
// broken one does not affect others. An entry with an invalid id has an empty Page. receivedAt
// is used if Meta names no time.
//
// The signature must have been checked. The app that receives the webhook is not needed to
// decode it; the parameter is there so that callers need not change when an event's meaning
// comes to depend on it.
//
// Source: Messenger Platform, "Webhooks".
func Decode(body []byte, _ model.AppID, receivedAt time.Time) ([]model.PageEntry, error) {
	post, err := meta.Object(body)
	if err != nil || !json.Valid(body) {
		return nil, ErrMalformed
	}
	var kind meta.Loose
	post.Read("object", &kind)
	switch {
	case isTest(post) && (kind == objectPage || !post.Has("object")):
		return nil, ErrTest
	case kind != objectPage:
		return nil, ErrNotPage
	}
	var raws []json.RawMessage
	if raw := post.Get("entry"); raw != nil && json.Unmarshal(raw, &raws) != nil {
		return nil, ErrMalformed
	}
	entries := make([]model.PageEntry, 0, len(raws))
	for _, raw := range raws {
		entries = append(entries, decodeEntry(raw, receivedAt))
	}
	return entries, nil
}

// objectPage is the object of webhooks of Pages.
const objectPage = "page"

// isTest reports whether a POST is a sample: it names a field and has no entry.
func isTest(post meta.Members) bool {
	var field meta.Word
	post.Read("field", &field)
	return field != "" && post.Has("value") && post.Get("entry") == nil
}

// decodeEntry decodes the part of a POST about one Page.
func decodeEntry(raw json.RawMessage, receivedAt time.Time) model.PageEntry {
	all, err := meta.Object(raw)
	if err != nil {
		return model.PageEntry{Events: []model.Inbound{opaque(nameEntry, raw, receivedAt)}}
	}
	var id meta.LooseID
	var sent meta.Moment
	all.Read("id", &id)
	all.Read("time", &sent)
	c := cutter{page: model.MetaPageID(meta.PageID(string(id))), at: sent.Or(receivedAt)}
	c.list(all, "messaging", func(raw json.RawMessage) model.Inbound { return c.event(raw, false) })
	c.list(all, "standby", func(raw json.RawMessage) model.Inbound { return c.event(raw, true) })
	c.list(all, nameChanges, c.change)
	if !c.found {
		c.events = append(c.events, opaque(nameEntry, raw, c.at))
	}
	return model.PageEntry{Page: c.page, Events: c.events}
}

// cutter collects the events of one entry.
type cutter struct {
	page   model.MetaPageID
	at     time.Time
	found  bool
	events []model.Inbound
}

// list decodes each event in one of an entry's lists.
func (c *cutter) list(all meta.Members, key string, read func(json.RawMessage) model.Inbound) {
	raw := all.Get(key)
	if raw == nil {
		return
	}
	c.found = true
	var raws []json.RawMessage
	if json.Unmarshal(raw, &raws) != nil {
		c.events = append(c.events, opaque(key, raw, c.at))
		return
	}
	for _, raw := range raws {
		c.events = append(c.events, read(raw))
	}
}

// opaque returns an event that was not understood.
func opaque(name string, raw json.RawMessage, at time.Time) model.Inbound {
	sum := sha256.Sum256(raw)
	return model.Inbound{Key: "sha:" + hex.EncodeToString(sum[:]), Raw: raw, Name: name, At: at}
}

// change decodes a change of a field, such as feed. None is understood; only one that contains
// a messaging event has a customer.
func (c *cutter) change(raw json.RawMessage) model.Inbound {
	in := opaque(nameChanges+":"+nameUnknown, raw, c.at)
	all, err := meta.Object(raw)
	if err != nil {
		return in
	}
	var field meta.Word
	all.Read("field", &field)
	if field != "" {
		in.Name = nameChanges + ":" + string(field)
	}
	value, err := meta.Object(all.Get("value"))
	if err != nil {
		return in
	}
	e := c.envelope(value)
	in.At, in.Foreign, in.FromPage = e.at, e.foreign(false, true), e.byPage()
	if !in.Foreign {
		in.Customer = e.customer(false)
	}
	return in
}

// envelope is what every event says besides what happened.
type envelope struct {
	page              model.MetaPageID
	sender, recipient string
	at                time.Time
	// prior is where the customer was before they wrote, in Meta's word.
	prior string
}

func (c *cutter) envelope(all meta.Members) envelope {
	var at meta.Moment
	all.Read("timestamp", &at)
	var prior struct {
		Source meta.Word `json:"source"`
	}
	if raw := all.Get("prior_message"); raw != nil {
		_ = json.Unmarshal(raw, &prior)
	}
	return envelope{
		page: c.page, at: at.Or(c.at), prior: string(prior.Source),
		sender: party(all.Get("sender")), recipient: party(all.Get("recipient")),
	}
}

// party returns the id of a sender or recipient, "" if it has none.
func party(raw json.RawMessage) string {
	var p struct {
		ID meta.LooseID `json:"id"`
	}
	_ = json.Unmarshal(raw, &p)
	return string(p.ID)
}

// byPage reports whether the Page did it.
func (e envelope) byPage() bool { return e.page != "" && e.sender == string(e.page) }

// foreign reports whether an event does not belong to the Page, whichever entry it is in: the
// Page neither did it nor received it, or it did what only customers do. An echo must be the
// Page's own. byPage: the Page may have done it. A missing party is assumed to be the right
// one.
func (e envelope) foreign(echo, byPage bool) bool {
	switch {
	case echo:
		return !e.byPage()
	case e.byPage():
		return !byPage
	}
	return e.recipient != "" && e.recipient != string(e.page)
}

// customer returns the customer that an event is about: its sender, or its recipient if the
// Page did it.
func (e envelope) customer(echo bool) model.PSID {
	id := e.sender
	if echo || e.byPage() {
		id = e.recipient
	}
	if id == string(e.page) {
		return ""
	}
	return model.PSID(meta.RouteID(id))
}

// event decodes one event of messaging or standby.
func (c *cutter) event(raw json.RawMessage, standby bool) model.Inbound {
	in := opaque(nameUnknown, raw, c.at)
	in.Standby = standby
	all, err := meta.Object(raw)
	if err != nil {
		return in
	}
	e := c.envelope(all)
	in.At = e.at
	f, value, known := familyOf(all)
	in.Name = f.name
	id := identify(f, value)
	if in.Foreign = e.foreign(id.echo, f.byPage); in.Foreign {
		return in // and its mid is not used up
	}
	in.FromPage = e.byPage()
	in.Customer = e.customer(id.echo)
	if id.mid != "" {
		in.Key = "mid:" + id.mid
	}
	if !known {
		return in
	}
	if f.aboutPage {
		in.Customer = ""
	}
	happened, err := f.decode(e, value)
	if err == nil && (in.Customer != "" || f.aboutPage || f.anonymous) {
		in.Event = happened
	}
	return in
}

// identity is what must be known of a message or postback before the rest.
type identity struct {
	mid  string // what makes the event unique; "" if its bytes do
	echo bool
}

// identify reads what makes an event unique. A reaction, an edit and an unsend carry the mid of
// their target, which is not their own.
func identify(f family, value json.RawMessage) identity {
	if !f.unique {
		return identity{}
	}
	var w struct {
		MID     meta.LooseID `json:"mid"`
		Echo    meta.Flag    `json:"is_echo"`
		Deleted meta.Flag    `json:"is_deleted"`
	}
	_ = json.Unmarshal(value, &w)
	if w.Deleted {
		w.MID = ""
	}
	return identity{mid: string(w.MID), echo: bool(w.Echo)}
}
