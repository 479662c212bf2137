package pipedrive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"parley/model"
)

// mostOpen is how many open deals and leads of a person are returned.
const mostOpen = 10

// Record returns a complete record as one user sees it: with the names of its organisation,
// owner, person and stage, and a person's open deals and leads. A record that does not exist,
// or that the user may not see, is [model.ErrCRMNotFound]. A person or an organisation that
// they may not see is left out.
func (c *Client) Record(ctx context.Context, as *model.CRMGrant, r model.RecordRef) (model.Record, error) {
	call := string(r.Type) + "s/{id}"
	by, err := c.credential(call, as)
	if err != nil {
		return model.Record{}, err
	}
	w, err := c.read(ctx, by, r)
	if err != nil {
		return model.Record{}, err
	}
	return c.complete(ctx, by, w)
}

// endpoint returns the API path for a type of record, and the decoder for its answer.
func endpoint(t model.RecordType) (path string, read func(json.RawMessage) (whole, bool)) {
	switch t {
	case model.Person:
		return "/api/v2/persons", readPerson
	case model.Lead:
		return "/api/v1/leads", readLead
	case model.Deal:
		return "/api/v2/deals", readDeal
	}
	return "", nil
}

// read reads a record alone.
func (c *Client) read(ctx context.Context, by credential, r model.RecordRef) (whole, error) {
	call := string(r.Type) + "s/{id}"
	known, ok := ref(r.Type, r.ID)
	if !ok {
		return whole{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	path, read := endpoint(r.Type)
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: path + "/" + known.ID})
	if err != nil {
		return whole{}, err
	}
	return decodeRecord(call, known, a, read)
}

// decodeRecord decodes the answer of a call that returns one record. named is the record that
// it must be, if known.
func decodeRecord(call string, named model.RecordRef, a answer, read func(json.RawMessage) (whole, bool)) (whole, error) {
	var gone struct {
		Deleted bool `json:"is_deleted"`
	}
	if json.Unmarshal(a.data, &gone) == nil && gone.Deleted {
		return whole{}, fmt.Errorf("pipedrive %s: %w", call, model.ErrCRMNotFound)
	}
	w, ok := read(a.data)
	if !ok || named.ID != "" && w.RecordRef != named {
		return whole{}, unavailable(call, errUnreadable)
	}
	return w, nil
}

// complete reads the names in a record, and a person's open deals and leads, concurrently.
func (c *Client) complete(ctx context.Context, by credential, w whole) (model.Record, error) {
	var (
		base   string
		who    people
		stages []model.Stage
		open   []whole
		leads  []whole
	)
	tasks := []func(context.Context) error{
		func(ctx context.Context) (err error) { base, err = c.webBase(ctx, by); return err },
		func(ctx context.Context) (err error) { who, err = c.peopleOf(ctx, by); return err },
		func(ctx context.Context) error { return c.nameOrganization(ctx, by, w.OrganizationID, &w.Organization) },
	}
	if w.Type != model.Lead {
		tasks = append(tasks, func(ctx context.Context) (err error) { stages, err = c.stagesOf(ctx, by); return err })
	}
	if w.Type == model.Person {
		tasks = append(tasks,
			func(ctx context.Context) (err error) { open, err = c.openDeals(ctx, by, w.ID); return err },
			func(ctx context.Context) (err error) { leads, err = c.openLeads(ctx, by, w.ID); return err })
	} else {
		tasks = append(tasks, func(ctx context.Context) error { return c.namePerson(ctx, by, w.person, &w.Record) })
	}
	if err := concurrently(ctx, tasks...); err != nil {
		return model.Record{}, err
	}
	w.Open = newest(append(open, leads...), func(r *whole) {
		finish(r, base, who, stages)
		r.Person, r.PersonName = &w.RecordRef, w.Title
	})
	finish(&w, base, who, stages)
	return w.Record, nil
}

// finish puts names into a record.
func finish(w *whole, base string, who people, stages []model.Stage) {
	w.URL = page(base, w.RecordRef)
	who.setOwner(&w.Record)
	if i := slices.IndexFunc(stages, func(s model.Stage) bool { return s.ID == w.stage }); w.stage > 0 && i >= 0 {
		s := stages[i]
		w.Stage = &s
	}
}

// newest returns the newest records, at most mostOpen, each finished.
func newest(list []whole, finished func(*whole)) []model.Record {
	slices.SortStableFunc(list, func(a, b whole) int { return b.added.Compare(a.added) })
	var out []model.Record
	for _, w := range list[:min(len(list), mostOpen)] {
		finished(&w)
		out = append(out, w.Record)
	}
	return out
}

// concurrently runs tasks concurrently, and cancels all of them when one fails.
func concurrently(ctx context.Context, tasks ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, task := range tasks {
		wg.Go(func() {
			if err := task(ctx); err != nil {
				once.Do(func() { first = err; cancel() })
			}
		})
	}
	wg.Wait()
	return first
}

// hidden reports whether an error means that something may not be seen.
func hidden(err error) bool {
	return errors.Is(err, model.ErrCRMNotFound) || errors.Is(err, model.ErrCRMForbidden)
}

// nameOrganization reads an organisation's name, if it may be seen.
func (c *Client) nameOrganization(ctx context.Context, by credential, id int64, into *model.Untrusted) error {
	if id <= 0 {
		return nil
	}
	const call = "organizations/{id}"
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v2/organizations/" + strconv.FormatInt(id, 10)})
	if hidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var w struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(a.data, &w) != nil {
		return unavailable(call, errUnreadable)
	}
	*into = text(w.Name)
	return nil
}

// namePerson reads the person of a lead or deal, if they may be seen.
func (c *Client) namePerson(ctx context.Context, by credential, id int64, into *model.Record) error {
	p, ok := numbered(model.Person, id)
	if !ok {
		return nil
	}
	w, err := c.read(ctx, by, p)
	if hidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	into.Person, into.PersonName, into.Emails, into.Phones = &p, w.Title, w.Emails, w.Phones
	return nil
}

// openDeals returns the newest open deals of a person.
func (c *Client) openDeals(ctx context.Context, by credential, person string) ([]whole, error) {
	query := url.Values{
		"person_id": {person}, "status": {string(model.DealOpen)}, "sort_by": {"add_time"}, "sort_direction": {"desc"}, "limit": {strconv.Itoa(mostOpen)},
	}
	return c.list(ctx, by, request{name: "deals", method: http.MethodGet, path: "/api/v2/deals", query: query}, readDeal)
}

// openLeads returns all leads of a person: the specification has two contradicting ways to ask
// for the newest first.
func (c *Client) openLeads(ctx context.Context, by credential, person string) (all []whole, err error) {
	q := request{name: "leads", method: http.MethodGet, path: "/api/v1/leads", query: url.Values{"person_id": {person}}}
	err = c.pages(ctx, by, q, func(data json.RawMessage) (ok, enough bool) {
		more, ok := readAll(data, readLead)
		all = append(all, more...)
		return ok, false
	})
	return all, err
}

func (c *Client) list(ctx context.Context, by credential, q request, read func(json.RawMessage) (whole, bool)) ([]whole, error) {
	a, err := c.do(ctx, by, q)
	if err != nil {
		return nil, err
	}
	list, ok := readAll(a.data, read)
	if !ok {
		return nil, unavailable(q.name, errUnreadable)
	}
	return list, nil
}

// PermittedUsers returns the CRM ids of the users who may see a record, using the company
// token. A record that this token may not see is [model.ErrCRMNotFound].
func (c *Client) PermittedUsers(ctx context.Context, r model.RecordRef) ([]int64, error) {
	known, ok := ref(r.Type, r.ID)
	if !ok {
		return nil, fmt.Errorf("pipedrive %ss/{id}/permittedUsers: %w", r.Type, model.ErrCRMNotFound)
	}
	return c.permittedUsers(ctx, string(known.Type)+"s", known.ID)
}

// OrganizationUsers returns the CRM ids of the users who may see an organisation, like
// [Client.PermittedUsers] for a record.
func (c *Client) OrganizationUsers(ctx context.Context, organization int64) ([]int64, error) {
	if organization <= 0 {
		return nil, fmt.Errorf("pipedrive organizations/{id}/permittedUsers: %w", model.ErrCRMNotFound)
	}
	return c.permittedUsers(ctx, "organizations", strconv.FormatInt(organization, 10))
}

func (c *Client) permittedUsers(ctx context.Context, of, id string) ([]int64, error) {
	call := of + "/{id}/permittedUsers"
	by, err := c.credential(call, nil)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, by, request{name: call, method: http.MethodGet, path: "/api/v1/" + of + "/" + id + "/permittedUsers"})
	if err != nil {
		return nil, err
	}
	ids, ok := readIDs(a.data)
	if !ok {
		return nil, unavailable(call, errUnreadable)
	}
	return ids, nil
}

// readIDs decodes a list of users. One invalid element makes the whole list invalid: who may
// see something must not be guessed.
func readIDs(data json.RawMessage) ([]int64, bool) {
	var list []float64 // "number", in the specification of persons
	if json.Unmarshal(data, &list) != nil || list == nil {
		return nil, false
	}
	ids := make([]int64, 0, len(list))
	for _, f := range list {
		id := int64(f)
		if f <= 0 || f > 1<<53 || float64(id) != f {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}
