package hub_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/outbox"
	"parley/hub/pages"
	"parley/hub/store"
	"parley/hub/store/sqlite"
	"parley/hub/uploads"
	"parley/hub/vault"
	"parley/model"
)

// emptyStore is a store in which nothing is: each test begins with a copy.
var emptyStore []byte

func makeEmptyStore() error {
	dir, err := os.MkdirTemp("", "parley-hub-test")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "hub.db")
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	emptyStore, err = os.ReadFile(path)
	return err
}

func TestMain(m *testing.M) {
	if err := makeEmptyStore(); err != nil {
		log.Fatal(err)
	}
	// The command line still has the last word. The tests wait for the disk more than
	// they compute.
	_ = flag.Set("rapid.checks", checks)
	_ = flag.Set("test.parallel", "16")
	goleak.VerifyTestMain(m)
}

const (
	metaPage = model.MetaPageID("100")
	page     = model.PageID("100")
	hanako   = model.PSID("7001")
	ken      = model.PSID("7002")
	ourApp   = model.AppID("555")
	otherApp = model.AppID("666")
	// pageInbox is Meta's own inbox.
	pageInbox = model.AppID("263902037430900")
)

// tb is what a world needs of its test.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
	TempDir() string
	Cleanup(f func())
	Context() context.Context
}

// world is a hub with a store and a Graph API of its own, on the clock of a bubble:
// time passes only when everybody waits for it.
type world struct {
	tb
	ctx   context.Context
	store store.Store
	graph *fakeGraph
	files *uploads.Folder
	// quiet: customers are shown nothing of what users do.
	quiet bool
	// mailer is nil where nobody is mailed.
	mailer hub.Mailer
	// inbox is where past conversations are read from; nil: nowhere.
	inbox pages.Inbox
	hub   *hub.Hub
	stop  func()
	// errors is what the hub's log has of them; a test that ends with one fails.
	errors *errorLog
	// timing is that of the next hub; the default where it is zero.
	timing *hub.Timing

	// ann installed the Page; ben is an admin too; cat is not.
	ann, ben, cat model.User
}

// inWorld runs a test in a bubble. The Page is connected by ann and shared.
func inWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.connect(w.ann, model.Shared)
		f(t, w)
	})
}

// newWorld starts a hub that knows three users and no Page.
func newWorld(t tb) *world {
	t.Helper()
	w := &world{tb: t, errors: &errorLog{}, ctx: context.WithoutCancel(t.Context()), graph: newFakeGraph(), files: uploads.Open(filepath.Join(t.TempDir(), "uploads"))}
	path := filepath.Join(t.TempDir(), "hub.db")
	w.must(os.WriteFile(path, emptyStore, 0o600))
	// Not exclusive: the holder of the lock looks at the file each second, and a bubble's
	// hours are made of many seconds.
	s, err := sqlite.Open(w.ctx, path, sqlite.Options{})
	w.must(err)
	w.store = s
	w.ann, w.ben, w.cat = w.addUser("Ann", true), w.addUser("Ben", true), w.addUser("Cat", false)
	w.start()
	t.Cleanup(func() {
		w.stop()
		if err := s.Close(); err != nil {
			t.Fatalf("close store: %v", err)
		}
		if lines := w.errors.unexpected(); len(lines) > 0 {
			t.Fatalf("errors in the log: %q", lines)
		}
	})
	return w
}

// start starts a hub on the store.
func (w *world) start() {
	timing := hub.DefaultTiming()
	if w.timing != nil {
		timing = *w.timing
	}
	w.hub = hub.New(hub.Options{Store: w.store, Vault: testVault(), Uploads: w.files, Shown: outbox.Shown{Typing: !w.quiet, Seen: !w.quiet}, Graph: w.graph, Mailer: w.mailer, Inbox: w.inbox, AppID: ourApp, Timing: timing, Logger: slog.New(w.errors)})
	w.must(w.hub.BeginBackfills(w.ctx))
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func(h *hub.Hub) { ended <- h.Run(ctx) }(w.hub)
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.Fatalf("run hub: %v", err)
		}
		w.stop = func() {}
	}
	w.settle()
}

// testVault is a vault by the same key each time.
func testVault() *vault.Vault {
	v, err := vault.New([]byte("a key of the tests, of 32 bytes."))
	if err != nil {
		panic(err)
	}
	return v
}

// restart ends the hub and starts another on the same store.
func (w *world) restart() {
	w.stop()
	w.start()
}

// sleep lets the bubble's time pass.
func sleep(d time.Duration) {
	<-time.After(d)
}

// settle waits until nobody can go on without time passing.
func (w *world) settle() { synctest.Wait() }

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	sleep(d)
	synctest.Wait()
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// refused expects a refusal with that code.
func (w *world) refused(err error, want model.Code) {
	w.Helper()
	var r *model.Refusal
	if !errors.As(err, &r) || r.Code != want {
		w.Fatalf("got %v, want the refusal %q", err, want)
	}
}

// hidden expects that there is no such thing.
func (w *world) hidden(err error) {
	w.Helper()
	if !errors.Is(err, hub.ErrNotFound) {
		w.Fatalf("got %v, want not found", err)
	}
}

func (w *world) addUser(name string, admin bool) model.User {
	w.Helper()
	a, err := accounts.AddUser(w.ctx, w.store, accounts.NewUser{Name: name, Email: name + "@example.com", Admin: admin}, time.Now())
	w.must(err)
	return a.User
}

func (w *world) connect(u model.User, v model.Visibility) model.Page {
	w.Helper()
	p, _, err := w.hub.ConnectPage(w.ctx, u, pages.Connection{Page: metaPage, Token: "token", Visibility: v})
	w.must(err)
	return p
}

// Events of Meta.

// now is Meta's time, in milliseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// ago is Meta's time some time ago.
func ago(d time.Duration) time.Time { return now().Add(-d) }

// event is one that has no id of its own.
func event(name string, customer model.PSID, at time.Time, e model.Event) model.Inbound {
	raw, err := json.Marshal([]any{name, customer, at, fmt.Sprintf("%T", e), e})
	if err != nil {
		panic(err)
	}
	return model.Inbound{
		Key: fmt.Sprintf("sha:%x", sha256.Sum256(raw)), Raw: raw, Name: name, Customer: customer, At: at, Event: e,
	}
}

// withMID is an event with an id of its own.
func withMID(e model.Inbound, mid model.MID) model.Inbound {
	e.Key = "mid:" + string(mid)
	return e
}

// wrote is a message of a customer.
func wrote(customer model.PSID, mid model.MID, text string, at time.Time) model.Inbound {
	return withMID(event("message", customer, at, model.CustomerMessage{MID: mid, Text: model.Untrusted(text)}), mid)
}

// echoed is a message of the Page, as Meta tells of it.
func echoed(customer model.PSID, at time.Time, e model.Echo) model.Inbound {
	return withMID(event("message", customer, at, e), e.MID)
}

// echoOf is the echo of what was handed to Send.
func echoOf(o model.Outgoing, mid model.MID) model.Inbound {
	return echoed(o.To, now(), model.Echo{MID: mid, AppID: ourApp, Metadata: o.Metadata, Text: o.Text})
}

// bareEchoOf is the echo where Meta leaves the token out.
func bareEchoOf(o model.Outgoing, mid model.MID) model.Inbound {
	o.Metadata = ""
	return echoOf(o, mid)
}

func standby(e model.Inbound) model.Inbound {
	e.Standby, e.Key = true, e.Key+":standby"
	return e
}

func policy(action, reason string, at time.Time) model.Inbound {
	return event("policy_enforcement", "", at, model.Policy{Action: action, Reason: model.Untrusted(reason)})
}

func entry(events ...model.Inbound) []model.PageEntry {
	return []model.PageEntry{{Page: metaPage, Events: events}}
}

// receive has Meta deliver events, in one POST.
func (w *world) receive(events ...model.Inbound) {
	w.Helper()
	w.must(w.hub.Receive(w.ctx, entry(events...)))
	w.settle()
}

// What the hub knows.

func conversationWith(customer model.PSID) model.ConversationID {
	return model.NewConversationID(page, customer)
}

func (w *world) read(f func(store.Reader) error) {
	w.Helper()
	w.must(w.store.Read(w.ctx, f))
}

func (w *world) head() (seq int64) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		seq, err = r.Head(page)
		return err
	})
	return seq
}

// changes returns the log after a seq.
func (w *world) changes(after int64) (rows []store.LogRow) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		rows, err = r.Events(page, after, 10_000)
		return err
	})
	return rows
}

func (w *world) conversation(customer model.PSID) model.Conversation {
	w.Helper()
	c, err := w.hub.Conversation(w.ctx, w.ann, conversationWith(customer))
	w.must(err)
	return c
}

func (w *world) messages(customer model.PSID) []model.Message {
	w.Helper()
	ms, _, _, err := w.hub.Messages(w.ctx, w.ann, conversationWith(customer), "", 1000)
	w.must(err)
	return ms
}

// textsOf returns the texts of a conversation in the order in which they show.
func (w *world) textsOf(customer model.PSID) []string {
	w.Helper()
	var out []string
	for _, m := range w.messages(customer) {
		out = append(out, string(m.Text))
	}
	return out
}

func (w *world) message(id model.MessageID) (m store.Message) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		m, err = r.Message(id)
		return err
	})
	return m
}

func (w *world) byMID(mid model.MID) (m store.Message) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		m, err = r.MessageByMID(page, mid)
		return err
	})
	return m
}

func (w *world) replyRow(id model.MessageID) (v store.Reply) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		v, err = r.Reply(id)
		return err
	})
	return v
}

func (w *world) pageNow() (p store.Page) {
	w.Helper()
	w.read(func(r store.Reader) (err error) {
		p, err = r.Page(page)
		return err
	})
	return p
}

func (w *world) notices() []model.Notice {
	w.Helper()
	ns, _, _, err := w.hub.Notices(w.ctx, w.ann, page, "", 100)
	w.must(err)
	return ns
}

func (w *world) counter(name string) int64 {
	w.Helper()
	all, err := w.hub.Stats(w.ctx)
	w.must(err)
	return all[name]
}

// verdict is what a reply to a customer by ann would get now.
func (w *world) verdict(customer model.PSID) model.Code {
	w.Helper()
	return w.conversation(customer).Reply.Code
}

func (w *world) wantVerdict(customer model.PSID, want model.Code) {
	w.Helper()
	if got := w.verdict(customer); got != want {
		w.Fatalf("verdict %q, want %q", got, want)
	}
}

// Replies.

func newClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }

func draft(customer model.PSID, text string) outbox.Draft {
	return outbox.Draft{Conversation: conversationWith(customer), ClientID: newClientID(), Text: model.Untrusted(text)}
}

// accept hands a reply in and does not wait for what becomes of it.
func (w *world) accept(u model.User, d outbox.Draft) model.Message {
	w.Helper()
	m, err := w.hub.Reply(w.ctx, u, d)
	w.must(err)
	return m
}

// reply hands a reply of ann in and waits until it has gone as far as it can.
func (w *world) reply(customer model.PSID, text string) model.MessageID {
	w.Helper()
	m := w.accept(w.ann, draft(customer, text))
	w.settle()
	return m.ID
}

func (w *world) state(id model.MessageID) model.State {
	w.Helper()
	return w.message(id).State
}

// wantState expects a state, of the message and of the reply alike.
func (w *world) wantState(id model.MessageID, want model.State) store.Message {
	w.Helper()
	m := w.message(id)
	if m.State != want {
		w.Fatalf("state %q (error %+v), want %q", m.State, m.Error, want)
	}
	if r := w.replyRow(id); r.State != want || r.Attempt != m.Attempt {
		w.Fatalf("the reply is %q, attempt %d; its message %q, attempt %d", r.State, r.Attempt, m.State, m.Attempt)
	}
	return m
}

// wantError expects a state with a reason.
func (w *world) wantError(id model.MessageID, state model.State, code model.Code) store.Message {
	w.Helper()
	m := w.wantState(id, state)
	if m.Error == nil || m.Error.Code != code {
		w.Fatalf("%s because of %+v, want %q", state, m.Error, code)
	}
	return m
}

// wantSent expects how often Send was asked.
func (w *world) wantSent(n int) {
	w.Helper()
	if got := len(w.graph.sent()); got != n {
		w.Fatalf("Send was asked %d times, want %d", got, n)
	}
}

// customerWrites opens a conversation: a message a minute ago.
func (w *world) customerWrites(customer model.PSID) {
	w.Helper()
	w.receive(wrote(customer, model.MID("m_in_"+string(customer)), "hello", ago(time.Minute)))
}
