package sandbox

import (
	"net/http"
	"time"
)

// crmAccess is one line of what a user may do, app by app. Nothing else tells who is an
// admin: the documented user has no is_admin.
type crmAccess struct {
	App             string `json:"app"`
	Admin           bool   `json:"admin"`
	PermissionSetID string `json:"permission_set_id"`
}

// crmUserNode is a user as the API shows them.
//
// Source: Pipedrive's OpenAPI, BaseUser.
type crmUserNode struct {
	ID                int         `json:"id"`
	Name              string      `json:"name"`
	DefaultCurrency   string      `json:"default_currency"`
	Locale            string      `json:"locale"`
	Lang              int         `json:"lang"`
	Email             string      `json:"email"`
	Phone             *string     `json:"phone"`
	Activated         bool        `json:"activated"`
	LastLogin         string      `json:"last_login"`
	Created           string      `json:"created"`
	Modified          *string     `json:"modified"`
	HasCreatedCompany bool        `json:"has_created_company"`
	Access            []crmAccess `json:"access"`
	ActiveFlag        bool        `json:"active_flag"`
	TimezoneName      string      `json:"timezone_name"`
	TimezoneOffset    string      `json:"timezone_offset"`
	RoleID            int         `json:"role_id"`
	IconURL           *string     `json:"icon_url"`
	IsYou             bool        `json:"is_you"`
	IsDeleted         bool        `json:"is_deleted"`
}

// crmMeNode is what users/me tells besides.
type crmMeNode struct {
	crmUserNode
	CompanyID       int         `json:"company_id"`
	CompanyName     string      `json:"company_name"`
	CompanyDomain   string      `json:"company_domain"`
	CompanyCountry  string      `json:"company_country"`
	CompanyIndustry string      `json:"company_industry"`
	Language        crmLanguage `json:"language"`
}

type crmLanguage struct {
	LanguageCode string `json:"language_code"`
	CountryCode  string `json:"country_code"`
}

// Pipedrive's numbers of languages; which is which is nowhere told.
const (
	crmEnglish  = 1
	crmJapanese = 30
)

// crmTime is how version 1 writes a time, in UTC.
const crmTime = "2006-01-02 15:04:05"

// node describes a user to whoever calls. mu held.
func (u *crmUser) node(by *crmUser, now time.Time) crmUserNode {
	n := crmUserNode{
		ID: u.id, Name: u.name, DefaultCurrency: u.currency, Locale: u.locale, Lang: crmEnglish, Email: u.email,
		Activated: true, LastLogin: now.UTC().Format(crmTime), Created: "2024-04-01 00:00:00",
		HasCreatedCompany: u.admin, ActiveFlag: u.active, TimezoneName: u.zone, TimezoneOffset: u.offset, RoleID: 1, IsYou: u == by,
		Access: []crmAccess{{App: "sales", Admin: u.admin, PermissionSetID: u.permissionSetID}},
	}
	if u.lang == "ja" {
		n.Lang = crmJapanese
	}
	if !u.modified.IsZero() {
		at := u.modified.UTC().Format(crmTime)
		n.Modified = &at
	}
	if u.admin {
		n.Access = append(n.Access,
			crmAccess{App: "global", Admin: true, PermissionSetID: u.permissionSetID},
			crmAccess{App: "account_settings", Admin: true, PermissionSetID: u.permissionSetID})
	}
	return n
}

// crmMe answers users/me. mu held.
func (s *Sandbox) crmMe(c crmCall) (int, any) {
	u := c.user
	return http.StatusOK, map[string]any{"success": true, "data": crmMeNode{
		crmUserNode: u.node(u, s.now()),
		CompanyID:   u.company.id, CompanyName: u.company.name, CompanyDomain: u.company.domain,
		CompanyCountry: u.company.country, CompanyIndustry: u.company.industry,
		Language: crmLanguage{LanguageCode: u.lang, CountryCode: u.country},
	}}
}

// crmUsers answers users: everybody of the caller's company, on one page. mu held.
func (s *Sandbox) crmUsers(c crmCall) (int, any) {
	list := []crmUserNode{}
	for _, u := range s.crm.colleagues(c.user.company) {
		list = append(list, u.node(c.user, s.now()))
	}
	return http.StatusOK, map[string]any{"success": true, "data": list}
}
