package pipedrive

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parley/sandbox/web"
)

// persons serves the routes of persons and their fields.
type persons struct{ *book }

func (p *person) node() map[string]any {
	first, last, _ := strings.Cut(p.name, " ")
	custom := map[string]any{}
	for code, v := range p.custom {
		custom[code] = textOrNull(v)
	}
	return map[string]any{
		"id": p.id, "name": p.name, "first_name": first, "last_name": textOrNull(last), "owner_id": p.owner.id, "org_id": idOrNull(p.orgID),
		"add_time": p.added.UTC().Format(timeV2), "update_time": p.updated.UTC().Format(timeV2),
		"emails": p.emails, "phones": p.phones, "is_deleted": false, "visible_to": p.visible,
		"label_ids": []int{}, "picture_id": nil, "custom_fields": custom,
	}
}

// list answers GET /persons: by ids or deal_id, else all. mu must be held.
func (h persons) list(c call) (int, any) {
	q := c.r.URL.Query()
	list := seen(h.persons, c.user)
	if ids := q.Get("ids"); ids != "" {
		want := strings.Split(ids, ",")
		if len(want) > searchMost {
			return badRequest("Validation failed: too many ids")
		}
		list = slices.DeleteFunc(list, func(p *person) bool { return !slices.Contains(want, strconv.Itoa(p.id)) })
	}
	if q.Get("deal_id") != "" {
		id, _ := c.number("deal_id", 0)
		d, ok := find(h.deals, id, c.user)
		list = slices.DeleteFunc(list, func(p *person) bool { return !ok || p.id != d.personID })
	}
	return listV2(c, list, (*person).node)
}

func (h persons) get(c call) (int, any) {
	p, ok := find(h.persons, c.id(), c.user)
	if !ok {
		return notFound()
	}
	return success(p.node())
}

// contactSyncOnly returns the keys that persons have only with Contact Sync.
func contactSyncOnly() []string {
	return []string{"im", "notes", "postal_address", "birthday", "job_title"}
}

// add answers POST /persons. mu must be held.
func (h persons) add(c call) (int, any) {
	now := h.now()
	p := &person{owned: owned{owner: c.user, visible: ownersGroup, added: now, updated: now}}
	if status, answer, ok := h.read(c, p); !ok {
		return status, answer
	}
	p.id = h.next()
	h.persons = append(h.persons, p)
	return success(p.node())
}

// set answers PATCH /persons/{id}. mu must be held.
func (h persons) set(c call) (int, any) {
	p, ok := find(h.persons, c.id(), c.user)
	if !ok {
		return notFound()
	}
	next := *p
	if status, answer, ok := h.read(c, &next); !ok {
		return status, answer
	}
	*p = next
	p.updated = h.now()
	return success(p.node())
}

// read reads a body into a person.
func (h persons) read(c call, p *person) (status int, answer any, ok bool) {
	b := c.input()
	for _, key := range contactSyncOnly() {
		if _, there := b.raw[key]; there {
			return http.StatusForbidden, failure("Contact sync is needed to set " + key), false
		}
	}
	decodeKey(b, "name", &p.name)
	if strings.TrimSpace(p.name) == "" {
		b.fail("Validation failed: name is required")
	}
	decodeKey(b, "emails", &p.emails)
	decodeKey(b, "phones", &p.phones)
	for _, list := range []*[]contact{&p.emails, &p.phones} {
		if *list == nil {
			*list = []contact{}
		}
	}
	b.owner(h.users, c, &p.owned, visibleNumber)
	decodeLink(b, "org_id", h.organizations, c.user, &p.orgID)
	var custom map[string]*string
	if decodeKey(b, "custom_fields", &custom) {
		p.custom = cloneFields(p.custom)
		for code, v := range custom {
			if !h.hasField(code) {
				b.fail("Validation failed: custom_fields." + web.Clip(code, 40) + " does not exist")
				continue
			}
			p.custom[code] = ""
			if v != nil {
				p.custom[code] = *v
			}
		}
	}
	return b.done()
}

func cloneFields(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// drop answers DELETE /persons/{id}. mu must be held.
func (h persons) drop(c call) (int, any) {
	p, ok := find(h.persons, c.id(), c.user)
	if !ok {
		return notFound()
	}
	h.persons = without(h.persons, p.id)
	return success(map[string]any{"id": p.id})
}

func (f field) node() map[string]any {
	return map[string]any{
		"field_name": f.name, "field_code": f.code, "field_type": f.kind, "options": nil, "subfields": nil,
		"is_custom_field": len(f.code) == 40, "is_optional_response_field": false,
	}
}

// listFields answers GET /personFields: built-in and custom ones. mu must be held.
func (h persons) listFields(c call) (int, any) {
	list := []field{{"name", "Name", "varchar"}, {"emails", "Email", "varchar"}, {"phones", "Phone", "phone"}}
	return listV2(c, append(list, h.fields...), field.node)
}

// addField answers POST /personFields; only an admin may. mu must be held.
func (h persons) addField(c call) (int, any) {
	if !c.user.admin {
		return http.StatusForbidden, failure("You do not have permission to do this")
	}
	var f field
	b := c.input()
	decodeKey(b, "field_name", &f.name)
	decodeKey(b, "field_type", &f.kind)
	if f.name == "" || f.kind != "varchar" && f.kind != "text" {
		b.fail("Validation failed: field_name and field_type are required; here field_type is varchar or text")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	f.code = h.secret("field", 20)
	h.fields = append(h.fields, f)
	return success(f.node())
}
