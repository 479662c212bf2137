package pipedrive

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

// input is the JSON object in the body of a write. It is read key by key; its first error is
// reported at the end.
type input struct {
	raw   map[string]json.RawMessage
	wrong string
}

func (c call) input() *input {
	b := &input{}
	if err := json.Unmarshal(c.body, &b.raw); err != nil || b.raw == nil {
		b.wrong = "The body must be a JSON object."
	}
	return b
}

// decodeKey decodes a key into a value if it is present, and reports whether it is. null gives the
// zero value.
func decodeKey[T any](b *input, key string, into *T) bool {
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

func (b *input) fail(why string) {
	if b.wrong == "" {
		b.wrong = why
	}
}

// day decodes a date into a text.
func (b *input) day(key string, into *string) {
	if decodeKey(b, key, into) && *into != "" {
		if _, err := time.Parse(time.DateOnly, *into); err != nil {
			b.fail("Validation failed: " + key + " is no date")
		}
	}
}

// owner decodes the owner of a record and its visibility.
func (b *input) owner(users []*user, c call, o *owned, visibleKey func(*input, *int)) {
	var id int
	if decodeKey(b, "owner_id", &id) {
		i := slices.IndexFunc(users, func(u *user) bool { return u.id == id && u.active && u.company == c.user.company })
		if i < 0 {
			b.fail("Validation failed: owner_id is no active user")
			return
		}
		o.owner = users[i]
	}
	visibleKey(b, &o.visible)
	if !slices.Contains([]int{ownerOnly, ownersGroup, groupBelow, everybody}, o.visible) {
		b.fail("Validation failed: visible_to")
	}
}

// visibleNumber decodes visible_to of version 2, visibleText that of leads.
func visibleNumber(b *input, into *int) { decodeKey(b, "visible_to", into) }

func visibleText(b *input, into *int) {
	var s string
	if decodeKey(b, "visible_to", &s) {
		*into, _ = strconv.Atoi(s)
	}
}

// decodeLink decodes the id of a record that the caller must be able to see.
func decodeLink[T record](b *input, key string, list []T, u *user, into *int) {
	var id int
	if !decodeKey(b, key, &id) {
		return
	}
	if _, ok := find(list, id, u); !ok && id != 0 {
		b.fail("Validation failed: " + key + " does not exist")
		return
	}
	*into = id
}

// stage decodes the stage of a deal: its own id, or the first of a pipeline.
func (b *input) stage(of *book, into *int) {
	var id int
	if decodeKey(b, "pipeline_id", &id) {
		first := of.firstStage(id)
		if first == nil {
			b.fail("Validation failed: pipeline_id does not exist")
			return
		}
		*into = first.id
	}
	if decodeKey(b, "stage_id", &id) {
		if of.stage(id) == nil {
			b.fail("Validation failed: stage_id does not exist")
			return
		}
		*into = id
	}
}

// done reports the body's error; unread keys are one.
func (b *input) done() (status int, answer any, ok bool) {
	for _, key := range slices.Sorted(maps.Keys(b.raw)) {
		b.fail("Validation failed: " + web.Clip(key, 40) + " is not known")
	}
	if b.wrong != "" {
		return http.StatusBadRequest, failure(b.wrong), false
	}
	return 0, nil, true
}

func success(data any) (int, any) {
	return http.StatusOK, map[string]any{"success": true, "data": data}
}

func notFound() (int, any) {
	e := failure("Entity was not found")
	e["error_info"] = "Object was not found."
	return http.StatusNotFound, e
}

func badRequest(format string, a ...any) (int, any) {
	return http.StatusBadRequest, failure(fmt.Sprintf(format, a...))
}

// number parses a number of the query; otherwise if absent.
func (c call) number(key string, otherwise int) (int, bool) {
	v := c.r.URL.Query().Get(key)
	if v == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(v)
	return n, err == nil
}

// id returns the number in the path; 0 if it is not one.
func (c call) id() int {
	n, err := strconv.Atoi(c.vars["id"])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Page sizes.
const (
	pageMost   = 500
	searchMost = 100 // itemSearch
	pageUsual  = 100
)

// pageV2 returns the page of a list for the cursor and the limit.
func pageV2[T any](c call, list []T, most int) (page []T, next any, ok bool) {
	limit, good := c.number("limit", pageUsual)
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

// listV2 answers with one page of a list in version 2.
func listV2[T any](c call, list []T, node func(T) map[string]any) (int, any) {
	page, next, ok := pageV2(c, list, pageMost)
	if !ok {
		return badRequest("Validation failed: limit or cursor")
	}
	data := []map[string]any{}
	for _, x := range page {
		data = append(data, node(x))
	}
	return http.StatusOK, map[string]any{"success": true, "data": data, "additional_data": map[string]any{"next_cursor": next}}
}

// listV1 answers with one page of a list in version 1.
func listV1[T any](c call, list []T, node func(T) map[string]any) (int, any) {
	start, ok := c.number("start", 0)
	limit, ok2 := c.number("limit", pageUsual)
	if !ok || !ok2 || start < 0 || limit < 1 || limit > pageMost {
		return badRequest("Validation failed: start or limit")
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
