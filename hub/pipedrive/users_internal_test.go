package pipedrive

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// Admins are the active users with access to the whole account or its settings.
func TestWhoIsAdmin(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]bool{ // active, admin
		`{"id":1,"active_flag":true,"access":[{"app":"global","admin":true}]}`:                                {true, true},
		`{"id":1,"active_flag":true,"access":[{"app":"account_settings","admin":true}]}`:                      {true, true},
		`{"id":1,"active_flag":true,"access":[{"app":"sales","admin":true},{"app":"nova","admin":true}]}`:     {true, false},
		`{"id":1,"active_flag":true,"access":[{"app":"global","admin":false},{"app":null,"admin":null}]}`:     {true, false},
		`{"id":1,"active_flag":false,"access":[{"app":"global","admin":true}]}`:                               {false, false},
		`{"id":1,"active_flag":null,"access":[{"app":"global","admin":true}]}`:                                {false, false},
		`{"id":1,"access":[{"app":"global","admin":true}]}`:                                                   {false, false},
		`{"id":1,"active_flag":true,"is_deleted":true,"access":[{"app":"global","admin":true}]}`:              {false, false},
		`{"id":1,"active_flag":true,"is_admin":1,"access":null}`:                                              {true, false},
		`{"id":1,"active_flag":true,"is_admin":true}`:                                                         {true, false},
		`{"id":1,"active_flag":true,"access":[{"app":"Global","admin":true},{"app":"global ","admin":true}]}`: {true, false},
	} {
		u, ok := readUser(json.RawMessage(body))
		if !ok || u.Active != want[0] || u.Admin != want[1] {
			t.Errorf("%s: %+v %t", body, u, ok)
		}
	}
}

func TestWhatIsTakenOfAUser(t *testing.T) {
	t.Parallel()
	u, ok := readUser(json.RawMessage(`{"id":1,"name":" A\u001b[31m\u202e\nB\u0000 ","email":" a@example.com ","timezone_name":"../etc/passwd","language":{"language_code":"x-\u001b"}}`))
	if !ok || u.Name != "A[31m B" || u.Email != "a@example.com" || u.TimeZone != "" || u.Language != "" {
		t.Errorf("%+v", u)
	}
	for _, bad := range []string{"a", "@b", "a@", "a\u202e@b", "a b@c", `"a"@b`, strings.Repeat("a", 300) + "@b"} {
		if got := email(bad); got != "" {
			t.Errorf("%q is taken for an address", bad)
		}
	}
	for _, bad := range []string{`null`, `[]`, `{}`, `{"id":0}`, `{"id":-1}`, `{"id":"1"}`, `"x"`, `{"id":1,"name":7}`} {
		if u, ok := readUser(json.RawMessage(bad)); ok {
			t.Errorf("%s: %+v", bad, u)
		}
	}
}

// Whatever Pipedrive answers is read or refused; what is taken is fit for a screen, and
// nobody who is not active is an admin.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"success":true,"data":{"id":1,"name":"A","email":"a@example.com","active_flag":true,"timezone_name":"Asia/Tokyo","company_id":7,"access":[{"app":"global","admin":true}],"language":{"language_code":"ja"}}}`,
		`{"success":true,"data":[{"id":1},null,{"id":2,"name":"\u202e\u001b[2J"}]}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"base","api_domain":"https://x.pipedrive.com"}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":9223372036854775807,"refresh_token":"r","api_domain":"http://127.0.0.1"}`,
		`<!DOCTYPE html>`, `null`, `{"success":null}`, "\xff",
	} {
		f.Add([]byte(s))
	}
	asked := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	fit := func(t *testing.T, s string, most int) {
		t.Helper()
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("taken: %q", s)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if g, ok := readGrant(body, asked, true); ok {
			if !isToken(g.Access) || !isToken(g.Refresh) || g.Expires.After(asked.Add(24*time.Hour)) || !strings.HasPrefix(g.APIDomain, "http") {
				t.Errorf("a grant until %s at %s", g.Expires, g.APIDomain)
			}
		}
		badClient(body)
		a, err := readEnvelope(body, false)
		if err != nil {
			return
		}
		users, _ := readUsers(a.data)
		if one, ok := readUser(a.data); ok {
			users = append(users, one)
		}
		for _, u := range users {
			fit(t, u.Name, maxName)
			fit(t, u.Email, maxEmail)
			fit(t, u.Company.Name, maxName)
			fit(t, u.Company.Domain, maxName)
			fit(t, u.Language, 8)
			fit(t, u.TimeZone, maxName)
			if u.ID <= 0 || u.Admin && !u.Active || u.Company.ID < 0 {
				t.Errorf("%+v", u)
			}
		}
	})
}
