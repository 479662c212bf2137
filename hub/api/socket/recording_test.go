package socket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

var update = flag.Bool("update", false, "write the recorded session anew")

// golden compares with a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	is, was := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	n := 0
	for n < len(is) && n < len(was) && is[n] == was[n] {
		n++
	}
	a, b := append(is, "(the end)")[n], append(was, "(the end)")[n]
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	from := max(0, at-lineBefore) // a frame is a long line
	t.Fatalf("%s:%d is another from column %d on; -update writes what is sent now\nwas …%s\nis  …%s", file, n+1, at+1, b[from:], a[from:])
}

// lineBefore is how much of a line is told of before where it is another.
const lineBefore = 120

// recording is a world whose clients' frames are written down.
type recording struct {
	*apitest.World
	clock *steppedClock
	gate  *oneByOne
	names *placeholders
	said  bytes.Buffer
	// part is the step that is being played.
	part string
	// clients are those connected, in the order in which they are written down.
	clients []*recorded
}

// recorded is a client with the name that it is written down by, and how many of its frames
// are written.
type recorded struct {
	*apitest.Listener
	name    string
	account apitest.Account
	written int
}

func newRecording(t *testing.T) *recording {
	t.Helper()
	s := &recording{clock: &steppedClock{at: time.Now().UTC().Truncate(time.Second)}, gate: &oneByOne{}}
	s.World = apitest.New(t, apitest.WithClock(s.clock.now), apitest.WithTiming(func(t *hub.Timing) {
		apitest.Quick(t)
		t.UnknownChecks, t.AskAfter = nil, time.Millisecond // time passes only between steps
	}), apitest.WithStore(func(inner store.Store) store.Store {
		s.gate.Store = inner
		return s.gate
	}))
	s.names = newPlaceholders(s.clock.at, map[string]string{
		string(s.Ann.ID): "<ann>", string(s.Ben.ID): "<ben>", string(s.Cat.ID): "<cat>", s.Server.URL: "<hub>",
	})
	s.Graph.Set(func(g *apitest.Graph) { g.Customer = model.Customer{Name: "山田 花子", Locale: "ja_JP"} })
	s.Run()
	return s
}

// step begins a part of the recording, some time after the one before.
func (s *recording) step(what string, later time.Duration) {
	s.clock.step(later)
	s.part = "where " + what
	fmt.Fprintf(&s.said, "\n# %s\n", what)
}

// frames waits for so many more frames of each client named, and writes down what came;
// what all of them were sent alike, once.
func (s *recording) frames(counts map[*recorded]int) {
	s.Helper()
	lines := make([][]string, len(s.clients))
	for i, c := range s.clients {
		c.Until(fmt.Sprintf("%d frames for %s %s", counts[c], c.name, s.part), func() bool { return len(c.told()) >= c.written+counts[c] })
		for _, f := range c.told()[c.written : c.written+counts[c]] {
			lines[i] = append(lines[i], string(s.names.in(f.Raw)))
			c.written++
		}
	}
	alike := len(lines) > 1 && !slices.ContainsFunc(lines, func(l []string) bool { return !slices.Equal(l, lines[0]) })
	for i, c := range s.clients {
		name := c.name
		if alike {
			name = "all"
		}
		for _, l := range lines[i] {
			fmt.Fprintf(&s.said, "%s < %s\n", name, l)
		}
		if alike {
			return
		}
	}
}

// all waits for as many frames of every client.
func (s *recording) all(n int) {
	s.Helper()
	counts := map[*recorded]int{}
	for _, c := range s.clients {
		counts[c] = n
	}
	s.frames(counts)
}

// told are a client's frames but heads, which come by the time of the machine.
func (c *recorded) told() []apitest.Frame {
	var out []apitest.Frame
	for _, f := range c.Frames() {
		if f.Kind != model.FrameHeads {
			out = append(out, f)
		}
	}
	return out
}

// heads writes down what each client is told of heads from now on. Nothing else may have
// come by then that no step has waited for.
func (s *recording) heads() {
	s.Helper()
	for _, c := range s.clients {
		c.AwaitHeads()
		if more := c.told()[c.written:]; len(more) > 0 {
			s.Errorf("%s was also sent, at the latest %s: %s", c.name, s.part, more[0].Raw)
		}
		all := c.Of(model.FrameHeads)
		fmt.Fprintf(&s.said, "%s < %s\n", c.name, s.names.in(all[len(all)-1].Raw))
	}
}

// asks sends a request, and writes down what is answered.
func (s *recording) asks(c apitest.Account, method, path string, body any) apitest.Answer {
	s.Helper()
	a := s.Do(c, method, path, body)
	asked := []byte(method + " " + path)
	if body != nil {
		raw, err := json.Marshal(body)
		s.Must(err)
		asked = append(append(asked, ' '), raw...)
	}
	answered := bytes.TrimSpace(fmt.Appendf(nil, "%d %s", a.Status, a.Body))
	fmt.Fprintf(&s.said, "%s > %s\n%s = %s\n", c.Name, s.names.in(asked), c.Name, s.names.in(answered))
	return a
}

// comes has Meta deliver events.
func (s *recording) comes(events ...map[string]any) {
	s.Helper()
	for _, e := range events {
		raw, err := json.Marshal(e)
		s.Must(err)
		fmt.Fprintf(&s.said, "Meta > %s\n", s.names.in(raw))
	}
	raw, err := json.Marshal(map[string]any{
		"object": "page", "entry": []any{map[string]any{"id": apitest.MetaPage, "time": s.clock.now().UnixMilli(), "messaging": events}},
	})
	s.Must(err)
	s.Post(raw).Want(http.StatusOK)
}

// joins connects a client.
func (s *recording) joins(who apitest.Account) *recorded {
	s.Helper()
	c := &recorded{Listener: s.Listen(who), name: who.Name, account: who}
	s.clients = append(s.clients, c)
	return c
}

// hello has a client say hello and writes down what is answered.
func (s *recording) hello(c *recorded, r apitest.Resume) {
	s.Helper()
	raw, err := json.Marshal(model.Hello{Type: model.FrameHello, Resume: r})
	s.Must(err)
	fmt.Fprintf(&s.said, "%s > %s\n", c.name, s.names.in(raw))
	c.SendRaw(string(raw))
	s.frames(map[*recorded]int{c: 1})
}

// follows has a client read the Page's lists and go on from there.
func (s *recording) follows(c *recorded) {
	s.Helper()
	s.hello(c, apitest.Resume{apitest.Page: s.Proven(c.account, apitest.Page)})
	s.gate.follow(c.Listener, s.Head(apitest.Page))
}

// leaves has a client hang up.
func (s *recording) leaves(c *recorded) {
	s.gate.leave(c.Listener)
	c.HangUp()
	s.clients = slices.DeleteFunc(s.clients, func(o *recorded) bool { return o == c })
	fmt.Fprintf(&s.said, "%s hangs up\n", c.name)
}

// tells has a client say something to the others.
func (s *recording) tells(c *recorded, f model.Ephemeral) {
	s.Helper()
	raw, err := json.Marshal(f)
	s.Must(err)
	fmt.Fprintf(&s.said, "%s > %s\n", c.name, s.names.in(raw))
	c.SendRaw(string(raw))
}

// steppedClock is a clock that stands still between steps.
type steppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *steppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *steppedClock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// oneByOne is a store that keeps a change of the Page waiting until its clients were sent
// the one before: each change is a batch of its own, with the objects as it left them.
type oneByOne struct {
	store.Store
	turn sync.Mutex

	mu      sync.Mutex
	head    int64
	clients []following
}

// following is a client that follows the Page from a seq.
type following struct {
	*apitest.Listener
	from int64
}

// at is how far the client was sent the Page.
func (f following) at() int64 {
	f.Helper()
	bs := f.Batches(apitest.Page)
	if len(bs) == 0 {
		return f.from
	}
	return max(f.from, bs[len(bs)-1].To)
}

func (o *oneByOne) Write(ctx context.Context, id model.PageID, f func(store.PageTx) error) error {
	o.turn.Lock()
	defer o.turn.Unlock()
	if err := o.told(ctx); err != nil {
		return err
	}
	if err := o.Store.Write(ctx, id, f); err != nil {
		return err
	}
	return o.Read(ctx, func(r store.Reader) error {
		head, err := r.Head(id)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.head = head
		return err
	})
}

// told waits until the clients that follow the Page have all its changes.
func (o *oneByOne) told(ctx context.Context) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		o.mu.Lock()
		head, clients := o.head, o.clients
		o.mu.Unlock()
		behind := false
		for _, c := range clients {
			behind = behind || c.at() < head
		}
		if !behind {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// follow has changes wait for that client, too, which has all up to a seq.
func (o *oneByOne) follow(l *apitest.Listener, from int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clients = append(slices.Clone(o.clients), following{l, from})
}

// leave has changes wait for that client no more.
func (o *oneByOne) leave(l *apitest.Listener) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clients = slices.DeleteFunc(slices.Clone(o.clients), func(f following) bool { return f.Listener == l })
}

// placeholders stand for what is another in each recording.
type placeholders struct {
	began time.Time
	// known are those given, counts how many of each kind.
	known  map[string]string
	counts map[string]int
}

func newPlaceholders(began time.Time, known map[string]string) *placeholders {
	return &placeholders{began: began, known: known, counts: map[string]int{}}
}

var (
	whatChanges = regexp.MustCompile(`"(?:epoch|proof|cursor)":"[^"]+"|` +
		`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|` +
		`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|` +
		`"(?:timestamp|watermark)":\d{13}|http://127\.0\.0\.1:\d+`)
	aClientID = regexp.MustCompile(`^0{8}-`)
)

// in replaces what is another each time.
func (p *placeholders) in(raw []byte) []byte {
	return whatChanges.ReplaceAllFunc(raw, func(b []byte) []byte { return []byte(p.of(string(b))) })
}

func (p *placeholders) of(s string) string {
	if name, ok := p.known[s]; ok {
		return name
	}
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return p.since(at)
	}
	key, value, ok := strings.Cut(s, ":")
	switch {
	case !ok && aClientID.MatchString(s):
		return s
	case !ok:
		return p.next(s, "id")
	case key == `"timestamp"`, key == `"watermark"`:
		var ms int64
		_ = json.Unmarshal([]byte(value), &ms)
		return key + ":" + p.since(time.UnixMilli(ms))
	}
	value = strings.Trim(value, `"`)
	if _, ok := p.known[value]; !ok {
		p.next(value, strings.Trim(key, `"`))
	}
	return key + `:"` + p.known[value] + `"`
}

func (p *placeholders) since(at time.Time) string { return "<" + at.Sub(p.began).String() + ">" }

func (p *placeholders) next(s, kind string) string {
	p.counts[kind]++
	p.known[s] = fmt.Sprintf("<%s%d>", kind, p.counts[kind])
	return p.known[s]
}
