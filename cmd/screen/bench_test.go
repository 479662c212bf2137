package screen

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gorilla/websocket"

	"parley/client"
	"parley/client/cache"
	"parley/client/stream"
	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
)

// crowded is a hub of one Page with many conversations, whose lists cost it nothing.
type crowded struct {
	lists [][]byte
	at    model.Position
}

const crowdedPage = model.PageID("104857600123456")

func (h *crowded) page() model.Page {
	return model.Page{
		ID: crowdedPage, PageID: crowdedPage.Meta(), Name: "Aoyama Coffee", Visibility: model.Shared, Installer: model.UserRef{ID: "u"},
		Sees: true, Seq: 1, Subscribed: true,
	}
}

// newCrowded returns a hub with that many conversations: Japanese names and texts, four in ten
// open.
func newCrowded(b *testing.B, n int) *crowded {
	b.Helper()
	h := &crowded{at: model.Position{Epoch: "e", Seq: int64(n) + 1}}
	now := time.Now()
	const each = 1000
	for from := 0; from < n; from += each {
		l := client.ConversationList{AsOf: model.AsOf{crowdedPage: h.at}}
		for i := from; i < min(n, from+each); i++ {
			at := now.Add(-time.Duration(i) * 3 * time.Minute)
			until := at.Add(model.ReplyWindow)
			c := model.Conversation{
				ID: model.NewConversationID(crowdedPage, model.PSID(fmt.Sprintf("24%014d", i))), PageID: crowdedPage, Seq: int64(n - i),
				Customer: model.Customer{Name: model.Untrusted(fmt.Sprintf("山本 花子 %d", i)), Locale: "ja_JP"},
				Status:   model.Done, Started: true, WindowUntil: &until, UpdatedAt: at, Labels: []string{}, Links: []model.Link{},
			}
			c.Customer.PSID = c.ID.Customer()
			if i%10 < 4 {
				c.Status = model.Open
			}
			c.LastMessage = &model.Summary{
				ID: model.NewMessageID(crowdedPage, fmt.Sprintf("0192f0c1-0000-7000-8000-%012d", i)), Direction: model.In, SentAt: at,
				Author: model.Author{Kind: model.ByCustomer, Name: c.Customer.Name}, Text: model.Untrusted(strings.Repeat("見積もりをお願いできますか？", 4) + fmt.Sprint(i)),
			}
			l.Conversations = append(l.Conversations, c)
		}
		if from+each < n {
			l.Cursor = fmt.Sprint(len(h.lists) + 1)
		}
		body, err := json.Marshal(l)
		if err != nil {
			b.Fatal(err)
		}
		h.lists = append(h.lists, body)
	}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var out any
	switch r.URL.Path {
	case "/v1/stream":
		h.stream(w, r)
		return
	case "/v1/conversations":
		n := 0
		_, _ = fmt.Sscan(r.FormValue("cursor"), &n)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(h.lists[n])
		return
	case "/v1/pages":
		out = map[string]any{"pages": []model.Page{h.page()}}
	case "/v1/counts":
		out = client.Counts{AsOf: model.AsOf{crowdedPage: h.at}}
	default:
		out = map[string]any{}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func (h *crowded) stream(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{Subprotocols: []string{model.Subprotocol}}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	for {
		var hello model.Hello
		if conn.ReadJSON(&hello) != nil {
			return
		}
		how := model.ResumeReload
		if _, named := hello.Resume[crowdedPage]; named {
			how = model.ResumeOK
		}
		err := conn.WriteJSON(model.Welcome{
			Type: model.FrameWelcome, Now: time.Now(), User: model.User{ID: "u", Name: "Mio"},
			Pages: map[model.PageID]model.WelcomePage{crowdedPage: {Epoch: h.at.Epoch, Seq: h.at.Seq, Resume: how}},
		})
		if err != nil {
			return
		}
	}
}

// noHub is what the screen may ask of a hub: nothing here.
type noHub struct{ app.Hub }

// Explain implements [app.Hub].
func (noHub) Explain(err error) string { return err.Error() }

// BenchmarkStart is a start of the inbox on a hub on this machine, with and without what an
// earlier run kept: how long until the first frame with conversations, and until all are held.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		server := httptest.NewServer(newCrowded(b, n))
		b.Cleanup(server.Close)
		for _, kept := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/kept=%v", n, kept), func(b *testing.B) {
				root := ""
				if kept {
					root = b.TempDir()
					start(b, server.URL, root) // which keeps it
				}
				var first, all time.Duration
				for b.Loop() {
					f, a := start(b, server.URL, root)
					first, all = first+f, all+a
				}
				b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms-first")
				b.ReportMetric(float64(all.Milliseconds())/float64(b.N), "ms-all")
			})
		}
	}
}

// start starts the inbox, and returns when it first showed conversations, and when it was live
// with all of them. A folder: what is kept there is shown, and kept again.
func start(b *testing.B, url, root string) (first, all time.Duration) {
	b.Helper()
	began := time.Now()
	c, err := client.New(url, "token")
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	follow := stream.NewFollower(c, stream.DefaultTiming())
	k := &known{}
	if root != "" {
		k.cache = cache.Open(cache.Options{Root: root, Hub: url, Login: c.Login(), TTL: time.Hour, Now: time.Now, Forget: follow.Forget})
	}
	k.restore(follow, time.Now())
	m, err := app.New(app.Options{Hub: noHub{}, Inbox: k.box, Words: i18n.New("ja"), Zone: time.UTC, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	shows := func(msg tea.Msg) {
		m.Update(msg)
		if first == 0 && strings.Contains(m.View().Content, "山本") {
			first = time.Since(began)
		}
	}
	shows(tea.WindowSizeMsg{Width: 160, Height: 45})
	ctx, leave := context.WithCancel(b.Context())
	defer leave()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = follow.Run(ctx)
	}()
	for updates := range k.kept.Rest(ctx) {
		shows(updates)
	}
	k.cache.Relay(ctx, follow.Updates(), func(updates []inbox.Update) {
		shows(updates)
		if m.Live() && k.box.AllComplete() && all == 0 {
			all = time.Since(began)
			leave()
		}
	})
	<-ended
	k.close()
	return first, all
}
