package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// secondPage is a Page on which the admin has no full control.
const secondPage = "Aoyama Coffee Kyoto"

// account is somebody with a Facebook account, who may sign in at the dialog.
type account struct {
	key   string // what the dialog calls them
	id    string
	name  string
	about string // who they are, in words
	pages []managed
}

// managed is a Page that somebody may work with.
type managed struct {
	id, name, token string
	tasks           []string
}

// credential is a token made by the dialog, or one of those that the sandbox began with.
type credential struct {
	who     principal
	owner   *account
	scopes  []string
	expires time.Time // zero: never
}

// valid tells whether a token can still be used.
func (c *credential) valid(now time.Time) bool {
	return c.expires.IsZero() || now.Before(c.expires)
}

func fullControl() []string {
	return []string{"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"}
}

// people are those who can sign in: an admin with full control of the Page, somebody who
// may only answer, and a personal profile without a Page.
func (s *Sandbox) people() []*account {
	seed := s.opts.Seed
	page := managed{id: s.info.PageID, name: pageName, token: s.info.PageToken, tasks: fullControl()}
	kyoto := managed{
		id: seeded.Digits(seed, "page kyoto", 15), name: secondPage, token: token(seed, "page token kyoto"),
		tasks: []string{"CREATE_CONTENT", "MESSAGING"},
	}
	answers := page
	answers.token, answers.tasks = token(seed, "page token of staff"), []string{"CREATE_CONTENT", "MESSAGING", "MODERATE"}
	return []*account{
		{key: "admin", id: s.userID, name: userName, about: "full control of " + pageName, pages: []managed{page, kyoto}},
		{key: "staff", id: seeded.Digits(seed, "user staff", 17), name: "Aoyama Staff", about: "answers on " + pageName + ", no full control", pages: []managed{answers}},
		{key: "profile", id: seeded.Digits(seed, "user profile", 17), name: "Hana Private", about: "a personal profile without a Page"},
	}
}

// openAccounts makes the people and the tokens that there are from the beginning.
func (s *Sandbox) openAccounts() {
	s.accounts = s.people()
	s.codes, s.tokens = map[string]*authorization{}, map[string]*credential{}
	admin := s.accounts[0]
	s.tokens[s.info.UserToken] = &credential{who: asUser, owner: admin, scopes: scopes()}
	for _, a := range s.accounts {
		for _, p := range a.pages {
			if p.id == s.info.PageID {
				s.tokens[p.token] = &credential{who: asPage, owner: a, scopes: scopes()}
			}
		}
	}
}

// accountByID finds whose id it is; nil if nobody's.
func (s *Sandbox) accountByID(id string) *account {
	i := slices.IndexFunc(s.accounts, func(a *account) bool { return a.id == id })
	if i < 0 {
		return nil
	}
	return s.accounts[i]
}

// readUser answers GET /{user}.
func (s *Sandbox) readUser(c *call) (any, error) {
	if c.who != asUser {
		return nil, errUnknownObject("GET", c.path[0])
	}
	first, last, _ := strings.Cut(c.holds.owner.name, " ")
	all := map[string]any{
		"id": c.holds.owner.id, "name": c.holds.owner.name, "first_name": first, "last_name": last,
	}
	if c.holds.owner.key == "admin" {
		all["email"] = "installer@example.com"
	}
	return pick(c, "User", all, "name")
}

// listAccounts answers GET /{user}/accounts: the Pages that the person may work with, if
// they let the app see them.
func (s *Sandbox) listAccounts(c *call) (any, error) {
	if c.who != asUser {
		return nil, errUnknownObject("GET", c.path[0])
	}
	limit, offset := defaultPageSize, 0
	if text := c.param("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, badParam("param limit must be a positive integer")
		}
		limit = min(n, maxPageSize)
	}
	if text := c.param("after"); text != "" {
		p, err := parseCursor(text)
		if err != nil {
			return nil, err
		}
		offset = int(p.at)
	}
	var pages []managed
	if slices.Contains(c.holds.scopes, "pages_show_list") {
		pages = c.holds.owner.pages
	}
	offset = min(max(offset, 0), len(pages))
	end := min(offset+limit, len(pages))
	data := []any{}
	for _, p := range pages[offset:end] {
		data = append(data, map[string]any{
			"access_token": p.token, "category": "Coffee Shop",
			"category_list": []any{map[string]string{"id": "197871390225897", "name": "Coffee Shop"}},
			"name":          p.name, "id": p.id, "tasks": p.tasks,
		})
	}
	out := map[string]any{"data": data}
	if len(data) > 0 {
		out["paging"] = s.pagingNode(c, position{int64(offset), ""}, position{int64(end), ""}, end < len(pages))
	}
	return out, nil
}

// listPermissions answers GET /{user}/permissions.
func (s *Sandbox) listPermissions(c *call) (any, error) {
	if c.who != asUser {
		return nil, errUnknownObject("GET", c.path[0])
	}
	data := []any{}
	for _, name := range scopes() {
		status := "declined"
		if slices.Contains(c.holds.scopes, name) {
			status = "granted"
		}
		data = append(data, map[string]string{"permission": name, "status": status})
	}
	return map[string]any{"data": data}, nil
}
