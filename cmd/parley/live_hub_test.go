package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/client"
	"parley/hub"
	"parley/hub/api"
	"parley/hub/messenger/webhook"
	"parley/hub/outbox"
	"parley/hub/store/sqlite"
	"parley/hub/vault"
	"parley/model"
)

// liveHub is a hub inside the test's process, behind a real socket, that can be stopped
// and started again at the same address, on the same store or another.
type liveHub struct {
	testing.TB
	dir     string
	address string
	timing  hub.Timing
	graph   *liveGraph
	// crm and records are the CRM; nil: there is none.
	crm     hub.CRM
	records hub.Records

	store *sqlite.Store
	hub   *hub.Hub
	halt  func()
	// lists counts the lists of conversations that were read.
	lists atomic.Int64

	ann, ben, cat liveUser
}

// liveUser is somebody with a token.
type liveUser struct {
	model.User
	token string
}

// liveGraph plays Meta: it takes every reply but those that say so, and knows every customer's name.
type liveGraph struct {
	sent atomic.Int64
}

var _ hub.Graph = (*liveGraph)(nil)

// liveRefused is a text that Meta does not take.
const liveRefused = "refuse this"

func (g *liveGraph) Send(_ context.Context, o model.Outgoing) model.Outcome {
	if strings.HasPrefix(string(o.Text), liveRefused) {
		return model.Outcome{Kind: model.OutcomeRefused, Code: model.GraphRefused, Detail: "(#100) no"}
	}
	return model.Outcome{Kind: model.OutcomeAccepted, MID: model.MID(fmt.Sprintf("m_out_%d", g.sent.Add(1)))}
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

// Examine finds a Page whose token is good, and that is not subscribed.
func (*liveGraph) Examine(context.Context, string, model.MetaPageID) model.PageExam {
	return model.PageExam{Valid: true}
}

func (*liveGraph) SubscribeApp(context.Context, string) error { return nil }

// The Pages of a liveHub, both shared: one of ann, one of ben.
const (
	livePage   = model.MetaPageID("100")
	liveOthers = model.MetaPageID("200")
)

// newLiveHub starts a hub with three users and two shared Pages.
func newLiveHub(t testing.TB, change ...func(*hub.Timing)) *liveHub {
	t.Helper()
	h := &liveHub{TB: t, dir: t.TempDir(), timing: hub.DefaultTiming(), graph: &liveGraph{}}
	h.timing.Heads, h.timing.Revalidate = 150*time.Millisecond, time.Second
	for _, f := range change {
		f(&h.timing)
	}
	return h.begins()
}

// newLiveHubWithCRM starts one that asks a CRM.
func newLiveHubWithCRM(t testing.TB, crm hub.CRM, records hub.Records, timing hub.Timing) *liveHub {
	t.Helper()
	h := &liveHub{TB: t, dir: t.TempDir(), timing: timing, graph: &liveGraph{}, crm: crm, records: records}
	return h.begins()
}

func (h *liveHub) begins() *liveHub {
	h.Helper()
	h.furnish()
	h.start()
	h.Cleanup(func() { h.stop() })
	return h
}

// liveTemplate is the store that every liveHub begins with, and its users.
var liveTemplate = sync.OnceValues(func() (*liveStore, error) {
	dir, err := os.MkdirTemp("", "parley-live")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	out := &liveStore{}
	s, err := sqlite.Open(ctx, filepath.Join(dir, "hub.db"), sqlite.Options{Exclusive: true})
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"Ann", "Ben", "Cat"} {
		a, err := hub.AddUser(ctx, s, hub.NewUser{Name: name, Email: secretEmail(int64(i + 1)), Admin: i < 2, Token: true}, time.Now())
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		out.users = append(out.users, liveUser{a.User, a.Token})
	}
	h := hub.New(hub.Options{Store: s, Vault: liveVault(), Graph: &liveGraph{}, AppID: "555", Timing: hub.DefaultTiming()})
	for i, id := range []model.MetaPageID{livePage, liveOthers} {
		if _, _, err := h.ConnectPage(ctx, out.users[i].User, hub.Connection{Page: id, Token: "t", Visibility: model.Shared}); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	out.file, err = os.ReadFile(filepath.Join(dir, "hub.db"))
	return out, err
})

// liveVault is a vault by the same key each time.
func liveVault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// liveStore is a store's file with its users.
type liveStore struct {
	file  []byte
	users []liveUser
}

func (h *liveHub) furnish() {
	h.Helper()
	template, err := liveTemplate()
	h.must(err)
	h.ann, h.ben, h.cat = template.users[0], template.users[1], template.users[2]
	h.must(os.WriteFile(h.file(), template.file, 0o600))
}

func (h *liveHub) file() string { return filepath.Join(h.dir, "hub.db") }

func (h *liveHub) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("unexpected error: %v", err)
	}
}

// start starts the hub: the first time on any port, later where it was.
func (h *liveHub) start() {
	h.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.Context()))
	st, err := sqlite.Open(ctx, h.file(), sqlite.Options{Exclusive: true, AcceptOlder: true})
	h.must(err)
	address := h.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", address)
	h.must(err)
	h.address = l.Addr().String()
	verifier, err := webhook.NewVerifier("secret")
	h.must(err)
	h.store = st
	h.hub = hub.New(hub.Options{
		Store: st, Vault: liveVault(), Graph: h.graph, AppID: "555", Timing: h.timing, CRM: h.crm, Records: h.records,
	})
	handler := api.New(api.Options{Hub: h.hub, Verifier: verifier, AppID: "555", VerifyToken: "v", Version: "test", Stopping: ctx})
	var sockets sync.WaitGroup
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/stream":
			sockets.Add(1)
			defer sockets.Done()
		case "/v1/conversations":
			h.lists.Add(1)
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
		if err := h.hub.Run(ctx); err != nil && ctx.Err() == nil {
			h.Errorf("run hub: %v", err)
		}
	})
	h.halt = sync.OnceFunc(func() {
		cancel()
		_ = server.Close()
		running.Wait()
		sockets.Wait()
		h.must(st.Close())
	})
}

// stop stops the hub.
func (h *liveHub) stop() { h.halt() }

// copyStore copies the store's file while the hub stands still.
func (h *liveHub) copyStore(from, to string) {
	h.Helper()
	in, err := os.Open(from)
	h.must(err)
	defer func() { h.must(in.Close()) }()
	out, err := os.Create(to)
	h.must(err)
	_, err = io.Copy(out, in)
	h.must(errors.Join(err, out.Close()))
}

// replaceStore puts another file in the store's place, while the hub stands still.
func (h *liveHub) replaceStore(file string) {
	h.Helper()
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Remove(h.file() + beside); err != nil && !errors.Is(err, os.ErrNotExist) {
			h.Fatal(err)
		}
	}
	h.copyStore(file, h.file())
}

// client returns a client at an address, as somebody.
func (h *liveHub) client(address string, who liveUser) *client.Client {
	h.Helper()
	c, err := client.New("http://"+address, who.token)
	h.must(err)
	h.Cleanup(c.Close)
	return c
}

// writes has a customer write.
func (h *liveHub) writes(id model.MetaPageID, events ...model.Inbound) {
	h.Helper()
	h.must(h.hub.Receive(h.Context(), []model.PageEntry{{Page: id, Events: events}}))
}

// liveMessage is a message of a customer.
func liveMessage(customer model.PSID, mid, text string) model.Inbound {
	return model.Inbound{
		Key: "mid:" + mid, Raw: []byte("{}"), Name: "message", Customer: customer, At: time.Now(),
		Event: model.CustomerMessage{MID: model.MID(mid), Text: model.Untrusted(text)},
	}
}

// replies has somebody reply; a refusal is fine.
func (h *liveHub) replies(who liveUser, conversation model.ConversationID, text string) {
	h.Helper()
	_, err := h.hub.Reply(h.Context(), who.User, outbox.Draft{
		Conversation: conversation, ClientID: model.ClientID(uuid.Must(uuid.NewV7()).String()), Text: model.Untrusted(text),
	})
	var refusal *model.Refusal
	if err != nil && !errors.As(err, &refusal) && !errors.Is(err, hub.ErrNotFound) {
		h.Errorf("reply: %v", err)
	}
}
