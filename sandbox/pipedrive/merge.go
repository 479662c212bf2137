package pipedrive

import (
	"slices"
)

// merge answers PUT /persons/{id}/merge: the person is gone, and the other one gets their data.
// mu must be held.
func (h persons) merge(c call) (int, any) {
	p, ok := find(h.persons, c.id(), c.user)
	if !ok {
		return notFound()
	}
	var with int
	b := c.input()
	decodeKey(b, "merge_with_id", &with)
	into, ok := find(h.persons, with, c.user)
	if !ok || with == p.id {
		b.fail("Validation failed: merge_with_id")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	book := h.book
	into.emails, into.phones = united(into.emails, p.emails), united(into.phones, p.phones)
	if into.orgID == 0 {
		into.orgID = p.orgID
	}
	for _, d := range book.deals {
		if d.personID == p.id {
			d.personID = into.id
		}
	}
	for _, l := range book.leads {
		if l.personID == p.id {
			l.personID = into.id
		}
	}
	for _, n := range book.notes {
		if n.personID == p.id {
			n.personID = into.id
		}
	}
	into.updated = h.now()
	book.persons = without(book.persons, p.id)
	if c.change != nil {
		c.change.merged = map[string]string{itoa(p.id): itoa(into.id)}
	}
	return success(into.node())
}

// united adds the entries of more that a list does not have.
func united(list, more []contact) []contact {
	out := slices.Clone(list)
	for _, m := range more {
		if !slices.ContainsFunc(out, func(x contact) bool { return x.Value == m.Value }) {
			m.Primary = len(out) == 0
			out = append(out, m)
		}
	}
	return out
}
