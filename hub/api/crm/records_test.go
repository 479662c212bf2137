package crm_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// recordWorld is a shared Page whose users have the company token's eyes: the installer
// may see the deal that is hidden, the rep may not, and nobody in Pipedrive has the
// guest's address.
type recordWorld struct {
	*apitest.CRMWorld
	installer, rep, guest apitest.Account
	conversation          model.ConversationID
	hidden                model.Record
}

// What of the sandbox's deal only its owner may ever read.
const (
	hiddenDeal  = "社長案件"
	hiddenValue = "9800000"
)

func newRecordWorld(t *testing.T) *recordWorld {
	t.Helper()
	return newRecordWorldOf(t, apitest.CRMSetup{CompanyToken: true, Quick: true})
}

func newRecordWorldOf(t *testing.T, o apitest.CRMSetup) *recordWorld {
	t.Helper()
	w := &recordWorld{CRMWorld: apitest.NewCRM(t, o)}
	w.installer = w.AddMember("Ines", "installer@example.com", true)
	w.rep = w.AddMember("Rob", "rep@example.com", false)
	w.guest = w.AddMember("Gus", "gus@example.com", false)
	w.Connect(w.installer, apitest.MetaPage, model.Shared)
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_1", "いくらですか？", time.Now())
	w.Run()
	apitest.Eventually(t, "the customer's profile is asked for", apitest.Timeout, func() (asked bool) {
		w.Must(w.Store.Read(t.Context(), func(r store.Reader) error {
			nameless, err := r.Nameless(time.Now().Add(-time.Hour), 1)
			asked = len(nameless) == 0
			return err
		}))
		return asked
	})
	w.conversation = model.NewConversationID(apitest.Page, apitest.Hanako)
	w.hidden = w.found(w.installer, hiddenDeal)[0].Record
	return w
}

func (w *recordWorld) found(who apitest.Account, q string) []model.Candidate {
	w.Helper()
	var l struct {
		Records []model.Candidate `json:"records"`
	}
	w.Get(who, "/v1/crm/search?q="+url.QueryEscape(q), &l)
	return l.Records
}

func (w *recordWorld) path() string { return "/v1/conversations/" + string(w.conversation) }

func (w *recordWorld) linkPath(r model.RecordRef) string {
	return w.path() + "/links/" + string(r.Type) + "/" + r.ID
}

func (w *recordWorld) link(who apitest.Account, r model.RecordRef) model.Conversation {
	w.Helper()
	var c model.Conversation
	w.Do(who, http.MethodPut, w.linkPath(r), nil).Want(http.StatusOK).Into(&c)
	return c
}

// TestRecordsOnlyForWhoMaySeeThem: of a record that a user may not see in the CRM, its
// title, value, existence and count never reach them, by any route or frame, whatever is
// done with it; what they are answered is, to the byte, what they are answered about a
// record that is not there.
func TestRecordsOnlyForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	missing := model.RecordRef{Type: model.Deal, ID: "987654"}
	ears := map[string]*apitest.Listener{"rep": w.Listen(w.rep), "guest": w.Listen(w.guest), "installer": w.Listen(w.installer)}
	who := map[string]apitest.Account{"rep": w.rep, "guest": w.guest, "installer": w.installer}
	for name, l := range ears {
		l.Hello(apitest.Resume{apitest.Page: w.Position(who[name], apitest.Page)})
	}
	before := w.lists(w.rep)
	if c := w.link(w.installer, w.hidden.RecordRef); len(c.Links) != 1 || !strings.Contains(string(c.Links[0].Title), hiddenDeal) {
		t.Fatalf("the installer's links: %+v", c.Links)
	}
	ears["installer"].Until("told that it is linked", func() bool { return len(linkChanges(t, ears["installer"])) > 0 })
	w.hides(w.rep, w.guest)
	if now := w.lists(w.rep); now != before {
		t.Errorf("what the rep reads changed by a link to what they may not see:\n%s\n%s", before, now)
	}
	// Each way to a record, about this one and about none.
	for name, ask := range map[string]func(apitest.Account, model.RecordRef) apitest.Answer{
		"record": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodGet, recordPath(r), nil)
		},
		"preview": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodGet, recordPath(r)+"?for="+string(w.conversation), nil)
		},
		"link": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodPut, w.linkPath(r), nil)
		},
		"unlink": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodDelete, w.linkPath(r), nil)
		},
		"stage": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodPatch, recordPath(r), map[string]any{"stage": 2})
		},
		"status": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodPatch, recordPath(r), map[string]any{"status": "won"})
		},
		"address": func(a apitest.Account, r model.RecordRef) apitest.Answer {
			return w.Do(a, http.MethodGet, "/v1/crm/search?q="+url.QueryEscape(r.String()), nil)
		},
	} {
		for _, a := range []apitest.Account{w.rep, w.guest} {
			got, none := ask(a, w.hidden.RecordRef), ask(a, missing)
			if !apitest.Indistinct(got, none) {
				t.Errorf("%s by %s: %d %s, of none %d %s", name, a.Name, got.Status, got.Body, none.Status, none.Body)
			}
			w.leaksNoRecord(name, got)
		}
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_2", "もしもし", time.Now()) // a frame of the linked conversation
	w.Do(w.installer, http.MethodDelete, w.linkPath(w.hidden.RecordRef), nil).Want(http.StatusOK)
	w.hides(w.rep, w.guest)
	ears["installer"].Until("told that it is unlinked", func() bool {
		all := linkChanges(t, ears["installer"])
		return len(all) > 1 && len(all[len(all)-1].Links) == 0
	})
	for _, name := range []string{"rep", "guest"} {
		ears[name].Until("caught up", func() bool { return strings.Contains(raw(ears[name]), "もしもし") })
		ears[name].AwaitHeads()
		if s := raw(ears[name]); strings.Contains(s, hiddenDeal) || strings.Contains(s, hiddenValue) || strings.Contains(s, `"deal"`) ||
			strings.Contains(s, `"kind":"link"`) || strings.Contains(s, `"record"`) {
			t.Errorf("%s was sent %s", name, s)
		}
	}
	changes := linkChanges(t, ears["installer"])
	if len(changes[0].Links) != 1 || changes[0].Conversation != w.conversation {
		t.Errorf("the installer was told %+v", changes)
	}
	if s := raw(ears["installer"]); !strings.Contains(s, `"action":"linked"`) || !strings.Contains(s, `"action":"unlinked"`) || !strings.Contains(s, hiddenDeal) {
		t.Errorf("the installer was not told in lines: %s", s)
	}
	if strings.Contains(w.Logs.String(), hiddenDeal) {
		t.Error("the log holds the title of a record")
	}
}

func recordPath(r model.RecordRef) string { return "/v1/crm/" + string(r.Type) + "/" + r.ID }

// lists is what somebody reads of the conversation by the lists.
func (w *recordWorld) lists(who apitest.Account) string {
	w.Helper()
	var out strings.Builder
	for _, path := range []string{"/v1/conversations", w.path(), w.path() + "/messages?limit=1", w.path() + "/messages", "/v1/counts"} {
		var v map[string]any
		w.Get(who, path, &v)
		delete(v, "as_of") // the Page's seq, which has no gaps
		b, err := json.Marshal(v)
		w.Must(err)
		out.Write(b)
		out.WriteByte('\n')
	}
	return out.String()
}

// hides expects that those who may not see the deal read nothing of it, anywhere.
func (w *recordWorld) hides(those ...apitest.Account) {
	w.Helper()
	for _, a := range those {
		for _, path := range []string{
			"/v1/conversations", "/v1/conversations?search=" + url.QueryEscape(hiddenDeal), w.path(), w.path() + "/messages",
			w.path() + "/suggestions", "/v1/crm/search?q=" + url.QueryEscape(hiddenDeal), "/v1/counts", "/v1/notices", "/v1/crm/stages",
			"/v1/audit", "/v1/stats",
		} {
			w.leaksNoRecord(path, w.Do(a, http.MethodGet, path, nil))
		}
	}
}

func (w *recordWorld) leaksNoRecord(what string, a apitest.Answer) {
	w.Helper()
	for _, secret := range []string{hiddenDeal, hiddenValue, w.hidden.String(), `"id":"` + w.hidden.ID + `"`} {
		if bytes.Contains(a.Body, []byte(secret)) {
			w.Errorf("%s tells %s: %s", what, secret, a.Body)
		}
	}
}

func linkChanges(t *testing.T, l *apitest.Listener) (all []model.LinkChange) {
	t.Helper()
	for _, f := range l.Of(model.FrameBatch) {
		for _, e := range apitest.Decode[model.Batch](t, f).Events {
			if e.Kind == model.ChangeLink {
				var c model.LinkChange
				if err := json.Unmarshal(e.Object, &c); err != nil {
					t.Fatal(err)
				}
				all = append(all, c)
			}
		}
	}
	return all
}

func raw(l *apitest.Listener) string {
	var b strings.Builder
	for _, f := range l.Frames() {
		b.Write(f.Raw)
	}
	return b.String()
}

// TestLinking: a person and one lead or deal; a line says what was done and by whom, and
// the audit log, by ids alone.
func TestLinking(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	suggested := func() []model.Candidate {
		var l struct {
			Records []model.Candidate `json:"records"`
		}
		w.Get(w.rep, w.path()+"/suggestions", &l)
		return l.Records
	}
	if got := suggested(); len(got) != 0 {
		t.Errorf("suggested for somebody of whom nothing is known: %+v", got)
	}
	w.CustomerWrites(apitest.MetaPage, apitest.Hanako, "m_phone", "電話は ０９０-１２００-５６７８ です", time.Now())
	got := suggested()
	if len(got) != 1 || got[0].Match != model.MatchPhone || got[0].Title != "山田 花子" || got[0].Found != "090-1200-5678" {
		t.Fatalf("suggested by the phone number: %+v", got)
	}
	person := got[0].RecordRef
	if c := w.link(w.rep, person); len(c.Links) != 1 || c.Links[0].Ref() != person || c.Links[0].Title != "山田 花子" {
		t.Fatalf("linked: %+v", c.Links)
	}
	open := suggested()
	if len(open) != 2 || open[0].Match != model.MatchOfPerson || open[0].Type != model.Deal {
		t.Fatalf("suggested of the person: %+v", open)
	}
	w.link(w.rep, open[0].RecordRef)
	c := w.link(w.installer, open[1].RecordRef) // takes the other's place
	if len(c.Links) != 2 || c.Links[0].Ref() != person || c.Links[1].Ref() != open[1].RecordRef {
		t.Errorf("links: %+v", c.Links)
	}
	before := len(w.Messages(w.rep, apitest.Page, apitest.Hanako))
	w.link(w.installer, open[1].RecordRef)
	var lines []string
	for _, m := range w.Messages(w.rep, apitest.Page, apitest.Hanako) {
		if m.Event != nil && m.Event.Kind == model.EventRecord {
			lines = append(lines, string(m.Author.Name)+" "+m.Event.Action+" "+m.Event.Record.Ref().String()+" "+string(m.Event.Record.Title))
		}
	}
	want := []string{
		"Rob linked " + person.String() + " 山田 花子", "Rob linked " + open[0].String() + " " + string(open[0].Title),
		"Ines unlinked " + open[0].String() + " " + string(open[0].Title), "Ines linked " + open[1].String() + " " + string(open[1].Title),
	}
	if !slices.Equal(lines, want) || before != len(w.Messages(w.rep, apitest.Page, apitest.Hanako)) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	// What others may see it is told to who is about to link it, and to nobody besides.
	var v model.RecordView
	w.Get(w.rep, recordPath(person)+"?for="+string(w.conversation), &v)
	if v.Others == nil || *v.Others < 1 || v.Record.Organization == "" || len(v.Record.Open) != 2 {
		t.Errorf("preview: %+v", v)
	}
	var entries struct {
		Entries []model.AuditEntry `json:"entries"`
	}
	w.Get(w.installer, "/v1/audit?limit=4", &entries)
	if len(entries.Entries) != 4 || entries.Entries[0].Kind != model.AuditLinked || *entries.Entries[0].Record != open[1].RecordRef {
		t.Errorf("audit: %+v", entries.Entries)
	}
	w.Do(w.rep, http.MethodDelete, w.linkPath(person), nil).Want(http.StatusOK)
	w.Do(w.rep, http.MethodDelete, w.linkPath(person), nil).Problem(http.StatusNotFound, model.RecordNotFound)
	w.Do(w.guest, http.MethodPut, w.linkPath(person), nil).Problem(http.StatusForbidden, model.NoCRMUser)
	w.Do(w.rep, http.MethodPut, w.path()+"/links/organization/7", nil).Problem(http.StatusUnprocessableEntity, model.BadRecord)
	w.Do(w.rep, http.MethodGet, "/v1/crm/search?q=x", nil).Problem(http.StatusUnprocessableEntity, "invalid")
}

// TestRecordsAreMadeAndMoved: what a rep makes is theirs; a deal is moved and closed, a
// lead becomes a deal, and what was linked to the lead is linked to the deal.
func TestRecordsAreMadeAndMoved(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	create := func(kind string, body map[string]any) (r model.Record) {
		w.Do(w.rep, http.MethodPost, "/v1/crm/"+kind, body).Want(http.StatusCreated).Into(&r)
		return r
	}
	person := create("person", map[string]any{"title": "新山 さくら", "email": "sakura@example.jp"})
	lead := create("lead", map[string]any{"title": "豆の見積", "person_id": person.ID})
	deal := create("deal", map[string]any{"title": "椅子", "person_id": person.ID, "value": map[string]any{"amount": 480000, "currency": "JPY"}})
	if !deal.Mine || deal.Value == nil || deal.Value.Amount != 480000 || person.Emails[0] != "sakura@example.jp" {
		t.Errorf("made %+v and %+v", person, deal)
	}
	var stages struct {
		Stages []model.Stage `json:"stages"`
	}
	w.Get(w.rep, "/v1/crm/stages", &stages)
	if len(stages.Stages) < 2 {
		t.Fatalf("stages: %+v", stages)
	}
	var moved model.Record
	w.Do(w.rep, http.MethodPatch, recordPath(deal.RecordRef), map[string]any{"stage": stages.Stages[1].ID}).Want(http.StatusOK).Into(&moved)
	if moved.Stage == nil || moved.Stage.ID != stages.Stages[1].ID {
		t.Errorf("moved: %+v", moved)
	}
	w.Do(w.rep, http.MethodPatch, recordPath(deal.RecordRef), map[string]any{"status": "lost", "lost_reason": "高い"}).Want(http.StatusOK).Into(&moved)
	if moved.Status != model.DealLost {
		t.Errorf("closed: %+v", moved)
	}
	for _, bad := range []map[string]any{{}, {"stage": 1, "status": "won"}, {"status": "won", "lost_reason": "x"}} {
		w.Do(w.rep, http.MethodPatch, recordPath(deal.RecordRef), bad).Problem(http.StatusUnprocessableEntity, "invalid")
	}
	w.link(w.rep, lead.RecordRef)
	var became model.RecordRef
	w.Do(w.rep, http.MethodPost, recordPath(lead.RecordRef)+"/convert", nil).Want(http.StatusOK).Into(&became)
	var c model.Conversation
	w.Get(w.rep, w.path(), &c)
	if became.Type != model.Deal || len(c.Links) != 1 || c.Links[0].Ref() != became || c.Links[0].Title != "豆の見積" {
		t.Errorf("became %s, linked to %+v", became, c.Links)
	}
}

// TestChangingNeedsMoreThanSeeing: by the company token a rep changes what they own and no
// more, though they see it; an admin of sales changes everything; who signed in through
// Pipedrive is judged by Pipedrive.
func TestChangingNeedsMoreThanSeeing(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	var deal, lead model.Record
	w.Do(w.installer, http.MethodPost, "/v1/crm/person", map[string]any{"title": "新山 さくら"}).Want(http.StatusCreated).Into(&deal)
	person := deal.ID
	w.Do(w.installer, http.MethodPost, "/v1/crm/lead", map[string]any{"title": "豆の見積", "person_id": person}).Want(http.StatusCreated).Into(&lead)
	w.Do(w.installer, http.MethodPost, "/v1/crm/deal", map[string]any{"title": "椅子", "person_id": person}).Want(http.StatusCreated).Into(&deal)
	var view model.RecordView
	w.Get(w.rep, recordPath(deal.RecordRef), &view)
	if !view.Record.Locked || view.Record.Mine || deal.Locked {
		t.Fatalf("the rep sees %+v, the owner %+v", view.Record, deal)
	}
	changes := map[string]func(apitest.Account) apitest.Answer{
		"stage": func(a apitest.Account) apitest.Answer {
			return w.Do(a, http.MethodPatch, recordPath(deal.RecordRef), map[string]any{"stage": 2})
		},
		"won": func(a apitest.Account) apitest.Answer {
			return w.Do(a, http.MethodPatch, recordPath(deal.RecordRef), map[string]any{"status": "won"})
		},
		"lost": func(a apitest.Account) apitest.Answer {
			return w.Do(a, http.MethodPatch, recordPath(deal.RecordRef), map[string]any{"status": "lost"})
		},
		"convert": func(a apitest.Account) apitest.Answer {
			return w.Do(a, http.MethodPost, recordPath(lead.RecordRef)+"/convert", nil)
		},
	}
	for name, change := range changes {
		if a := change(w.rep); a.Status != http.StatusForbidden || !strings.Contains(string(a.Body), string(model.CRMEditUnknown)) {
			t.Errorf("%s by a rep who does not own it: %d %s", name, a.Status, a.Body)
		}
	}
	w.Get(w.installer, recordPath(deal.RecordRef), &view)
	if view.Record.Status != model.DealOpen || view.Record.Stage == nil || view.Record.Stage.ID == 2 {
		t.Errorf("a refused change was made: %+v", view.Record)
	}
	rep := w.SignIn("rep@example.com") // whose own grant shows what they may
	if a := changes["stage"](rep); a.Status != http.StatusOK {
		t.Errorf("by their own grant: %d %s", a.Status, a.Body)
	}
	w.ChangePipedrive("/users/installer@example.com", `{"admin": false}`)
	w.Clock.Advance(11 * time.Minute) // who works there is kept for ten
	if a := changes["won"](w.installer); a.Status != http.StatusOK {
		t.Errorf("by its owner: %d %s", a.Status, a.Body)
	}
}

// TestSightsExpire: what was found of who may see a record holds ten minutes; then the
// link is absent until the conversation is opened, which asks anew. A CRM that does not
// answer keeps nobody from the conversation.
func TestSightsExpire(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	links := func() int {
		var l apitest.ConversationList
		w.Get(w.installer, "/v1/conversations", &l)
		return len(l.Conversations[0].Links)
	}
	if links() != 1 {
		t.Fatal("not linked")
	}
	w.Clock.Advance(11 * time.Minute)
	if links() != 0 {
		t.Error("a link of which nobody knows any more who may see it")
	}
	var c model.Conversation
	w.Get(w.installer, w.path(), &c)
	if len(c.Links) != 1 || links() != 1 {
		t.Errorf("opened: %+v", c.Links)
	}
}

// TestRecordsOfWhatIsHidden: of a record that a user may see, the organisation and the
// person that they may not see, with their addresses, reach them by no route; who may see
// these reads them there. The company token shows both to the hub.
func TestRecordsOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	const organization, person, address = "みなと買収準備室", "佐藤 健", "takeshi.sato@example.jp"
	byTitle := func(who apitest.Account, title string) (out model.RecordRef) {
		for _, c := range w.found(who, title) {
			if string(c.Title) == title {
				out = c.RecordRef
			}
		}
		return out
	}
	for title, hidden := range map[string][]string{
		"小野 恵": {organization}, "小野様 試飲会": {organization}, "試飲会の会場": {person, address}, "試飲会の下見": {person, address},
	} {
		r := byTitle(w.rep, title)
		if r.ID == "" {
			t.Fatalf("the rep does not find %s", title)
		}
		w.link(w.rep, r)
		asks := map[string]string{
			"search": "/v1/crm/search?q=" + url.QueryEscape(title), "record": recordPath(r), "preview": recordPath(r) + "?for=" + string(w.conversation),
			"suggestions": w.path() + "/suggestions", "conversation": w.path(), "messages": w.path() + "/messages",
			"conversations": "/v1/conversations",
		}
		for name, path := range asks {
			body := string(w.Do(w.rep, http.MethodGet, path, nil).Body)
			for _, s := range hidden {
				if strings.Contains(body, s) {
					t.Errorf("%s of %s tells the rep %q: %s", name, title, s, body)
				}
			}
		}
		if body := string(w.Do(w.installer, http.MethodGet, recordPath(r), nil).Want(http.StatusOK).Body); !strings.Contains(body, hidden[0]) {
			t.Errorf("%s does not tell the installer %q: %s", title, hidden[0], body)
		}
	}
	hiddenOrganization := w.organizationOf("小野 恵")
	// A change is answered with the record, too; and none is made with what is hidden.
	deal := byTitle(w.rep, "小野様 試飲会")
	if body := string(w.Do(w.rep, http.MethodPatch, recordPath(deal), map[string]any{"stage": 2}).Want(http.StatusOK).Body); strings.Contains(body, organization) {
		t.Errorf("a change tells the rep %s", body)
	}
	for name, id := range map[string]string{"hidden": hiddenOrganization, "missing": "987654"} {
		a := w.Do(w.rep, http.MethodPost, "/v1/crm/deal", map[string]any{"title": "探り", "organization_id": id})
		if a.Status != http.StatusNotFound || !strings.Contains(string(a.Body), string(model.RecordNotFound)) {
			t.Errorf("a deal with an organisation that is %s: %d %s", name, a.Status, a.Body)
		}
	}
	w.Do(w.installer, http.MethodPost, "/v1/crm/deal", map[string]any{"title": "買収", "organization_id": hiddenOrganization}).Want(http.StatusCreated)
}

// organizationOf is the id of the organisation of the person of that name.
func (w *recordWorld) organizationOf(person string) string {
	w.Helper()
	resp, err := http.Get(w.Box.ControlURL + "/pipedrive/records")
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	var book struct {
		Persons []struct {
			Name  string
			OrgID int `json:"org_id"`
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&book); err != nil {
		w.Fatal(err)
	}
	for _, p := range book.Persons {
		if p.Name == person && p.OrgID != 0 {
			return strconv.Itoa(p.OrgID)
		}
	}
	w.Fatalf("%s has no organisation", person)
	return ""
}

// TestBudgetIsToldOnceLow: the answers of a search and of suggestions tell how many percent
// of the day's budget are left, once these are fewer than ten.
func TestBudgetIsToldOnceLow(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	told := func(path string) (left *int) {
		var body struct {
			BudgetLeft *int `json:"budget_left"`
		}
		w.Get(w.rep, path, &body)
		return body.BudgetLeft
	}
	search, suggestions := "/v1/crm/search?q=", w.path()+"/suggestions"
	if left := told(search + "grace"); left != nil {
		t.Errorf("with a whole day's budget: %d%%", *left)
	}
	w.ChangePipedrive("", `{"daily_left": 9900}`) // of 180,000
	for _, path := range []string{search + "marta", suggestions} {
		if left := told(path); left == nil || *left != 5 {
			t.Errorf("%s: %v, want 5%%", path, left)
		}
	}
}

// TestPSIDField: only an admin has the field for PSIDs made, once. From then on linking
// writes the customer's PSID to the person, who is suggested by it to whoever may see them.
func TestPSIDField(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t)
	const path = "/v1/crm/psid-field"
	asked := func() (made bool) {
		var out struct {
			Field string
			Made  bool
		}
		w.Do(w.installer, http.MethodPut, path, nil).Want(http.StatusOK).Into(&out)
		if out.Field != model.PSIDField {
			t.Errorf("it is called %q", out.Field)
		}
		return out.Made
	}
	suggested := func(who apitest.Account) (reasons []string) {
		var l struct {
			Records []model.Candidate `json:"records"`
		}
		w.Get(who, w.path()+"/suggestions", &l)
		for _, c := range l.Records {
			reasons = append(reasons, string(c.Match)+" "+string(c.Title))
		}
		return reasons
	}
	for _, a := range []apitest.Account{w.rep, w.guest} {
		w.Do(a, http.MethodPut, path, nil).Problem(http.StatusForbidden, model.NotAdmin)
	}
	if suggested(w.rep); !asked() || asked() {
		t.Error("it is not made once")
	}
	grace := w.found(w.rep, "Grace Miller")[0].RecordRef
	w.link(w.rep, grace)
	w.Do(w.rep, http.MethodDelete, w.linkPath(grace), nil).Want(http.StatusOK)
	if got := suggested(w.rep); !slices.Equal(got, []string{"psid Grace Miller"}) {
		t.Errorf("suggested: %q", got)
	}
	// Whom they may see and not change stays as they are.
	suzuki := w.found(w.rep, "鈴木 一郎")[0].RecordRef
	w.link(w.rep, suzuki)
	w.Do(w.rep, http.MethodDelete, w.linkPath(suzuki), nil).Want(http.StatusOK)
	if got := suggested(w.rep); !slices.Equal(got, []string{"psid Grace Miller"}) {
		t.Errorf("after somebody else's was linked: %q", got)
	}
}
