package view

import (
	"context"
	"slices"

	"parley/hub/store"
	"parley/model"
	"parley/model/label"
	"parley/model/query"
)

// narrowed returns the Pages that a query's terms leave of those that the user sees, and whom
// the names in it mean.
func (v View) narrowed(q query.Query) (scopes []store.PageScope, people map[string][]model.UserID, err error) {
	for i, p := range v.scopes() {
		keeps := !slices.ContainsFunc(q, func(t query.Term) bool {
			return t.Kind == query.Page && query.IsPage(t.Value, v.Shown[i].Page) == t.Not
		})
		if keeps {
			scopes = append(scopes, p)
		}
	}
	if !q.Has(query.Assignee) {
		return scopes, nil, nil
	}
	users, err := v.Users()
	people = map[string][]model.UserID{}
	for _, t := range q {
		if t.Kind != query.Assignee || t.Value == query.Me {
			continue
		}
		for _, u := range users {
			if query.IsNamed(t.Value, u.Name) && !slices.Contains(people[t.Value], u.ID) {
				people[t.Value] = append(people[t.Value], u.ID)
			}
		}
	}
	return scopes, people, err
}

// Labels returns the labels of all conversations that the user may see, or of those of one Page,
// the most used first.
func (i *Views) Labels(ctx context.Context, user model.User, page model.PageID) ([]label.Count, error) {
	var out []label.Count
	err := i.Read(ctx, user, page, func(v View) (err error) {
		pages := make([]model.PageID, 0, len(v.Shown))
		for _, p := range v.Shown {
			pages = append(pages, p.ID)
		}
		out, err = v.Reader.Labels(pages)
		return err
	})
	return out, err
}
