package graph

import (
	"slices"
	"strconv"
	"time"

	"parley/sandbox/world"
)

// The Page and the person who runs it.
const (
	pageName     = "Aoyama Coffee"
	pageUsername = "aoyamacoffee"
	pagePhone    = "+81 3-1234-5678"
	userName     = "Aoyama Installer"
	appName      = "Parley Sandbox"
)

// scopes returns the permissions of the tokens.
func scopes() []string {
	return []string{
		"pages_show_list", "pages_messaging", "pages_manage_metadata",
		"pages_read_engagement", "business_management", "public_profile",
	}
}

// pick returns the requested fields, and always the id; without a request, the defaults. An
// unknown field is an error.
func pick(c *call, node string, all map[string]any, defaults ...string) (any, error) {
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	if len(want) == 0 {
		for _, name := range defaults {
			want = append(want, field{name: name})
		}
	}
	out := map[string]any{"id": all["id"]}
	for _, f := range want {
		v, ok := all[f.name]
		if !ok {
			return nil, errNoField(f.name, node)
		}
		if v != "" {
			out[f.name] = v
		}
	}
	return out, nil
}

func (g *Graph) readPage(c *call) (any, error) {
	if c.who == asApp {
		return nil, errUnknownObject("GET", g.meta.PageID)
	}
	subscribed, _ := g.hooks.Page()
	return pick(c, "Page", map[string]any{
		"id":       g.meta.PageID,
		"name":     pageName,
		"username": pageUsername,
		"link":     "https://www.facebook.com/" + pageUsername,
		"category": "Coffee Shop",
		"phone":    pagePhone,
		"location": map[string]any{
			"city": "Shibuya-ku, Tokyo", "country": "Japan", "country_code": "JP", "street": "1-2-3 Jinnan", "zip": "150-0041", "latitude": 35.6639, "longitude": 139.6998,
		},
		"picture":                map[string]any{"data": map[string]any{"url": g.meta.MediaURL("page.png"), "is_silhouette": false}},
		"is_published":           true,
		"is_webhooks_subscribed": subscribed,
		"has_added_app":          subscribed,
		"access_token":           g.meta.PageToken,
		"messaging_feature_status": map[string]bool{
			"hop_v2": false, "msgr_multi_app": true, "ig_multi_app": false,
		},
	}, "name")
}

// debugToken answers what a token is.
func (g *Graph) debugToken(c *call) (any, error) {
	if c.who == asPage {
		return nil, errNeedAppToken()
	}
	input := c.param("input_token")
	data := map[string]any{
		"app_id": g.meta.AppID, "application": appName, "is_valid": true,
		"expires_at": 0, "issued_at": g.now().Add(-time.Hour).Unix(),
		"data_access_expires_at": g.now().Add(90 * 24 * time.Hour).Unix(),
	}
	invalid := func(e *graphError) {
		data["is_valid"] = false
		data["error"] = map[string]any{"code": e.code, "message": e.message, "subcode": e.subcode}
	}
	held := g.login.credential(input)
	switch {
	case input == "":
		return nil, badParam("The parameter input_token is required")
	case input == g.meta.AppToken():
		data["type"], data["scopes"] = "APP", scopes()
		return map[string]any{"data": data}, nil
	case held == nil:
		data = map[string]any{"scopes": []string{}}
		invalid(errBadToken())
		return map[string]any{"data": data}, nil
	}
	data["scopes"], data["user_id"] = held.scopes, held.owner.id
	if !held.expires.IsZero() {
		data["expires_at"] = held.expires.Unix()
	}
	if held.who == asPage {
		data["type"], data["profile_id"] = "PAGE", g.meta.PageID
		if g.page().TokenRefused {
			invalid(errTokenRefused())
		}
	} else {
		data["type"] = "USER"
		var pages []string
		for _, p := range held.owner.pages {
			pages = append(pages, p.id)
		}
		data["granular_scopes"] = []any{
			map[string]any{"scope": "pages_show_list", "target_ids": pages},
			map[string]any{"scope": "pages_messaging", "target_ids": pages},
		}
	}
	if !held.valid(g.now()) {
		invalid(errTokenExpired())
	}
	return map[string]any{"data": data}, nil
}

func (g *Graph) readSettings(*call) (any, error) {
	setting := func(name string, value any) map[string]any {
		return map[string]any{"setting": name, "value": value}
	}
	return map[string]any{"data": []any{
		setting("USERS_CAN_POST", true),
		setting("USERS_CAN_MESSAGE", !g.page().MessagesOff),
		setting("USERS_CAN_POST_PHOTOS", true),
		setting("AGE_RESTRICTIONS", "Anyone (13+)"),
	}}, nil
}

// readProfile answers GET /{psid}: the profile, {} or error 2018218.
func (g *Graph) readProfile(c *call, who *world.Customer) (any, error) {
	if c.who != asPage {
		return nil, errNeedPageToken()
	}
	var p world.Person
	var kind string
	g.world.Do(func(*world.State) { p, kind = who.Person, who.Profile })
	psid := who.PSID
	known := []string{"id", "name", "first_name", "last_name", "profile_pic", "locale", "timezone", "gender"}
	want, err := parseFields(c.param("fields"))
	if err != nil {
		return nil, err
	}
	for _, f := range want {
		if !slices.Contains(known, f.name) {
			return nil, errNoField(f.name, "User")
		}
	}
	switch kind {
	case world.ProfileEmpty:
		return map[string]any{}, nil
	case world.ProfileNone:
		return nil, errNoProfile()
	}
	zone, err := strconv.ParseFloat(p.Zone, 64)
	if err != nil {
		zone = 9
	}
	return pick(c, "User", map[string]any{
		"id": psid, "name": p.Name, "first_name": p.First, "last_name": p.Last, "locale": p.Locale,
		"profile_pic": g.meta.MediaURL("face-" + psid + ".png"), "timezone": zone, "gender": p.Gender,
	}, "first_name", "last_name", "profile_pic")
}
