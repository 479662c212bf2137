//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"parley/hub/store"
	"parley/hub/store/postgres"
	"parley/hub/store/sqlite"
	"parley/model"
)

const (
	appSecret = "0123456789abcdef0123456789abcdef"
	// pages are how many Pages there are; the first is the large one.
	pages = 100
	// fewConversations is how many the others have.
	fewConversations = 50
	// patience is how long something may take before it counts as failed.
	patience = 5 * time.Minute
	glance   = 2 * time.Millisecond
	// fillEach is how many conversations one transaction fills in.
	fillEach = 1000
	// clockTicks is how many a second has in /proc (USER_HZ).
	clockTicks = 100
)

var (
	errAnswer  = errors.New("answered otherwise")
	errStarted = errors.New("the hub does not start")
	errMissing = errors.New("what was to come did not")
)

// statusError is an answer that refuses.
type statusError struct {
	status int
	said   string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d %.300s", e.status, e.said) }

func (e *statusError) Unwrap() error { return errAnswer }

// world is a hub and what it needs.
type world struct {
	options
	db, token string
	// followers are tokens of users who follow, each as often as one may.
	followers     []string
	url, profiler string
	metrics       string
	// graph answers for Meta: there is nothing.
	graph    *http.Server
	graphURL string
	hub      *exec.Cmd
	ended    chan struct{}
	http     *http.Client
	said     *output
	// posted counts all events, so that no two have the same mid.
	posted int
	// again counts the POSTs that were sent again because the hub asked for it.
	again atomic.Int64
	mu    sync.Mutex
}

// output is what the hub said.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	const most = 2000
	s := o.buf.String()
	return s[max(0, len(s)-most):]
}

func pageID(i int) model.PageID { return model.PageID(strconv.Itoa(1_000_001 + i)) }

func psid(i int) model.PSID { return model.PSID(fmt.Sprintf("7001%012d", i)) }

// conversationsOf is how many conversations a Page has.
func (o options) conversationsOf(page int) int {
	if page == 0 {
		return o.conversations
	}
	return fewConversations
}

// newWorld fills a store and starts a hub with it.
func newWorld(ctx context.Context, o options) (w *world, err error) {
	w = &world{options: o, db: filepath.Join(o.dir, "hub.db"), said: &output{}}
	if w.database != "" {
		w.db = w.database
	}
	w.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	if err := w.startGraph(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := w.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	o.figure("store filled", time.Since(began).Round(time.Millisecond).String(),
		fmt.Sprintf("%d conversations, %d Pages", o.conversations+(pages-1)*fewConversations, pages), fmt.Sprintf("%d MB", w.size()>>20))
	config := "[timing]\npage_check = \"24h\"\n"
	if err := os.WriteFile(filepath.Join(o.dir, "config.toml"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	if w.token, err = w.addUser(ctx, "Ann"); err != nil {
		return nil, err
	}
	for i := range (w.clients + followEach - 1) / followEach {
		token, err := w.addUser(ctx, fmt.Sprintf("Bo %d", i))
		if err != nil {
			return nil, err
		}
		w.followers = append(w.followers, token)
	}
	return w, w.startHub(ctx)
}

// startGraph answers for Meta on loopback.
func (w *world) startGraph(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.graphURL = "http://" + l.Addr().String()
	w.graph = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(a http.ResponseWriter, _ *http.Request) {
		a.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(a, `{"success":true,"data":[]}`)
	})}
	go func() { _ = w.graph.Serve(l) }()
	return nil
}

// followEach is how often one user follows.
const followEach = 50

// addUser adds an admin and returns their token.
func (w *world) addUser(ctx context.Context, name string) (string, error) {
	add := exec.CommandContext(ctx, w.program, "user", "add", name, "--admin", "--token", "--json") //nolint:gosec // who runs it names the program
	add.Env = w.env()
	said, err := add.Output()
	if err != nil {
		return "", fmt.Errorf("add user: %w", err)
	}
	var added struct{ Token string }
	err = json.Unmarshal(said, &added)
	return added.Token, err
}

func (w *world) env() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "XDG_CONFIG_HOME=" + w.dir, "XDG_DATA_HOME=" + w.dir, "TMPDIR=" + w.dir, "LANG=C.UTF-8",
		"PARLEY_DB=" + w.db, "PARLEY_META_GRAPH_URL=" + w.graphURL, "PARLEY_META_APP_ID=1", "PARLEY_META_APP_SECRET=" + appSecret,
		"PARLEY_META_VERIFY_TOKEN=bench", "PARLEY_METRICS_LISTEN=127.0.0.1:0",
	}
}

// fill writes the Pages and their conversations into a new store.
func (w *world) fill(ctx context.Context) (err error) {
	s, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	now := time.Now().UTC().Truncate(time.Microsecond)
	for i := range pages {
		p := store.Page{Page: model.Page{
			ID: pageID(i), PageID: pageID(i).Meta(), Name: "Bench", Visibility: model.Shared, Installer: model.UserRef{ID: "nobody"}, ConnectedAt: &now,
		}}
		err := s.Write(ctx, p.ID, func(tx store.PageTx) error { return tx.PutPage(&p) })
		for from := 0; err == nil && from < w.conversationsOf(i); from += fillEach {
			err = s.Write(ctx, p.ID, func(tx store.PageTx) error {
				for n := from; n < min(from+fillEach, w.conversationsOf(i)); n++ {
					if err := w.put(tx, p.ID, n, now); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// open opens the store.
func (w *world) open(ctx context.Context) (store.Store, error) {
	if w.database != "" {
		return postgres.Open(ctx, w.database, postgres.Options{Exclusive: true})
	}
	return sqlite.Open(ctx, w.db, sqlite.Options{Exclusive: true})
}

// put writes the nth conversation, counted from the newest: of every twenty 14 are open, 2 snoozed,
// one of them over, and 4 done.
func (w *world) put(tx store.PageTx, page model.PageID, n int, now time.Time) error {
	at := now.Add(-time.Duration(n) * time.Second)
	until, over, later := at.Add(model.ReplyWindow), now.Add(-time.Hour), now.Add(24*time.Hour)
	id := model.NewConversationID(page, psid(n))
	var last *model.Summary
	for i := range w.messages {
		said := at.Add(time.Duration(i-w.messages) * time.Minute)
		m := store.Message{Message: model.Message{
			ID: model.NewMessageID(page, uuid.Must(uuid.NewV7()).String()), ConversationID: id, MID: mid(fmt.Sprint("fill", n, "-", i)),
			Direction: model.In, Author: model.Author{Kind: model.ByCustomer}, Text: model.Untrusted(words(n + i)), SentAt: said,
			Attachments: []model.Attachment{}, Reactions: []model.Reaction{},
		}, Order: said, MetaTime: true}
		if err := tx.PutMessage(&m); err != nil {
			return err
		}
		s := m.Summary()
		last = &s
	}
	c := store.Conversation{Conversation: model.Conversation{
		ID: id, PageID: page, Status: model.Open, Unread: n % 3, Labels: []string{},
		Customer: model.Customer{PSID: psid(n), Name: model.Untrusted(fmt.Sprintf("Customer %d", n))}, Started: true,
		WindowUntil: &until, UpdatedAt: at, LastMessage: last, Waits: model.WaitsCustomer, WaitsSince: &at,
	}, OpenedAt: at, InboundAt: at, ProfileAt: now}
	switch n % 20 {
	case 3:
		c.Status, c.SnoozedUntil = model.Snoozed, &over
	case 7:
		c.Status, c.SnoozedUntil = model.Snoozed, &later
	case 5, 9, 13, 17:
		c.Status = model.Done
	}
	if n%4 != 0 {
		c.Assignee = &model.UserRef{ID: model.UserID(fmt.Sprint("u", n%7))}
	}
	return tx.PutConversation(&c)
}

// mid returns an id of a message that looks like one of Meta's.
func mid(of string) model.MID {
	sum := sha512.Sum512([]byte(of))
	return model.MID("m_" + base64.RawURLEncoding.EncodeToString(sum[:]))
}

// words returns what a customer says, in one of our users' languages.
func words(n int) string {
	said := []string{
		"こんにちは。赤いほうの在庫はまだありますか。明日の午前中に受け取りに行けます。",
		"Hello, is the red one still there? I could come by tomorrow before noon.",
		"ありがとうございます。では大きいサイズでお願いします。",
		"Great. How much would two of them be, with delivery to the office?",
	}
	return fmt.Sprintf("%s %d", said[n%len(said)], n)
}

// startHub starts the hub and waits until it is ready.
func (w *world) startHub(ctx context.Context) error {
	args := []string{"hub", "--config", filepath.Join(w.dir, "config.toml"), "--listen", "127.0.0.1:0", "--json"}
	if w.profile != "" {
		w.profiler = freeAddress()
		args = append(args, "--pprof", w.profiler)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), w.program, args...) //nolint:gosec // who runs it names the program
	cmd.Env, cmd.Stderr = w.env(), w.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	w.hub, w.ended = cmd, make(chan struct{})
	var listens struct{ URL, Metrics string }
	err = json.NewDecoder(out).Decode(&listens)
	go func() {
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		close(w.ended)
	}()
	if err != nil {
		w.stopHub()
		return fmt.Errorf("%w: %s", errStarted, w.said.tail())
	}
	w.url, w.metrics = listens.URL, listens.Metrics
	return w.until(ctx, func() error {
		_, err := w.ask(ctx, http.MethodGet, "/readyz", nil, nil)
		return err
	})
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		return "127.0.0.1:6060"
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// stopHub stops the hub properly.
func (w *world) stopHub() {
	if w.hub == nil {
		return
	}
	_ = w.hub.Process.Signal(syscall.SIGTERM)
	<-w.ended
	w.hub = nil
}

func (w *world) close() {
	w.stopHub()
	_ = w.graph.Close()
}

// until waits until look returns no error.
func (w *world) until(ctx context.Context, look func() error) error {
	deadline, tick := time.NewTimer(patience), time.NewTicker(glance)
	defer deadline.Stop()
	defer tick.Stop()
	for {
		err := look()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-w.ended:
			return fmt.Errorf("%w: %s", errStarted, w.said.tail())
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return err
		}
	}
}

// ask calls the hub.
func (w *world) ask(ctx context.Context, method, path string, body []byte, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if header == nil {
		header = http.Header{"Authorization": {"Bearer " + w.token}}
	}
	req.Header = header
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %w", method, path, &statusError{resp.StatusCode, string(said)})
	}
	return said, err
}

// get reads an answer of the hub.
func (w *world) get(ctx context.Context, path string, into any) error {
	said, err := w.ask(ctx, http.MethodGet, path, nil, nil)
	if err == nil && into != nil {
		err = json.Unmarshal(said, into)
	}
	return err
}

// deliver posts a webhook, as Facebook does.
func (w *world) deliver(ctx context.Context, body []byte) error {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for {
		_, err := w.ask(ctx, http.MethodPost, "/webhooks/messenger", body, http.Header{
			"Content-Type": {"application/json"}, "X-Hub-Signature-256": {signature},
		})
		var refused *statusError
		if !errors.As(err, &refused) || refused.status != http.StatusServiceUnavailable {
			return err
		}
		w.again.Add(1)
	}
}

// cpu is what the hub's process has used.
func (w *world) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.hub.Process.Pid))
	if err != nil {
		return 0
	}
	// After the command's name in parentheses: utime and stime are the 12th and 13th field.
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	const utime, stime = 11, 12
	if len(fields) <= stime {
		return 0
	}
	user, _ := strconv.Atoi(fields[utime])
	system, _ := strconv.Atoi(fields[stime])
	return time.Duration(user+system) * time.Second / clockTicks
}

// size is what the store's files take.
func (w *world) size() int64 {
	if w.database != "" {
		return w.fileSize()
	}
	var all int64
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(w.db + suffix); err == nil {
			all += info.Size()
		}
	}
	return all
}

// fileSize is what the store's file takes without the log beside it.
func (w *world) fileSize() int64 {
	if w.database != "" {
		return w.databaseSize(context.Background())
	}
	info, err := os.Stat(w.db)
	if err != nil {
		return 0
	}
	return info.Size()
}

// databaseSize is what the store takes in a database; 0 if nobody says.
func (w *world) databaseSize(ctx context.Context) (size int64) {
	c, err := pgx.Connect(ctx, w.database)
	if err != nil {
		return 0
	}
	defer func() { _ = c.Close(ctx) }()
	_ = c.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&size)
	return size
}

// profiled runs do and keeps a profile of the hub meanwhile, if one is wanted.
func (w *world) profiled(ctx context.Context, within time.Duration, do func() error) error {
	if w.profile == "" {
		return do()
	}
	var profile []byte
	var profiling sync.WaitGroup
	profiling.Go(func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", w.profiler, int(within.Seconds())), nil)
		if err != nil {
			return
		}
		resp, err := (&http.Client{}).Do(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		profile, _ = io.ReadAll(resp.Body)
	})
	err := do()
	profiling.Wait()
	return errors.Join(err, os.WriteFile(w.profile, profile, 0o600))
}
