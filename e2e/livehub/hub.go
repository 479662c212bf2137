// Package livehub is a hub inside the process of a test, with clients that follow it over a line
// that can be cut, for tests with the race detector.
package livehub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/client"
	"parley/e2e/driver"
	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/api"
	"parley/hub/crm"
	"parley/hub/messenger/webhook"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/vault"
	"parley/model"
)

// Hub is a hub inside the test's process, behind a real socket. It can be stopped and started
// again at the same address, on the same store or another.
type Hub struct {
	testing.TB
	Dir     string
	Address string
	timing  hub.Timing
	Graph   *liveGraph
	// crm and records are the CRM; nil: none.
	crm     hub.CRM
	records crm.Records

	// database is the address of the store's database; empty: it is in a file.
	database string

	Store store.Store
	Hub   *hub.Hub
	halt  func()
	// Lists counts the lists of conversations that were read.
	Lists atomic.Int64

	Ann, Ben, Cat User
}

// User is a user with a token.
type User struct {
	model.User
	Token string
}

// liveGraph acts as Meta: it accepts every reply but LiveRefused, and knows every customer's name.
type liveGraph struct {
	Sent atomic.Int64
}

var _ hub.Graph = (*liveGraph)(nil)

// LiveRefused is a text that Meta refuses.
const LiveRefused = "refuse this"

func (g *liveGraph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	if len(o.Text) >= len(LiveRefused) && o.Text[:len(LiveRefused)] == LiveRefused {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: "(#100) no"}
	}
	return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(fmt.Sprintf("m_out_%d", g.Sent.Add(1)))}
}

func (*liveGraph) ThreadMessages(context.Context, string, model.MetaPageID, model.PSID) ([]model.SentMessage, error) {
	return nil, errors.New("not asked")
}

func (*liveGraph) Profile(_ context.Context, _ string, customer model.PSID) (model.Customer, error) {
	return model.Customer{PSID: customer, Name: model.Untrusted("Customer " + customer), Locale: "ja_JP"}, nil
}

func (*liveGraph) Grant(_ context.Context, token string, id model.MetaPageID) (model.PageGrant, error) {
	return model.PageGrant{ID: id, Name: model.Untrusted("Page " + id), Token: "of-" + token, ManageKnown: true}, nil
}

func (*liveGraph) Subscribe(context.Context, string, model.MetaPageID) error { return nil }
func (*liveGraph) UploadFile(context.Context, model.OutgoingFile) model.Outcome {
	return model.Outcome{}
}

func (*liveGraph) Act(context.Context, model.SenderAction) model.Outcome {
	return model.Outcome{Kind: model.OutcomeAccepted}
}

func (*liveGraph) Unsubscribe(context.Context, string, model.MetaPageID) error { return nil }
func (*liveGraph) PageState(context.Context, string, model.MetaPageID) (model.PageState, error) {
	return model.PageState{Subscribed: true}, nil
}

func (*liveGraph) PageCountry(context.Context, string, model.MetaPageID) ([]model.Untrusted, error) {
	return nil, nil
}

func (*liveGraph) Greetings(context.Context, string, model.MetaPageID) ([]model.Greeting, error) {
	return []model.Greeting{{Locale: model.DefaultLocale, Text: "Welcome"}}, nil
}

func (*liveGraph) SetGreetings(context.Context, string, model.MetaPageID, []model.Greeting) error {
	return nil
}

// Examine finds a Page with a valid token and no subscription.
func (*liveGraph) Examine(context.Context, string, model.MetaPageID) model.PageExam {
	return model.PageExam{Valid: true}
}

func (*liveGraph) SubscribeApp(context.Context, string) error { return nil }

// The Pages of a Hub, both shared: one of ann, one of ben.
const (
	Page       = model.MetaPageID("100")
	LiveOthers = model.MetaPageID("200")
)

// New starts a hub with three users and two shared Pages.
func New(t testing.TB, change ...func(*hub.Timing)) *Hub {
	t.Helper()
	h := &Hub{TB: t, Dir: t.TempDir(), timing: hub.DefaultTiming(), Graph: &liveGraph{}}
	h.timing.Heads, h.timing.Revalidate = 150*time.Millisecond, time.Second
	for _, f := range change {
		f(&h.timing)
	}
	return h.begins()
}

// NewLiveHubWithCRM starts a hub that uses a CRM.
func NewLiveHubWithCRM(t testing.TB, crm hub.CRM, records crm.Records, timing hub.Timing) *Hub {
	t.Helper()
	h := &Hub{TB: t, Dir: t.TempDir(), timing: timing, Graph: &liveGraph{}, crm: crm, records: records}
	return h.begins()
}

func (h *Hub) begins() *Hub {
	h.Helper()
	if InDatabase() {
		h.database = database.From(h.TB, fillDatabase)
	}
	h.furnish()
	h.Start()
	h.Cleanup(func() { h.Stop() })
	return h
}

// liveTemplate is the store that every Hub starts with, and its users.
var liveTemplate = sync.OnceValues(func() (*liveStore, error) {
	dir, err := os.MkdirTemp("", "parley-live")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "hub.db"), sqlite.Options{Exclusive: true})
	if err != nil {
		return nil, err
	}
	out, err := fill(ctx, s)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	out.file, err = os.ReadFile(filepath.Join(dir, "hub.db"))
	return out, err
})

// fill writes the users and Pages of a Hub into an empty store.
func fill(ctx context.Context, s store.Store) (*liveStore, error) {
	out := &liveStore{}
	for i, name := range []string{"Ann", "Ben", "Cat"} {
		a, err := accounts.AddUser(ctx, s, accounts.NewUser{Name: name, Email: SecretEmail(int64(i + 1)), Admin: i < 2, Token: true}, time.Now())
		if err != nil {
			return nil, err
		}
		out.users = append(out.users, User{a.User, a.Token})
	}
	h := hub.New(hub.Options{Store: s, Vault: LiveVault(), Graph: &liveGraph{}, AppID: "555", Timing: hub.DefaultTiming()})
	for i, id := range []model.MetaPageID{Page, LiveOthers} {
		if _, _, err := h.ConnectPage(ctx, out.users[i].User, pages.Connection{Page: id, Token: "t", Visibility: model.Shared}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LiveVault returns a vault with the same key each time.
func LiveVault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// liveStore is a store's file with its users.
type liveStore struct {
	file  []byte
	users []User
}

func (h *Hub) furnish() {
	h.Helper()
	if h.database != "" {
		users := filled.Load().users
		h.Ann, h.Ben, h.Cat = users[0], users[1], users[2]
		return
	}
	template, err := liveTemplate()
	h.Must(err)
	h.Ann, h.Ben, h.Cat = template.users[0], template.users[1], template.users[2]
	h.Must(os.WriteFile(h.File(), template.file, 0o600))
}

// File returns the path of the store.
func (h *Hub) File() string { return filepath.Join(h.Dir, "hub.db") }

// Must ends the test on an error.
func (h *Hub) Must(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("unexpected error: %v", err)
	}
}

// Start starts the hub: first on any port, later on the same one.
func (h *Hub) Start() {
	h.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	st, err := h.open(ctx)
	h.Must(err)
	address := h.Address
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	h.Must(err)
	h.Address = l.Addr().String()
	verifier, err := webhook.NewVerifier("secret")
	h.Must(err)
	h.Store = st
	h.Hub = hub.New(hub.Options{
		Store: st, Vault: LiveVault(), Graph: h.Graph, AppID: "555", Timing: h.timing, CRM: h.crm, Records: h.records,
	})
	handler := api.New(api.Options{Hub: h.Hub, Verifier: verifier, AppID: "555", VerifyToken: "v", Version: "test", Stopping: ctx})
	var sockets sync.WaitGroup
	server := &http.Server{ReadHeaderTimeout: driver.Patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/stream":
			sockets.Add(1)
			defer sockets.Done()
		case "/v1/conversations":
			h.Lists.Add(1)
		}
		handler.ServeHTTP(w, r)
	})}
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			h.Errorf("serve: %v", err)
		}
	})
	running.Go(func() {
		if err := h.Hub.Run(ctx); err != nil && ctx.Err() == nil {
			h.Errorf("run hub: %v", err)
		}
	})
	h.halt = sync.OnceFunc(func() {
		cancel()
		_ = server.Close()
		running.Wait()
		sockets.Wait()
		h.Must(st.Close())
	})
}

// Stop stops the hub.
func (h *Hub) Stop() { h.halt() }

// CopyStore copies the store's file while the hub is stopped.
func (h *Hub) CopyStore(from, to string) {
	h.Helper()
	in, err := os.Open(from)
	h.Must(err)
	defer func() { h.Must(in.Close()) }()
	out, err := os.Create(to)
	h.Must(err)
	_, err = io.Copy(out, in)
	h.Must(errors.Join(err, out.Close()))
}

// ReplaceStore replaces the store's file while the hub is stopped.
func (h *Hub) ReplaceStore(file string) {
	h.Helper()
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Remove(h.File() + beside); err != nil && !errors.Is(err, os.ErrNotExist) {
			h.Fatal(err)
		}
	}
	h.CopyStore(file, h.File())
}

// Client returns a client at an address, as a user.
func (h *Hub) Client(address string, who User) *client.Client {
	h.Helper()
	c, err := client.New("http://"+address, who.Token)
	h.Must(err)
	h.Cleanup(c.Close)
	return c
}

// Writes makes customers write.
func (h *Hub) Writes(id model.MetaPageID, events ...model.Inbound) {
	h.Helper()
	h.Must(h.Hub.Receive(h.Context(), []model.PageEntry{{Page: id, Events: events}}))
}

// Message returns a customer's message.
func Message(customer model.PSID, mid, text string) model.Inbound {
	return model.Inbound{
		Key: "mid:" + mid, Raw: []byte("{}"), Name: "message", Customer: customer, At: time.Now(),
		Event: model.CustomerMessage{MID: model.MID(mid), Text: model.Untrusted(text)},
	}
}

// Replies makes a user reply; a refusal is fine.
func (h *Hub) Replies(who User, conversation model.ConversationID, text string) {
	h.Helper()
	_, err := h.Hub.Reply(h.Context(), who.User, outbox.Draft{
		Conversation: conversation, ClientID: model.ClientID(uuid.Must(uuid.NewV7()).String()), Text: model.Untrusted(text),
	})
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) && !errors.Is(err, store.ErrNotFound) {
		h.Errorf("reply: %v", err)
	}
}

// Settled waits until all customers have names.
func (h *Hub) Settled() {
	h.Helper()
	EventuallyLive(h.TB, "customers have names", driver.Patience, func() bool {
		var nameless []store.Conversation
		h.Must(h.Store.Read(h.Context(), func(r store.Reader) (err error) {
			nameless, err = r.Nameless(time.Now().Add(-time.Hour), 1)
			return err
		}))
		return len(nameless) == 0
	})
}

// SecretEmail returns the address of the user with that number.
func SecretEmail(id int64) string { return fmt.Sprintf("user%d@example.com", id) }
