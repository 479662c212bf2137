package inbox

import (
	"slices"

	"parley/model"
	"parley/model/query"
)

// terms are the terms of a view's query. The zero value holds everything.
type terms struct {
	match *query.Matcher
	// none: the query can't be read, which holds nothing.
	none bool
	// blocked and named: rows come and go with their Page, when it begins or ceases to refuse
	// replies, or changes its name.
	blocked, named bool
}

func newTerms(where string, me model.UserID) terms {
	if where == "" {
		return terms{}
	}
	q, err := query.Parse(where)
	if err != nil {
		return terms{none: true}
	}
	return terms{
		match: query.NewMatcher(q, me),
		blocked: slices.ContainsFunc(q, func(t query.Term) bool {
			return t.Kind == query.Is && t.Value == query.Blocked
		}),
		named: q.Has(query.Page),
	}
}

func (t terms) hold(r *row) bool { return !t.none && (t.match == nil || t.match.Match(r)) }

// forgetNamed drops the views whose members changed with a Page's name.
func (t *table) forgetNamed() {
	t.views = slices.DeleteFunc(t.views, func(v *view) bool { return v.named })
}

// forgetTerms drops the views with terms, which remember the labels that they met.
func (t *table) forgetTerms() {
	t.views = slices.DeleteFunc(t.views, func(v *view) bool { return v.match != nil })
}

var _ query.Facts = (*row)(nil)

// In implements [query.Facts].
func (r *row) In(state string) bool {
	switch state {
	case query.Unread:
		return r.unread > 0
	case query.Pinned:
		return r.facts.has(factPinned)
	}
	return Query{Filter: Filter(state)}.holds(r)
}

// Entry implements [query.Facts].
func (r *row) Entry() *model.Entry {
	if r.extra == nil {
		return nil
	}
	return r.extra.entry
}

// Labels implements [query.Facts].
func (r *row) Labels() []string {
	if r.extra == nil {
		return nil
	}
	return r.extra.labels
}

// Assignee implements [query.Facts].
func (r *row) Assignee() (model.UserRef, bool) {
	if !r.facts.has(factAssigned) {
		return model.UserRef{}, false
	}
	return r.assignee.Value(), true
}

// Page implements [query.Facts].
func (r *row) Page() model.Page { return r.page.page }
