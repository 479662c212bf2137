package graph

import (
	"slices"
	"strconv"
	"strings"
)

// readUser answers GET /{user}.
func (g *Graph) readUser(c *call) (any, error) {
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

// listAccounts answers GET /{user}/accounts: the Pages that the person may work with and lets the
// app see.
func (g *Graph) listAccounts(c *call) (any, error) {
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
		out["paging"] = pagingNode(g.meta, c, position{int64(offset), ""}, position{int64(end), ""}, end < len(pages))
	}
	return out, nil
}

// listPermissions answers GET /{user}/permissions.
func (g *Graph) listPermissions(c *call) (any, error) {
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
