package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// crmThing is something that webhooks tell of, as it is before or after a change.
type crmThing struct {
	node      map[string]any
	company   *crmCompany
	permitted []int
}

// crmKey names a thing: its entity and its id.
type crmKey struct{ entity, id string }

// crmChange is how a change came about. Merged are the ids of persons that were merged
// into others, by the one that is gone.
type crmChange struct {
	by     *crmUser
	source string // app or api
	merged map[string]string
}

// crmSnapshot is everything that webhooks tell of. mu held.
func (s *Sandbox) crmSnapshot() map[crmKey]crmThing {
	b := &s.crm.book
	all := make(map[crmKey]crmThing, len(b.persons)+len(b.deals)+len(b.leads)+len(b.notes))
	owned := func(entity, id string, o *crmOwned, node map[string]any) {
		all[crmKey{entity, id}] = crmThing{node: node, company: o.owner.company, permitted: s.crmSeers(o.owner.company, o.seenBy)}
	}
	for _, p := range b.persons {
		owned("person", itoa(p.id), &p.crmOwned, p.node())
	}
	for _, d := range b.deals {
		owned("deal", itoa(d.id), &d.crmOwned, s.dealNode(d))
	}
	for _, l := range b.leads {
		owned("lead", l.uuid, &l.crmOwned, l.node())
	}
	for _, n := range b.notes {
		node := s.noteNode(n, n.author)
		for _, name := range []string{"user", "deal", "person", "organization", "lead"} {
			delete(node, name) // version 2 has ids alone
		}
		all[crmKey{"note", itoa(n.id)}] = crmThing{
			node: node, company: n.author.company, permitted: s.crmSeers(n.author.company, func(u *crmUser) bool { return b.noteSeen(n, u) }),
		}
	}
	return all
}

// crmSeers are those of a company who see something. mu held.
func (s *Sandbox) crmSeers(company *crmCompany, sees func(*crmUser) bool) []int {
	ids := []int{}
	for _, u := range s.crm.colleagues(company) {
		if u.active && sees(u) {
			ids = append(ids, u.id)
		}
	}
	return ids
}

// crmChanging calls do, which changes what Pipedrive holds, and has webhooks tell of what
// is another after it. mu held.
func (s *Sandbox) crmChanging(change *crmChange, do func()) {
	if len(s.crm.hooks.list) == 0 {
		do()
		return
	}
	before := s.crmSnapshot()
	do()
	after := s.crmSnapshot()
	correlation := uuidOf(s.crmSecret("correlation", 16))
	for _, key := range crmOrder(before, after) {
		was, had := before[key]
		is, has := after[key]
		e := crmEvent{key: key, change: change, correlation: correlation}
		switch {
		case had && has:
			if e.before = crmDiffers(was.node, is.node); e.before == nil {
				continue
			}
			e.action, e.data, e.thing = "change", is.node, is
		case has:
			e.action, e.data, e.thing = "create", is.node, is
		default:
			e.action, e.before, e.thing = "delete", was.node, was
		}
		s.crmTell(e)
	}
}

// crmOrder is in which order things are told of: persons, deals, leads, notes, by id.
func crmOrder(lists ...map[crmKey]crmThing) []crmKey {
	seen := map[crmKey]bool{}
	var keys []crmKey
	for _, list := range lists {
		for key := range list {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	rank := []string{"person", "deal", "lead", "note"}
	slices.SortFunc(keys, func(a, b crmKey) int {
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

// crmDiffers returns what was another before; nil: nothing but the time of the change.
func crmDiffers(was, is map[string]any) map[string]any {
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

// crmEvent is one event that webhooks tell of.
type crmEvent struct {
	key          crmKey
	change       *crmChange
	action       string
	correlation  string
	data, before map[string]any
	thing        crmThing
}

// crmTell has webhooks tell of an event. mu held.
func (s *Sandbox) crmTell(e crmEvent) {
	permitted := []string{}
	for _, id := range e.thing.permitted {
		permitted = append(permitted, strconv.Itoa(id))
	}
	meta := map[string]any{
		"action": e.action, "entity": e.key.entity, "entity_id": e.key.id, "company_id": itoa(e.thing.company.id),
		"correlation_id": e.correlation, "id": uuidOf(s.crmSecret("event", 16)), "is_bulk_edit": false,
		"timestamp": s.now().UTC().Format("2006-01-02T15:04:05.000Z"), "type": "general", "version": "2.0",
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
	s.crmHookSend(e.thing.company, e.thing.permitted, meta, crmV2(e.data), crmV2(e.before))
}

// crmV2 writes a thing in the shapes of version 2: times with T and Z.
func crmV2(node map[string]any) map[string]any {
	if node == nil {
		return nil
	}
	out := make(map[string]any, len(node))
	for key, v := range node {
		out[key] = v
		if text, ok := v.(string); ok && strings.HasSuffix(key, "_time") {
			if t, err := time.Parse(crmTime, text); err == nil {
				out[key] = t.UTC().Format(crmISO)
			}
		}
	}
	return out
}
