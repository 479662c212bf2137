package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

func (l *crmLead) node() map[string]any {
	n := map[string]any{
		"id": l.uuid, "title": l.title, "owner_id": l.owner.id, "creator_id": l.creator.id, "label_ids": []string{},
		"person_id": crmIDOr(l.personID), "organization_id": crmIDOr(l.orgID), "source_name": "API", "origin": "API", "origin_id": crmTextOr(l.originID),
		"channel": nil, "channel_id": nil, "source_deal_id": nil, "is_archived": l.archived, "was_seen": l.seen, "value": nil,
		"expected_close_date": crmTextOr(l.expected), "next_activity_id": nil,
		"add_time": l.added.UTC().Format(crmISOMilli), "update_time": l.updated.UTC().Format(crmISOMilli),
		"visible_to": itoa(l.visible), "cc_email": "aoyama+" + l.uuid[:8] + "@pipedrivemail.example",
	}
	if l.value != nil {
		n["value"] = l.value
	}
	return n
}

// crmNoLead is how version 1 tells that there is no such lead.
func crmNoLead() (int, any) {
	e := crmError("requested lead not found")
	e["error_info"] = "Object was not found."
	return http.StatusNotFound, e
}

// crmLeads answers GET /leads: those that are not archived. How to ask for a
// direction, the specification tells in two ways that don't agree: here there is none. mu held.
func (s *Sandbox) crmLeads(c crmCall) (int, any) {
	person, ok := c.number("person_id", 0)
	org, ok2 := c.number("organization_id", 0)
	if !ok || !ok2 {
		return crmBad("Validation failed: person_id or organization_id")
	}
	list := slices.DeleteFunc(crmVisible(s.crm.book.leads, c.user), func(l *crmLead) bool {
		return l.archived || person != 0 && l.personID != person || org != 0 && l.orgID != org
	})
	switch c.r.URL.Query().Get("sort") {
	case "", "id":
	case "add_time":
		slices.SortStableFunc(list, func(a, b *crmLead) int { return a.added.Compare(b.added) })
	case "update_time":
		slices.SortStableFunc(list, func(a, b *crmLead) int { return a.updated.Compare(b.updated) })
	default:
		return crmBad("Validation failed: the sandbox sorts leads by id, add_time or update_time")
	}
	return crmListV1(c, list, (*crmLead).node)
}

func (s *Sandbox) crmLead(c crmCall) (int, any) {
	l := s.crm.book.lead(c.vars["id"], c.user)
	if l == nil {
		return crmNoLead()
	}
	return crmOK(l.node())
}

// crmAddLead answers POST /leads. mu held.
func (s *Sandbox) crmAddLead(c crmCall) (int, any) {
	now := s.now()
	l := &crmLead{crmOwned: crmOwned{owner: c.user, visible: crmOwnersGroup, added: now, updated: now}, creator: c.user}
	b := c.json()
	crmRead(b, "origin_id", &l.originID)
	if status, answer, ok := s.readLead(c, b, l); !ok {
		return status, answer
	}
	l.id, l.uuid = s.crm.book.next(), uuidOf(s.crmSecret("lead", 16))
	s.crm.book.leads = append(s.crm.book.leads, l)
	return http.StatusCreated, map[string]any{"success": true, "data": l.node()}
}

// crmSetLead answers PATCH /leads/{id}. mu held.
func (s *Sandbox) crmSetLead(c crmCall) (int, any) {
	l := s.crm.book.lead(c.vars["id"], c.user)
	if l == nil {
		return crmNoLead()
	}
	next := *l
	b := c.json()
	crmRead(b, "is_archived", &next.archived)
	if status, answer, ok := s.readLead(c, b, &next); !ok {
		return status, answer
	}
	*l = next
	l.updated = s.now()
	return crmOK(l.node())
}

// readLead takes what a body says of a lead.
func (s *Sandbox) readLead(c crmCall, b *crmBody, l *crmLead) (status int, answer any, ok bool) {
	crmRead(b, "title", &l.title)
	if strings.TrimSpace(l.title) == "" {
		b.fail("A lead must have a title")
	}
	crmLink(b, "person_id", s.crm.book.persons, c.user, &l.personID)
	crmLink(b, "organization_id", s.crm.book.orgs, c.user, &l.orgID)
	if l.personID == 0 && l.orgID == 0 {
		b.fail("A lead must be linked to a person or an organization")
	}
	if crmRead(b, "value", &l.value) && l.value != nil && (l.value.Amount == nil || len(l.value.Currency) != 3) {
		b.fail("Validation failed: value needs an amount and a currency")
	}
	b.owner(s, c, &l.crmOwned, crmVisibleText)
	b.day("expected_close_date", &l.expected)
	crmRead(b, "was_seen", &l.seen)
	return b.done()
}

// crmDropLead answers DELETE /leads/{id}. mu held.
func (s *Sandbox) crmDropLead(c crmCall) (int, any) {
	l := s.crm.book.lead(c.vars["id"], c.user)
	if l == nil {
		return crmNoLead()
	}
	s.crm.book.leads = crmDrop(s.crm.book.leads, l.id)
	return crmOK(map[string]any{"id": l.uuid})
}

// crmConvert answers POST /leads/{id}/convert/deal: the lead becomes a deal, to which its
// notes go over; the lead is gone. mu held.
func (s *Sandbox) crmConvert(c crmCall) (int, any) {
	l := s.crm.book.lead(c.vars["id"], c.user)
	if l == nil {
		return crmNone()
	}
	now := s.now()
	d := &crmDeal{
		crmOwned: crmOwned{owner: l.owner, visible: l.visible, added: now, updated: now},
		title:    l.title, personID: l.personID, orgID: l.orgID, currency: crmCurrency, status: crmOpen, creator: c.user,
		stageID: s.crm.book.stages[0].id, stageSet: now, expected: l.expected, sourceLead: l.uuid,
	}
	if l.value != nil {
		d.value, d.currency = *l.value.Amount, l.value.Currency
	}
	b := &crmBody{}
	if len(c.body) > 0 {
		b = c.json()
	}
	s.readStage(b, &d.stageID)
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	book := &s.crm.book
	d.id = book.next()
	book.deals = append(book.deals, d)
	book.leads = crmDrop(book.leads, l.id)
	for _, n := range book.notes {
		if n.leadID == l.uuid {
			n.leadID, n.dealID = "", d.id
		}
	}
	conv := &crmConversion{id: uuidOf(s.crmSecret("conversion", 16)), lead: l.uuid, deal: d.id}
	book.conversions = append(book.conversions, conv)
	return http.StatusOK, map[string]any{"success": true, "data": map[string]any{"conversion_id": conv.id}, "additional_data": nil}
}

// crmConverted answers GET /leads/{id}/convert/status/{conversion}: it runs when it is
// asked for the first time, and is done after. mu held.
func (s *Sandbox) crmConverted(c crmCall) (int, any) {
	i := slices.IndexFunc(s.crm.book.conversions, func(x *crmConversion) bool {
		return x.id == c.vars["conversion"] && strings.EqualFold(x.lead, c.vars["id"])
	})
	if i < 0 {
		return crmNone()
	}
	conv := s.crm.book.conversions[i]
	conv.asked++
	data := map[string]any{"lead_id": conv.lead, "conversion_id": conv.id, "status": "running"}
	if conv.asked > 1 {
		data["status"], data["deal_id"] = "completed", conv.deal
	}
	return http.StatusOK, map[string]any{"success": true, "data": data, "additional_data": nil}
}

// uuidOf writes 32 hex digits as a UUID.
func uuidOf(hex string) string {
	return hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:32]
}
