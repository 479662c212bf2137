package pipedrive

import (
	"maps"
	"time"
)

// Steering makes Pipedrive fail, or sets its budget. Nil fields stay.
type Steering struct {
	Fault     *Outage `json:"fault"`
	DailyLeft *int    `json:"daily_left"`
}

// Steer applies the steering, and returns Pipedrive's state. It refuses an unknown outage.
func (p *Pipedrive) Steer(in Steering) (map[string]any, error) {
	if in.Fault != nil {
		if err := in.Fault.known(); err != nil {
			return nil, err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if in.Fault != nil {
		p.outage = *in.Fault
	}
	if in.DailyLeft != nil {
		p.budget.left = *in.DailyLeft
	}
	return map[string]any{
		"fault": p.outage, "calls": p.calls, "by_call": maps.Clone(p.byCall), "daily_left": p.budget.left,
		"refused": p.budget.refused, "busiest_searches": p.budget.busiest,
	}, nil
}

// Records returns all of Pipedrive's records, hidden or not.
func (p *Pipedrive) Records() map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.book.records()
}

// Account is a user with their API token.
type Account struct {
	Email   string `json:"email"`
	Name    string `json:"name"`
	Company string `json:"company"`
	Admin   bool   `json:"admin"`
	Active  bool   `json:"active"`
	Token   string `json:"token"`
}

func (u *user) account() Account {
	return Account{Email: u.email, Name: u.name, Company: u.company.domain, Admin: u.admin, Active: u.active, Token: u.apiToken}
}

// Accounts returns the users of both companies.
func (p *Pipedrive) Accounts() []Account {
	list := []Account{}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, u := range p.book.users {
		list = append(list, u.account())
	}
	return list
}

// UserChange changes a user. Nil or empty fields stay; Revoke revokes their grants to the app.
type UserChange struct {
	Admin  *bool  `json:"admin"`
	Active *bool  `json:"active"`
	Name   string `json:"name"`
	Revoke bool   `json:"revoke"`
}

// ChangeUser changes the user with that e-mail address; false: there is none.
func (p *Pipedrive) ChangeUser(email string, in UserChange) (Account, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.book.userByEmail(email)
	if u == nil {
		return Account{}, false
	}
	if in.Admin != nil {
		u.admin = *in.Admin
	}
	if in.Active != nil {
		u.active = *in.Active
	}
	if in.Name != "" {
		u.name = in.Name
	}
	if in.Revoke {
		maps.DeleteFunc(p.oauth.grants, func(_ string, g *grant) bool { return g.user == u })
	}
	u.modified = p.now().Truncate(time.Second)
	return u.account(), true
}

// WebhookSteering bans the webhooks or lifts the ban, and scales the pauses between attempts. Nil
// fields stay.
type WebhookSteering struct {
	Ban   *bool    `json:"ban"`
	Scale *float64 `json:"retry_scale"`
}

// SteerWebhooks applies the steering, and returns the webhooks and their counters.
func (p *Pipedrive) SteerWebhooks(in WebhookSteering) map[string]any { return p.hooks.steer(in) }

func (h *webhooks) steer(in WebhookSteering) map[string]any {
	h.mu.Lock()
	defer h.mu.Unlock()
	if in.Scale != nil && *in.Scale >= 0 {
		h.scale = *in.Scale
	}
	list := []map[string]any{}
	for _, k := range h.list {
		if in.Ban != nil {
			k.failed, k.bannedUntil = 0, time.Time{}
			if *in.Ban {
				k.bannedUntil = h.now().Add(banTime)
			}
		}
		n := k.node()
		n["banned"], n["failed_first_attempts"] = h.now().Before(k.bannedUntil), k.failed
		list = append(list, n)
	}
	return map[string]any{"webhooks": list, "delivered": h.delivered, "failed": h.failed, "lost": h.lost, "waiting": len(h.waiting), "retry_scale": h.scale}
}
