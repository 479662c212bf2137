package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/client/login"
	"parley/cmd/cli"
	"parley/cmd/root"
	"parley/e2e/driver"
	"parley/model"
)

// played is a hub that answers what it is told to, and a command that speaks to it.
type played struct {
	*testing.T
	asked []string
	// answers by method and path with query.
	answers map[string]any
}

// refused is an answer that is no success.
type refused struct {
	status int
	code   model.Code
	until  *time.Time
}

func (h *played) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.Method + " " + r.URL.RequestURI()
	if b, _ := io.ReadAll(r.Body); len(b) > 0 {
		asked += " " + string(b)
	}
	h.asked = append(h.asked, asked)
	answer, ok := h.answers[asked]
	if !ok {
		answer = refused{http.StatusNotFound, "not_found", nil}
	}
	w.Header().Set("Content-Type", "application/json")
	if no, is := answer.(refused); is {
		w.WriteHeader(no.status)
		answer = map[string]any{"code": no.code, "detail": "no", "until": no.until}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// runs runs a command against it, and returns its exit code and what it printed.
func (h *played) runs(lang string, args ...string) (code int, out, errs string) {
	h.Helper()
	var stdout, stderr strings.Builder
	url := playHub(h.T, h.ServeHTTP)
	p := cli.New(strings.NewReader(""), &stdout, &stderr, []string{"PARLEY_HUB=" + url, "PARLEY_TOKEN=t", "LANG=" + lang})
	p.Logins, p.Zone = login.NewLogins(h.TempDir(), driver.FileRing("")), time.UTC
	code = root.Run(h.Context(), p, args)
	return code, stdout.String(), stderr.String()
}

var transcribed = model.RecordView{
	Record: model.Record{RecordRef: model.RecordRef{Type: model.Person, ID: "12"}, Title: "山田 花子", Organization: "青山商事"},
	Transcripts: []model.Transcript{{
		Page: "Aoyama Coffee", Customer: "山田 花子", Day: "2026-11-17", Zone: "Asia/Tokyo",
		Lines: []model.TranscriptLine{
			{At: time.Date(2026, 11, 17, 1, 2, 0, 0, time.UTC), Direction: model.In, Author: "山田 花子", Text: "見積もりを\x1b[31m\nお願いします", Attachments: []model.Untrusted{"image", "plan.pdf"}},
			{At: time.Date(2026, 11, 17, 1, 2, 30, 0, time.UTC), Direction: model.In, Author: "山田 花子", Unsent: true},
			{At: time.Date(2026, 11, 17, 1, 4, 0, 0, time.UTC), Direction: model.Out, Author: "Aiko", Text: "はい", Edited: true, Day: "2026-11-16"},
		},
	}},
	Cursor: "n/2",
}

// TestRecordPrintsItsTranscripts: in the Page's zone, authors named, nothing raw; page by
// page.
func TestRecordPrintsItsTranscripts(t *testing.T) {
	t.Parallel()
	h := &played{T: t, answers: map[string]any{
		"GET /v1/crm/person/12": transcribed, "GET /v1/crm/person/12?cursor=n%2F2": model.RecordView{Record: transcribed.Record},
	}}
	code, out, _ := h.runs("en_US.UTF-8", "record", "person:12")
	const want = `── 2026-11-17 (Asia/Tokyo) · 山田 花子 · Aoyama Coffee
山田 花子  10:02
  見積もりを␛[31m
  お願いします
  [image]
  [plan.pdf]
  This message was taken back.
Aiko  10:04 (of 2026-11-16)
  はい
  (edited)

More: parley record person:12 --cursor n/2
`
	if code != cli.ExitDone || !strings.HasSuffix(out, want) || !strings.HasPrefix(out, "person:12 · 山田 花子\n  青山商事\n\n") {
		t.Errorf("%d: %s", code, out)
	}
	if code, out, _ = h.runs("ja_JP.UTF-8", "record", "person:12", "--cursor", "n/2"); code != cli.ExitDone || !strings.Contains(out, "会話記録がありません") {
		t.Errorf("%d: %s", code, out)
	}
	code, out, _ = h.runs("en", "record", "person:12", "--json")
	var v model.RecordView
	if err := json.Unmarshal([]byte(out), &v); code != cli.ExitDone || err != nil || v.Cursor != "n/2" || len(v.Transcripts) != 1 || strings.Contains(out, "\x1b") {
		t.Errorf("%d: %v %s", code, err, out)
	}
}

// TestNoSuchRecord is what they read who may not see it; and of a budget that is used up,
// until when.
func TestNoSuchRecord(t *testing.T) {
	t.Parallel()
	midnight := time.Now().UTC().Truncate(24 * time.Hour).Add(48 * time.Hour)
	soon := time.Now().Add(time.Second)
	h := &played{T: t, answers: map[string]any{
		"GET /v1/crm/deal/42": refused{http.StatusNotFound, model.RecordNotFound, nil},
		"GET /v1/crm/deal/43": refused{http.StatusTooManyRequests, model.CRMLimited, &midnight},
		"GET /v1/crm/deal/44": refused{http.StatusTooManyRequests, model.CRMLimited, &soon},
	}}
	for _, c := range []struct {
		lang, ref, says string
		exit            int
	}{
		{"en", "deal:42", "There is no such record in Pipedrive, or you may not see it there.", cli.ExitMissing},
		{"en", "deal:43", "(crm_limited): Pipedrive's budget is used up until " + midnight.Format("2006-01-02") + " 00:00.", cli.ExitFailed},
		{"ja", "deal:43", midnight.Format("2006-01-02") + " 00:00まで上限", cli.ExitFailed},
		{"en", "deal:44", "used up for now", cli.ExitFailed},
	} {
		if code, out, errs := h.runs(c.lang, "record", c.ref); code != c.exit || out != "" || !strings.Contains(errs, c.says) {
			t.Errorf("%s %s: %d %q %q", c.lang, c.ref, code, out, errs)
		}
	}
}

// TestLinkTellsWhoReads a private conversation then, before it is linked; of a shared one
// there is nothing to tell.
func TestLinkTellsWhoReads(t *testing.T) {
	t.Parallel()
	const conversation, linked = "GET /v1/conversations/100_7", "PUT /v1/conversations/100_7/links/deal/42"
	off := model.Conversation{ID: "100_7", PageID: "100", Links: []model.Link{{Type: "person", ID: "12", Title: "花子", Sync: &model.Sync{State: model.SyncOff}}}}
	three := 3
	for name, c := range map[string]struct {
		conversation model.Conversation
		page         model.Page
		others       *int
		says         string
	}{
		"counted":   {page: model.Page{Visibility: model.Private}, others: &three, says: "Aoyama is private: only you see this conversation. Once it is linked, 3 others who may see Office chairs"},
		"uncounted": {page: model.Page{Visibility: model.Private}, says: "whoever may see Office chairs in Pipedrive can read"},
		"page off":  {page: model.Page{Visibility: model.Private, SyncOff: true}, others: &three, says: "not synced now, so linking shows it to nobody"},
		"off":       {conversation: off, page: model.Page{Visibility: model.Private}, others: &three, says: "not synced now"},
		"shared":    {page: model.Page{Visibility: model.Shared}},
	} {
		c.page.ID, c.page.Name = "100", "Aoyama"
		c.conversation.ID, c.conversation.PageID = "100_7", "100"
		deal := model.Record{RecordRef: model.RecordRef{Type: model.Deal, ID: "42"}, Title: "Office chairs"}
		h := &played{T: t, answers: map[string]any{
			conversation: c.conversation, "GET /v1/pages": map[string]any{"pages": []model.Page{{ID: "99", Visibility: model.Private}, c.page}},
			"GET /v1/crm/deal/42?for=100_7&transcripts=false": model.RecordView{Record: deal, Others: c.others}, linked: c.conversation,
		}}
		code, _, errs := h.runs("en", "link", "100_7", "deal:42")
		if code != cli.ExitDone || !strings.Contains(errs, c.says) || (c.says == "") != (errs == "") {
			t.Errorf("%s: %d %q", name, code, errs)
		}
		if last := h.asked[len(h.asked)-1]; last != linked {
			t.Errorf("%s: %q", name, h.asked)
		}
	}
	h := &played{T: t, answers: map[string]any{linked: off}}
	if code, _, _ := h.runs("en", "link", "100_7", "deal:42"); code != cli.ExitMissing || slices.Contains(h.asked, linked) {
		t.Errorf("of a conversation that is hidden: %d, %q", code, h.asked)
	}
}
