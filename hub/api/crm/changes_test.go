package crm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// changeWorld is a recordWorld whose hub has subscribed to Pipedrive's webhooks.
type changeWorld struct {
	*recordWorld
	ears map[string]*apitest.Listener
}

func newChangeWorld(t *testing.T) *changeWorld {
	t.Helper()
	return newChangeWorldOf(t, apitest.CRMSetup{CompanyToken: true, Quick: true})
}

func newChangeWorldOf(t *testing.T, o apitest.CRMSetup) *changeWorld {
	t.Helper()
	w := &changeWorld{recordWorld: newRecordWorldOf(t, o)}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Hub.SubscribeCRM(ctx, w.Server.URL+"/webhooks/pipedrive")
	}()
	t.Cleanup(func() { stop(); <-done })
	deadline := time.Now().Add(20 * time.Second)
	for w.Hub.Ready(t.Context()).CRMWebhooks != "subscribed" {
		if time.Now().After(deadline) {
			t.Fatalf("not subscribed: %s", w.Logs.String())
		}
		w.Send(http.MethodGet, "/readyz", nil, nil)
	}
	w.ears = map[string]*apitest.Listener{"rep": w.Listen(w.rep), "installer": w.Listen(w.installer)}
	for name, l := range w.ears {
		l.Hello(apitest.Resume{apitest.Page: w.Position(map[string]apitest.Account{"rep": w.rep, "installer": w.installer}[name], apitest.Page)})
	}
	return w
}

// hand does something in Pipedrive as one of its users by their own hands.
func (w *changeWorld) hand(method, path, by string, body any) map[string]any {
	w.Helper()
	b, err := json.Marshal(body)
	w.Must(err)
	req, err := http.NewRequestWithContext(w.Context(), method, w.Box.ControlURL+"/pipedrive/"+path+"?by="+by, bytes.NewReader(b))
	w.Must(err)
	res, err := http.DefaultClient.Do(req)
	w.Must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	w.Must(err)
	if res.StatusCode/100 != 2 {
		w.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	var out map[string]any
	w.Must(json.Unmarshal(raw, &out))
	return out
}

const (
	byInstaller = "installer@example.com"
	byRep       = "rep@example.com"
)

// lines are what the conversation says of records to somebody, oldest first.
func (w *changeWorld) lines(who apitest.Account) (all []string) {
	w.Helper()
	for _, m := range w.Messages(who, apitest.Page, apitest.Hanako) {
		if m.Event != nil && m.Event.Kind == model.EventRecord {
			all = append(all, strings.TrimSpace(string(m.Author.Name)+" "+m.Event.Action+" "+m.Event.Record.Ref().String()+" "+string(m.Event.Payload)))
		}
	}
	return all
}

// comes waits until a line about a record came by the stream.
func (w *changeWorld) comes(name, action string) {
	w.Helper()
	w.ears[name].Until(action, func() bool { return strings.Contains(raw(w.ears[name]), `"action":"`+action+`"`) })
}

func (w *changeWorld) path1(r model.RecordRef) string { return string(r.Type) + "s/" + r.ID }

// TestChangesOfADeal: what somebody does in Pipedrive with a deal that is linked is said
// once in the conversation, to who may see the deal and to nobody else; the panel is told.
func TestChangesOfADeal(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.comes("installer", "linked")
	told := len(linkChanges(t, w.ears["installer"]))
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"stage_id": 3})
	w.comes("installer", "stage")
	w.ears["installer"].Until("the panel is told", func() bool { return len(linkChanges(t, w.ears["installer"])) > told })
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "won"})
	w.comes("installer", "won")
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "open"})
	w.comes("installer", "reopened")
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "lost", "lost_reason": "高い"})
	w.comes("installer", "lost")
	told = len(linkChanges(t, w.ears["installer"]))
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"title": hiddenDeal + " 改", "value": 1234567})
	w.ears["installer"].Until("the new title", func() bool { // the panel may be told of something else before
		got := linkChanges(t, w.ears["installer"])
		return len(got) > told && got[len(got)-1].Links[0].Title == hiddenDeal+" 改"
	})
	of := w.hidden.String()
	want := []string{"Ines linked " + of, "stage " + of + " 交渉中", "won " + of, "reopened " + of, "lost " + of}
	if got := w.lines(w.installer); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lines %q, want %q", got, want)
	}
	w.hides(w.rep, w.guest)
	w.ears["rep"].AwaitHeads()
	if s := raw(w.ears["rep"]); strings.Contains(s, hiddenDeal) || strings.Contains(s, `"kind":"link"`) || strings.Contains(s, `"record"`) || strings.Contains(s, "交渉中") {
		t.Errorf("the rep was sent %s", s)
	}
	if strings.Contains(w.Logs.String(), hiddenDeal) {
		t.Error("the log holds the title of a record")
	}
}

// TestOurOwnChanges: what a user does with a record from the chat is said once, as theirs,
// though the webhook tells of it, too.
func TestOurOwnChanges(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.Do(w.installer, http.MethodPatch, recordPath(w.hidden.RecordRef), map[string]any{"stage": 2}).Want(http.StatusOK)
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "won"}) // delivered after it
	w.comes("installer", "won")
	of := w.hidden.String()
	want := []string{"Ines linked " + of, "Ines stage " + of + " 見積中", "won " + of}
	if got := w.lines(w.installer); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lines %q, want %q", got, want)
	}
}

// TestPersonsMerged: the link goes over to the survivor, and a conversation has one person.
func TestPersonsMerged(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	found := w.found(w.rep, "山田 花子")
	var persons []model.Record
	for _, c := range found {
		if c.Type == model.Person {
			persons = append(persons, c.Record)
		}
	}
	if len(persons) != 2 {
		t.Fatalf("persons: %+v", persons)
	}
	w.link(w.rep, persons[0].RecordRef)
	w.hand(http.MethodPost, w.path1(persons[0].RecordRef)+"/merge", byInstaller, map[string]any{"merge_with_id": json.Number(persons[1].ID)})
	w.comes("rep", "merged")
	var c model.Conversation
	w.Get(w.rep, w.path(), &c)
	if len(c.Links) != 1 || c.Links[0].Ref() != persons[1].RecordRef || c.Links[0].Title != "山田 花子" {
		t.Errorf("links: %+v", c.Links)
	}
	if got := w.lines(w.rep); got[len(got)-1] != "merged "+persons[1].String() {
		t.Errorf("lines: %q", got)
	}
}

// TestLeadConverted: by hand in Pipedrive; what was linked to the lead is linked to the
// deal. Where the webhooks were lost, opening the conversation finds it, or the night.
func TestLeadConverted(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(*changeWorld){
		"webhook": nil,
		"opening": func(w *changeWorld) {
			w.Clock.Advance(11 * time.Minute)
			w.Do(w.rep, http.MethodGet, w.path(), nil).Want(http.StatusOK)
		},
		"night": func(w *changeWorld) { w.Must(w.Hub.ReadLinkedRecords(w.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newChangeWorld(t)
			var lead model.Record
			for _, c := range w.found(w.rep, "渡辺様 ギフト") {
				lead = c.Record
			}
			w.link(w.rep, lead.RecordRef)
			if how != nil {
				w.ChangePipedrive("/webhooks", `{"ban": true}`)
			}
			w.hand(http.MethodPost, w.path1(lead.RecordRef)+"/convert", byRep, map[string]any{"stage_id": 2})
			if how != nil {
				how(w)
			}
			w.comes("rep", "converted")
			var c model.Conversation
			w.Get(w.rep, w.path(), &c)
			if len(c.Links) != 1 || c.Links[0].Type != "deal" || c.Links[0].Title != "渡辺様 ギフト" {
				t.Errorf("links: %+v", c.Links)
			}
			if got := w.lines(w.rep); got[len(got)-1] != "converted "+c.Links[0].Ref().String() {
				t.Errorf("lines: %q", got)
			}
		})
	}
}

// TestRecordDeleted: the link is dropped, which is said to who could see the record, and
// to nobody else, for good. Lost webhooks are made up for.
func TestRecordDeleted(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(*changeWorld){
		"webhook": nil,
		"opening": func(w *changeWorld) {
			w.Clock.Advance(11 * time.Minute)
			w.Do(w.installer, http.MethodGet, w.path(), nil).Want(http.StatusOK)
		},
		"night": func(w *changeWorld) { w.Must(w.Hub.ReadLinkedRecords(w.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newChangeWorld(t)
			w.link(w.installer, w.hidden.RecordRef)
			if how != nil {
				w.ChangePipedrive("/webhooks", `{"ban": true}`)
			}
			w.hand(http.MethodDelete, w.path1(w.hidden.RecordRef), byInstaller, nil)
			if how != nil {
				how(w)
			}
			w.comes("installer", "deleted")
			w.Clock.Advance(time.Hour)
			w.Do(w.installer, http.MethodGet, recordPath(w.hidden.RecordRef), nil).Problem(http.StatusNotFound, model.RecordNotFound)
			var c model.Conversation
			w.Get(w.installer, w.path(), &c)
			if got := w.lines(w.installer); len(c.Links) != 0 || len(got) != 2 || got[1] != "deleted "+w.hidden.String() {
				t.Errorf("links %+v, lines %q", c.Links, got)
			}
			w.hides(w.rep, w.guest)
			w.ears["rep"].AwaitHeads()
			if s := raw(w.ears["rep"]); strings.Contains(s, hiddenDeal) || strings.Contains(s, `"kind":"link"`) || strings.Contains(s, `"record"`) {
				t.Errorf("the rep was sent %s", s)
			}
		})
	}
}

// TestLostMove: a deal that was moved while webhooks were lost is said to be so by night.
func TestLostMove(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.ChangePipedrive("/webhooks", `{"ban": true}`)
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"stage_id": 3, "title": hiddenDeal + " 改"})
	w.Must(w.Hub.ReadLinkedRecords(w.Context()))
	w.Must(w.Hub.ReadLinkedRecords(w.Context()))
	w.comes("installer", "stage")
	of := w.hidden.String()
	if got := w.lines(w.installer); len(got) != 2 || got[1] != "stage "+of+" 交渉中" {
		t.Errorf("lines %q", got)
	}
	w.ChangePipedrive("", `{"daily_left": 0}`)
	if err := w.Hub.ReadLinkedRecords(w.Context()); err == nil {
		t.Error("the night went on without a budget")
	}
}

// TestSightsByWebhooks: who may see a record is known by the webhook as soon as it
// changes, and an older one that comes late gives nothing back.
func TestSightsByWebhooks(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	var deal model.Record
	for _, c := range w.found(w.rep, "Marta: gift boxes") {
		deal = c.Record
	}
	w.link(w.installer, deal.RecordRef)
	w.Do(w.rep, http.MethodGet, w.path(), nil).Want(http.StatusOK)
	if got := w.lines(w.rep); len(got) != 1 {
		t.Fatalf("the rep reads %q", got)
	}
	w.hand(http.MethodPost, w.path1(deal.RecordRef), byInstaller, map[string]any{"owner_id": 101, "visible_to": 1})
	apitest.Eventually(t, "the rep reads nothing of it", apitest.Timeout, func() bool { return len(w.lines(w.rep)) == 0 })
	header := w.hookHeader()
	for name, at := range map[string]time.Time{"before the webhook": time.Now().Add(-time.Minute), "of the year 3000": time.Now().AddDate(974, 0, 0)} {
		w.Send(http.MethodPost, "/webhooks/pipedrive", header, w.event(deal.RecordRef, name, at, `["101","102"]`)).Want(http.StatusNoContent)
	}
	w.pipedriveMoves(deal.RecordRef) // seen to after them
	if got := w.lines(w.rep); len(got) != 0 {
		t.Errorf("an old webhook gave the rep %q", got)
	}
}

// TestAWebhookFromBeforeItWasAskedGivesNothing: who may see a record was asked after the
// event, which comes late and is the first of that record: it takes rights, and gives none.
func TestAWebhookFromBeforeItWasAskedGivesNothing(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.Do(w.installer, http.MethodGet, w.path(), nil)
	state := func() (s store.RecordState) {
		w.Must(w.Store.Read(w.Context(), func(r store.Reader) (err error) {
			s, err = r.RecordState(w.hidden.RecordRef)
			return err
		}))
		return s
	}
	asked := state().AskedAt
	if asked.IsZero() {
		t.Fatal("nobody asked who may see it")
	}
	late := asked.Add(-time.Minute)
	w.Send(http.MethodPost, "/webhooks/pipedrive", w.hookHeader(), w.event(w.hidden.RecordRef, "late", late, `["101","102"]`)).Want(http.StatusNoContent)
	apitest.Eventually(t, "the webhook is seen to", apitest.Timeout, func() bool { return !state().EventAt.IsZero() })
	w.hides(w.rep, w.guest)
	if got := w.lines(w.rep); len(got) != 0 {
		t.Errorf("it gave the rep %q", got)
	}
}

// TestReadUpToALineOfARecord: the read mark moves up to what the conversation says of a
// record, by who sees that; to others it is not there.
func TestReadUpToALineOfARecord(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	var line model.MessageID
	for _, m := range w.Messages(w.installer, apitest.Page, apitest.Hanako) {
		if m.Event != nil && m.Event.Kind == model.EventRecord {
			line = m.ID
		}
	}
	read := func(who apitest.Account) apitest.Answer {
		return w.Do(who, http.MethodPost, w.path()+"/read", map[string]any{"up_to": line})
	}
	read(w.installer).Want(http.StatusOK)
	read(w.rep).Problem(http.StatusNotFound, "not_found")
}

// pipedriveMoves moves a deal, and waits until that is said.
func (w *changeWorld) pipedriveMoves(deal model.RecordRef) {
	w.Helper()
	w.hand(http.MethodPost, w.path1(deal), byInstaller, map[string]any{"stage_id": 13})
	w.comes("installer", "stage")
}

func (w *changeWorld) event(r model.RecordRef, id string, at time.Time, permitted string) []byte {
	return fmt.Appendf(nil, `{"meta":{"action":"change","entity":%q,"entity_id":%q,"company_id":"7654321","id":%q,"timestamp":%q,"version":"2.0","permitted_user_ids":%s},"data":{},"previous":{}}`,
		r.Type, r.ID, id, at.UTC().Format(time.RFC3339), permitted)
}

// hookHeader is by which Pipedrive's webhooks come.
func (w *changeWorld) hookHeader() http.Header {
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.Server.URL, nil)
	w.Must(err)
	r.SetBasicAuth("parley", apitest.Vault().Derive("pipedrive webhooks"))
	return r.Header
}

// TestWhoMayTell: a webhook without the right name and password is refused, whatever it
// says; garbage is refused without harm; what is of no use to us is taken.
func TestWhoMayTell(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	post := func(h http.Header, body []byte) apitest.Answer {
		return w.Send(http.MethodPost, "/webhooks/pipedrive", h, body)
	}
	basic := func(name, password string) http.Header {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.Server.URL, nil)
		w.Must(err)
		r.SetBasicAuth(name, password)
		return r.Header
	}
	password := apitest.Vault().Derive("pipedrive webhooks")
	good := w.event(w.hidden.RecordRef, "e1", time.Now(), `[101,102]`)
	for name, h := range map[string]http.Header{
		"nothing": nil, "no password": basic("parley", ""), "another": basic("parley", password+"x"), "cut short": basic("parley", password[1:]),
		"another name": basic("Parley", password), "no name": basic("", password), "a user's token": {"Authorization": {"Bearer " + w.installer.Token}},
		"the company token": basic("parley", w.Box.PipedriveToken), "garbage": {"Authorization": {"Basic !!!"}},
	} {
		a := post(h, good)
		a.Problem(http.StatusUnauthorized, "not_signed_in")
		if a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no challenge", name)
		}
		post(h, []byte("{")).Problem(http.StatusUnauthorized, "not_signed_in")
	}
	right := basic("parley", password)
	for name, body := range map[string]string{
		"empty": "", "half": `{"meta":{`, "null": "null", "list": "[]", "no meta": `{"data":{}}`, "version 1": strings.Replace(string(good), `"2.0"`, `"1.0"`, 1),
		"no time": strings.Replace(string(good), `"timestamp":"2`, `"timestamp":"x2`, 1), "no company": strings.Replace(string(good), "7654321", "", 1),
		"no id": strings.Replace(string(good), `"id":"e1"`, `"id":""`, 1), "no record": strings.Replace(string(good), w.hidden.ID, "0", 1),
	} {
		if a := post(right, []byte(body)); a.Status != http.StatusBadRequest {
			t.Errorf("%s: answered %d %s", name, a.Status, a.Body)
		}
	}
	post(right, append(good, bytes.Repeat([]byte(" "), 2<<20)...)).Problem(http.StatusRequestEntityTooLarge, "too_large")
	post(right, []byte(strings.Replace(string(good), `"deal"`, `"note"`, 1))).Want(http.StatusNoContent)
	w.Do(w.installer, http.MethodGet, "/webhooks/pipedrive", nil).Problem(http.StatusMethodNotAllowed, "method_not_allowed")

	// Another company's, and one that tells of a deletion that did not happen: the rep gets
	// nothing by the first, nobody loses a link by the second, however often it comes.
	post(right, []byte(strings.Replace(string(good), "7654321", "7654399", 1))).Want(http.StatusNoContent)
	gone := []byte(strings.Replace(string(w.event(w.hidden.RecordRef, "e2", time.Now().Add(-time.Hour), `[101]`)), `"change"`, `"delete"`, 1))
	for range 5 {
		post(right, gone).Want(http.StatusNoContent)
	}
	w.pipedriveMoves(w.hidden.RecordRef)
	var c model.Conversation
	w.Get(w.installer, w.path(), &c)
	if got := w.lines(w.installer); len(c.Links) != 1 || len(got) != 2 {
		t.Errorf("links %+v, lines %q", c.Links, got)
	}
	w.hides(w.rep, w.guest)
	if strings.Contains(w.Logs.String(), password) {
		t.Error("the log holds the password")
	}
}

// TestWebhookReplayed: an event that comes twice, by Pipedrive or by anybody, says its
// thing once.
func TestWebhookReplayed(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	w.link(w.installer, w.hidden.RecordRef)
	w.control("/faults", `{"on": "pipedrive_webhook", "kind": "duplicate"}`)
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"stage_id": 3})
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "won"})
	w.comes("installer", "won")
	w.hand(http.MethodPost, w.path1(w.hidden.RecordRef), byInstaller, map[string]any{"status": "lost"})
	w.comes("installer", "lost")
	if got := w.lines(w.installer); len(got) < 3 || len(got) > 4 || strings.Count(strings.Join(got, " "), "won") != 1 {
		t.Errorf("lines %q", got)
	}
}

// control tells the sandbox something.
func (w *changeWorld) control(path, body string) {
	w.Helper()
	res, err := http.Post(w.Box.ControlURL+path, "application/json", strings.NewReader(body))
	w.Must(err)
	w.Must(res.Body.Close())
	if res.StatusCode/100 != 2 {
		w.Fatalf("%s: %d", path, res.StatusCode)
	}
}

// hookList is what Pipedrive knows of our webhooks.
func (w *changeWorld) hookList() (ids []string) {
	w.Helper()
	res, err := http.Get(w.Box.ControlURL + "/pipedrive/webhooks")
	w.Must(err)
	defer res.Body.Close()
	var list struct {
		Webhooks []struct {
			ID     int    `json:"id"`
			Object string `json:"event_object"`
		} `json:"webhooks"`
	}
	w.Must(json.NewDecoder(res.Body).Decode(&list))
	for _, k := range list.Webhooks {
		ids = append(ids, fmt.Sprint(k.ID, " ", k.Object))
	}
	return ids
}

// hooksAsked counts how often Pipedrive was asked for our webhooks.
func (w *changeWorld) hooksAsked() int {
	w.Helper()
	res, err := http.Post(w.Box.ControlURL+"/pipedrive", "application/json", nil)
	w.Must(err)
	defer res.Body.Close()
	var told struct {
		ByCall map[string]int `json:"by_call"`
	}
	w.Must(json.NewDecoder(res.Body).Decode(&told))
	return told.ByCall["GET /v1/webhooks"]
}

// TestWebhooksAreFoundAgain: a hub that starts again finds its webhooks and makes no
// others; those that it has by another key it takes away.
func TestWebhooksAreFoundAgain(t *testing.T) {
	t.Parallel()
	w := newChangeWorld(t)
	callback := w.Server.URL + "/webhooks/pipedrive"
	first := w.hookList()
	if len(first) != 3 {
		t.Fatalf("webhooks %q", first)
	}
	again := func(callback string) {
		asked := w.hooksAsked()
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		done := make(chan struct{})
		go func() { defer close(done); w.Hub.SubscribeCRM(ctx, callback) }()
		for w.hooksAsked() == asked || w.Hub.Ready(t.Context()).CRMWebhooks == "asking" {
			w.Must(ctx.Err())
		}
		stop()
		<-done
	}
	again(callback)
	if got := w.hookList(); strings.Join(got, ",") != strings.Join(first, ",") {
		t.Errorf("webhooks %q, were %q", got, first)
	}
	// One by another key, and somebody else's.
	for _, name := range []string{"Parley deal 00000000", "Reports"} {
		w.api1(http.MethodPost, "/api/v1/webhooks", fmt.Sprintf(`{"name": %q, "subscription_url": %q, "event_action": "*", "event_object": "deal"}`, name, callback))
	}
	again(callback)
	if got := w.hookList(); len(got) != 4 || got[3] != "5 deal" {
		t.Errorf("webhooks %q", got)
	}
	// The hub moves: those at its old address are taken off, others' stay.
	moved := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(moved.Close)
	w.api1(http.MethodPost, "/api/v1/webhooks", fmt.Sprintf(`{"name": "Parley deal 11111111", "subscription_url": %q, "event_action": "*", "event_object": "deal"}`, moved.URL+"/another-hub"))
	again(moved.URL + "/webhooks/pipedrive")
	if got := strings.Join(w.hookList(), ","); got != "5 deal,6 deal,7 person,8 lead,9 deal" {
		t.Errorf("after a move: webhooks %q", got)
	}
	again(callback) // and back
	if got := w.hookList(); len(got) != 5 || got[0] != "5 deal" || got[1] != "6 deal" {
		t.Errorf("moved back: webhooks %q", got)
	}
	again("http://127.0.0.1:1/webhooks/pipedrive") // nobody listens there
	if got := w.hookList(); len(got) != 5 {
		t.Errorf("an address that is not reached took webhooks away: %q", got)
	}
	if r := w.Hub.Ready(t.Context()); r.CRMWebhooks != "refused" || !r.Ready {
		t.Errorf("ready: %+v", r)
	}
	if log := w.Logs.String(); !strings.Contains(log, "subscribe to the CRM's webhooks") || strings.Contains(log, apitest.Vault().Derive("pipedrive webhooks")) {
		t.Error("the refusal is not logged, or with the password")
	}
}

// api1 calls Pipedrive's API with the company token.
func (w *changeWorld) api1(method, path, body string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.Box.PipedriveURL+path, strings.NewReader(body))
	w.Must(err)
	req.Header.Set("X-Api-Token", w.Box.PipedriveToken)
	res, err := http.DefaultClient.Do(req)
	w.Must(err)
	w.Must(res.Body.Close())
	if res.StatusCode/100 != 2 {
		w.Fatalf("%s %s: %d", method, path, res.StatusCode)
	}
}
