package pipedrive

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"
)

// noteMost is how long a note may be, in bytes: the documentation says "100kB".
//
// Source: Pipedrive's OpenAPI, "Add a note".
const noteMost = 100_000

// noteSeen reports whether a user may see one of the records that a note is on. mu must be held.
func (b *book) noteSeen(n *note, u *user) bool {
	if n.author.company != u.company {
		return false
	}
	_, deal := find(b.deals, n.dealID, u)
	_, person := find(b.persons, n.personID, u)
	_, org := find(b.organizations, n.orgID, u)
	return deal || person || org || n.leadID != "" && b.findLead(n.leadID, u) != nil
}

// notes serves the routes of notes.
type notes struct{ *book }

func (b *book) noteNode(n *note, u *user) map[string]any {
	node := map[string]any{
		"id": n.id, "active_flag": true, "content": n.content, "add_time": n.added.UTC().Format(timeV1), "update_time": n.updated.UTC().Format(timeV1),
		"lead_id": textOrNull(n.leadID), "deal_id": idOrNull(n.dealID), "person_id": idOrNull(n.personID), "org_id": idOrNull(n.orgID),
		"project_id": nil, "task_id": nil, "deal": nil, "person": nil, "organization": nil, "lead": nil,
		"user_id": n.author.id, "last_update_user_id": n.lastBy.id,
		"user": map[string]any{"email": n.author.email, "name": n.author.name, "icon_url": nil, "is_you": n.author == u},
	}
	if d, ok := find(b.deals, n.dealID, u); ok {
		node["deal"] = map[string]any{"title": d.title}
	}
	if p, ok := find(b.persons, n.personID, u); ok {
		node["person"] = map[string]any{"name": p.name}
	}
	if o, ok := find(b.organizations, n.orgID, u); ok {
		node["organization"] = map[string]any{"name": o.name}
	}
	for _, what := range pins() {
		node["pinned_to_"+what+"_flag"] = n.pinned[what]
	}
	return node
}

func pins() []string { return []string{"lead", "deal", "organization", "person", "project", "task"} }

// list answers GET /notes. mu must be held.
func (h notes) list(c call) (int, any) {
	q := c.r.URL.Query()
	var since time.Time
	if v := q.Get("updated_since"); v != "" {
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return badRequest("Validation failed: updated_since")
		}
		since = t
	}
	list := []*note{}
	for _, n := range h.notes {
		ids := map[string]string{
			"lead_id": n.leadID, "deal_id": itoa(n.dealID), "person_id": itoa(n.personID), "org_id": itoa(n.orgID), "user_id": itoa(n.author.id),
		}
		fits := h.noteSeen(n, c.user) && !n.updated.Before(since)
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
		slices.SortStableFunc(list, func(a, b *note) int { return a.added.Compare(b.added) })
	case "update_time":
		slices.SortStableFunc(list, func(a, b *note) int { return a.updated.Compare(b.updated) })
	default:
		return badRequest("Validation failed: the sandbox sorts notes by id, add_time or update_time")
	}
	if strings.EqualFold(direction, "desc") {
		slices.Reverse(list)
	}
	return listV1(c, list, func(n *note) map[string]any { return h.noteNode(n, c.user) })
}

// find returns a note that the caller may see; nil: none.
func (h notes) find(c call) *note {
	i := slices.IndexFunc(h.notes, func(n *note) bool { return n.id == c.id() })
	if i < 0 || !h.noteSeen(h.notes[i], c.user) {
		return nil
	}
	return h.notes[i]
}

func (h notes) get(c call) (int, any) {
	n := h.find(c)
	if n == nil {
		return notFound()
	}
	return success(h.noteNode(n, c.user))
}

// add answers POST /notes. mu must be held.
func (h notes) add(c call) (int, any) {
	now := h.now()
	n := &note{author: c.user, lastBy: c.user, added: now, updated: now}
	if status, answer, ok := h.read(c, n); !ok {
		return status, answer
	}
	n.id = h.next()
	h.notes = append(h.notes, n)
	return success(h.noteNode(n, c.user))
}

// set answers PUT /notes/{id}. mu must be held.
func (h notes) set(c call) (int, any) {
	n := h.find(c)
	if n == nil {
		return notFound()
	}
	next := *n
	if status, answer, ok := h.read(c, &next); !ok {
		return status, answer
	}
	next.updated, next.lastBy = h.now(), c.user
	*n = next
	return success(h.noteNode(n, c.user))
}

// drop answers DELETE /notes/{id}. mu must be held.
func (h notes) drop(c call) (int, any) {
	n := h.find(c)
	if n == nil {
		return notFound()
	}
	h.notes = slices.DeleteFunc(h.notes, func(x *note) bool { return x == n })
	return success(true)
}

// read reads a body into a note.
func (h notes) read(c call, n *note) (status int, answer any, ok bool) {
	b := c.input()
	if decodeKey(b, "content", &n.content) {
		n.content = cleanHTML(n.content)
	}
	if strings.TrimSpace(n.content) == "" {
		b.fail("Note content must be provided")
	}
	if len(n.content) > noteMost {
		b.fail("Note content is too long")
	}
	decodeLink(b, "deal_id", h.deals, c.user, &n.dealID)
	decodeLink(b, "person_id", h.persons, c.user, &n.personID)
	decodeLink(b, "org_id", h.organizations, c.user, &n.orgID)
	if decodeKey(b, "lead_id", &n.leadID) && n.leadID != "" && h.findLead(n.leadID, c.user) == nil {
		b.fail("Validation failed: lead_id does not exist")
	}
	if n.leadID == "" && n.dealID == 0 && n.personID == 0 && n.orgID == 0 {
		b.fail("At least one of lead_id, deal_id, person_id and org_id must be provided")
	}
	var at string
	if decodeKey(b, "add_time", &at) {
		t, err := time.Parse(timeV1, at)
		if err != nil {
			b.fail("Validation failed: add_time")
		}
		n.added = t
	}
	h.readAuthor(b, c, n)
	n.readPins(b)
	return b.done()
}

// readAuthor decodes the author of a note, which only an admin may set.
func (h notes) readAuthor(b *input, c call, n *note) {
	var id int
	if !decodeKey(b, "user_id", &id) || id == n.author.id {
		return
	}
	i := slices.IndexFunc(h.users, func(u *user) bool { return u.id == id && u.company == c.user.company })
	if i < 0 || !c.user.admin {
		b.fail("Only an admin can change the author of a note")
		return
	}
	n.author = h.users[i]
}

// readPins decodes where the note is pinned: numbers in requests, booleans in answers.
func (n *note) readPins(b *input) {
	next := map[string]bool{}
	for _, what := range pins() {
		next[what] = n.pinned[what]
		var flag int
		if !decodeKey(b, "pinned_to_"+what+"_flag", &flag) {
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
	anyTags    = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	oneTag     = regexp.MustCompile(`(?s)^<(/?)([a-zA-Z0-9]+)(.*?)/?>$`)
	linkTarget = regexp.MustCompile(`href="(https?://[^"<>]*|mailto:[^"<>]*)"`)
	scripts    = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)>`)
)

// cleanHTML removes from HTML what notes may not have. The allowed tags are not documented: kept
// here are the few that every editor has.
func cleanHTML(s string) string {
	s = scripts.ReplaceAllString(s, "")
	return anyTags.ReplaceAllStringFunc(s, func(tag string) string {
		m := oneTag.FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		name := strings.ToLower(m[2])
		if !slices.Contains([]string{"p", "br", "b", "strong", "i", "em", "u", "a", "ul", "ol", "li"}, name) {
			return ""
		}
		if href := linkTarget.FindStringSubmatch(m[3]); name == "a" && m[1] == "" && href != nil {
			return `<a href="` + href[1] + `">`
		}
		return "<" + m[1] + name + ">"
	})
}

// plainText returns the text of HTML, which is what searches look at.
func plainText(s string) string { return html.UnescapeString(anyTags.ReplaceAllString(s, " ")) }
