package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/model"
)

// idOf says what a parameter names.
type idOf int

// What parameters name.
const (
	noID idOf = iota
	pageID
	metaPageID // Facebook's own id: that a Page is connected is public
	conversationID
	messageID
	tokenID
	userID // users are public
	cursor
)

// parameters has a row for every parameter of a path, a query or a body of the OpenAPI
// document: what it names. One that names something is swapped for what is hidden.
func parameters() map[string]idOf {
	return map[string]idOf{
		"path page": pageID, "path conversation": conversationID, "path message": messageID, "path token": tokenID,
		// Another's attempt to connect a Page: TestConnectThroughTheBrowser asks for it.
		"path connection": noID, "body no_import": noID,
		"path notice": messageID, "query locale": noID, "body locale": noID,
		"path view": noID, "body name": noID, "body query": noID, "body sort": noID, "body place": noID, // one's own views: TestViewsAreOnesOwn
		"path media": messageID, // a file has the id of the message that carries it

		// What a record's id names is the CRM's to hide: TestRecordsOnlyForWhoMaySeeThem.
		"path type": noID, "path record": noID, "query for": conversationID, "query q": noID, "query types": noID,
		"body title": noID, "body person_id": noID, "body organization_id": noID, "body email": noID, "body phone": noID, "body value": noID,
		"body expected_close": noID, "body stage_id": noID, "body stage": noID, "body lost_reason": noID,

		// A snippet is named by its name alone, and is one's own or the team's.
		"path snippet": noID, "query team": noID, "body macro": noID,
		// One's own notifications: TestNotificationsAreOnesOwn.
		"body content": noID, "body every": noID, "body kinds": noID, "body mail": noID, "body method": noID, "body quiet_hours": noID, "body quiet_weekends": noID, "body when": noID,
		"body done": noID, "body send_at": noID, // of a reply

		"query transcripts": noID, "body on": noID, "body zone": noID,

		"query page": pageID, "query cursor": cursor, "query before": cursor,
		"query filter": noID, "query limit": noID, "query text": noID, "query search": noID, "query client_id": noID,

		"body page": metaPageID, "body token": noID, "body visibility": noID,
		"body message": messageID, "body emoji": noID, "body file": noID,
		"body up_to": messageID, "body reply_to": messageID, "body assignee": userID, "body available": noID,
		"body attachments": noID, "body attempt": noID, "body client_id": noID, "body code": noID, "body device_code": noID, "body labels": noID,
		"body note": noID, "body number": noID, "body pinned": noID, "body repair": noID, "body seen_seq": noID, "body snoozed_until": noID, "body status": noID, "body text": noID,
	}
}

// bodies are requests with everything that they may name, by what is named.
func bodies(t target) map[string]map[string]any {
	return map[string]map[string]any{
		"mark-read": {"up_to": t.in}, "mark-unread": nil, "triage": {"pinned": true}, "retry": {"attempt": 99}, "drop": {"attempt": 99},
		"reply":             apitest.With(apitest.Text("a reply"), "reply_to", t.in),
		"sync-conversation": {"on": false}, "sync-page": {"on": false},
		"set-greeting": {"locale": model.DefaultLocale, "text": "Hello"},
		"react":        {"message": t.in, "emoji": "👍"},
		"put-snippet":  {"text": "Hello"},
	}
}

// asked are the parameters of an operation, "path page" and the like.
func (d document) asked(o operation) (names []string) {
	for _, p := range o.Parameters {
		if p.In != "header" {
			names = append(names, p.In+" "+p.Name)
		}
	}
	for _, c := range o.Body.Content {
		of := c.Schema
		if name, ok := strings.CutPrefix(of.Ref, "#/components/schemas/"); ok {
			of = d.Components.Schemas[name]
		}
		for name := range of.Properties {
			names = append(names, "body "+name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestEveryParameterHasItsRow(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	d, rows := readDocument(w), parameters()
	for _, o := range readOperations(w) {
		body := len(o.Body.Content) > 0
		found := false
		for _, name := range d.asked(o) {
			if _, known := parameters()[name]; !known {
				t.Errorf("%s of %s has no row in the table of what parameters name", name, o.ID)
			}
			delete(rows, name)
			found = found || strings.HasPrefix(name, "body ")
		}
		if body && !found {
			t.Errorf("%s takes a body of which the document tells nothing", o.ID)
		}
	}
	for name := range rows {
		t.Errorf("%s has a row, and nothing asks for it", name)
	}
}

// hiddenThings are what somebody may not know to be there, and, each at the same place,
// the same things as they would be called if there were none.
type hiddenThings struct{ hidden, missing map[idOf][]string }

func findHidden(w *apitest.World, t target) hiddenThings {
	w.Helper()
	const none = "0190b8a0-0000-7000-8000-000000000000"
	var mine struct {
		Tokens []model.Token `json:"tokens"`
	}
	w.Get(w.Ann, "/v1/tokens", &mine)
	var l apitest.ConversationList
	w.Get(w.Ann, "/v1/conversations?limit=1", &l)
	var m apitest.MessageList
	w.Get(w.Ann, "/v1/conversations/"+string(t.conversation)+"/messages?limit=1", &m)
	var n apitest.NoticeList
	w.Get(w.Ann, "/v1/notices?limit=1", &n)
	if len(n.Notices) != 1 || m.Cursor == "" {
		w.Fatal("nothing is hidden")
	}
	return hiddenThings{
		hidden: map[idOf][]string{
			pageID:         {string(t.page)},
			conversationID: {string(t.conversation)},
			messageID:      {string(t.in), string(t.out), n.Notices[0].ID},
			tokenID:        {string(mine.Tokens[0].ID)},
			cursor:         {m.Cursor, l.Cursor, n.Cursor},
		},
		missing: map[idOf][]string{
			pageID:         {"424242"},
			conversationID: {"424242_" + string(apitest.Hanako)},
			messageID:      {"424242_" + none, "424242_" + none, "424242_" + none},
			tokenID:        {"0123456789abcdef"},
		},
	}
}

// swap is an operation about what somebody sees, with one parameter swapped.
type swap struct {
	operation
	name   string
	target target
}

// asks sends it with that in the parameter's place.
func (s swap) asks(w *apitest.World, who apitest.Account, value string) apitest.Answer {
	w.Helper()
	in, name, _ := strings.Cut(s.name, " ")
	message := s.target.in
	if strings.HasSuffix(s.path, "/retry") || strings.HasSuffix(s.path, "/drop") {
		message = s.target.out
	}
	path := map[string]string{
		"page": string(s.target.page), "conversation": string(s.target.conversation), "message": string(message), "token": "none", "media": string(message),
		"type": "deal", "record": "42",
	}
	query, body := url.Values{}, any(nil)
	if b, ok := bodies(s.target)[s.ID]; ok && b != nil {
		body = b
		if in == "body" {
			b = maps.Clone(b)
			b[name] = value
			body = b
		}
	}
	switch in {
	case "path":
		path[name] = value
	case "query":
		query.Set(name, value)
	}
	to := s.path
	for k, v := range path {
		to = strings.ReplaceAll(to, "{"+k+"}", url.PathEscape(v))
	}
	return w.Do(who, s.method, to+"?"+query.Encode(), body)
}

// wanted is what is answered about something that is not there.
func (s swap) wanted() verdict {
	switch s.name {
	case "body reply_to": // the conversation is there; what is quoted is not in it
		return conflict(model.NoReplyTarget)
	case "path page": // that a Page exists is public: its own refusals come first
		return verdict{}
	}
	return notFound
}

// TestIdsOfWhatIsHidden puts the ids of what is hidden in every parameter of every
// operation, beside ids of what is seen: it is as if they had never been given out.
func TestIdsOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	hidden := targetIn(w, places()[0])
	things := findHidden(w, hidden)
	w.Connect(w.Ben, "200", model.Shared)
	w.CustomerWrites("200", apitest.Ken, "m_200", "hello", time.Now())
	m := w.Reply(w.Ben, "200", apitest.Ken, apitest.Text("hi"))
	seen := target{page: "200", conversation: model.NewConversationID("200", apitest.Ken), in: w.Messages(w.Cat, "200", apitest.Ken)[0].ID, out: m.ID}
	d, swapped := readDocument(w), 0
	for _, o := range readOperations(w) {
		for _, name := range d.asked(o) {
			of := parameters()[name]
			if of == noID || of == userID || of == metaPageID {
				continue
			}
			if _, known := bodies(seen)[o.ID]; !known && len(o.Body.Content) > 0 && !routes()[o.ID].changes {
				t.Errorf("%s has no row in the table of bodies", o.ID)
			}
			s := swap{o, name, seen}
			for i, value := range things.hidden[of] {
				swapped++
				got := s.asks(w, w.Cat, value)
				c := cell{place: places()[0], identity: "rep"}
				leaksNothing(w, o, c, got, hidden)
				if of == cursor {
					continue // it names a place in a list, not a thing: what is listed is one's own
				}
				if want := s.wanted(); want.status != 0 && !isVerdict(got, want) {
					t.Error(apitest.Case(o.ID, name, value, "answered", got.Status, string(got.Body), "want", want))
				}
				if none := s.asks(w, w.Cat, things.missing[of][i]); !apitest.Indistinct(got, none) && s.wanted().status != 0 {
					t.Error(apitest.Case(o.ID, name, value, "is told", got.Status, string(got.Body), got.Header, "from what is missing", none.Status, string(none.Body), none.Header))
				}
			}
		}
	}
	if swapped < 20 {
		t.Errorf("%d ids swapped", swapped)
	}
}

// TestCursorsOfWhatIsHidden: a list goes on from another's cursor as from anywhere: with
// one's own alone, or not at all.
func TestCursorsOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	w := apitest.New(t)
	apitest.Connected(apitest.Ann, model.Private)(w)
	things := findHidden(w, targetIn(w, places()[0]))
	for _, c := range things.hidden[cursor] {
		for _, list := range []string{"conversations", "notices", "audit"} {
			a := w.Do(w.Ben, http.MethodGet, "/v1/"+list+"?cursor="+url.QueryEscape(c), nil)
			if a.Status != http.StatusOK && a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s from another's cursor: %d %s", list, a.Status, a.Body)
			}
			leaksNothing(w, operation{ID: list}, cell{identity: "other admin"}, a, targetIn(w, places()[0]))
		}
	}
}
