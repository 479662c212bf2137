package pipedrive

import "net/http"

// whoSees answers permittedUsers of a record. mu must be held.
func (b *book) whoSees(c call, o *owned) (int, any) {
	ids := []int{}
	for _, u := range b.colleagues(c.user.company) {
		if u.active && o.seenBy(u) {
			ids = append(ids, u.id)
		}
	}
	return http.StatusOK, map[string]any{"success": true, "data": ids}
}

func (h persons) permitted(c call) (int, any) {
	p, ok := find(h.persons, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return h.whoSees(c, &p.owned)
}

func (h organizations) permitted(c call) (int, any) {
	o, ok := find(h.organizations, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return h.whoSees(c, &o.owned)
}

func (h deals) permitted(c call) (int, any) {
	d, ok := find(h.deals, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return h.whoSees(c, &d.owned)
}

func (h leads) permitted(c call) (int, any) {
	l := h.findLead(c.vars["id"], c.user)
	if l == nil {
		return noLead()
	}
	return h.whoSees(c, &l.owned)
}
