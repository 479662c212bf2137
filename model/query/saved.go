package query

import (
	"errors"
	"slices"
	"strings"

	"parley/model/label"
)

// Saved is a view that a user saved: what is asked for, and in which order it is shown.
type Saved struct {
	ID string `json:"id"`
	// Name is what the user calls it.
	Name string `json:"name"`
	// Query is in the language of [Parse]. It has no words: those are searched, not kept.
	Query string `json:"query"`
	// Sort is newest, waiting or closing.
	Sort string `json:"sort" enum:"newest,waiting,closing"`
}

// MostSaved is how many views a user may save.
const MostSaved = 30

// sorts are the orders in which conversations are shown.
var sorts = []string{"newest", "waiting", "closing"}

// What is wrong with a view, besides its query.
var (
	ErrName  = errors.New("a view needs a name of 1 to 32 cells")
	ErrSort  = errors.New("the order must be newest, waiting or closing")
	ErrWords = errors.New("a view holds no words to search")
	ErrMany  = errors.New("a user has 30 views at most")
)

// Tidy returns the view as it is kept. An error is an [*Error] or one of this package.
func (s Saved) Tidy() (Saved, error) {
	name, err := label.Clean(s.Name)
	if err != nil {
		return s, ErrName
	}
	q, err := Parse(s.Query)
	if err != nil {
		return s, err
	}
	if s.Sort == "" {
		s.Sort = sorts[0]
	}
	switch {
	case q.Has(Words):
		return s, ErrWords
	case !slices.Contains(sorts, s.Sort):
		return s, ErrSort
	}
	s.Name, s.Query = name, q.String()
	return s, nil
}

// Placed returns the views with v at a place, counted from 0, instead of the one with its id;
// beyond the end, or below 0: where that was, else at the end.
func Placed(views []Saved, v Saved, place int) ([]Saved, error) {
	was := slices.IndexFunc(views, func(s Saved) bool { return s.ID == v.ID })
	if was < 0 && len(views) >= MostSaved {
		return nil, ErrMany
	}
	rest := slices.DeleteFunc(slices.Clone(views), func(s Saved) bool { return s.ID == v.ID })
	switch {
	case place >= 0 && place <= len(rest):
	case was >= 0:
		place = was
	default:
		place = len(rest)
	}
	return slices.Insert(rest, place, v), nil
}

// Named returns the view of that name, however it is written; false: there is none.
func Named(views []Saved, name string) (Saved, bool) {
	for _, v := range views {
		if label.Same(v.Name, strings.TrimSpace(name)) {
			return v, true
		}
	}
	return Saved{}, false
}
