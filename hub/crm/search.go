package crm

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/model"
)

const (
	// shortestSearch is the shortest term that the CRM accepts (facts: itemSearch, term).
	shortestSearch = 2
	// mostFound is how many records a search returns.
	mostFound = 10
	// mostChecked is how many records are asked for if each has to be checked, so that those
	// that the user may not see hide no others.
	mostChecked = 30
	// searchedFor is how long the result of a search is cached, for a user who types, deletes
	// and types again.
	searchedFor = time.Minute
)

// searchKey is the cache key of a search.
type searchKey struct {
	user  model.UserID
	term  string
	types string
}

// SearchCRM returns the records containing q that a user may see. The address of a record's
// page finds that record.
func (rq *Requests) SearchCRM(ctx context.Context, user model.User, q string, types []model.RecordType) ([]model.Candidate, error) {
	if rq.records == nil {
		return nil, model.Refuse(model.NoCRM)
	}
	q = strings.TrimSpace(q)
	if ref, err := model.ParseRecordRef(q); err == nil {
		return rq.searchAddress(ctx, user, q, ref)
	}
	if utf8.RuneCountInString(q) < shortestSearch {
		return nil, &model.InvalidError{Field: "q", Reason: "takes two characters or more."}
	}
	if len(types) == 0 {
		types = model.RecordTypes()
	}
	found := []model.Candidate{}
	err := rq.asViewer(ctx, user, func(e viewer) error {
		records, err := e.search(ctx, q, types)
		for _, r := range records {
			found = append(found, model.Candidate{Record: r})
		}
		return err
	})
	return found, err
}

// CRMBudgetLow returns how many percent of the company's daily budget are left once they are
// few; nil until then.
func (rq *Requests) CRMBudgetLow() *int {
	if rq.records == nil {
		return nil
	}
	return rq.records.Budget().Low(rq.now())
}

// searchAddress finds the record that an address names, unless the user may not see it or it
// belongs to another company.
func (rq *Requests) searchAddress(ctx context.Context, user model.User, q string, ref model.RecordRef) ([]model.Candidate, error) {
	found := []model.Candidate{}
	err := rq.onRecord(ctx, user, ref, func(_ viewer, r model.Record, _ []int64) error {
		if ours(q, r.URL) {
			found = append(found, model.Candidate{Record: r, Match: model.MatchAddress})
		}
		return nil
	})
	if refusedAs(err, model.RecordNotFound) {
		err = nil
	}
	return found, err
}

// ours reports whether a pasted address is on the host of the record's own page.
func ours(pasted, own string) bool {
	p, err := url.Parse(pasted)
	if err != nil || p.Host == "" {
		return true // it was not an address
	}
	o, err := url.Parse(own)
	return err == nil && (o.Host == "" || strings.EqualFold(o.Host, p.Host))
}

// search asks the CRM, or the cache, and returns the records that the user may see.
func (e viewer) search(ctx context.Context, term string, types []model.RecordType) ([]model.Record, error) {
	names := make([]string, 0, len(types))
	for _, t := range types {
		names = append(names, string(t))
	}
	slices.Sort(names)
	now := e.rq.now()
	key := searchKey{e.user.ID, strings.ToLower(term), strings.Join(names, ",")}
	if kept, ok := e.rq.searches.Get(key, now); ok {
		return kept, nil
	}
	dropped := e.rq.searches.Drops()
	most := mostFound
	if e.grant == nil {
		most = mostChecked
	}
	all, err := e.rq.records.Search(ctx, e.grant, term, types, most)
	if err != nil {
		return nil, err
	}
	found := []model.Record{}
	for some := range slices.Chunk(all, mostFound) {
		if len(found) >= mostFound {
			break
		}
		seen, err := e.filter(ctx, some)
		if err != nil {
			return nil, err
		}
		found = append(found, seen...)
	}
	found = found[:min(len(found), mostFound)]
	e.rq.searches.PutUnlessDropped(dropped, key, found, now, now.Add(searchedFor))
	return found, nil
}
