package socket_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/hub/api/apitest"
	"parley/model"
)

// fan is a client of the stream that only notes when each message reached it.
type fan struct {
	conn *websocket.Conn
	done chan struct{}
}

// marked finds the numbers of messages in a frame.
func marked(raw []byte, note func(n int)) {
	for {
		_, after, found := bytes.Cut(raw, []byte("bench <"))
		if !found {
			// The encoder writes < as an escape.
			if _, after, found = bytes.Cut(raw, []byte(`bench \u003c`)); !found {
				return
			}
		}
		raw = after
		end := 0
		for end < len(raw) && raw[end] >= '0' && raw[end] <= '9' {
			end++
		}
		if n, err := strconv.Atoi(string(raw[:end])); err == nil {
			note(n)
		}
	}
}

// fans connects clients that follow the Page.
func fans(w *apitest.World, n int, who apitest.Account, note func(message int, at time.Time)) {
	w.Helper()
	at := w.Position(who, apitest.Page)
	ready := make(chan struct{}, n)
	for range n {
		conn, resp, err := websocket.DefaultDialer.DialContext(w.Context(), "ws"+w.Server.URL[len("http"):]+"/v1/stream",
			http.Header{"Authorization": {"Bearer " + who.Token}})
		w.Must(err)
		resp.Body.Close()
		f := &fan{conn: conn, done: make(chan struct{})}
		w.Must(conn.WriteJSON(model.Hello{Type: model.FrameHello, Resume: apitest.Resume{apitest.Page: at}}))
		go func() {
			defer close(f.done)
			for first := true; ; first = false {
				_, raw, err := conn.ReadMessage()
				if err != nil {
					return
				}
				if first {
					ready <- struct{}{}
				}
				now := time.Now()
				marked(raw, func(n int) { note(n, now) })
			}
		}()
		w.Cleanup(func() {
			conn.Close()
			<-f.done
		})
	}
	for range n {
		<-ready
	}
}

// BenchmarkWebhookTo200Clients: 50 events a second, each to 200 clients over sockets;
// from the POST of the webhook to the frame received.
func BenchmarkWebhookTo200Clients(b *testing.B) {
	const clients, every = 200, time.Second / 50
	w := apitest.NewWithPage(b, model.Shared)
	w.RunUntilQuiet()
	posted := make([]time.Time, b.N)
	var mu sync.Mutex
	took := make([]time.Duration, 0, b.N*clients)
	all := make(chan struct{})
	fans(w, clients, w.Cat, func(n int, at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		took = append(took, at.Sub(posted[n]))
		if len(took) == b.N*clients {
			close(all)
		}
	})
	var posting sync.WaitGroup
	tick := time.NewTicker(every)
	defer tick.Stop()
	b.ResetTimer()
	for n := range b.N {
		body := apitest.Webhook(apitest.MetaPage, "messaging", apitest.Message(apitest.MetaPage, model.PSID(fmt.Sprint(7100+n%20)), fmt.Sprintf("m_bench_%d", n), fmt.Sprintf("bench <%d>", n), time.Now()))
		mu.Lock()
		posted[n] = time.Now()
		mu.Unlock()
		posting.Go(func() {
			if a := w.Post(body); a.Status != http.StatusOK {
				b.Errorf("answered %d", a.Status)
			}
		})
		<-tick.C
	}
	posting.Wait()
	select {
	case <-all:
	case <-time.After(apitest.Timeout):
		b.Errorf("%d of %d frames came", len(took), b.N*clients)
	}
	b.StopTimer()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkResume1000: a client that missed 1,000 changes of 100 conversations, from
// its connecting to the last of them.
func BenchmarkResume1000(b *testing.B) {
	w := apitest.NewWithPage(b, model.Shared)
	for i := range 5 {
		var events []map[string]any
		for n := range 100 {
			customer := model.PSID(fmt.Sprint(7100 + n))
			events = append(events, apitest.Message(apitest.MetaPage, customer, fmt.Sprintf("m_%d_%d", i, n), "Do you have it in large? "+fmt.Sprint(n), time.Now()))
		}
		w.Deliver(apitest.MetaPage, "messaging", events...)
	}
	w.RunUntilQuiet()
	at := w.Position(w.Cat, apitest.Page)
	for b.Loop() {
		l := w.Listen(w.Cat)
		l.Send(model.Hello{Type: model.FrameHello, Resume: apitest.Resume{apitest.Page: {Epoch: at.Epoch, Seq: at.Seq - 1000}}})
		l.AwaitSeq(apitest.Page, at.Seq)
		l.HangUp()
	}
}

// ingest posts webhooks of one message each, as many at a time as Meta does, to so many
// Pages.
func ingest(b *testing.B, pages int) {
	w := apitest.New(b)
	for i := range pages {
		w.Connect(w.Ann, model.MetaPageID(fmt.Sprint(1000+i)), model.Shared)
		w.CustomerWrites(model.MetaPageID(fmt.Sprint(1000+i)), apitest.Hanako, fmt.Sprintf("m_first_%d", i), "hello", time.Now())
	}
	w.RunUntilQuiet()
	w.Server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	var n atomic.Int64
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			id := model.MetaPageID(fmt.Sprint(1000 + i%int64(pages)))
			body := apitest.Webhook(id, "messaging", apitest.Message(id, apitest.Hanako, fmt.Sprintf("m_%d", i), "Do you have it in large?", time.Now()))
			if a := w.Post(body); a.Status != http.StatusOK {
				b.Errorf("answered %d %s", a.Status, a.Body)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
}

// BenchmarkIngestOnePage: webhooks committed a second, signed and over HTTP.
func BenchmarkIngestOnePage(b *testing.B) { ingest(b, 1) }

// BenchmarkIngestHundredPages is the same, spread over a hundred Pages.
func BenchmarkIngestHundredPages(b *testing.B) { ingest(b, 100) }
