package pipedrive

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/model"
)

// Bounds of a search.
//
// Source: Pipedrive's OpenAPI, version 2, itemSearch.
const (
	leastTerm  = 2 // characters
	mostTerm   = 200
	mostFound  = 100
	searchPath = "/api/v2/itemSearch"
	// searchFields leaves out notes: they contain transcripts, which every word of a customer
	// would find.
	searchFields = "custom_fields,email,name,phone,title"
)

// Search returns at most limit records of the given types, or of any type, that contain a term,
// the best match first. A term has at least 2 characters, else it is [model.ErrCRMInvalid]. The
// result is what the search returns: stages without their pipeline, owners by id only; names
// are filled in if they are cached. If ten searches went out in the last two seconds, it waits,
// until ctx ends.
func (c *Client) Search(ctx context.Context, as *model.CRMGrant, term string, types []model.RecordType, limit int) ([]model.Record, error) {
	const call = "itemSearch"
	term = strings.TrimSpace(term)
	if n := utf8.RuneCountInString(term); n < leastTerm || n > mostTerm || !utf8.ValidString(term) {
		return nil, fmt.Errorf("pipedrive %s: %w: a term of %d characters", call, model.ErrCRMInvalid, n)
	}
	by, err := c.credential(call, as)
	if err != nil {
		return nil, err
	}
	if len(types) == 0 {
		types = model.RecordTypes()
	}
	var kinds []string
	for _, t := range types {
		kinds = append(kinds, string(t))
	}
	query := url.Values{
		"term": {term}, "item_types": {strings.Join(kinds, ",")}, "fields": {searchFields},
		"limit": {strconv.Itoa(min(max(limit, 1), mostFound))},
	}
	base, err := c.webBase(ctx, by)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: searchPath, query: query, search: true})
	if err != nil {
		return nil, err
	}
	list, ok := readFound(a.data, types)
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	c.fillCached(by, list)
	for i := range list {
		list[i].URL = page(base, list[i].RecordRef)
	}
	return list, nil
}

// fillCached fills in names that are cached.
func (c *Client) fillCached(by credential, list []model.Record) {
	people, _ := c.people.peek(by.holder, c.now())
	stages, _ := c.stages.peek(by.holder, c.now())
	for i := range list {
		people.setOwner(&list[i])
		if s := list[i].Stage; s != nil {
			if at := slices.IndexFunc(stages, func(x model.Stage) bool { return x.ID == s.ID }); at >= 0 {
				*s = stages[at]
			}
		}
	}
}

// SearchField returns the persons whose custom field with that code has exactly that value,
// including case.
func (c *Client) SearchField(ctx context.Context, as *model.CRMGrant, field, value string) ([]model.Record, error) {
	const call = "itemSearch/field"
	if !isCode(field) || utf8.RuneCountInString(value) < leastTerm || utf8.RuneCountInString(value) > mostTerm || !utf8.ValidString(value) {
		return nil, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMInvalid)
	}
	by, err := c.credential(call, as)
	if err != nil {
		return nil, err
	}
	query := url.Values{"term": {value}, "entity_type": {"person"}, "field": {field}, "match": {"exact"}, "limit": {strconv.Itoa(mostFound)}}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: searchPath + "/field", query: query, search: true})
	if err != nil {
		return nil, err
	}
	var ids []string
	ok := each(a.data, func(one json.RawMessage) {
		var w struct {
			ID int64 `json:"id"`
		}
		if json.Unmarshal(one, &w) == nil && w.ID > 0 {
			ids = append(ids, strconv.FormatInt(w.ID, 10))
		}
	})
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return c.personsByID(ctx, by, ids)
}

// personsByID reads persons, at most mostFound.
func (c *Client) personsByID(ctx context.Context, by credential, ids []string) ([]model.Record, error) {
	const call = "persons"
	base, err := c.webBase(ctx, by)
	if err != nil {
		return nil, err
	}
	query := url.Values{"ids": {strings.Join(ids, ",")}, "limit": {strconv.Itoa(mostFound)}}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v2/persons", query: query})
	if err != nil {
		return nil, err
	}
	all, ok := readAll(a.data, readPerson)
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	var list []model.Record
	for _, w := range all {
		w.URL = page(base, w.RecordRef)
		list = append(list, w.Record)
	}
	c.fillCached(by, list)
	return list, nil
}
