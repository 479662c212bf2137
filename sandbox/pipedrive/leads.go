package pipedrive

import (
	"net/http"
	"slices"
	"strings"
)

// leads serves the routes of leads.
type leads struct{ *book }

func (l *lead) node() map[string]any {
	n := map[string]any{
		"id": l.uuid, "title": l.title, "owner_id": l.owner.id, "creator_id": l.creator.id, "label_ids": []string{},
		"person_id": idOrNull(l.personID), "organization_id": idOrNull(l.orgID), "source_name": "API", "origin": "API", "origin_id": textOrNull(l.originID),
		"channel": nil, "channel_id": nil, "source_deal_id": nil, "is_archived": l.archived, "was_seen": l.seen, "value": nil,
		"expected_close_date": textOrNull(l.expected), "next_activity_id": nil,
		"add_time": l.added.UTC().Format(timeMilli), "update_time": l.updated.UTC().Format(timeMilli),
		"visible_to": itoa(l.visible), "cc_email": "aoyama+" + l.uuid[:8] + "@pipedrivemail.example",
	}
	if l.value != nil {
		n["value"] = l.value
	}
	return n
}

// noLead is version 1's answer if there is no such lead.
func noLead() (int, any) {
	e := failure("requested lead not found")
	e["error_info"] = "Object was not found."
	return http.StatusNotFound, e
}

// list answers GET /leads: those not archived. The specification describes sorting in two ways
// that disagree: here there is none. mu must be held.
func (h leads) list(c call) (int, any) {
	person, ok := c.number("person_id", 0)
	org, ok2 := c.number("organization_id", 0)
	if !ok || !ok2 {
		return badRequest("Validation failed: person_id or organization_id")
	}
	list := slices.DeleteFunc(seen(h.leads, c.user), func(l *lead) bool {
		return l.archived || person != 0 && l.personID != person || org != 0 && l.orgID != org
	})
	switch c.r.URL.Query().Get("sort") {
	case "", "id":
	case "add_time":
		slices.SortStableFunc(list, func(a, b *lead) int { return a.added.Compare(b.added) })
	case "update_time":
		slices.SortStableFunc(list, func(a, b *lead) int { return a.updated.Compare(b.updated) })
	default:
		return badRequest("Validation failed: the sandbox sorts leads by id, add_time or update_time")
	}
	return listV1(c, list, (*lead).node)
}

func (h leads) get(c call) (int, any) {
	l := h.findLead(c.vars["id"], c.user)
	if l == nil {
		return noLead()
	}
	return success(l.node())
}

// add answers POST /leads. mu must be held.
func (h leads) add(c call) (int, any) {
	now := h.now()
	l := &lead{owned: owned{owner: c.user, visible: ownersGroup, added: now, updated: now}, creator: c.user}
	b := c.input()
	decodeKey(b, "origin_id", &l.originID)
	if status, answer, ok := h.read(c, b, l); !ok {
		return status, answer
	}
	l.id, l.uuid = h.next(), uuidOf(h.secret("lead", 16))
	h.leads = append(h.leads, l)
	return http.StatusCreated, map[string]any{"success": true, "data": l.node()}
}

// set answers PATCH /leads/{id}. mu must be held.
func (h leads) set(c call) (int, any) {
	l := h.findLead(c.vars["id"], c.user)
	if l == nil {
		return noLead()
	}
	next := *l
	b := c.input()
	decodeKey(b, "is_archived", &next.archived)
	if status, answer, ok := h.read(c, b, &next); !ok {
		return status, answer
	}
	*l = next
	l.updated = h.now()
	return success(l.node())
}

// read reads a body into a lead.
func (h leads) read(c call, b *input, l *lead) (status int, answer any, ok bool) {
	decodeKey(b, "title", &l.title)
	if strings.TrimSpace(l.title) == "" {
		b.fail("A lead must have a title")
	}
	decodeLink(b, "person_id", h.persons, c.user, &l.personID)
	decodeLink(b, "organization_id", h.organizations, c.user, &l.orgID)
	if l.personID == 0 && l.orgID == 0 {
		b.fail("A lead must be linked to a person or an organization")
	}
	if decodeKey(b, "value", &l.value) && l.value != nil && (l.value.Amount == nil || len(l.value.Currency) != 3) {
		b.fail("Validation failed: value needs an amount and a currency")
	}
	b.owner(h.users, c, &l.owned, visibleText)
	b.day("expected_close_date", &l.expected)
	decodeKey(b, "was_seen", &l.seen)
	return b.done()
}

// drop answers DELETE /leads/{id}. mu must be held.
func (h leads) drop(c call) (int, any) {
	l := h.findLead(c.vars["id"], c.user)
	if l == nil {
		return noLead()
	}
	h.leads = without(h.leads, l.id)
	return success(map[string]any{"id": l.uuid})
}

// convert answers POST /leads/{id}/convert/deal: the lead becomes a deal, which gets its notes;
// the lead is gone. mu must be held.
func (h leads) convert(c call) (int, any) {
	l := h.findLead(c.vars["id"], c.user)
	if l == nil {
		return notFound()
	}
	now := h.now()
	d := &deal{
		owned: owned{owner: l.owner, visible: l.visible, added: now, updated: now},
		title: l.title, personID: l.personID, orgID: l.orgID, currency: usualCurrency, status: dealOpen, creator: c.user,
		stageID: h.stages[0].id, stageSet: now, expected: l.expected, sourceLead: l.uuid,
	}
	if l.value != nil {
		d.value, d.currency = *l.value.Amount, l.value.Currency
	}
	b := &input{}
	if len(c.body) > 0 {
		b = c.input()
	}
	b.stage(h.book, &d.stageID)
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	book := h.book
	d.id = book.next()
	book.deals = append(book.deals, d)
	book.leads = without(book.leads, l.id)
	for _, n := range book.notes {
		if n.leadID == l.uuid {
			n.leadID, n.dealID = "", d.id
		}
	}
	conv := &conversion{id: uuidOf(h.secret("conversion", 16)), lead: l.uuid, deal: d.id}
	book.conversions = append(book.conversions, conv)
	return http.StatusOK, map[string]any{"success": true, "data": map[string]any{"conversion_id": conv.id}, "additional_data": nil}
}

// converted answers GET /leads/{id}/convert/status/{conversion}: running at the first request,
// completed after. mu must be held.
func (h leads) converted(c call) (int, any) {
	i := slices.IndexFunc(h.conversions, func(x *conversion) bool {
		return x.id == c.vars["conversion"] && strings.EqualFold(x.lead, c.vars["id"])
	})
	if i < 0 {
		return notFound()
	}
	conv := h.conversions[i]
	conv.asked++
	data := map[string]any{"lead_id": conv.lead, "conversion_id": conv.id, "status": "running"}
	if conv.asked > 1 {
		data["status"], data["deal_id"] = "completed", conv.deal
	}
	return http.StatusOK, map[string]any{"success": true, "data": data, "additional_data": nil}
}

// uuidOf formats 32 hex digits as a UUID.
func uuidOf(hex string) string {
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:32]
}
