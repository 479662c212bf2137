package pipedrive

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// thing is an object of webhooks, before or after a change.
type thing struct {
	node      map[string]any
	company   *company
	permitted []int
}

// key identifies a thing: its entity and its id.
type key struct{ entity, id string }

// change is the cause of a change. merged maps persons that are gone to those they were merged
// into.
type change struct {
	by     *user
	source string // app or api
	merged map[string]string
}

// snapshot returns all objects of webhooks. mu must be held.
func (b *book) snapshot() map[key]thing {
	all := make(map[key]thing, len(b.persons)+len(b.deals)+len(b.leads)+len(b.notes))
	tell := func(entity, id string, o *owned, node map[string]any) {
		all[key{entity, id}] = thing{node: node, company: o.owner.company, permitted: b.seers(o.owner.company, o.seenBy)}
	}
	for _, p := range b.persons {
		tell("person", itoa(p.id), &p.owned, p.node())
	}
	for _, d := range b.deals {
		tell("deal", itoa(d.id), &d.owned, b.dealNode(d))
	}
	for _, l := range b.leads {
		tell("lead", l.uuid, &l.owned, l.node())
	}
	for _, n := range b.notes {
		node := b.noteNode(n, n.author)
		for _, name := range []string{"user", "deal", "person", "organization", "lead"} {
			delete(node, name) // version 2 has only ids
		}
		all[key{"note", itoa(n.id)}] = thing{
			node: node, company: n.author.company, permitted: b.seers(n.author.company, func(u *user) bool { return b.noteSeen(n, u) }),
		}
	}
	return all
}

// seers returns the ids of a company's users who may see something. mu must be held.
func (b *book) seers(company *company, sees func(*user) bool) []int {
	ids := []int{}
	for _, u := range b.colleagues(company) {
		if u.active && sees(u) {
			ids = append(ids, u.id)
		}
	}
	return ids
}

// changing calls do, which changes the data, and sends webhooks for what differs after it. mu
// must be held.
func (p *Pipedrive) changing(change *change, do func()) {
	if !p.hooks.any() {
		do()
		return
	}
	before := p.book.snapshot()
	do()
	after := p.book.snapshot()
	correlation := uuidOf(p.book.secret("correlation", 16))
	for _, key := range order(before, after) {
		was, had := before[key]
		is, has := after[key]
		e := event{key: key, change: change, correlation: correlation}
		switch {
		case had && has:
			if e.before = differs(was.node, is.node); e.before == nil {
				continue
			}
			e.action, e.data, e.thing = "change", is.node, is
		case has:
			e.action, e.data, e.thing = "create", is.node, is
		default:
			e.action, e.before, e.thing = "delete", was.node, was
		}
		p.hooks.send(p.book.envelope(e))
	}
}

// order returns the keys in the order of their webhooks: persons, deals, leads, notes, by id.
func order(lists ...map[key]thing) []key {
	seen := map[key]bool{}
	var keys []key
	for _, list := range lists {
		for key := range list {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	rank := []string{"person", "deal", "lead", "note"}
	slices.SortFunc(keys, func(a, b key) int {
		if by := slices.Index(rank, a.entity) - slices.Index(rank, b.entity); by != 0 {
			return by
		}
		if by := len(a.id) - len(b.id); by != 0 {
			return by
		}
		return strings.Compare(a.id, b.id)
	})
	return keys
}

// differs returns the old values of what differs; nil: only the time of the change.
func differs(was, is map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range is {
		a, _ := json.Marshal(was[key])
		b, _ := json.Marshal(v)
		if !bytes.Equal(a, b) {
			out[key] = was[key]
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// event is one event for webhooks.
type event struct {
	key          key
	change       *change
	action       string
	correlation  string
	data, before map[string]any
	thing        thing
}

// envelope returns an event as webhooks carry it. mu must be held.
func (b *book) envelope(e event) message {
	permitted := []string{}
	for _, id := range e.thing.permitted {
		permitted = append(permitted, strconv.Itoa(id))
	}
	meta := map[string]any{
		"action": e.action, "entity": e.key.entity, "entity_id": e.key.id, "company_id": itoa(e.thing.company.id),
		"correlation_id": e.correlation, "id": uuidOf(b.secret("event", 16)), "is_bulk_edit": false,
		"timestamp": b.now().UTC().Format("2006-01-02T15:04:05.000Z"), "type": "general", "version": "2.0",
		"user_id": itoa(e.change.by.id), "change_source": e.change.source, "permitted_user_ids": permitted,
	}
	if into := e.change.merged[e.key.id]; into != "" && e.key.entity == "person" {
		meta["merged_to_id"] = into
	}
	for from, into := range e.change.merged {
		if into == e.key.id && e.key.entity == "person" {
			meta["merged_from_id"] = from
		}
	}
	return message{company: e.thing.company, permitted: e.thing.permitted, meta: meta, data: inV2(e.data), before: inV2(e.before)}
}

// inV2 returns a thing in the form of version 2: times with T and Z.
func inV2(node map[string]any) map[string]any {
	if node == nil {
		return nil
	}
	out := make(map[string]any, len(node))
	for key, v := range node {
		out[key] = v
		if text, ok := v.(string); ok && strings.HasSuffix(key, "_time") {
			if t, err := time.Parse(timeV1, text); err == nil {
				out[key] = t.UTC().Format(timeV2)
			}
		}
	}
	return out
}
