package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"

	"parley/sandbox/web"
)

// crmMerge answers PUT /persons/{id}/merge: the person is gone, and the other one has what
// was theirs. mu held.
func (s *Sandbox) crmMerge(c crmCall) (int, any) {
	p, ok := crmFind(s.crm.book.persons, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	var with int
	b := c.json()
	crmRead(b, "merge_with_id", &with)
	into, ok := crmFind(s.crm.book.persons, with, c.user)
	if !ok || with == p.id {
		b.fail("Validation failed: merge_with_id")
	}
	if status, answer, ok := b.done(); !ok {
		return status, answer
	}
	book := &s.crm.book
	into.emails, into.phones = crmUnited(into.emails, p.emails), crmUnited(into.phones, p.phones)
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
	into.updated = s.now()
	book.persons = crmDrop(book.persons, p.id)
	if c.change != nil {
		c.change.merged = map[string]string{itoa(p.id): itoa(into.id)}
	}
	return crmOK(into.node())
}

// crmUnited adds to a list what it has not.
func crmUnited(list, more []crmContact) []crmContact {
	out := slices.Clone(list)
	for _, m := range more {
		if !slices.ContainsFunc(out, func(x crmContact) bool { return x.Value == m.Value }) {
			m.Primary = len(out) == 0
			out = append(out, m)
		}
	}
	return out
}

// crmHands are what somebody does in Pipedrive's own web app, by method and what follows
// /control/pipedrive/.
func crmHands() map[string]func(*Sandbox, crmCall) (int, any) {
	return map[string]func(*Sandbox, crmCall) (int, any){
		"POST persons": (*Sandbox).crmAddPerson, "POST persons/{id}": (*Sandbox).crmSetPerson, "DELETE persons/{id}": (*Sandbox).crmDropPerson,
		"POST persons/{id}/merge": (*Sandbox).crmMerge,
		"POST deals":              (*Sandbox).crmAddDeal, "POST deals/{id}": (*Sandbox).crmSetDeal, "DELETE deals/{id}": (*Sandbox).crmDropDeal,
		"POST leads": (*Sandbox).crmAddLead, "POST leads/{id}": (*Sandbox).crmSetLead, "DELETE leads/{id}": (*Sandbox).crmDropLead,
		"POST leads/{id}/convert": (*Sandbox).crmConvert,
		"POST notes":              (*Sandbox).crmAddNote, "POST notes/{id}": (*Sandbox).crmSetNote, "DELETE notes/{id}": (*Sandbox).crmDropNote,
	}
}

// controlPipedriveHand does what somebody does in Pipedrive's own web app: no budget
// counts it, and its webhooks tell so.
func (s *Sandbox) controlPipedriveHand(act string) http.HandlerFunc {
	do := crmHands()[act]
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		if len(body) == 0 {
			body = []byte("{}")
		}
		if !json.Valid(body) {
			refuse(w, http.StatusBadRequest, errors.New("the body must be a JSON object"))
			return
		}
		by := r.URL.Query().Get("by")
		if by == "" {
			by = "installer@example.com"
		}
		s.mu.Lock()
		u := s.crm.userByEmail(by)
		if u == nil {
			s.mu.Unlock()
			refuse(w, http.StatusNotFound, errors.New("no such user; GET /control/pipedrive/users lists them"))
			return
		}
		change := &crmChange{by: u, source: "app"}
		c := crmCall{r: r, user: u, vars: map[string]string{"id": r.PathValue("id")}, body: body, change: change}
		var status int
		var answer any
		s.crmChanging(change, func() { status, answer = do(s, c) })
		s.mu.Unlock()
		web.JSON(w, status, answer)
	}
}
