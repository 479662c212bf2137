package pipedrive

import (
	"net/http"
	"slices"
	"strings"
)

// usualCurrency is the default currency.
const usualCurrency = "JPY"

// Statuses of deals.
const (
	dealOpen = "open"
	dealWon  = "won"
	dealLost = "lost"
)

// deals serves the routes of deals.
type deals struct{ *book }

func (b *book) dealNode(d *deal) map[string]any {
	n := map[string]any{
		"id": d.id, "title": d.title, "creator_user_id": d.creator.id, "owner_id": d.owner.id, "value": d.value, "currency": d.currency,
		"person_id": idOrNull(d.personID), "org_id": idOrNull(d.orgID), "stage_id": d.stageID, "pipeline_id": b.stage(d.stageID).pipelineID,
		"add_time": d.added.UTC().Format(timeV2), "update_time": d.updated.UTC().Format(timeV2), "stage_change_time": timeOrNull(d.stageSet),
		"status": d.status, "is_archived": d.archived, "is_deleted": false, "probability": nil, "lost_reason": textOrNull(d.lostReason),
		"visible_to": d.visible, "close_time": timeOrNull(d.closed), "won_time": nil, "lost_time": nil,
		"expected_close_date": textOrNull(d.expected), "label_ids": []int{}, "origin": "API", "origin_id": nil,
		"source_lead_id": textOrNull(d.sourceLead), "custom_fields": map[string]any{},
	}
	if d.status != dealOpen {
		n[d.status+"_time"] = timeOrNull(d.closed)
	}
	return n
}

// list answers GET /deals, newest first if requested. mu must be held.
func (h deals) list(c call) (int, any) {
	q := c.r.URL.Query()
	person, ok := c.number("person_id", 0)
	org, ok2 := c.number("org_id", 0)
	if !ok || !ok2 {
		return badRequest("Validation failed: person_id or org_id")
	}
	var status []string
	if v := q.Get("status"); v != "" {
		status = strings.Split(v, ",")
	}
	ids := strings.Split(q.Get("ids"), ",")
	list := seen(h.deals, c.user)
	list = slices.DeleteFunc(list, func(d *deal) bool {
		return d.archived || person != 0 && d.personID != person || org != 0 && d.orgID != org ||
			status != nil && !slices.Contains(status, d.status) || q.Get("ids") != "" && !slices.Contains(ids, itoa(d.id))
	})
	switch by := q.Get("sort_by"); by {
	case "", "id":
	case "update_time":
		slices.SortStableFunc(list, func(a, b *deal) int { return a.updated.Compare(b.updated) })
	case "add_time":
		slices.SortStableFunc(list, func(a, b *deal) int { return a.added.Compare(b.added) })
	default:
		return badRequest("Validation failed: sort_by")
	}
	if q.Get("sort_direction") == "desc" {
		slices.Reverse(list)
	}
	return listV2(c, list, h.dealNode)
}

func (h deals) get(c call) (int, any) {
	d, ok := find(h.deals, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return success(h.dealNode(d))
}

// add answers POST /deals. mu must be held.
func (h deals) add(c call) (int, any) {
	now := h.now()
	d := &deal{
		owned:    owned{owner: c.user, visible: ownersGroup, added: now, updated: now},
		currency: c.user.currency, status: dealOpen, creator: c.user, stageID: h.stages[0].id, stageSet: now,
	}
	if status, answer, ok := h.read(c, d); !ok {
		return status, answer
	}
	d.id = h.next()
	h.deals = append(h.deals, d)
	return success(h.dealNode(d))
}

// set answers PATCH /deals/{id}. Archived ones can't be edited. mu must be held.
func (h deals) set(c call) (int, any) {
	d, ok := find(h.deals, c.id(), c.user)
	if !ok {
		return notFound()
	}
	if d.archived {
		return http.StatusForbidden, failure("Archived deals can't be edited")
	}
	next := *d
	if status, answer, ok := h.read(c, &next); !ok {
		return status, answer
	}
	next.updated = h.now()
	if next.stageID != d.stageID {
		next.stageSet = next.updated
	}
	if next.status != d.status {
		next.closed = next.updated
	}
	*d = next
	return success(h.dealNode(d))
}

// read reads a body into a deal.
func (h deals) read(c call, d *deal) (status int, answer any, ok bool) {
	b := c.input()
	decodeKey(b, "title", &d.title)
	if strings.TrimSpace(d.title) == "" {
		b.fail("Validation failed: title is required")
	}
	decodeKey(b, "value", &d.value)
	if decodeKey(b, "currency", &d.currency) && len(d.currency) != 3 {
		b.fail("Validation failed: currency")
	}
	b.owner(h.users, c, &d.owned, visibleNumber)
	decodeLink(b, "person_id", h.persons, c.user, &d.personID)
	decodeLink(b, "org_id", h.organizations, c.user, &d.orgID)
	b.day("expected_close_date", &d.expected)
	decodeKey(b, "is_archived", &d.archived)
	b.stage(h.book, &d.stageID)
	before := d.status
	if decodeKey(b, "status", &d.status) && !slices.Contains([]string{dealOpen, dealWon, dealLost}, d.status) {
		b.fail("Validation failed: status")
	}
	if d.status != dealLost {
		d.lostReason = ""
	}
	if decodeKey(b, "lost_reason", &d.lostReason) && d.lostReason != "" && d.status != dealLost {
		b.fail("Validation failed: lost_reason can only be set if status is lost")
	}
	status, answer, ok = b.done()
	if !ok {
		d.status = before
	}
	return status, answer, ok
}

// drop answers DELETE /deals/{id}. mu must be held.
func (h deals) drop(c call) (int, any) {
	d, ok := find(h.deals, c.id(), c.user)
	if !ok {
		return notFound()
	}
	h.deals = without(h.deals, d.id)
	return success(map[string]any{"id": d.id})
}
