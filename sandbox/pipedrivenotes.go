package sandbox

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// crmNoteMost is how long a note may be, in bytes: the documentation says "100kB".
//
// Source: Pipedrive's OpenAPI, "Add a note".
const crmNoteMost = 100_000

// seen tells whether a user sees one of the records that a note stands on. mu held.
func (b *crmBook) noteSeen(n *crmNote, u *crmUser) bool {
	if n.author.company != u.company {
		return false
	}
	_, deal := crmFind(b.deals, n.dealID, u)
	_, person := crmFind(b.persons, n.personID, u)
	_, org := crmFind(b.orgs, n.orgID, u)
	return deal || person || org || n.leadID != "" && b.lead(n.leadID, u) != nil
}

func (s *Sandbox) noteNode(n *crmNote, u *crmUser) map[string]any {
	node := map[string]any{
		"id": n.id, "active_flag": true, "content": n.content, "add_time": n.added.UTC().Format(crmTime), "update_time": n.updated.UTC().Format(crmTime),
		"lead_id": crmTextOr(n.leadID), "deal_id": crmIDOr(n.dealID), "person_id": crmIDOr(n.personID), "org_id": crmIDOr(n.orgID),
		"project_id": nil, "task_id": nil, "deal": nil, "person": nil, "organization": nil, "lead": nil,
		"user_id": n.author.id, "last_update_user_id": n.lastBy.id,
		"user": map[string]any{"email": n.author.email, "name": n.author.name, "icon_url": nil, "is_you": n.author == u},
	}
	if d, ok := crmFind(s.crm.book.deals, n.dealID, u); ok {
		node["deal"] = map[string]any{"title": d.title}
	}
	if p, ok := crmFind(s.crm.book.persons, n.personID, u); ok {
		node["person"] = map[string]any{"name": p.name}
	}
	if o, ok := crmFind(s.crm.book.orgs, n.orgID, u); ok {
		node["organization"] = map[string]any{"name": o.name}
	}
	for _, what := range pins() {
		node["pinned_to_"+what+"_flag"] = n.pinned[what]
	}
	return node
}

func pins() []string { return []string{"lead", "deal", "organization", "person", "project", "task"} }

// crmNotes answers GET /notes. mu held.
func (s *Sandbox) crmNotes(c crmCall) (int, any) {
	q := c.r.URL.Query()
	var since time.Time
	if v := q.Get("updated_since"); v != "" {
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return crmBad("Validation failed: updated_since")
		}
		since = t
	}
	list := []*crmNote{}
	for _, n := range s.crm.book.notes {
		ids := map[string]string{
			"lead_id": n.leadID, "deal_id": itoa(n.dealID), "person_id": itoa(n.personID), "org_id": itoa(n.orgID), "user_id": itoa(n.author.id),
		}
		fits := s.crm.book.noteSeen(n, c.user) && !n.updated.Before(since)
		for key, have := range ids {
			if want := q.Get(key); want != "" && !strings.EqualFold(want, have) {
				fits = false
			}
		}
		if fits {
			list = append(list, n)
		}
	}
	key, direction, _ := strings.Cut(q.Get("sort"), " ")
	switch key {
	case "", "id":
	case "add_time":
		slices.SortStableFunc(list, func(a, b *crmNote) int { return a.added.Compare(b.added) })
	case "update_time":
		slices.SortStableFunc(list, func(a, b *crmNote) int { return a.updated.Compare(b.updated) })
	default:
		return crmBad("Validation failed: the sandbox sorts notes by id, add_time or update_time")
	}
	if strings.EqualFold(direction, "desc") {
		slices.Reverse(list)
	}
	return crmListV1(c, list, func(n *crmNote) map[string]any { return s.noteNode(n, c.user) })
}

// note finds a note that the caller sees; nil: there is none.
func (s *Sandbox) note(c crmCall) *crmNote {
	i := slices.IndexFunc(s.crm.book.notes, func(n *crmNote) bool { return n.id == c.id() })
	if i < 0 || !s.crm.book.noteSeen(s.crm.book.notes[i], c.user) {
		return nil
	}
	return s.crm.book.notes[i]
}

func (s *Sandbox) crmNote(c crmCall) (int, any) {
	n := s.note(c)
	if n == nil {
		return crmNone()
	}
	return crmOK(s.noteNode(n, c.user))
}

// crmAddNote answers POST /notes. mu held.
func (s *Sandbox) crmAddNote(c crmCall) (int, any) {
	now := s.now()
	n := &crmNote{author: c.user, lastBy: c.user, added: now, updated: now}
	if status, answer, ok := s.readNote(c, n); !ok {
		return status, answer
	}
	n.id = s.crm.book.next()
	s.crm.book.notes = append(s.crm.book.notes, n)
	return crmOK(s.noteNode(n, c.user))
}

// crmSetNote answers PUT /notes/{id}. mu held.
func (s *Sandbox) crmSetNote(c crmCall) (int, any) {
	n := s.note(c)
	if n == nil {
		return crmNone()
	}
	next := *n
	if status, answer, ok := s.readNote(c, &next); !ok {
		return status, answer
	}
	next.updated, next.lastBy = s.now(), c.user
	*n = next
	return crmOK(s.noteNode(n, c.user))
}

// crmDropNote answers DELETE /notes/{id}. mu held.
func (s *Sandbox) crmDropNote(c crmCall) (int, any) {
	n := s.note(c)
	if n == nil {
		return crmNone()
	}
	s.crm.book.notes = slices.DeleteFunc(s.crm.book.notes, func(x *crmNote) bool { return x == n })
	return crmOK(true)
}

// readNote takes what a body says of a note.
func (s *Sandbox) readNote(c crmCall, n *crmNote) (status int, answer any, ok bool) {
	b := c.json()
	if crmRead(b, "content", &n.content) {
		n.content = crmClean(n.content)
	}
	if strings.TrimSpace(n.content) == "" {
		b.fail("Note content must be provided")
	}
	if len(n.content) > crmNoteMost {
		b.fail("Note content is too long")
	}
	crmLink(b, "deal_id", s.crm.book.deals, c.user, &n.dealID)
	crmLink(b, "person_id", s.crm.book.persons, c.user, &n.personID)
	crmLink(b, "org_id", s.crm.book.orgs, c.user, &n.orgID)
	if crmRead(b, "lead_id", &n.leadID) && n.leadID != "" && s.crm.book.lead(n.leadID, c.user) == nil {
		b.fail("Validation failed: lead_id does not exist")
	}
	if n.leadID == "" && n.dealID == 0 && n.personID == 0 && n.orgID == 0 {
		b.fail("At least one of lead_id, deal_id, person_id and org_id must be provided")
	}
	var at string
	if crmRead(b, "add_time", &at) {
		t, err := time.Parse(crmTime, at)
		if err != nil {
			b.fail("Validation failed: add_time")
		}
		n.added = t
	}
	s.readAuthor(b, c, n)
	n.readPins(b)
	return b.done()
}

// readAuthor takes whose note it is, which only an admin may say.
func (s *Sandbox) readAuthor(b *crmBody, c crmCall, n *crmNote) {
	var id int
	if !crmRead(b, "user_id", &id) || id == n.author.id {
		return
	}
	i := slices.IndexFunc(s.crm.users, func(u *crmUser) bool { return u.id == id && u.company == c.user.company })
	if i < 0 || !c.user.admin {
		b.fail("Only an admin can change the author of a note")
		return
	}
	n.author = s.crm.users[i]
}

// readPins takes where the note is pinned: numbers come, booleans go out.
func (n *crmNote) readPins(b *crmBody) {
	next := map[string]bool{}
	for _, what := range pins() {
		next[what] = n.pinned[what]
		var flag int
		if !crmRead(b, "pinned_to_"+what+"_flag", &flag) {
			continue
		}
		if flag != 0 && flag != 1 {
			b.fail("Validation failed: pinned_to_" + what + "_flag is 0 or 1")
		}
		next[what] = flag == 1
	}
	n.pinned = next
}

var (
	crmTags   = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	crmTag    = regexp.MustCompile(`(?s)^<(/?)([a-zA-Z0-9]+)(.*?)/?>$`)
	crmHref   = regexp.MustCompile(`href="(https?://[^"<>]*|mailto:[^"<>]*)"`)
	crmScript = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>`)
)

// crmClean takes out of HTML what notes may not have. Which tags those are is nowhere
// told: what stays here is the little that every editor has.
func crmClean(s string) string {
	s = crmScript.ReplaceAllString(s, "")
	return crmTags.ReplaceAllStringFunc(s, func(tag string) string {
		m := crmTag.FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		name := strings.ToLower(m[2])
		if !slices.Contains([]string{"p", "br", "b", "strong", "i", "em", "u", "a", "ul", "ol", "li"}, name) {
			return ""
		}
		if href := crmHref.FindStringSubmatch(m[3]); name == "a" && m[1] == "" && href != nil {
			return `<a href="` + href[1] + `">`
		}
		return "<" + m[1] + name + ">"
	})
}

// crmPlain is the text of HTML, which is what is searched.
func crmPlain(s string) string { return html.UnescapeString(crmTags.ReplaceAllString(s, " ")) }

// crmPermitted answers permittedUsers of a record: who may see it. mu held.
func (s *Sandbox) crmPermitted(c crmCall, o *crmOwned) (int, any) {
	ids := []int{}
	for _, u := range s.crm.colleagues(c.user.company) {
		if u.active && o.seenBy(u) {
			ids = append(ids, u.id)
		}
	}
	return http.StatusOK, map[string]any{"success": true, "data": ids}
}

func (s *Sandbox) crmPersonPermitted(c crmCall) (int, any) {
	p, ok := crmFind(s.crm.book.persons, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return s.crmPermitted(c, &p.crmOwned)
}

func (s *Sandbox) crmOrganizationPermitted(c crmCall) (int, any) {
	o, ok := crmFind(s.crm.book.orgs, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return s.crmPermitted(c, &o.crmOwned)
}

func (s *Sandbox) crmDealPermitted(c crmCall) (int, any) {
	d, ok := crmFind(s.crm.book.deals, c.id(), c.user)
	if !ok {
		return crmNone()
	}
	return s.crmPermitted(c, &d.crmOwned)
}

func (s *Sandbox) crmLeadPermitted(c crmCall) (int, any) {
	l := s.crm.book.lead(c.vars["id"], c.user)
	if l == nil {
		return crmNoLead()
	}
	return s.crmPermitted(c, &l.crmOwned)
}
