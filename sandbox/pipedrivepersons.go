package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parley/sandbox/web"
)

func (p *crmPerson) node() map[string]any {
	first, last, _ := strings.Cut(p.name, " ")
	custom := map[string]any{}
	for code, v := range p.custom {
		custom[code] = crmTextOr(v)
	}
	return map[string]any{
		"id": p.id, "name": p.name, "first_name": first, "last_name": crmTextOr(last), "owner_id": p.owner.id, "org_id": crmIDOr(p.orgID),
		"add_time": p.added.UTC().Format(crmISO), "update_time": p.updated.UTC().Format(crmISO),
		"emails": p.emails, "phones": p.phones, "is_deleted": false, "visible_to": p.visible,
		"label_ids": []int{}, "picture_id": nil, "custom_fields": custom,
	}
}

// crmPersons answers GET /persons: by ids or deal_id, else all. mu held.
func (s *Sandbox) crmPersons(c crmCall) (int, any) {
	q := c.r.URL.Query()
	list := crmVisible(s.crm.book.persons, c.user)
	if ids := q.Get("ids"); ids != "" {
		want := strings.Split(ids, ",")
		if len(want) > crmSearchMost {
			return crmBad("Validation failed: too many ids")
		}
		list = slices.DeleteFunc(list, func(p *crmPerson) bool { return !slices.Contains(want, strconv.Itoa(p.id)) })
	}
	if q.Get("deal_id") != "" {
		id, _ := c.number("deal_id", 0)
		d, ok := crmFind(s.crm.book.deals, id, c.user)
		list = slices.DeleteFunc(list, func(p *crmPerson) bool { return !ok || p.id != d.personID })
	}
	return crmListV2(c, list, (*crmPerson).node)
}

func (s *Sandbox) crmPerson(c crmCall) (int, any) {
	p, ok := crmFind(s.crm.book.persons, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return crmOK(p.node())
}

// contactSyncOnly are the keys that a person has with Contact Sync only.
func contactSyncOnly() []string {
	return []string{"im", "notes", "postal_address", "birthday", "job_title"}
}

// crmAddPerson answers POST /persons. mu held.
func (s *Sandbox) crmAddPerson(c crmCall) (int, any) {
	now := s.now()
	p := &crmPerson{crmOwned: crmOwned{owner: c.user, visible: crmOwnersGroup, added: now, updated: now}}
	if status, answer, ok := s.readPerson(c, p); !ok {
		return status, answer
	}
	p.id = s.crm.book.next()
	s.crm.book.persons = append(s.crm.book.persons, p)
	return crmOK(p.node())
}

// crmSetPerson answers PATCH /persons/{id}. mu held.
func (s *Sandbox) crmSetPerson(c crmCall) (int, any) {
	p, ok := crmFind(s.crm.book.persons, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	next := *p
	if status, answer, ok := s.readPerson(c, &next); !ok {
		return status, answer
	}
	*p = next
	p.updated = s.now()
	return crmOK(p.node())
}

// readPerson takes what a body says of a person.
func (s *Sandbox) readPerson(c crmCall, p *crmPerson) (status int, answer any, ok bool) {
	b := c.json()
	for _, key := range contactSyncOnly() {
		if _, there := b.raw[key]; there {
			return http.StatusForbidden, crmError("Contact sync is needed to set " + key), false
		}
	}
	crmRead(b, "name", &p.name)
	if strings.TrimSpace(p.name) == "" {
		b.fail("Validation failed: name is required")
	}
	crmRead(b, "emails", &p.emails)
	crmRead(b, "phones", &p.phones)
	for _, list := range []*[]crmContact{&p.emails, &p.phones} {
		if *list == nil {
			*list = []crmContact{}
		}
	}
	b.owner(s, c, &p.crmOwned, crmVisibleNumber)
	crmLink(b, "org_id", s.crm.book.orgs, c.user, &p.orgID)
	var custom map[string]*string
	if crmRead(b, "custom_fields", &custom) {
		p.custom = cloneFields(p.custom)
		for code, v := range custom {
			if !slices.ContainsFunc(s.crm.book.fields, func(f crmField) bool { return f.code == code }) {
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

// crmDropPerson answers DELETE /persons/{id}. mu held.
func (s *Sandbox) crmDropPerson(c crmCall) (int, any) {
	p, ok := crmFind(s.crm.book.persons, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	s.crm.book.persons = crmDrop(s.crm.book.persons, p.id)
	return crmOK(map[string]any{"id": p.id})
}

// crmOrganization answers GET /organizations/{id}. mu held.
func (s *Sandbox) crmOrganization(c crmCall) (int, any) {
	o, ok := crmFind(s.crm.book.orgs, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return crmOK(map[string]any{
		"id": o.id, "name": o.name, "owner_id": o.owner.id, "add_time": o.added.UTC().Format(crmISO), "update_time": o.updated.UTC().Format(crmISO),
		"is_deleted": false, "visible_to": o.visible, "address": map[string]any{"value": o.address}, "label_ids": []int{}, "custom_fields": map[string]any{},
	})
}

func (f crmField) node() map[string]any {
	return map[string]any{
		"field_name": f.name, "field_code": f.code, "field_type": f.kind, "options": nil, "subfields": nil,
		"is_custom_field": len(f.code) == 40, "is_optional_response_field": false,
	}
}

// crmFields answers GET /personFields: what every person has, and the custom ones. mu held.
func (s *Sandbox) crmFields(c crmCall) (int, any) {
	list := []crmField{{"name", "Name", "varchar"}, {"emails", "Email", "varchar"}, {"phones", "Phone", "phone"}}
	return crmListV2(c, append(list, s.crm.book.fields...), crmField.node)
}

// crmAddField answers POST /personFields; only an admin may. mu held.
func (s *Sandbox) crmAddField(c crmCall) (int, any) {
	if !c.user.admin {
		return http.StatusForbidden, crmError("You do not have permission to do this")
	}
	var f crmField
	b := c.json()
	crmRead(b, "field_name", &f.name)
	crmRead(b, "field_type", &f.kind)
	if f.name == "" || f.kind != "varchar" && f.kind != "text" {
		b.fail("Validation failed: field_name and field_type are required; here field_type is varchar or text")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	f.code = s.crmSecret("field", 20)
	s.crm.book.fields = append(s.crm.book.fields, f)
	return crmOK(f.node())
}
