package events

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/client"
	"parley/client/outbox"
	"parley/e2e/driver"
	"parley/e2e/livehub"
	"parley/hub"
	"parley/hub/accounts"
	"parley/hub/api"
	"parley/hub/messenger"
	"parley/hub/messenger/webhook"
	huboutbox "parley/hub/outbox"
	"parley/hub/store/sqlite"
	"parley/model"
	"parley/sandbox"
)

// metaWorld is a hub and a sandbox in the test's process, each behind a socket of its
// own, on one clock that the test sets.
type metaWorld struct {
	testing.TB
	sandbox *sandbox.Sandbox
	info    sandbox.Info
	hub     *hub.Hub
	url     string
	ann     livehub.User
	client  *client.Client

	time *metaClock
}

// metaClock is a clock that stands until it is set on.
type metaClock struct {
	mu  sync.Mutex
	now time.Time
}

// metaNow is when a metaWorld begins.
var metaNow = time.Date(2026, 11, 19, 10, 30, 0, 0, time.UTC)

func (w *metaWorld) clock() time.Time {
	w.time.mu.Lock()
	defer w.time.mu.Unlock()
	return w.time.now
}

// passes sets the clock on.
func (w *metaWorld) passes(d time.Duration) {
	w.time.mu.Lock()
	defer w.time.mu.Unlock()
	w.time.now = w.time.now.Add(d)
}

// of is the same world for a test inside its test.
func (w *metaWorld) of(t testing.TB) *metaWorld {
	inside := *w
	inside.TB = t
	return &inside
}

// newMetaWorld starts a world whose Page ann has connected and shared.
func newMetaWorld(t testing.TB, change ...func(*hub.Timing)) *metaWorld {
	t.Helper()
	w := &metaWorld{TB: t, time: &metaClock{now: metaNow}}
	dir := t.TempDir() // before what ends the hub is registered, and so removed after it
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	box, err := sandbox.New(sandbox.Options{Seed: 7, Now: w.clock})
	w.must(err)
	w.sandbox, w.info = box, box.Info()
	running.Go(func() {
		if err := box.Run(ctx); err != nil {
			t.Errorf("run sandbox: %v", err)
		}
	})
	w.startHub(ctx, dir, &running, change)
	w.client, err = client.New(w.url, w.ann.Token)
	w.must(err)
	t.Cleanup(w.client.Close)
	if _, err := w.client.ConnectPage(t.Context(), w.page(), w.info.UserToken, model.Shared); err != nil {
		t.Fatalf("connect: %v", err)
	}
	return w
}

func (w *metaWorld) startHub(ctx context.Context, dir string, running *sync.WaitGroup, change []func(*hub.Timing)) {
	w.Helper()
	st, err := sqlite.Open(ctx, filepath.Join(dir, "hub.db"), sqlite.Options{Exclusive: true})
	w.must(err)
	a, err := accounts.AddUser(ctx, st, accounts.NewUser{Name: "Ann", Admin: true, Token: true}, w.clock())
	w.must(err)
	w.ann = livehub.User{User: a.User, Token: a.Token}
	app := model.AppID(w.info.AppID)
	graph, err := messenger.New(messenger.Config{
		GraphURL: w.info.GraphURL, Version: "v27.0", AppID: app, AppSecret: w.info.AppSecret, SendDeadline: driver.Patience, Timeout: driver.Patience,
	})
	w.must(err)
	verifier, err := webhook.NewVerifier(w.info.AppSecret)
	w.must(err)
	timing := hub.DefaultTiming()
	timing.Webhook = driver.Patience
	for _, f := range change {
		f(&timing)
	}
	w.hub = hub.New(hub.Options{
		Store: st, Vault: livehub.LiveVault(), Graph: messenger.App{Client: graph, VerifyToken: w.info.VerifyToken}, AppID: app, Timing: timing, Now: w.clock,
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	w.url = "http://" + l.Addr().String()
	server := &http.Server{ReadHeaderTimeout: driver.Patience, Handler: api.New(api.Options{
		Hub: w.hub, Verifier: verifier, AppID: app, VerifyToken: w.info.VerifyToken, Version: "test", Now: w.clock, Stopping: ctx,
	})}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			w.Errorf("serve: %v", err)
		}
	})
	serving.Go(func() {
		if err := w.hub.Run(ctx); err != nil && ctx.Err() == nil {
			w.Errorf("run hub: %v", err)
		}
	})
	running.Go(func() {
		<-ctx.Done()
		_ = server.Close()
		serving.Wait()
		graph.Close()
		if err := st.Close(); err != nil {
			w.Errorf("close store: %v", err)
		}
	})
	w.hub.SubscribeApp(ctx, w.url+"/webhooks/messenger")
}

func (w *metaWorld) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

// page is Facebook's id of the Page; its first installation has the same.
func (w *metaWorld) page() model.MetaPageID { return model.MetaPageID(w.info.PageID) }

// control steers the sandbox.
func (w *metaWorld) control(method, path string, body, into any) {
	w.Helper()
	raw, err := json.Marshal(body)
	w.must(err)
	req, err := http.NewRequestWithContext(w.Context(), method, w.info.ControlURL+path, bytes.NewReader(raw))
	w.must(err)
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	w.must(err)
	if resp.StatusCode >= http.StatusMultipleChoices {
		w.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	if into != nil {
		w.must(json.Unmarshal(answer, into))
	}
}

// plays has an event happen to a customer, the last of its steps at that time; when it
// returns, the hub has stored it.
func (w *metaWorld) plays(psid, event string, at time.Time) {
	w.Helper()
	var answer struct{ Status []int }
	w.control(http.MethodPost, "/customers/"+psid+"/events", map[string]any{
		"event": event, "at": at.UnixMilli(), "name": "山田 花子",
	}, &answer)
	if len(answer.Status) != 1 || answer.Status[0] != http.StatusOK {
		w.Fatalf("%s: the hub answered %v", event, answer.Status)
	}
}

// pageNow is the Page as clients have it.
func (w *metaWorld) pageNow() model.Page {
	w.Helper()
	pages, err := w.client.Pages(w.Context())
	w.must(err)
	return pages[0]
}

// sets changes the Page on Facebook.
func (w *metaWorld) sets(change map[string]any) {
	w.Helper()
	w.control(http.MethodPost, "/page", change, nil)
}

func (w *metaWorld) conversationID(psid string) model.ConversationID {
	return model.NewConversationID(model.PageID(w.page()), model.PSID(psid))
}

func (w *metaWorld) conversation(psid string) model.Conversation {
	w.Helper()
	c, err := w.client.Conversation(w.Context(), w.conversationID(psid))
	w.must(err)
	return c
}

func (w *metaWorld) messages(psid string) []model.Message {
	w.Helper()
	l, err := w.client.Messages(w.Context(), w.conversationID(psid), "", 50)
	w.must(err)
	return l.Messages
}

func (w *metaWorld) notices() []model.Notice {
	w.Helper()
	l, err := w.client.Notices(w.Context(), model.ListQuery{Limit: 100})
	w.must(err)
	return l.Notices
}

// wants expects the verdict on a reply.
func (w *metaWorld) wants(psid string, code model.Code) {
	w.Helper()
	if v := w.conversation(psid).Reply; v.Code != code || v.Allowed != (code == "") {
		w.Fatalf("the verdict is %+v, want %q", v, code)
	}
}

// comes waits for a verdict that the hub finds by itself.
func (w *metaWorld) comes(psid string, code model.Code) {
	w.Helper()
	w.until("the verdict "+string(code), func() bool { return w.conversation(psid).Reply.Code == code })
}

// until waits for what the hub does by itself.
func (w *metaWorld) until(what string, holds func() bool) {
	w.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(driver.Patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			w.Fatalf("not within %s: %s", driver.Patience, what)
		}
	}
}

// replies hands a reply in, and waits until it is settled.
func (w *metaWorld) replies(psid, text string) model.Message {
	w.Helper()
	m, err := w.hub.Reply(w.Context(), w.ann.User, huboutbox.Draft{
		Conversation: w.conversationID(psid), ClientID: outbox.NewClientID(), Text: model.Untrusted(text),
	})
	w.must(err)
	w.until("the reply is settled", func() bool {
		for _, now := range w.messages(psid) {
			if now.ID == m.ID {
				m = now
			}
		}
		return !slices.Contains([]model.State{model.Queued, model.Posting, model.Unknown, model.Ask}, m.State)
	})
	return m
}

// refuses expects that a reply fails with that code.
func (w *metaWorld) refuses(psid string, code model.Code) {
	w.Helper()
	if m := w.replies(psid, "hello"); m.State != model.Failed || m.Error == nil || m.Error.Code != code {
		w.Fatalf("the reply is %s because of %+v, want %q", m.State, m.Error, code)
	}
}

// sends expects that a reply leaves.
func (w *metaWorld) sends(psid string) {
	w.Helper()
	if m := w.replies(psid, "hello"); !m.State.Arrived() {
		w.Fatalf("the reply is %s because of %+v", m.State, m.Error)
	}
}

// numbered is the PSID of the nth customer of a test.
func numbered(n int) string { return fmt.Sprint(5_500_000_000_000_000 + n) }
