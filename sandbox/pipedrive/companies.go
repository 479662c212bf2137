package pipedrive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/sandbox/seeded"
)

// Ids of the two Pipedrive companies. The sandbox's own is the one of the company token in Info;
// users of the other one are strangers to it.
const (
	ownCompany   = 7_654_321
	otherCompany = 7_654_399
)

// company is one company with an account at Pipedrive.
type company struct {
	id                              int
	name, domain, country, industry string
}

// user is a user of a company.
type user struct {
	id              int
	email, name     string
	company         *company
	admin, active   bool
	lang, country   string // language: ja and JP
	locale          string // format of dates and numbers, which is not the language
	zone, offset    string
	currency        string
	permissionSetID string
	group           string // visibility group
	apiToken        string
	modified        time.Time
}

// companies returns the companies' users. Ids and tokens follow from the seed.
func companies(seed uint64) []*user {
	own := &company{id: ownCompany, name: "Aoyama Coffee K.K.", domain: "aoyama-coffee", country: "JP", industry: "Food & Beverages"}
	other := &company{id: otherCompany, name: "Other Beans Ltd", domain: "other-beans", country: "GB", industry: "Food & Beverages"}
	users := []*user{
		{id: 101, email: "installer@example.com", name: "森 愛子", company: own, admin: true, active: true, lang: "ja", country: "JP", locale: "ja_JP", zone: "Asia/Tokyo", offset: "+09:00", currency: "JPY"},
		{id: 102, email: "rep@example.com", name: "Ben Carter", company: own, active: true, lang: "en", country: "US", locale: "ja_JP", zone: "America/New_York", offset: "-05:00", currency: "JPY"},
		{id: 103, email: "intern@example.com", name: "田中 澪", company: own, active: true, lang: "ja", country: "JP", locale: "ja_JP", zone: "Asia/Tokyo", offset: "+09:00", currency: "JPY"},
		{id: 104, email: "former@example.com", name: "Former Colleague", company: own, admin: true, lang: "en", country: "US", locale: "en_US", zone: "Europe/London", offset: "+00:00", currency: "JPY"},
		{id: 901, email: "stranger@example.org", name: "Sam Stranger", company: other, admin: true, active: true, lang: "en", country: "GB", locale: "en_GB", zone: "Europe/London", offset: "+00:00", currency: "GBP"},
	}
	for _, u := range users {
		u.group = "sales"
		if u.email == "intern@example.com" {
			u.group = "interns" // a group of one: sees their own records, and what everybody sees
		}
		u.apiToken = seeded.Hex(seed, "pipedrive token "+u.email, 20)
		u.permissionSetID = fmt.Sprintf("%s-%s-4000-8000-%s", seeded.Hex(seed, u.email, 4), seeded.Hex(seed, u.email+"2", 2), seeded.Hex(seed, u.email+"3", 6))
	}
	return users
}

// userByEmail returns a user of either company; nil if there is none. mu must be held.
func (b *book) userByEmail(email string) *user {
	i := slices.IndexFunc(b.users, func(u *user) bool { return strings.EqualFold(u.email, email) })
	if i < 0 {
		return nil
	}
	return b.users[i]
}

// colleagues returns the users of a company, by id. mu must be held.
func (b *book) colleagues(of *company) []*user {
	var out []*user
	for _, u := range b.users {
		if u.company == of {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *user) int { return cmp.Compare(a.id, b.id) })
	return out
}
