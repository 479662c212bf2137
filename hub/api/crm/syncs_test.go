package crm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// syncWorld is a conversation with a person of the CRM to link it to, whose transcript is
// written without waiting long.
type syncWorld struct {
	*recordWorld
	person model.RecordRef
}

// crmNote is a note as Pipedrive holds it.
type crmNote struct {
	ID      int64  `json:"id"`
	Content string `json:"content"`
	Person  int64  `json:"person_id"`
	Deal    int64  `json:"deal_id"`
	Lead    string `json:"lead_id"`
}

func newSyncWorld(t *testing.T) *syncWorld {
	t.Helper()
	w := &syncWorld{recordWorld: newRecordWorld(t)}
	w.person = w.found(w.rep, "山田 花子")[0].RecordRef
	return w
}

// notes are all notes on a record, the oldest first.
func (w *syncWorld) notes(of model.RecordRef) (on []crmNote) {
	w.Helper()
	var book struct{ Notes []crmNote }
	w.control(http.MethodGet, "/pipedrive/records", "", &book)
	for _, n := range book.Notes {
		switch of.ID {
		case fmt.Sprint(n.Person), fmt.Sprint(n.Deal), n.Lead:
			on = append(on, n)
		}
	}
	return on
}

// synced waits until the transcript stands as said, and returns the state of the link.
func (w *syncWorld) synced(state model.SyncState) model.Sync {
	w.Helper()
	var c model.Conversation
	apitest.Eventually(w, "the transcript is "+string(state), apitest.Timeout, func() bool {
		c = model.Conversation{}
		w.Get(w.rep, w.path(), &c)
		return len(c.Links) > 0 && c.Links[0].Sync != nil && c.Links[0].Sync.State == state
	})
	return *c.Links[0].Sync
}

func (w *syncWorld) record(who apitest.Account, ref model.RecordRef, query string) model.RecordView {
	w.Helper()
	var v model.RecordView
	w.Get(who, recordPath(ref)+query, &v)
	return v
}

// TestTranscriptIsWritten: what was said stands as a note on the linked record, escaped and
// with its authors' names, and who may see the record reads it there.
func TestTranscriptIsWritten(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_html", "<b>太字</b> & <script>alert(1)</script>", time.Now())
	w.link(w.rep, w.person)
	if s := w.synced(model.SyncDone); s.At == nil {
		t.Errorf("done, but not when: %+v", s)
	}
	notes := w.notes(w.person)
	if len(notes) != 1 || !strings.Contains(notes[0].Content, "いくらですか？") || !strings.Contains(notes[0].Content, "&lt;b&gt;太字&lt;/b&gt; &amp; &lt;script&gt;") {
		t.Fatalf("notes: %+v", notes)
	}
	v := w.record(w.rep, w.person, "")
	if len(v.Transcripts) != 1 || len(v.Transcripts[0].Lines) != 2 || v.Transcripts[0].Lines[0].Text != "いくらですか？" {
		t.Errorf("the record's transcripts: %s", fmt.Sprintf("%d", len(v.Transcripts)))
	}
	for _, query := range []string{"?transcripts=false", "?for=" + string(w.conversation)} {
		if v := w.record(w.rep, w.person, query); v.Transcripts != nil {
			t.Errorf("with %s there are transcripts", query)
		}
	}
}

// control asks the sandbox's control API.
func (w *syncWorld) control(method, path, body string, out any) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.Box.ControlURL+path, strings.NewReader(body))
	w.Must(err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	w.Must(err)
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		w.Fatalf("control %s: %s", path, resp.Status)
	}
	if out != nil {
		w.Must(json.NewDecoder(resp.Body).Decode(out))
	}
}

// writes is how many notes were written, made or changed.
func (w *syncWorld) writes() int {
	w.Helper()
	var s struct {
		Calls map[string]int `json:"by_call"`
	}
	w.control(http.MethodPost, "/pipedrive", `{}`, &s)
	return s.Calls["POST /v1/notes"] + s.Calls["PUT /v1/notes/{id}"]
}

// edits changes a note as a human by that account.
func (w *syncWorld) edits(email string, n crmNote, content string) {
	w.Helper()
	var l struct {
		Users []struct{ Email, Token string }
	}
	w.control(http.MethodGet, "/pipedrive/users", "", &l)
	for _, u := range l.Users {
		if u.Email != email {
			continue
		}
		body, err := json.Marshal(map[string]string{"content": content})
		w.Must(err)
		req, err := http.NewRequestWithContext(w.Context(), http.MethodPut, fmt.Sprintf("%s/v1/notes/%d", w.Box.PipedriveURL, n.ID), strings.NewReader(string(body)))
		w.Must(err)
		req.Header.Set("X-Api-Token", u.Token)
		resp, err := http.DefaultClient.Do(req)
		w.Must(err)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			w.Fatalf("a human's edit: %s", resp.Status)
		}
		return
	}
	w.Fatalf("nobody in the CRM is %s", email)
}

// now has the transcript written at once, and waits for it.
func (w *syncWorld) now() {
	w.Helper()
	var c model.Conversation
	w.Do(w.rep, http.MethodPost, w.path()+"/sync", nil).Want(http.StatusOK).Into(&c)
	w.synced(model.SyncDone)
}

// stands counts how often something stands in the notes on a record.
func (w *syncWorld) stands(of model.RecordRef, text string) (n int) {
	w.Helper()
	for _, note := range w.notes(of) {
		n += strings.Count(note.Content, text)
	}
	return n
}

// writesDone waits until a message stands in a note on the record.
func (w *syncWorld) writesDone(of model.RecordRef, text string) {
	w.Helper()
	apitest.Eventually(w, text+" is written", apitest.Timeout, func() bool { return w.stands(of, text) > 0 })
}

// TestBurstCostsFewWrites: a burst of 40 messages is five writes at most. They come in four
// webhooks, so that a slow machine makes no more pauses between them.
func TestBurstCostsFewWrites(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.link(w.rep, w.person)
	w.synced(model.SyncDone)
	before := w.writes()
	for post := range 4 {
		var events []map[string]any
		for i := 10 * post; i < 10*post+10; i++ {
			events = append(events, apitest.Message(apitest.MetaPage, apitest.Hanako, fmt.Sprintf("m_burst_%d", i), fmt.Sprintf("burst %d.", i), time.Now()))
		}
		w.Deliver(apitest.MetaPage, "messaging", events...)
	}
	w.writesDone(w.person, "burst 39.")
	w.synced(model.SyncDone)
	if n := w.writes() - before; n > 5 {
		t.Errorf("%d writes", n)
	}
	for i := range 40 {
		if n := w.stands(w.person, fmt.Sprintf("burst %d.", i)); n != 1 {
			t.Errorf("message %d stands %d times", i, n)
		}
	}
}

// TestHumansEditsAreKept: a note that a human changed is not written again, also where it
// was changed by the account whose token we use; nor is one made again that was deleted.
func TestHumansEditsAreKept(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"installer@example.com", "rep@example.com"} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			w := newSyncWorld(t)
			w.link(w.rep, w.person)
			w.synced(model.SyncDone)
			first := w.notes(w.person)[0]
			w.edits(email, first, first.Content+"<p>VIP</p>")
			edited := w.notes(w.person)[0].Content
			w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_next", "次の質問", time.Now())
			w.writesDone(w.person, "次の質問")
			notes := w.notes(w.person)
			if len(notes) != 2 || notes[0].Content != edited || strings.Contains(notes[1].Content, "いくらですか？") {
				t.Errorf("notes: %+v", notes)
			}
		})
	}
}

// TestLostAnswers: a write whose answer is lost makes no second note, whether it made one
// or changed it.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"POST /v1/notes", "PUT /v1/notes/{id}"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			w := newSyncWorld(t)
			if strings.HasPrefix(call, "PUT") {
				w.link(w.rep, w.person)
				w.synced(model.SyncDone)
			}
			w.control(http.MethodPost, "/faults", `{"on":"pipedrive","kind":"act_and_cut","call":"`+call+`","count":1}`, nil)
			w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_lost", "答えは届かない", time.Now())
			if strings.HasPrefix(call, "POST") {
				w.link(w.rep, w.person)
			}
			if s := w.synced(model.SyncFailed); s.Reason != model.CRMUnavailable {
				t.Errorf("failed with %q", s.Reason)
			}
			w.Clock.Advance(20 * time.Second) // what was sent has arrived, or never will
			w.now()
			w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_then", "その後", time.Now())
			w.writesDone(w.person, "その後")
			if notes := w.notes(w.person); len(notes) != 1 || w.stands(w.person, "答えは届かない") != 1 {
				t.Errorf("notes: %+v", notes)
			}
		})
	}
}

// TestSyncWaitsForTheBudget: a budget that is used up stops writing, with one notice on the
// Page, and not the inbox.
func TestSyncWaitsForTheBudget(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.link(w.rep, w.person)
	w.synced(model.SyncDone)
	w.ChangePipedrive("", `{"daily_left":3}`)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_poor", "予算なし", time.Now())
	apitest.Eventually(t, "it waits for the budget", apitest.Timeout, func() bool { return w.synced(model.SyncWaiting).Reason == model.CRMLimited })
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_poorer", "まだ予算なし", time.Now())
	w.Do(w.rep, http.MethodPost, w.path()+"/sync", nil).Want(http.StatusOK)
	var l struct{ Notices []model.Notice }
	w.Get(w.rep, "/v1/notices", &l)
	if len(l.Notices) != 1 || l.Notices[0].Kind != model.NoticeSyncLimited {
		t.Errorf("notices: %+v", l.Notices)
	}
	if got := w.Messages(w.rep, apitest.Page, apitest.Hanako); len(got) < 3 {
		t.Errorf("the inbox has %d messages", len(got))
	}
	w.ChangePipedrive("", `{"daily_left":100000}`)
	w.Clock.Advance(6 * time.Minute)
	w.now()
	if w.stands(w.person, "まだ予算なし") != 1 {
		t.Error("what waited is not written")
	}
	if w.Get(w.rep, "/v1/notices", &l); len(l.Notices) != 1 {
		t.Errorf("notices: %+v", l.Notices)
	}
}

// TestSyncSwitches: off, nothing is written; on, what came meanwhile is. Who sees no link
// gets one answer, whether there is one or not.
func TestSyncSwitches(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	set := func(who apitest.Account, path string, on bool) apitest.Answer {
		return w.Do(who, http.MethodPut, path+"/sync", map[string]any{"on": on})
	}
	none := set(w.rep, w.path(), false)
	none.Problem(http.StatusConflict, model.NotLinked)
	w.link(w.installer, w.hidden.RecordRef)
	if got := set(w.rep, w.path(), false); !apitest.Indistinct(got, none) {
		t.Errorf("of a link that they may not see: %s, of none %s", got.Body, none.Body)
	}
	if got := w.Do(w.rep, http.MethodPost, w.path()+"/sync", nil); got.Problem(http.StatusConflict, model.NotLinked).Code == "" {
		t.Error("no code")
	}
	w.link(w.rep, w.person)
	w.synced(model.SyncDone)
	set(w.rep, w.path(), false).Want(http.StatusOK)
	w.synced(model.SyncOff)
	before := w.writes()
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_off", "書かないで", time.Now())
	w.Do(w.rep, http.MethodPost, w.path()+"/sync", nil).Want(http.StatusOK)
	w.Do(w.rep, http.MethodPut, "/v1/pages/"+string(apitest.Page)+"/sync", map[string]any{"on": false}).Problem(http.StatusForbidden, model.NotAdmin)
	var p model.Page
	set(w.installer, "/v1/pages/"+string(apitest.Page), false).Want(http.StatusOK).Into(&p)
	set(w.rep, w.path(), true).Want(http.StatusOK)
	if w.synced(model.SyncOff); !p.SyncOff || w.writes() != before {
		t.Errorf("off: page %t, %d writes", p.SyncOff, w.writes()-before)
	}
	set(w.installer, "/v1/pages/"+string(apitest.Page), true).Want(http.StatusOK)
	w.writesDone(w.person, "書かないで")
	var log struct{ Entries []model.AuditEntry }
	w.Get(w.installer, "/v1/audit?limit=20", &log)
	var told []string
	for _, e := range log.Entries {
		if e.Kind == model.AuditSync {
			told = append(told, string(e.Conversation)+" "+e.From+" "+e.To)
		}
	}
	id := string(w.conversation)
	if want := []string{" off on", id + " off on", " on off", id + " on off"}; !slices.Equal(told, want) {
		t.Errorf("audit: %q", told)
	}
}

// TestTranscriptsMove: another record of its kind takes the notes over; an unlinked one
// keeps them, and gets no more.
func TestTranscriptsMove(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	open := w.record(w.rep, w.person, "").Record.Open
	a, b := open[0].RecordRef, open[1].RecordRef
	w.link(w.rep, a)
	w.writesDone(a, "いくらですか？")
	w.synced(model.SyncDone)
	w.link(w.rep, b)
	w.writesDone(b, "いくらですか？")
	w.synced(model.SyncDone)
	if w.stands(a, "いくらですか？") != 0 || len(w.record(w.rep, a, "").Transcripts) != 0 || len(w.record(w.rep, b, "").Transcripts) != 1 {
		t.Errorf("the note did not move from %s to %s", a, b)
	}
	w.link(w.rep, w.person)
	w.writesDone(w.person, "いくらですか？")
	w.synced(model.SyncDone)
	w.Do(w.rep, http.MethodDelete, w.linkPath(w.person), nil).Want(http.StatusOK)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_after", "その後", time.Now())
	w.writesDone(b, "その後")
	if w.stands(w.person, "その後") != 0 || w.stands(w.person, "いくらですか？") != 1 || w.stands(b, "いくらですか？") != 1 {
		t.Errorf("unlinked: %+v", w.notes(w.person))
	}
}

// TestPrivateTranscripts: who may see the record reads what a private Page's conversation
// has there, and nothing else of it; who may not, nothing. It goes with the conversation.
func TestPrivateTranscripts(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.link(w.installer, w.person)
	w.writesDone(w.hidden.RecordRef, "いくらですか？")
	w.synced(model.SyncDone)
	w.SetVisibility(w.installer, apitest.Page, model.Private)
	w.Do(w.rep, http.MethodGet, w.path(), nil).Problem(http.StatusNotFound, "not_found")
	w.Do(w.rep, http.MethodPost, w.path()+"/sync", nil).Problem(http.StatusNotFound, "not_found")
	v := w.record(w.rep, w.person, "")
	if len(v.Transcripts) != 1 || v.Transcripts[0].Lines[0].Text != "いくらですか？" {
		t.Errorf("by who may see the record: %d transcripts", len(v.Transcripts))
	}
	if b, _ := json.Marshal(v); strings.Contains(string(b), string(w.conversation)) || strings.Contains(string(b), string(apitest.Hanako)) {
		t.Errorf("it names the conversation: %s", b)
	}
	w.Do(w.rep, http.MethodGet, recordPath(w.hidden.RecordRef), nil).Problem(http.StatusNotFound, model.RecordNotFound)
	w.Do(w.installer, http.MethodDelete, w.path(), nil)
	if v := w.record(w.rep, w.person, ""); len(v.Transcripts) != 0 {
		t.Error("a deleted conversation's transcript is told")
	}
}

// TestTranscriptFollows: an edit and an unsend are written into the note of their day, and
// so is what comes late; what colleagues tell each other is not.
func TestTranscriptFollows(t *testing.T) {
	t.Parallel()
	w := newSyncWorld(t)
	w.link(w.rep, w.person)
	w.synced(model.SyncDone)
	now := time.Now()
	event := func(name string, body map[string]any) {
		w.Deliver(apitest.MetaPage, "messaging", map[string]any{"sender": apitest.Party(apitest.Hanako), "recipient": apitest.Party(apitest.MetaPage), "timestamp": now.UnixMilli(), name: body})
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_2", "取り消します", now)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_late", "昨日の夜", now.Add(-24*time.Hour))
	w.Reply(w.rep, apitest.Page, apitest.Hanako, apitest.With(apitest.Text("内緒の話"), "note", true))
	w.Reply(w.rep, apitest.Page, apitest.Hanako, apitest.Text("お待たせしました"))
	w.Deliver(apitest.MetaPage, "messaging", apitest.Echo(apitest.MetaPage, apitest.Hanako, "m_echo", "自動応答", now))
	w.writesDone(w.person, "取り消します")
	w.writesDone(w.person, "お待たせしました")
	event("message_edit", map[string]any{"mid": "m_1", "text": "おいくらですか？", "num_edit": 1})
	event("message", map[string]any{"mid": "m_2", "is_deleted": true})
	w.writesDone(w.person, "おいくらですか？")
	w.writesDone(w.person, "(unsent)")
	notes := w.notes(w.person)
	if len(notes) != 2 { // yesterday's was begun after today's
		t.Fatalf("%d notes: %+v", len(notes), notes)
	}
	for what, n := range map[string]int{
		"<b>Customer</b>: おいくらですか？": 1, ": いくらですか？": 0, "取り消します": 0, "昨日の夜": 1, "内緒の話": 0,
		"<b>Rob</b>: お待たせしました": 1, "自動応答": 1, "linked": 0,
	} {
		if got := w.stands(w.person, what); got != n {
			t.Errorf("%s stands %d times, want %d, in %+v", what, got, n, notes)
		}
	}
	v := w.record(w.rep, w.person, "")
	if len(v.Transcripts) != 2 || v.Transcripts[0].Day <= v.Transcripts[1].Day || len(v.Transcripts[1].Lines) != 1 {
		t.Errorf("the record's transcripts: %+v", v.Transcripts)
	}
}

// TestLinkerIsGone: without a company token who linked the conversation lends theirs; when
// it is taken back nothing is written, and it is said why.
func TestLinkerIsGone(t *testing.T) {
	t.Parallel()
	w := &syncWorld{recordWorld: &recordWorld{CRMWorld: apitest.NewCRM(t, apitest.CRMSetup{NewColleagues: true, Quick: true})}}
	w.AddMember("Ines", "installer@example.com", true)
	w.installer = w.SignIn("installer@example.com")
	w.rep = w.SignIn("rep@example.com")
	w.Connect(w.installer, apitest.MetaPage, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "いくらですか？", time.Now())
	w.Run()
	w.conversation = model.NewConversationID(apitest.Page, apitest.Hanako)
	w.person = w.found(w.rep, "山田 花子")[0].RecordRef
	w.link(w.rep, w.person)
	w.synced(model.SyncDone)
	w.ChangePipedrive("/users/rep@example.com", `{"revoke":true}`)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_2", "もしもし", time.Now())
	if s := w.synced(model.SyncFailed); s.Reason != model.LinkerGone || s.At == nil {
		t.Errorf("failed: %+v", s)
	}
	if w.stands(w.person, "もしもし") != 0 {
		t.Error("it is written by somebody's grant")
	}
}

// TestZoneOfAPage: transcripts are cut into the days of the zone that was told when the Page
// was connected; one that is none is refused.
func TestZoneOfAPage(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	connect := func(zone string) apitest.Answer {
		return w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": apitest.MetaPage, "token": apitest.UserToken, "zone": zone})
	}
	for _, bad := range []string{"Local", "../../etc/passwd", "Tokyo", "JST", "/etc/localtime", "JST-9 "} {
		connect(bad).Problem(http.StatusUnprocessableEntity, "invalid")
	}
	other := w.Do(w.Ann, http.MethodPost, "/v1/pages", map[string]any{"page": "200", "token": apitest.UserToken, "zone": "EST5EDT,M3.2.0,M11.1.0"})
	other.Want(http.StatusCreated)
	connect("Pacific/Auckland").Want(http.StatusCreated)
	connect("Asia/Tokyo").Want(http.StatusOK) // a repair moves nothing to other days
	w.Must(w.Store.Read(w.Context(), func(r store.Reader) error {
		p, err := r.Page(apitest.Page)
		if p.Zone != "Pacific/Auckland" {
			t.Errorf("the zone is %q", p.Zone)
		}
		return err
	}))
}

// TestTranscriptOfAConvertedLead: its notes go over to the deal, and the transcript goes on
// there. Of a lead without a person nothing but our note tells which deal that is.
func TestTranscriptOfAConvertedLead(t *testing.T) {
	t.Parallel()
	c := newChangeWorld(t)
	w := &syncWorld{recordWorld: c.recordWorld}
	made := c.hand(http.MethodPost, "leads", byRep, map[string]any{"title": "卸の相談", "organization_id": w.organization()})
	lead := model.RecordRef{Type: model.Lead, ID: made["data"].(map[string]any)["id"].(string)}
	w.link(w.rep, lead)
	w.synced(model.SyncDone)
	c.ChangePipedrive("/webhooks", `{"ban": true}`)
	c.hand(http.MethodPost, c.path1(lead)+"/convert", byRep, map[string]any{"stage_id": 2})
	w.Must(w.Hub.ReadLinkedRecords(w.Context()))
	c.comes("rep", "converted")
	var now model.Conversation
	w.Get(w.rep, w.path(), &now)
	if len(now.Links) != 1 || now.Links[0].Type != "deal" || now.Links[0].Title != "卸の相談" {
		t.Fatalf("links: %+v", now.Links)
	}
	deal := now.Links[0].Ref()
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_deal", "取引の話", time.Now())
	w.writesDone(deal, "取引の話")
	if n := len(w.notes(deal)); n != 1 {
		t.Errorf("%d notes on the deal", n)
	}
}

// organization is one that everybody may see.
func (w *syncWorld) organization() int64 {
	w.Helper()
	var book struct {
		Organizations []struct{ ID int64 }
		Persons       []struct {
			Org int64 `json:"org_id"`
		}
	}
	w.control(http.MethodGet, "/pipedrive/records", "", &book)
	for _, p := range book.Persons {
		if p.Org != 0 {
			return p.Org
		}
	}
	w.Fatal("nobody is of an organisation")
	return 0
}
