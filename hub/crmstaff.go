package hub

import (
	"context"
	"strings"
	"sync"
	"time"

	"parley/hub/store"
	"parley/model"
)

// crmStaff knows who of the company has which e-mail address in the CRM, for a while.
type crmStaff struct {
	mu   sync.Mutex
	at   time.Time
	list []model.CRMUser
}

// colleagues returns the company's active users. Of those that come at once one asks.
func (s *crmStaff) colleagues(ctx context.Context, h *Hub) ([]model.CRMUser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list != nil && h.utc().Before(s.at.Add(sightFor)) {
		return s.list, ctx.Err()
	}
	all, err := h.crm.Colleagues(ctx)
	if err != nil {
		return nil, err
	}
	active := make([]model.CRMUser, 0, len(all))
	for _, c := range all {
		if c.Active {
			active = append(active, c)
		}
	}
	s.list, s.at = active, h.utc()
	return active, nil
}

// find returns who has an e-mail address in the CRM. Where nobody has, or several, it
// refuses: nobody knows what the user may see.
func (s *crmStaff) find(ctx context.Context, h *Hub, email string) (model.CRMUser, error) {
	all, err := s.colleagues(ctx, h)
	var found []model.CRMUser
	for _, c := range all {
		if sameEmail(c.Email, email) {
			found = append(found, c)
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

// users returns the hub's users whom the CRM knows by these ids.
func (s *crmStaff) users(ctx context.Context, h *Hub, ids []int64) ([]model.UserID, error) {
	all, err := s.colleagues(ctx, h)
	if err != nil {
		return nil, err
	}
	permitted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		permitted[id] = true
	}
	of := make(map[string]int)
	for _, c := range all {
		of[folded(c.Email)]++
	}
	mayBe := make(map[string]bool)
	for _, c := range all {
		if email := folded(c.Email); permitted[c.ID] && email != "" && of[email] == 1 {
			mayBe[email] = true
		}
	}
	var out []model.UserID
	err = h.store.Read(ctx, func(r store.Reader) error {
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
