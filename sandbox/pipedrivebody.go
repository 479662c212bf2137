package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/sandbox/web"
)

// crmBody is the JSON object that a write carries. What it has is read key by key; what
// is wrong with it is told once, at its end.
type crmBody struct {
	raw   map[string]json.RawMessage
	wrong string
}

func (c crmCall) json() *crmBody {
	b := &crmBody{}
	if err := json.Unmarshal(c.body, &b.raw); err != nil || b.raw == nil {
		b.wrong = "The body must be a JSON object."
	}
	return b
}

// read takes a key into a value, where the key stands there, and tells whether it does.
// null gives the value's zero.
func crmRead[T any](b *crmBody, key string, into *T) bool {
	raw, there := b.raw[key]
	if !there {
		return false
	}
	delete(b.raw, key)
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		b.fail("Validation failed: " + key + " is of another type")
		return false
	}
	*into = v
	return true
}

func (b *crmBody) fail(why string) {
	if b.wrong == "" {
		b.wrong = why
	}
}

// day takes a day into a text.
func (b *crmBody) day(key string, into *string) {
	if crmRead(b, key, into) && *into != "" {
		if _, err := time.Parse(time.DateOnly, *into); err != nil {
			b.fail("Validation failed: " + key + " is no date")
		}
	}
}

// owner takes who owns a record and who may see it.
func (b *crmBody) owner(s *Sandbox, c crmCall, o *crmOwned, visibleKey func(*crmBody, *int)) {
	var id int
	if crmRead(b, "owner_id", &id) {
		i := slices.IndexFunc(s.crm.users, func(u *crmUser) bool { return u.id == id && u.active && u.company == c.user.company })
		if i < 0 {
			b.fail("Validation failed: owner_id is no active user")
			return
		}
		o.owner = s.crm.users[i]
	}
	visibleKey(b, &o.visible)
	if !slices.Contains([]int{crmOwnerOnly, crmOwnersGroup, crmGroupBelow, crmEverybody}, o.visible) {
		b.fail("Validation failed: visible_to")
	}
}

// crmVisibleNumber is visible_to of version 2, crmVisibleText that of leads.
func crmVisibleNumber(b *crmBody, into *int) { crmRead(b, "visible_to", into) }

func crmVisibleText(b *crmBody, into *int) {
	var s string
	if crmRead(b, "visible_to", &s) {
		*into, _ = strconv.Atoi(s)
	}
}

// link takes the id of something that the caller must see.
func crmLink[T crmRecord](b *crmBody, key string, list []T, u *crmUser, into *int) {
	var id int
	if !crmRead(b, key, &id) {
		return
	}
	if _, ok := crmFind(list, id, u); !ok && id != 0 {
		b.fail("Validation failed: " + key + " does not exist")
		return
	}
	*into = id
}

// done tells what is wrong with the body; keys that nobody read are.
func (b *crmBody) done() (status int, answer any, ok bool) {
	for _, key := range slices.Sorted(maps.Keys(b.raw)) {
		b.fail("Validation failed: " + web.Clip(key, 40) + " is not known")
	}
	if b.wrong != "" {
		return http.StatusBadRequest, crmError(b.wrong), false
	}
	return 0, nil, true
}

func crmOK(data any) (int, any) {
	return http.StatusOK, map[string]any{"success": true, "data": data}
}

func crmNone() (int, any) {
	e := crmError("Entity was not found")
	e["error_info"] = "Object was not found."
	return http.StatusNotFound, e
}

func crmBad(format string, a ...any) (int, any) {
	return http.StatusBadRequest, crmError(fmt.Sprintf(format, a...))
}

// number reads a number of the query; absent is otherwise.
func (c crmCall) number(key string, otherwise int) (int, bool) {
	v := c.r.URL.Query().Get(key)
	if v == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(v)
	return n, err == nil
}

// id is the number in the path; 0 for what is none.
func (c crmCall) id() int {
	n, err := strconv.Atoi(c.vars["id"])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Most that a page may have.
const (
	crmPageMost   = 500
	crmSearchMost = 100 // itemSearch
	crmPageUsual  = 100
)

// crmPageV2 cuts the page out of a list that the cursor and the limit ask for.
func crmPageV2[T any](c crmCall, list []T, most int) (page []T, next any, ok bool) {
	limit, good := c.number("limit", crmPageUsual)
	from := 0
	if cursor := c.r.URL.Query().Get("cursor"); cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		n, isOne := strings.CutPrefix(string(raw), "from=")
		at, err2 := strconv.Atoi(n)
		if err != nil || err2 != nil || !isOne || at < 0 {
			return nil, nil, false
		}
		from = at
	}
	if !good || limit < 1 || limit > most {
		return nil, nil, false
	}
	from = min(from, len(list))
	page = list[from:min(from+limit, len(list))]
	if from+limit < len(list) {
		next = base64.RawURLEncoding.EncodeToString([]byte("from=" + strconv.Itoa(from+limit)))
	}
	return page, next, true
}

// crmListV2 answers with one page of a list of version 2.
func crmListV2[T any](c crmCall, list []T, node func(T) map[string]any) (int, any) {
	page, next, ok := crmPageV2(c, list, crmPageMost)
	if !ok {
		return crmBad("Validation failed: limit or cursor")
	}
	data := []map[string]any{}
	for _, x := range page {
		data = append(data, node(x))
	}
	return http.StatusOK, map[string]any{"success": true, "data": data, "additional_data": map[string]any{"next_cursor": next}}
}

// crmListV1 answers with one page of a list of version 1.
func crmListV1[T any](c crmCall, list []T, node func(T) map[string]any) (int, any) {
	start, ok := c.number("start", 0)
	limit, ok2 := c.number("limit", crmPageUsual)
	if !ok || !ok2 || start < 0 || limit < 1 || limit > crmPageMost {
		return crmBad("Validation failed: start or limit")
	}
	start = min(start, len(list))
	data := []map[string]any{}
	for _, x := range list[start:min(start+limit, len(list))] {
		data = append(data, node(x))
	}
	page := map[string]any{"start": start, "limit": limit, "more_items_in_collection": start+limit < len(list)}
	if start+limit < len(list) {
		page["next_start"] = start + limit
	}
	return http.StatusOK, map[string]any{"success": true, "data": data, "additional_data": map[string]any{"pagination": page}}
}
