package pipedrive

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// search serves the searches.
type search struct{ *book }

// hit is a result of a search.
type hit struct {
	score float64
	id    int
	item  map[string]any
}

// term is what to search for, and where.
type term struct {
	text   string // in lower case
	exact  bool
	fields []string // none: all
}

// searchTerm parses the query; the text is its error.
func (c call) searchTerm() (term, string) {
	q := c.r.URL.Query()
	t := term{text: strings.ToLower(strings.TrimSpace(q.Get("term"))), exact: q.Get("exact_match") == "true"}
	least := 2
	if t.exact {
		least = 1
	}
	if utf8.RuneCountInString(t.text) < least {
		return t, "Validation failed: term must have at least 2 characters, 1 with exact_match"
	}
	if f := q.Get("fields"); f != "" {
		t.fields = strings.Split(f, ",")
	}
	return t, ""
}

// score returns how well the best of the values matches, 0 for not at all. Phone numbers are
// compared by their digits.
func (t term) score(field string, values ...string) float64 {
	if t.fields != nil && !slices.Contains(t.fields, field) {
		return 0
	}
	best := 0.0
	for _, v := range values {
		best = max(best, t.fits(field, strings.ToLower(v)))
	}
	return best
}

func (t term) fits(field, value string) float64 {
	const whole, begins, within = 1.2, 0.8, 0.3
	term := t.text
	if field == "phone" {
		if asDigits(term) != "" && !strings.ContainsFunc(term, unicode.IsLetter) {
			term, value = asDigits(term), asDigits(value)
		}
	}
	switch {
	case value == "":
		return 0
	case value == term:
		return whole
	case t.exact:
		return 0
	case strings.HasPrefix(value, term):
		return begins
	}
	for _, word := range strings.Fields(term) {
		if !strings.Contains(value, word) {
			return 0
		}
	}
	return within
}

func asDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func contacts(list []contact) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.Value)
	}
	return out
}

// noteTexts returns the texts of the notes on a record.
func (b *book) noteTexts(on func(*note) bool) []string {
	out := []string{}
	for _, n := range b.notes {
		if on(n) {
			out = append(out, plainText(n.content))
		}
	}
	return out
}

// organizationItem and personItem return the related records of a result.
func (b *book) organizationItem(id int, u *user) any {
	if o, ok := find(b.organizations, id, u); ok {
		return map[string]any{"id": o.id, "name": o.name, "address": textOrNull(o.address)}
	}
	return nil
}

func (b *book) personItem(id int, u *user) any {
	if p, ok := find(b.persons, id, u); ok {
		return map[string]any{"id": p.id, "name": p.name}
	}
	return nil
}

func (h search) findPersons(t term, u *user) []hit {
	var out []hit
	for _, p := range seen(h.persons, u) {
		notes := h.noteTexts(func(n *note) bool { return n.personID == p.id })
		custom := []string{}
		for _, v := range p.custom {
			custom = append(custom, v)
		}
		score := max(t.score("name", p.name), t.score("email", contacts(p.emails)...), t.score("phone", contacts(p.phones)...),
			t.score("notes", notes...), t.score("custom_fields", custom...))
		if score == 0 {
			continue
		}
		out = append(out, hit{score, p.id, map[string]any{
			"id": p.id, "type": "person", "name": p.name, "phones": contacts(p.phones), "emails": contacts(p.emails), "visible_to": p.visible,
			"owner": map[string]any{"id": p.owner.id}, "organization": h.organizationItem(p.orgID, u), "custom_fields": custom, "notes": notes,
		}})
	}
	return out
}

func (h search) findDeals(t term, u *user) []hit {
	var out []hit
	for _, d := range seen(h.deals, u) {
		notes := h.noteTexts(func(n *note) bool { return n.dealID == d.id })
		score := max(t.score("title", d.title), t.score("notes", notes...))
		if score == 0 {
			continue
		}
		stage := h.stage(d.stageID)
		out = append(out, hit{score, d.id, map[string]any{
			"id": d.id, "type": "deal", "title": d.title, "value": d.value, "currency": d.currency, "status": d.status, "visible_to": d.visible,
			"owner": map[string]any{"id": d.owner.id}, "stage": map[string]any{"id": stage.id, "name": stage.name},
			"person": h.personItem(d.personID, u), "organization": h.organizationItem(d.orgID, u),
			"custom_fields": []string{}, "notes": notes, "is_archived": d.archived,
		}})
	}
	return out
}

func (h search) findLeads(t term, u *user) []hit {
	var out []hit
	for _, l := range seen(h.leads, u) {
		notes := h.noteTexts(func(n *note) bool { return n.leadID == l.uuid })
		phones, emails := []string{}, []string{}
		if p, ok := find(h.persons, l.personID, u); ok {
			phones, emails = contacts(p.phones), contacts(p.emails)
		}
		score := max(t.score("title", l.title), t.score("notes", notes...))
		if score == 0 {
			continue
		}
		item := map[string]any{
			"id": l.uuid, "type": "lead", "title": l.title, "owner": map[string]any{"id": l.owner.id},
			"person": h.personItem(l.personID, u), "organization": h.organizationItem(l.orgID, u), "phones": phones, "emails": emails,
			"custom_fields": []string{}, "notes": notes, "value": nil, "currency": nil, "visible_to": l.visible, "is_archived": l.archived,
		}
		if l.value != nil {
			item["value"], item["currency"] = *l.value.Amount, l.value.Currency
		}
		out = append(out, hit{score, l.id, item})
	}
	return out
}

func (h search) findOrganizations(t term, u *user) []hit {
	var out []hit
	for _, o := range seen(h.organizations, u) {
		if score := max(t.score("name", o.name), t.score("address", o.address)); score > 0 {
			out = append(out, hit{score, o.id, map[string]any{
				"id": o.id, "type": "organization", "name": o.name, "address": textOrNull(o.address), "visible_to": o.visible,
				"owner": map[string]any{"id": o.owner.id}, "custom_fields": []string{}, "notes": []string{},
			}})
		}
	}
	return out
}

// items answers GET /itemSearch. mu must be held.
func (h search) items(c call) (int, any) {
	t, wrong := c.searchTerm()
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	finds := []struct {
		kind string
		find func(term, *user) []hit
	}{{"person", h.findPersons}, {"deal", h.findDeals}, {"lead", h.findLeads}, {"organization", h.findOrganizations}}
	var types []string
	if v := c.r.URL.Query().Get("item_types"); v != "" {
		types = strings.Split(v, ",")
	}
	var hits []hit
	for _, f := range finds {
		if types == nil || slices.Contains(types, f.kind) {
			hits = append(hits, f.find(t, c.user)...)
		}
	}
	return found(c, hits, searchMost)
}

// personItems answers GET /persons/search. mu must be held.
func (h search) personItems(c call) (int, any) {
	t, wrong := c.searchTerm()
	if wrong != "" {
		return badRequest("%s", wrong)
	}
	return found(c, h.findPersons(t, c.user), pageMost)
}

// found answers with the results, best first.
func found(c call, hits []hit, most int) (int, any) {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	page, next, ok := pageV2(c, hits, most)
	if !ok {
		return badRequest("Validation failed: limit or cursor")
	}
	items := []map[string]any{}
	for _, h := range page {
		items = append(items, map[string]any{"result_score": h.score, "item": h.item})
	}
	return http.StatusOK, map[string]any{
		"success": true, "data": map[string]any{"items": items, "related_items": []any{}}, "additional_data": map[string]any{"next_cursor": next},
	}
}

// byField answers GET /itemSearch/field: persons by a custom field, case-sensitive. mu must be
// held.
func (h search) byField(c call) (int, any) {
	q := c.r.URL.Query()
	term, field := q.Get("term"), q.Get("field")
	if q.Get("entity_type") != "person" || term == "" || field == "" {
		return badRequest("Validation failed: term, field and entity_type (in the sandbox: person) are required")
	}
	fits := map[string]func(string) bool{
		"":          func(v string) bool { return v == term },
		"exact":     func(v string) bool { return v == term },
		"beginning": func(v string) bool { return strings.HasPrefix(v, term) },
		"middle":    func(v string) bool { return strings.Contains(v, term) },
	}[q.Get("match")]
	if fits == nil || !h.hasField(field) {
		return badRequest("Validation failed: match or field")
	}
	list := slices.DeleteFunc(seen(h.persons, c.user), func(p *person) bool {
		return p.custom[field] == "" || !fits(p.custom[field])
	})
	return listV2(c, list, func(p *person) map[string]any { return map[string]any{"id": p.id, "name": p.name} })
}
