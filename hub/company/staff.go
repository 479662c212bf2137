package company

import (
	"context"
	"strings"
	"sync"
	"time"

	"parley/hub/store"
	"parley/model"
)

// staffFor is how long the list of colleagues is cached.
const staffFor = 10 * time.Minute

// staff caches who of the company has which e-mail address in the CRM.
type staff struct {
	mu   sync.Mutex
	at   time.Time
	list []model.CRMUser
}

// colleagues returns the company's active users. Of simultaneous callers only one asks the CRM.
func (c *Company) colleagues(ctx context.Context) ([]model.CRMUser, error) {
	s := &c.staff
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list != nil && c.now().Before(s.at.Add(staffFor)) {
		return s.list, ctx.Err()
	}
	all, err := c.crm.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	active := make([]model.CRMUser, 0, len(all))
	for _, u := range all {
		if u.Active {
			active = append(active, u)
		}
	}
	s.list, s.at = active, c.now()
	return active, nil
}

// Find returns the CRM user with an e-mail address. It refuses if there is none or more than
// one: then nobody knows what the user may see.
func (c *Company) Find(ctx context.Context, email string) (model.CRMUser, error) {
	all, err := c.colleagues(ctx)
	var found []model.CRMUser
	for _, u := range all {
		if SameEmail(u.Email, email) {
			found = append(found, u)
		}
	}
	if err == nil && len(found) != 1 {
		return model.CRMUser{}, model.Refuse(model.NoCRMUser)
	}
	if err != nil {
		return model.CRMUser{}, err
	}
	return found[0], nil
}

// UsersOf returns the hub's users who have these ids in the CRM.
func (c *Company) UsersOf(ctx context.Context, ids []int64) ([]model.UserID, error) {
	all, err := c.colleagues(ctx)
	if err != nil {
		return nil, err
	}
	permitted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		permitted[id] = true
	}
	of := make(map[string]int)
	for _, u := range all {
		of[folded(u.Email)]++
	}
	mayBe := make(map[string]bool)
	for _, u := range all {
		if email := folded(u.Email); permitted[u.ID] && email != "" && of[email] == 1 {
			mayBe[email] = true
		}
	}
	var out []model.UserID
	err = c.store.Read(ctx, func(r store.Reader) error {
		users, err := r.Users()
		for _, u := range users {
			if mayBe[folded(u.Email)] {
				out = append(out, u.ID)
			}
		}
		return err
	})
	return out, err
}

func folded(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
