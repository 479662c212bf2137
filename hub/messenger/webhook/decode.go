// Package webhook checks who sent a webhook of Meta's, and decodes it into events.
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

// What [Decode] says of a POST that is none of ours.
var (
	// ErrMalformed: the body is no JSON object with a list of entries.
	ErrMalformed = errors.New("messenger: malformed webhook")
	// ErrNotPage: it tells of another kind of object than a Page.
	ErrNotPage = errors.New("messenger: webhook of another object than a page")
	// ErrTest: it is the sample that the app's dashboard sends to try an address: a field
	// and a value, of no Page.
	ErrTest = errors.New("messenger: test of the app's dashboard")
)

// Names of events whose key could not be told.
const (
	nameUnknown = "unknown"
	nameEntry   = "entry"
	nameChanges = "changes"
)

// Decode cuts the body of one webhook POST into entries and their events, in the
// order in which they came. Nothing is left out: what is not understood comes out
// with a nil Event, and what is broken breaks only itself. An entry whose id is
// none has an empty Page. receivedAt stands in where Meta names no time.
//
// The signature must have been checked. The app that takes the webhook is not
// needed to read one: the parameter is there so that callers stay as they are
// when an event's meaning comes to depend on it.
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

// objectPage is what webhooks of Pages are of.
const objectPage = "page"

// isTest tells whether a POST is a sample: it says of which field, and has no entry.
func isTest(post meta.Members) bool {
	var field meta.Word
	post.Read("field", &field)
	return field != "" && post.Has("value") && post.Get("entry") == nil
}

// decodeEntry reads the part of a POST that concerns one Page.
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

// list reads each event of one of an entry's lists.
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

// opaque returns an event of which nothing is understood.
func opaque(name string, raw json.RawMessage, at time.Time) model.Inbound {
	sum := sha256.Sum256(raw)
	return model.Inbound{Key: "sha:" + hex.EncodeToString(sum[:]), Raw: raw, Name: name, At: at}
}

// change reads a change of a field, such as feed. None is understood; the
// customer is told only by one that holds a messaging event.
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

// party returns the id of a sender or recipient, "" where it has none.
func party(raw json.RawMessage) string {
	var p struct {
		ID meta.LooseID `json:"id"`
	}
	_ = json.Unmarshal(raw, &p)
	return string(p.ID)
}

// byPage tells whether the Page did it.
func (e envelope) byPage() bool { return e.page != "" && e.sender == string(e.page) }

// foreign tells whether an event is none of the Page's, whichever entry it stands in: the
// Page neither did it nor is who it was done to, or it did what only customers do. An echo
// is the Page's own word, and no one else's. byPage: the Page may have done it. Who is not
// named is taken to be who it must be.
func (e envelope) foreign(echo, byPage bool) bool {
	switch {
	case echo:
		return !e.byPage()
	case e.byPage():
		return !byPage
	}
	return e.recipient != "" && e.recipient != string(e.page)
}

// customer returns whom an event is about: its sender, or its recipient where the
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

// event reads one event of messaging or standby.
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
		return in // and its mid is not taken from whose it is
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

// identity is what of a message or postback must be known before the rest.
type identity struct {
	mid  string // what makes the event unique; "" where its bytes do
	echo bool
}

// identify reads what makes an event unique. A reaction or an edit carries the
// mid of its target, and so does taking a message back: that is not theirs.
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
