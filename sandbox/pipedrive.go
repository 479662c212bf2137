package sandbox

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// Ids of the two Pipedrive companies there are. The sandbox's own is the one whose
// company token Info tells; somebody of the other one is a stranger to it.
const (
	ownCompany   = 7_654_321
	otherCompany = 7_654_399
)

// crmCompany is one company with an account at Pipedrive.
type crmCompany struct {
	id                              int
	name, domain, country, industry string
}

// crmUser is a user of a company.
type crmUser struct {
	id              int
	email, name     string
	company         *crmCompany
	admin, active   bool
	lang, country   string // their language: ja and JP
	locale          string // how dates and numbers are written, which is not the language
	zone, offset    string
	currency        string
	permissionSetID string
	group           string // their visibility group
	apiToken        string
	modified        time.Time
}

// crmState is Pipedrive. Sandbox.mu guards it.
type crmState struct {
	clientID, clientSecret string
	users                  []*crmUser
	grants                 map[string]*crmGrant // by the refresh token
	codes                  map[string]*crmCode
	issued                 int
	calls                  int
	byCall                 map[string]int // by method and path
	fault                  crmFault
	budget                 crmBudget
	book                   crmBook
	hooks                  crmHooks
}

// newCRM makes the companies and their users. Ids and tokens follow from the seed.
func newCRM(seed uint64) crmState {
	secret := seeded.Derive(seed, "pipedrive client secret")
	c := crmState{
		clientID: seeded.Hex(seed, "pipedrive client", 8), clientSecret: hex.EncodeToString(secret[:20]),
		grants: make(map[string]*crmGrant), codes: make(map[string]*crmCode),
		byCall: make(map[string]int), budget: newBudget(), hooks: crmHooks{scale: 1},
	}
	own := &crmCompany{id: ownCompany, name: "Aoyama Coffee K.K.", domain: "aoyama-coffee", country: "JP", industry: "Food & Beverages"}
	other := &crmCompany{id: otherCompany, name: "Other Beans Ltd", domain: "other-beans", country: "GB", industry: "Food & Beverages"}
	c.users = []*crmUser{
		{id: 101, email: "installer@example.com", name: "森 愛子", company: own, admin: true, active: true, lang: "ja", country: "JP", locale: "ja_JP", zone: "Asia/Tokyo", offset: "+09:00", currency: "JPY"},
		{id: 102, email: "rep@example.com", name: "Ben Carter", company: own, active: true, lang: "en", country: "US", locale: "ja_JP", zone: "America/New_York", offset: "-05:00", currency: "JPY"},
		{id: 103, email: "intern@example.com", name: "田中 澪", company: own, active: true, lang: "ja", country: "JP", locale: "ja_JP", zone: "Asia/Tokyo", offset: "+09:00", currency: "JPY"},
		{id: 104, email: "former@example.com", name: "Former Colleague", company: own, admin: true, lang: "en", country: "US", locale: "en_US", zone: "Europe/London", offset: "+00:00", currency: "JPY"},
		{id: 901, email: "stranger@example.org", name: "Sam Stranger", company: other, admin: true, active: true, lang: "en", country: "GB", locale: "en_GB", zone: "Europe/London", offset: "+00:00", currency: "GBP"},
	}
	for _, u := range c.users {
		u.group = "sales"
		if u.email == "intern@example.com" {
			u.group = "interns" // of one: who sees what is theirs, and what everybody sees
		}
		u.apiToken = seeded.Hex(seed, "pipedrive token "+u.email, 20)
		u.permissionSetID = fmt.Sprintf("%s-%s-4000-8000-%s", seeded.Hex(seed, u.email, 4), seeded.Hex(seed, u.email+"2", 2), seeded.Hex(seed, u.email+"3", 6))
	}
	return c
}

// userByEmail returns a user of any company; nil if there is none. mu held.
func (c *crmState) userByEmail(email string) *crmUser {
	i := slices.IndexFunc(c.users, func(u *crmUser) bool { return strings.EqualFold(u.email, email) })
	if i < 0 {
		return nil
	}
	return c.users[i]
}

const crmErrorInfo = "Please check developers.pipedrive.com"

// crmError is an error in Pipedrive's envelope.
func crmError(what string) map[string]any {
	return map[string]any{"success": false, "error": what, "error_info": crmErrorInfo, "data": nil, "additional_data": nil}
}

// authenticated finds who calls, by an API token or by an OAuth access token, and by what
// their budgets are counted; nil: nobody. mu held.
func (c *crmState) authenticated(r *http.Request, now time.Time) (by string, who *crmUser) {
	c.calls++
	if token := r.Header.Get("X-Api-Token"); token != "" {
		for _, u := range c.users {
			if u.apiToken == token && u.active {
				return token, u
			}
		}
		return "", nil
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return "", nil
	}
	for _, g := range c.grants {
		if g.access == token && g.user.active && now.Before(g.accessUntil) {
			return "Bearer " + g.user.email, g.user
		}
	}
	return "", nil
}

// colleagues returns the users of a company, by id. mu held.
func (c *crmState) colleagues(of *crmCompany) []*crmUser {
	var out []*crmUser
	for _, u := range c.users {
		if u.company == of {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *crmUser) int { return cmp.Compare(a.id, b.id) })
	return out
}
