package privacy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub/store"
	"parley/model"
)

// What users do with records of the CRM. Who may see a record is another matter than who
// sees a Page: the ledger has each record for itself, and each line about a record for
// who sees both.

// mostSecretRecords bounds the records.
const mostSecretRecords = 40

// grants gives half of the users a grant of their own, the others are known to the CRM by
// their address; and it keeps that they are admins, as the CRM says.
func (s *secretive) grants(i *insider, admin bool) {
	s.crm.setAdmin(i.Email, admin)
	kept := store.CRMUser{User: i.ID, Admin: admin, CheckedAt: time.Now()}
	if id := secretID(i.Email); id%2 == 0 {
		raw, err := json.Marshal(model.CRMGrant{Access: fmt.Sprint(secretGrant, id), Refresh: "r", Expires: time.Now().Add(24 * time.Hour)})
		s.Must(err)
		kept.SealedGrant = livehub.LiveVault().Seal("crm grant", string(i.ID), string(raw))
	}
	s.Must(s.Store.Accounts(s.Context(), func(tx store.AccountTx) error { return tx.PutCRMUser(kept) }))
}

// both stands in the ledger for what only who sees a Page and a record may have.
func both(page, record model.PageID) model.PageID { return page + "|" + record }

// permitted tells the ledger who may see a record, and what is about it.
func (s *secretive) permitted(ref model.RecordRef) {
	sees := map[model.UserID]bool{}
	for _, i := range s.insiders {
		sees[i.ID] = s.crm.may(ref, i.Email)
	}
	page := s.crm.page(ref)
	s.ledger.shows(page, sees)
	for _, id := range s.order {
		seesBoth := map[model.UserID]bool{}
		for _, i := range s.insiders {
			seesBoth[i.ID] = sees[i.ID] && s.sees(i, id)
		}
		s.ledger.shows(both(id, page), seesBoth)
	}
}

// record returns some record, or a zero one.
func (s *secretive) record(types ...model.RecordType) model.RecordRef {
	all := s.crm.of(types...)
	if len(all) == 0 {
		return model.RecordRef{}
	}
	return one(s, all)
}

// expectsRecord judges an answer about a record of the CRM alone.
func (s *secretive) expectsRecord(i *insider, ref model.RecordRef, what string, a answered) bool {
	return s.expectsIf(i, ref, s.crm.may(ref, i.Email), what, a)
}

func (s *secretive) expectsIf(i *insider, ref model.RecordRef, sees bool, what string, a answered) bool {
	switch {
	case a.status == 0: // said already
	case i.out:
		if a.status != http.StatusUnauthorized {
			s.ledger.wrong("%s: %s, whose token was revoked, got %d %s", what, i.Name, a.status, a.body)
		}
	case !sees:
		s.refused++
		var p struct {
			Code model.Code `json:"code"`
		}
		if json.Unmarshal(a.body, &p) != nil || a.status != http.StatusNotFound || p.Code != model.RecordNotFound {
			s.ledger.wrong("%s: %s, who may not see %s, got %d %s", what, i.Name, ref, a.status, a.body)
		}
	case a.status >= http.StatusBadRequest:
		s.ledger.wrong("%s: %s, who may see %s, got %d %s", what, i.Name, ref, a.status, a.body)
	default:
		return true
	}
	return false
}

// changes has somebody change a record, which may be gone by that: of what others own,
// Pipedrive tells nobody whether a user who did not sign in through it may change it.
func (s *secretive) changes(i *insider, ref model.RecordRef, what string, ask func() answered) (answered, bool) {
	sees, owns := s.crm.may(ref, i.Email), s.crm.owns(ref, i.Email)
	a := ask()
	var p struct {
		Code model.Code `json:"code"`
	}
	if a.status == http.StatusForbidden && json.Unmarshal(a.body, &p) == nil && p.Code == model.CRMEditUnknown && !i.out && sees && !owns {
		s.refused++
		return a, false
	}
	return a, s.expectsIf(i, ref, sees, what, a)
}

// creates has somebody make a record: theirs, until others are let in.
func (s *secretive) creates() {
	i := s.anyone()
	if len(s.crm.of()) >= mostSecretRecords || i.out {
		return
	}
	t := one(s, model.RecordTypes())
	person := s.record(model.Person)
	if t == model.Lead && person.ID == "" {
		t = model.Person
	}
	s.words++
	page := model.PageID(fmt.Sprintf("crm%d", s.words))
	s.ledger.shows(page, map[model.UserID]bool{i.ID: true})
	word := s.plants(page, "a record's title")
	body := map[string]any{"title": string(page) + " " + word}
	if t != model.Person && person.ID != "" {
		body["person_id"] = person.ID
	}
	a := i.asks(http.MethodPost, "/v1/crm/"+string(t), body)
	if body["person_id"] != nil && !s.expectsRecord(i, person, "make a "+string(t), a) {
		return
	}
	if a.status != http.StatusCreated {
		s.ledger.wrong("%s makes a %s, and got %d %s", i.Name, t, a.status, a.body)
		return
	}
	var r model.Record
	s.Must(json.Unmarshal(a.body, &r))
	s.ledger.plant(page, "a record's id", r.ID)
	s.permitted(r.RecordRef)
}

// letsIn has the CRM let somebody see a record.
func (s *secretive) letsIn() {
	if ref, i := s.record(), s.anyone(); ref.ID != "" {
		s.crm.permits(ref, i.Email)
		s.permitted(ref)
		s.ledger.notes("%s (%s) may see %s", i.Name, i.ID, ref)
	}
}

// linksRecord has somebody link a conversation to a record, or take the link away.
func (s *secretive) linksRecord() {
	i, c, ref := s.anyone(), s.conversation(), s.record()
	if c == nil || ref.ID == "" {
		return
	}
	method := http.MethodPut
	if s.IntN(3) == 0 {
		method = http.MethodDelete
	}
	path := driver.ConversationPath(string(c.id), "links", string(ref.Type), ref.ID)
	began := time.Now().Truncate(time.Millisecond)
	a := i.asks(method, path, nil)
	switch {
	case i.out || !s.sees(i, c.page.id):
		s.expects(i, c.page, method+" "+path, a)
	case method == http.MethodDelete && a.status == http.StatusNotFound: // there may be no such link
	default:
		s.expectsRecord(i, ref, method+" "+path, a)
	}
	s.learnsLines(i, c, began)
}

// learnsLines makes the ids of lines about records secrets that came since. Who was told of
// older ones may have seen both Page and record then.
func (s *secretive) learnsLines(i *insider, c *secretConversation, since time.Time) {
	s.Must(s.Store.Read(s.Context(), func(r store.Reader) error {
		const newest = 4
		ms, _, err := r.Messages(c.id, "", newest, store.Viewer{User: i.ID, Now: time.Now()})
		for _, m := range ms {
			if m.Event == nil || m.Event.Record == nil || m.SentAt.Before(since) {
				continue
			}
			_, uuid, _ := strings.Cut(string(m.ID), "_")
			if ref := m.Event.Record.Ref(); slices.Contains(s.crm.of(), ref) {
				s.ledger.plant(both(c.page.id, s.crm.page(ref)), "the id of a line about a record", uuid)
			}
		}
		return err
	}))
}

// asksCRM has somebody search, look at or change a record.
func (s *secretive) asksCRM() {
	i, ref := s.anyone(), s.record()
	if ref.ID == "" {
		return
	}
	path := "/v1/crm/" + string(ref.Type) + "/" + ref.ID
	switch kind := s.IntN(7); {
	case kind < 3:
		q := one(s, []string{"zk", "crm", ref.String(), string(s.crm.page(ref))})
		s.general200(i, "/v1/crm/search?q="+url.QueryEscape(q))
	case kind == 3 && ref.Type == model.Deal:
		s.changes(i, ref, "move "+path, func() answered { return i.asks(http.MethodPatch, path, map[string]any{"stage": 2}) })
	case kind == 4 && ref.Type == model.Lead && s.IntN(4) == 0:
		s.converts(i, ref, path)
	case kind == 5:
		s.general200(i, "/v1/crm/stages")
	default:
		s.expectsRecord(i, ref, "read "+path, i.asks(http.MethodGet, path, nil))
	}
}

// converts has somebody make a deal of a lead: those who might see the lead may see it.
func (s *secretive) converts(i *insider, lead model.RecordRef, path string) {
	page := s.crm.page(lead)
	a, done := s.changes(i, lead, "convert "+path, func() answered { return i.asksAmidst(http.MethodPost, path+"/convert", nil) })
	if !done {
		return
	}
	var deal model.RecordRef
	s.Must(json.Unmarshal(a.body, &deal))
	s.ledger.plant(page, "a record's id", deal.ID)
	s.permitted(deal)
}

// general200 asks for what everybody who is in may ask for.
func (s *secretive) general200(i *insider, path string) {
	a, want := i.asks(http.MethodGet, path, nil), http.StatusOK
	if i.out {
		want = http.StatusUnauthorized
	} else if strings.HasPrefix(path, "/v1/crm/search") && a.status == http.StatusNotFound {
		want = http.StatusNotFound // an address of what is not there for them
	}
	if a.status != want {
		s.ledger.wrong("%s: %s got %d %s, want %d", path, i.Name, a.status, a.body, want)
	}
}

// looksForRecords has somebody ask which records a conversation may belong to, or how many
// may see one that it is to be linked to.
func (s *secretive) looksForRecords() {
	i, c, ref := s.anyone(), s.conversation(), s.record()
	if c == nil || ref.ID == "" {
		return
	}
	if s.IntN(2) == 0 {
		s.asksInto(i, c, http.MethodGet, nil, "suggestions")
		return
	}
	path := "/v1/crm/" + string(ref.Type) + "/" + ref.ID + "?for=" + url.QueryEscape(string(c.id))
	a := i.asks(http.MethodGet, path, nil)
	if i.out || !s.sees(i, c.page.id) {
		s.expects(i, c.page, path, a)
		return
	}
	s.expectsRecord(i, ref, path, a)
}

// recordCommands has somebody run a command about records.
func (s *secretive) recordCommands() {
	i, c, ref := s.anyone(), s.conversation(), s.record()
	if i.out || c == nil || ref.ID == "" {
		return
	}
	began := time.Now().Truncate(time.Millisecond)
	i.runs(one(s, [][]string{
		{"record", ref.String()},
		{"record", ref.String(), "--json"},
		{"crm", "search", "zk"},
		{"crm", "search", "zk", "--json"},
		{"link", string(c.id), ref.String()},
		{"unlink", string(c.id), ref.String()},
	})...)
	s.learnsLines(i, c, began)
}
