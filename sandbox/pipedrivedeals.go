package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// crmCurrency is what amounts are in where nothing else is said.
const crmCurrency = "JPY"

// How deals stand.
const (
	crmOpen = "open"
	crmWon  = "won"
	crmLost = "lost"
)

func (s *Sandbox) dealNode(d *crmDeal) map[string]any {
	n := map[string]any{
		"id": d.id, "title": d.title, "creator_user_id": d.creator.id, "owner_id": d.owner.id, "value": d.value, "currency": d.currency,
		"person_id": crmIDOr(d.personID), "org_id": crmIDOr(d.orgID), "stage_id": d.stageID, "pipeline_id": s.crm.book.stage(d.stageID).pipelineID,
		"add_time": d.added.UTC().Format(crmISO), "update_time": d.updated.UTC().Format(crmISO), "stage_change_time": crmTimeOr(d.stageSet),
		"status": d.status, "is_archived": d.archived, "is_deleted": false, "probability": nil, "lost_reason": crmTextOr(d.lostReason),
		"visible_to": d.visible, "close_time": crmTimeOr(d.closed), "won_time": nil, "lost_time": nil,
		"expected_close_date": crmTextOr(d.expected), "label_ids": []int{}, "origin": "API", "origin_id": nil,
		"source_lead_id": crmTextOr(d.sourceLead), "custom_fields": map[string]any{},
	}
	if d.status != crmOpen {
		n[d.status+"_time"] = crmTimeOr(d.closed)
	}
	return n
}

// crmDeals answers GET /deals, newest first where it is asked for. mu held.
func (s *Sandbox) crmDeals(c crmCall) (int, any) {
	q := c.r.URL.Query()
	person, ok := c.number("person_id", 0)
	org, ok2 := c.number("org_id", 0)
	if !ok || !ok2 {
		return crmBad("Validation failed: person_id or org_id")
	}
	var status []string
	if v := q.Get("status"); v != "" {
		status = strings.Split(v, ",")
	}
	ids := strings.Split(q.Get("ids"), ",")
	list := crmVisible(s.crm.book.deals, c.user)
	list = slices.DeleteFunc(list, func(d *crmDeal) bool {
		return d.archived || person != 0 && d.personID != person || org != 0 && d.orgID != org ||
			status != nil && !slices.Contains(status, d.status) || q.Get("ids") != "" && !slices.Contains(ids, itoa(d.id))
	})
	switch by := q.Get("sort_by"); by {
	case "", "id":
	case "update_time":
		slices.SortStableFunc(list, func(a, b *crmDeal) int { return a.updated.Compare(b.updated) })
	case "add_time":
		slices.SortStableFunc(list, func(a, b *crmDeal) int { return a.added.Compare(b.added) })
	default:
		return crmBad("Validation failed: sort_by")
	}
	if q.Get("sort_direction") == "desc" {
		slices.Reverse(list)
	}
	return crmListV2(c, list, s.dealNode)
}

func (s *Sandbox) crmDeal(c crmCall) (int, any) {
	d, ok := crmFind(s.crm.book.deals, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return crmOK(s.dealNode(d))
}

// crmAddDeal answers POST /deals. mu held.
func (s *Sandbox) crmAddDeal(c crmCall) (int, any) {
	now := s.now()
	d := &crmDeal{
		crmOwned: crmOwned{owner: c.user, visible: crmOwnersGroup, added: now, updated: now},
		currency: c.user.currency, status: crmOpen, creator: c.user, stageID: s.crm.book.stages[0].id, stageSet: now,
	}
	if status, answer, ok := s.readDeal(c, d); !ok {
		return status, answer
	}
	d.id = s.crm.book.next()
	s.crm.book.deals = append(s.crm.book.deals, d)
	return crmOK(s.dealNode(d))
}

// crmSetDeal answers PATCH /deals/{id}. Archived ones can't be edited. mu held.
func (s *Sandbox) crmSetDeal(c crmCall) (int, any) {
	d, ok := crmFind(s.crm.book.deals, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	if d.archived {
		return http.StatusForbidden, crmError("Archived deals can't be edited")
	}
	next := *d
	if status, answer, ok := s.readDeal(c, &next); !ok {
		return status, answer
	}
	next.updated = s.now()
	if next.stageID != d.stageID {
		next.stageSet = next.updated
	}
	if next.status != d.status {
		next.closed = next.updated
	}
	*d = next
	return crmOK(s.dealNode(d))
}

// readDeal takes what a body says of a deal.
func (s *Sandbox) readDeal(c crmCall, d *crmDeal) (status int, answer any, ok bool) {
	b := c.json()
	crmRead(b, "title", &d.title)
	if strings.TrimSpace(d.title) == "" {
		b.fail("Validation failed: title is required")
	}
	crmRead(b, "value", &d.value)
	if crmRead(b, "currency", &d.currency) && len(d.currency) != 3 {
		b.fail("Validation failed: currency")
	}
	b.owner(s, c, &d.crmOwned, crmVisibleNumber)
	crmLink(b, "person_id", s.crm.book.persons, c.user, &d.personID)
	crmLink(b, "org_id", s.crm.book.orgs, c.user, &d.orgID)
	b.day("expected_close_date", &d.expected)
	crmRead(b, "is_archived", &d.archived)
	s.readStage(b, &d.stageID)
	before := d.status
	if crmRead(b, "status", &d.status) && !slices.Contains([]string{crmOpen, crmWon, crmLost}, d.status) {
		b.fail("Validation failed: status")
	}
	if d.status != crmLost {
		d.lostReason = ""
	}
	if crmRead(b, "lost_reason", &d.lostReason) && d.lostReason != "" && d.status != crmLost {
		b.fail("Validation failed: lost_reason can only be set if status is lost")
	}
	status, answer, ok = b.done()
	if !ok {
		d.status = before
	}
	return status, answer, ok
}

// readStage takes the stage of a deal, by its own id or as the first of a pipeline.
func (s *Sandbox) readStage(b *crmBody, into *int) {
	var id int
	if crmRead(b, "pipeline_id", &id) {
		first := s.crm.book.firstStage(id)
		if first == nil {
			b.fail("Validation failed: pipeline_id does not exist")
			return
		}
		*into = first.id
	}
	if crmRead(b, "stage_id", &id) {
		if s.crm.book.stage(id) == nil {
			b.fail("Validation failed: stage_id does not exist")
			return
		}
		*into = id
	}
}

// crmDropDeal answers DELETE /deals/{id}. mu held.
func (s *Sandbox) crmDropDeal(c crmCall) (int, any) {
	d, ok := crmFind(s.crm.book.deals, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	s.crm.book.deals = crmDrop(s.crm.book.deals, d.id)
	return crmOK(map[string]any{"id": d.id})
}

// crmStages answers GET /stages, in the order of their pipelines. mu held.
func (s *Sandbox) crmStages(c crmCall) (int, any) {
	pipeline, ok := c.number("pipeline_id", 0)
	if !ok {
		return crmBad("Validation failed: pipeline_id")
	}
	list := slices.Clone(s.crm.book.stages)
	list = slices.DeleteFunc(list, func(x crmStage) bool { return pipeline != 0 && x.pipelineID != pipeline })
	return crmListV2(c, list, func(x crmStage) map[string]any {
		return map[string]any{
			"id": x.id, "order_nr": x.order, "name": x.name, "is_deleted": false, "deal_probability": x.probability, "pipeline_id": x.pipelineID,
			"is_deal_rot_enabled": false, "days_to_rotten": nil, "add_time": "2024-04-01T00:00:00Z", "update_time": nil,
		}
	})
}

// crmPipelines answers GET /pipelines. mu held.
func (s *Sandbox) crmPipelines(c crmCall) (int, any) {
	return crmListV2(c, s.crm.book.pipelines, func(x crmPipeline) map[string]any {
		return map[string]any{
			"id": x.id, "name": x.name, "order_nr": x.id, "is_deleted": false, "is_deal_probability_enabled": true,
			"add_time": "2024-04-01T00:00:00Z", "update_time": nil,
		}
	})
}
