package api_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/api"
	"parley/hub/crm"
	"parley/hub/messenger/webhook"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/transcripts"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/model"
)

const (
	ourApp      = model.AppID("555")
	appSecret   = "the-secret-of-the-app"
	verifyToken = "the-token-of-the-handshake"
	// userToken is what admins connect a Page with.
	userToken = "user-access-token"

	page = model.PageID("100")
	meta = model.MetaPageID("100")
	// Long enough that no other id holds one by chance.
	hanako = model.PSID("70010000000000007001")
	ken    = model.PSID("70020000000000007002")
)

// account is somebody, with the token they sign in by.
type account struct {
	model.User
	token string
	code  string
}

// world is a hub behind its HTTP server, on a store of its own.
type world struct {
	testing.TB
	store  store.Store
	graph  *fakeGraph
	login  *fakeLogin
	hub    *hub.Hub
	api    http.Handler
	server *httptest.Server
	logs   *logBuffer
	// db is the store's file, uploads the folder of files that users sent.
	db, uploads string

	// ann installs Pages; ben is an admin too; cat is a rep; a stranger has no
	// account; revoked had one, and their token was revoked.
	ann, ben, cat, stranger, revoked account
}

// setup is what a test may have otherwise.
type setup struct {
	timing hub.Timing
	wrap   func(store.Store) store.Store
	now    func() time.Time
	// crm is nil for none.
	crm           hub.CRM
	records       crm.Records
	notes         transcripts.Notes
	hooks         crm.Hooks
	newColleagues bool
	inbox         pages.Inbox
	proxies       []netip.Prefix
}

type option func(*setup)

func withStore(wrap func(store.Store) store.Store) option {
	return func(s *setup) { s.wrap = wrap }
}

func withTiming(change func(*hub.Timing)) option {
	return func(s *setup) { change(&s.timing) }
}

// withInbox lets past conversations be imported, of which there are none.
func withInbox(s *setup) { s.inbox = emptyInbox{} }

// withProxies has proxies at those addresses trusted.
func withProxies(cidrs ...string) option {
	return func(s *setup) {
		for _, c := range cidrs {
			s.proxies = append(s.proxies, netip.MustParsePrefix(c))
		}
	}
}

func withClock(now func() time.Time) option {
	return func(s *setup) { s.now = now }
}

// newWorld starts a server with three users and no Page.
func newWorld(t testing.TB, options ...option) *world {
	t.Helper()
	o := setup{timing: hub.DefaultTiming(), wrap: func(s store.Store) store.Store { return s }, now: time.Now}
	o.timing.Webhook = time.Minute // a busy machine is no reason to fail
	for _, change := range options {
		change(&o)
	}
	w := &world{TB: t, graph: &fakeGraph{}, login: &fakeLogin{}, logs: &logBuffer{}}
	inner := w.openStore()
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	w.store, w.uploads = o.wrap(inner), filepath.Join(w.TempDir(), "uploads")
	w.ann, w.ben, w.cat = w.addUser("Ann", true), w.addUser("Ben", true), w.addUser("Cat", false)
	w.stranger = account{token: strings.Repeat("x", 43)}
	verifier, err := webhook.NewVerifier(appSecret)
	w.must(err)
	log := slog.New(slog.NewJSONHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.server = httptest.NewUnstartedServer(nil)
	w.hub = hub.New(hub.Options{
		Store: w.store, Vault: testVault(), Uploads: uploads.Open(w.uploads), Graph: w.graph, Login: w.login, Inbox: o.inbox, AppID: ourApp, Timing: o.timing, Now: o.now, Logger: log, FeedbackURL: feedbackURL,
		CRM: o.crm, Records: o.records, Notes: o.notes, Hooks: o.hooks, NewColleagues: o.newColleagues, LoginURL: "http://" + w.server.Listener.Addr().String() + "/login",
	})
	w.api = api.New(api.Options{
		Hub: w.hub, Verifier: verifier, AppID: ourApp, VerifyToken: verifyToken, Version: "test", Logger: log, Now: o.now, PublicURL: hubAddress, Proxies: o.proxies,
	})
	w.server.Config.Handler = w.api
	w.server.Start()
	t.Cleanup(func() {
		w.server.CloseClientConnections()
		w.server.Close()
	})
	return w
}

// feedbackURL is where users of the tests' hubs say what they miss.
const feedbackURL = "https://example.com/missed"

// testVault is a vault by the same key each time.
func testVault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// emptyStore is the file of a store that holds nothing: making its tables takes
// longer than most tests.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "parley-api-test")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "hub.db")
	s, err := sqlite.Open(context.Background(), file, sqlite.Options{Exclusive: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func (w *world) openStore() *sqlite.Store {
	w.Helper()
	empty, err := emptyStore()
	w.must(err)
	w.db = filepath.Join(w.TempDir(), "hub.db")
	w.must(os.WriteFile(w.db, empty, 0o600))
	s, err := sqlite.Open(w.Context(), w.db, sqlite.Options{Exclusive: true})
	w.must(err)
	return s
}

// withPage starts a server with a Page of ann, and a customer who just wrote.
func withPage(t testing.TB, v model.Visibility, options ...option) *world {
	t.Helper()
	w := newWorld(t, options...)
	w.connect(w.ann, meta, v)
	w.customerWrites(meta, hanako, "m_in_1", "hello", time.Now())
	return w
}

// run lets the hub send replies, until the test ends.
func (w *world) run() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.hub.Run(ctx) }()
	w.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("run hub: %v", err)
		}
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

func (w *world) addUser(name string, admin bool) account {
	w.Helper()
	a, err := accounts.AddUser(w.Context(), w.store, accounts.NewUser{
		Name: name, Email: name + "@example.com", Admin: admin, Token: true,
	}, time.Now())
	w.must(err)
	return account{User: a.User, token: a.Token, code: a.LoginCode}
}

// Requests.

// answer is what the server said.
type answer struct {
	testing.TB
	status int
	header http.Header
	body   []byte
}

// do asks as somebody. A body is sent as JSON, bytes and strings as they are.
func (w *world) do(who account, method, path string, body any) answer {
	w.Helper()
	header := http.Header{}
	if who.token != "" {
		header.Set("Authorization", "Bearer "+who.token)
	}
	return w.send(method, path, header, body)
}

func (w *world) send(method, path string, header http.Header, body any) answer {
	w.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	case string:
		r = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		w.must(err)
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+path, r)
	w.must(err)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := w.server.Client().Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	return answer{TB: w.TB, status: resp.StatusCode, header: resp.Header, body: raw}
}

// get reads what must be there.
func (w *world) get(who account, path string, out any) {
	w.Helper()
	w.do(who, http.MethodGet, path, nil).want(http.StatusOK).into(out)
}

func (a answer) want(status int) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("got %d %s, want %d", a.status, a.body, status)
	}
	return a
}

func (a answer) into(out any) {
	a.Helper()
	if err := json.Unmarshal(a.body, out); err != nil {
		a.Fatalf("decode %s: %v", a.body, err)
	}
}

// problem is a problem document.
type problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Code   model.Code     `json:"code"`
	Reply  *model.Verdict `json:"reply"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
		Value    any    `json:"value"`
	} `json:"errors"`
}

// problem expects a problem document with all that one must have.
func (a answer) problem(status int, code model.Code) problem {
	a.Helper()
	a.want(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.Fatalf("content type %q of %s", got, a.body)
	}
	var p problem
	a.into(&p)
	if p.Type == "" || p.Title != http.StatusText(status) || p.Status != status || p.Code != code || p.Detail == "" {
		a.Fatalf("got the problem %s, want %d %s", a.body, status, code)
	}
	return p
}

// Pages and customers.

func (w *world) connect(who account, id model.MetaPageID, v model.Visibility) model.Page {
	w.Helper()
	body := map[string]any{"page": id, "token": userToken}
	if v != "" {
		body["visibility"] = v
	}
	var p model.Page
	w.do(who, http.MethodPost, "/v1/pages", body).want(http.StatusCreated).into(&p)
	return p
}

func (w *world) setVisibility(who account, id model.PageID, v model.Visibility) {
	w.Helper()
	w.do(who, http.MethodPatch, "/v1/pages/"+string(id), map[string]any{"visibility": v}).want(http.StatusOK)
}

// sign returns the header with which Meta signs a body.
func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// post delivers a webhook, signed.
func (w *world) post(body []byte) answer {
	w.Helper()
	return w.send(http.MethodPost, "/webhooks/messenger", http.Header{"X-Hub-Signature-256": {sign(body)}}, body)
}

// deliver delivers events of a Page that must be taken.
func (w *world) deliver(id model.MetaPageID, list string, events ...map[string]any) {
	w.Helper()
	w.post(webhookOf(id, list, events...)).want(http.StatusOK)
}

// webhookOf is the body of a POST of Meta.
func webhookOf(id model.MetaPageID, list string, events ...map[string]any) []byte {
	raw, err := json.Marshal(map[string]any{
		"object": "page",
		"entry":  []any{map[string]any{"id": id, "time": time.Now().UnixMilli(), list: events}},
	})
	if err != nil {
		panic(err)
	}
	return raw
}

// message is an event by which a customer writes.
func message(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) map[string]any {
	return map[string]any{
		"sender": party(customer), "recipient": party(id), "timestamp": at.UnixMilli(),
		"message": map[string]any{"mid": mid, "text": text},
	}
}

// echo is an event by which the Page's own inbox writes.
func echo(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) map[string]any {
	return map[string]any{
		"sender": party(id), "recipient": party(customer), "timestamp": at.UnixMilli(),
		"message": map[string]any{"mid": mid, "text": text, "is_echo": true, "app_id": 263902037430900},
	}
}

func policy(id model.MetaPageID, action, reason string, at time.Time) map[string]any {
	return map[string]any{
		"recipient": party(id), "timestamp": at.UnixMilli(),
		"policy_enforcement": map[string]any{"action": action, "reason": reason},
	}
}

func party[T ~string](id T) map[string]any { return map[string]any{"id": id} }

func (w *world) customerWrites(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) {
	w.Helper()
	w.deliver(id, "messaging", message(id, customer, mid, text, at))
}

// changePage changes what the hub knows of the Page.
func (w *world) changePage(change func(*store.Page)) {
	w.Helper()
	w.must(w.store.Write(w.Context(), page, func(tx store.PageTx) error {
		p, err := tx.Page(page)
		if err != nil {
			return err
		}
		change(&p)
		return tx.PutPage(&p)
	}))
}

// changeConversation changes what the hub knows of a conversation.
func (w *world) changeConversation(id model.ConversationID, change func(*store.Conversation)) {
	w.Helper()
	w.must(w.store.Write(w.Context(), id.Page(), func(tx store.PageTx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		change(&c)
		return tx.PutConversation(&c)
	}))
}

// Conversations and messages.

func conversation(id model.PageID, customer model.PSID) string {
	return "/v1/conversations/" + string(model.NewConversationID(id, customer))
}

func newClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }

// text is the body of a new reply.
func text(s string) map[string]any { return map[string]any{"client_id": newClientID(), "text": s} }

// with adds a field to a body.
func with(body map[string]any, field string, value any) map[string]any {
	body[field] = value
	return body
}

// reply hands a reply in that must be taken.
func (w *world) reply(who account, id model.PageID, customer model.PSID, body map[string]any) model.Message {
	w.Helper()
	var m model.Message
	w.do(who, http.MethodPost, conversation(id, customer)+"/messages", body).want(http.StatusAccepted).into(&m)
	return m
}

func messagePath(m model.Message) string {
	return "/v1/conversations/" + string(m.ConversationID) + "/messages/" + string(m.ID)
}

// messages returns a whole conversation.
func (w *world) messages(who account, id model.PageID, customer model.PSID) []model.Message {
	w.Helper()
	var l messageList
	w.get(who, conversation(id, customer)+"/messages?limit=1000", &l)
	return l.Messages
}

type position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}

type asOf map[model.PageID]position

type conversationList struct {
	Conversations []model.Conversation `json:"conversations"`
	Cursor        string               `json:"cursor"`
	AsOf          asOf                 `json:"as_of"`
}

type messageList struct {
	Messages []model.Message `json:"messages"`
	Cursor   string          `json:"cursor"`
	AsOf     asOf            `json:"as_of"`
}

type noticeList struct {
	Notices []model.Notice `json:"notices"`
	Cursor  string         `json:"cursor"`
	AsOf    asOf           `json:"as_of"`
}

type pageList struct {
	Pages []model.Page `json:"pages"`
	AsOf  asOf         `json:"as_of"`
}

type countsAnswer struct {
	Counts store.Counts `json:"counts"`
	AsOf   asOf         `json:"as_of"`
}

// patience is how long a test waits for what the hub does by itself.
const patience = time.Minute

// wait waits until a reply is in one of these states.
func (w *world) wait(who account, m model.Message, states ...model.State) model.Message {
	w.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		var now model.Message
		w.get(who, messagePath(m), &now)
		for _, s := range states {
			if now.State == s {
				return now
			}
		}
		if time.Now().After(end) {
			w.Fatalf("the reply is %s, want one of %s", now.State, states)
		}
	}
}

// fails has Meta refuse every reply for good, without learning a rule from it.
func (w *world) fails() {
	w.graph.set(func(g *fakeGraph) {
		g.onSend = func(model.Outgoing) model.Outcome {
			return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: "(#100) no"}
		}
	})
}

// logBuffer collects the log.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// at names the case in a message of a test.
func at(parts ...any) string { return fmt.Sprintln(parts...) }
