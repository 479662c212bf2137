package pipedrive

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/model"
)

// How long names are cached. Which stages a user sees and their names change seldom; who works
// there changes more often.
const (
	stagesLife = 10 * time.Minute
	usersLife  = time.Hour
)

// people are the users of the company, as one of them sees them.
type people struct {
	names map[int64]model.Untrusted
	me    int64 // 0 for the company token, which is no user's own
}

// peopleOf returns the users, read at most once in usersLife for each holder.
func (c *Client) peopleOf(ctx context.Context, as credential) (people, error) {
	return c.people.get(as.holder, c.now(), func() (people, error) {
		const call = "users"
		data, err := c.get(ctx, call, "/users", as)
		if err != nil {
			return people{}, err
		}
		p, ok := readPeople(data)
		if !ok {
			return people{}, unavailable(call, errUnreadable)
		}
		if as.holder == c.byCompany().holder {
			p.me = 0
		}
		return p, nil
	})
}

func readPeople(data json.RawMessage) (people, bool) {
	p := people{names: make(map[int64]model.Untrusted)}
	ok := each(data, func(one json.RawMessage) {
		var w struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
			You  bool   `json:"is_you"`
		}
		if json.Unmarshal(one, &w) != nil || w.ID <= 0 {
			return
		}
		p.names[w.ID] = text(w.Name)
		if w.You {
			p.me = w.ID
		}
	})
	return p, ok
}

// setOwner fills in who owns a record.
func (p people) setOwner(r *model.Record) {
	r.Owner = p.names[r.OwnerID]
	r.Mine = p.me != 0 && r.OwnerID == p.me
}

// Stages returns the stages of all pipelines that the user sees, in their order.
func (c *Client) Stages(ctx context.Context, as *model.CRMGrant) ([]model.Stage, error) {
	by, err := c.credential("stages", as)
	if err != nil {
		return nil, err
	}
	list, err := c.stagesOf(ctx, by)
	return slices.Clone(list), err
}

func (c *Client) stagesOf(ctx context.Context, as credential) ([]model.Stage, error) {
	return c.stages.get(as.holder, c.now(), func() ([]model.Stage, error) {
		names, order, err := c.pipelines(ctx, as)
		if err != nil {
			return nil, err
		}
		var all []placedStage
		query := url.Values{"sort_by": {"order_nr"}}
		err = c.pages(ctx, as, request{name: "stages", method: http.MethodGet, path: "/api/v2/stages", query: query}, func(data json.RawMessage) (ok, enough bool) {
			more, ok := readStages(data, names)
			all = append(all, more...)
			return ok, false
		})
		if err != nil {
			return nil, err
		}
		return inOrder(all, order), nil
	})
}

// pipelines returns the names of the pipelines and their order.
func (c *Client) pipelines(ctx context.Context, as credential) (names map[int64]model.Untrusted, order map[int64]int, err error) {
	names, order = make(map[int64]model.Untrusted), make(map[int64]int)
	err = c.pages(ctx, as, request{name: "pipelines", method: http.MethodGet, path: "/api/v2/pipelines"}, func(data json.RawMessage) (ok, enough bool) {
		return readPipelines(data, names, order), false
	})
	return names, order, err
}

// readPipelines adds one page of pipelines to names and order.
func readPipelines(data json.RawMessage, names map[int64]model.Untrusted, order map[int64]int) bool {
	return each(data, func(one json.RawMessage) {
		var w struct {
			ID      int64  `json:"id"`
			Name    string `json:"name"`
			Deleted bool   `json:"is_deleted"`
		}
		if json.Unmarshal(one, &w) == nil && w.ID > 0 && !w.Deleted {
			names[w.ID], order[w.ID] = text(w.Name), len(order)
		}
	})
}

// placedStage is a stage with its position in its pipeline.
type placedStage struct {
	model.Stage
	place int64
}

// readStages reads the stages of the pipelines in the map.
func readStages(data json.RawMessage, pipelines map[int64]model.Untrusted) (all []placedStage, ok bool) {
	ok = each(data, func(one json.RawMessage) {
		var w struct {
			ID       int64  `json:"id"`
			Name     string `json:"name"`
			Place    int64  `json:"order_nr"`
			Pipeline int64  `json:"pipeline_id"`
			Deleted  bool   `json:"is_deleted"`
		}
		if json.Unmarshal(one, &w) != nil || w.ID <= 0 || w.Deleted {
			return
		}
		if name, is := pipelines[w.Pipeline]; is {
			all = append(all, placedStage{model.Stage{ID: w.ID, Name: text(w.Name), PipelineID: w.Pipeline, Pipeline: name}, w.Place})
		}
	})
	return all, ok
}

// inOrder sorts stages by pipeline and position.
func inOrder(all []placedStage, pipelines map[int64]int) []model.Stage {
	slices.SortStableFunc(all, func(a, b placedStage) int {
		return cmp.Or(cmp.Compare(pipelines[a.PipelineID], pipelines[b.PipelineID]), cmp.Compare(a.place, b.place))
	})
	list := make([]model.Stage, 0, len(all))
	for _, p := range all {
		list = append(list, p.Stage)
	}
	return list
}

// webBase returns the address of the company's web pages. If the API's address is the one that
// all companies share, the company's domain comes from the token's owner.
func (c *Client) webBase(ctx context.Context, as credential) (string, error) {
	if as.base != DefaultURL {
		return as.base, nil
	}
	return c.domain.get(as.holder, c.now(), func() (string, error) {
		u, err := c.me(ctx, as)
		if err != nil {
			return "", err
		}
		domain := strings.ToLower(u.Company.Domain)
		if domain == "" || strings.Trim(domain, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", unavailable("users/me", errUnreadable)
		}
		return "https://" + domain + ".pipedrive.com", nil
	})
}

// page returns the address of a record's page.
func page(base string, r model.RecordRef) string {
	if r.Type == model.Lead {
		return base + "/leads/inbox/" + r.ID
	}
	return base + "/" + string(r.Type) + "/" + r.ID
}
