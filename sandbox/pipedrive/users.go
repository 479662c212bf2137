package pipedrive

import (
	"net/http"
	"time"
)

// access is one line of a user's rights, by app. Nothing else says who is an admin: the
// documented user has no is_admin.
type access struct {
	App             string `json:"app"`
	Admin           bool   `json:"admin"`
	PermissionSetID string `json:"permission_set_id"`
}

// userNode is a user in the API.
//
// Source: Pipedrive's OpenAPI, BaseUser.
type userNode struct {
	ID                int      `json:"id"`
	Name              string   `json:"name"`
	DefaultCurrency   string   `json:"default_currency"`
	Locale            string   `json:"locale"`
	Lang              int      `json:"lang"`
	Email             string   `json:"email"`
	Phone             *string  `json:"phone"`
	Activated         bool     `json:"activated"`
	LastLogin         string   `json:"last_login"`
	Created           string   `json:"created"`
	Modified          *string  `json:"modified"`
	HasCreatedCompany bool     `json:"has_created_company"`
	Access            []access `json:"access"`
	ActiveFlag        bool     `json:"active_flag"`
	TimezoneName      string   `json:"timezone_name"`
	TimezoneOffset    string   `json:"timezone_offset"`
	RoleID            int      `json:"role_id"`
	IconURL           *string  `json:"icon_url"`
	IsYou             bool     `json:"is_you"`
	IsDeleted         bool     `json:"is_deleted"`
}

// meNode is what users/me adds.
type meNode struct {
	userNode
	CompanyID       int      `json:"company_id"`
	CompanyName     string   `json:"company_name"`
	CompanyDomain   string   `json:"company_domain"`
	CompanyCountry  string   `json:"company_country"`
	CompanyIndustry string   `json:"company_industry"`
	Language        language `json:"language"`
}

type language struct {
	LanguageCode string `json:"language_code"`
	CountryCode  string `json:"country_code"`
}

// Pipedrive's numbers of languages; their meaning is not documented.
const (
	english  = 1
	japanese = 30
)

// timeV1 is the format of times in version 1, in UTC.
const timeV1 = "2006-01-02 15:04:05"

// node returns a user as the caller sees them. mu must be held.
func (u *user) node(by *user, now time.Time) userNode {
	n := userNode{
		ID: u.id, Name: u.name, DefaultCurrency: u.currency, Locale: u.locale, Lang: english, Email: u.email,
		Activated: true, LastLogin: now.UTC().Format(timeV1), Created: "2024-04-01 00:00:00",
		HasCreatedCompany: u.admin, ActiveFlag: u.active, TimezoneName: u.zone, TimezoneOffset: u.offset, RoleID: 1, IsYou: u == by,
		Access: []access{{App: "sales", Admin: u.admin, PermissionSetID: u.permissionSetID}},
	}
	if u.lang == "ja" {
		n.Lang = japanese
	}
	if !u.modified.IsZero() {
		at := u.modified.UTC().Format(timeV1)
		n.Modified = &at
	}
	if u.admin {
		n.Access = append(n.Access,
			access{App: "global", Admin: true, PermissionSetID: u.permissionSetID},
			access{App: "account_settings", Admin: true, PermissionSetID: u.permissionSetID})
	}
	return n
}

// people serves the routes of the company's users.
type people struct{ *book }

// me answers users/me. mu must be held.
func (h people) me(c call) (int, any) {
	u := c.user
	return http.StatusOK, map[string]any{"success": true, "data": meNode{
		userNode:  u.node(u, h.now()),
		CompanyID: u.company.id, CompanyName: u.company.name, CompanyDomain: u.company.domain,
		CompanyCountry: u.company.country, CompanyIndustry: u.company.industry,
		Language: language{LanguageCode: u.lang, CountryCode: u.country},
	}}
}

// list answers users: all of the caller's company, on one page. mu must be held.
func (h people) list(c call) (int, any) {
	list := []userNode{}
	for _, u := range h.colleagues(c.user.company) {
		list = append(list, u.node(c.user, h.now()))
	}
	return http.StatusOK, map[string]any{"success": true, "data": list}
}
