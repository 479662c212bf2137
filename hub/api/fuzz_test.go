package api_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/hub/api/apitest"
	"parley/model"
)

// Whatever is posted as a reply is taken, refused or invalid: never a mistake of
// the hub's, and never sent by the way.
func FuzzReplyBody(f *testing.F) {
	const id = "0190b8a0-0000-7000-8000-000000000000"
	for _, seed := range []string{
		"", "{", "[]", "null", "1", `"x"`, "{}", "\x00", "\xff\xfe",
		`{"client_id":"` + id + `","text":"hi"}`,
		`{"client_id":"` + id + `","text":"hi","note":true}`,
		`{"client_id":"` + id + `","text":"\u0000\ud800"}`,
		`{"client_id":"` + id + `","text":"hi","seen_seq":9223372036854775808}`,
		`{"client_id":"` + id + `","text":"hi","seen_seq":1e30}`,
		`{"client_id":"` + id + `","text":"hi","seen_seq":-0}`,
		`{"client_id":"` + id + `","text":"hi","seen_seq":null}`,
		`{"client_id":"` + id + `","text":"hi","attachments":null}`,
		`{"client_id":"` + id + `","text":"hi","attachments":[]}`,
		`{"client_id":"` + id + `","text":"hi","attachments":["1"]}`,
		`{"client_id":"` + id + `","text":"hi","reply_to":"_"}`,
		`{"client_id":"` + id + `","text":"hi","Text":1}`,
		`{"client_id":"` + id + `","text":"hi","text":null}`,
		`{"client_id":"urn:uuid:` + id + `","text":"hi"}`,
		strings.Repeat("[", 20_000), `{"text":` + strings.Repeat(`{"a":`, 5_000),
	} {
		f.Add([]byte(seed))
	}
	w := apitest.NewWithPage(f, model.Shared)
	path := apitest.ConversationPath(apitest.Page, apitest.Hanako) + "/messages"
	f.Fuzz(func(t *testing.T, body []byte) {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+w.Ann.Token)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		w.Handler.ServeHTTP(rec, req)
		switch rec.Code {
		case http.StatusAccepted:
			return
		case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			a := apitest.Answer{TB: t, Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}
			var p apitest.Problem
			a.Into(&p)
			a.Problem(rec.Code, p.Code)
		default:
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		if n := len(w.Graph.Calls()); n != 0 {
			t.Fatalf("%d replies left", n)
		}
	})
}
