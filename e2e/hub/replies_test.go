package hub

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/e2e/driver"
)

// replyBody is a reply as a client hands it in.
type replyBody struct {
	ClientID string `json:"client_id"`
	Text     string `json:"text"`
}

func newReply(text string) replyBody {
	return replyBody{ClientID: uuid.Must(uuid.NewV7()).String(), Text: text}
}

// insists hands a reply in, with the same id, until the hub has taken it. It may run in
// any goroutine.
func insists(u *driver.User, conversation string, r replyBody) (driver.Message, bool) {
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for began := time.Now(); time.Since(began) < 2*driver.Patience; <-pause.C {
		a := u.Try(http.MethodPost, driver.ConversationPath(conversation, "messages"), r)
		if a.Err != nil || a.Status >= http.StatusInternalServerError {
			continue
		}
		if a.Status != http.StatusAccepted {
			u.W.T.Errorf("reply answered %d %s", a.Status, a.Body)
			return driver.Message{}, false
		}
		var m driver.Message
		a.Into(&m)
		return m, true
	}
	u.W.T.Errorf("the hub does not take a reply")
	return driver.Message{}, false
}

// storm is many replies to many customers, while Facebook fails in every way it can.
type storm struct {
	*driver.World
	rep *driver.User

	mu    sync.Mutex
	wrote map[string][]string // what each customer wrote
	sent  []sentReply
}

type sentReply struct {
	psid string
	body replyBody
	id   string
}

const (
	stormCustomers = 50
	stormReplies   = 4
)

func stormPSID(i int) string { return fmt.Sprintf("51%06d", i) }

// says has a customer write, and remembers it.
func (s *storm) says(i int, text string) {
	s.mu.Lock()
	s.wrote[stormPSID(i)] = append(s.wrote[stormPSID(i)], text)
	s.mu.Unlock()
	s.CustomerWrites(stormPSID(i), text)
}

func TestTwoHundredRepliesThroughAStorm(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, append(driver.ShortTiming(), "PARLEY_TIMING_QUEUE_LIMIT=25s")...)
	s := &storm{World: w, rep: aki, wrote: make(map[string][]string)}
	for i := range stormCustomers {
		s.says(i, fmt.Sprintf("お客様 %d の最初のメッセージ", i))
	}
	driver.WaitEvery(t, "all customers are there", 200*time.Millisecond, driver.Patience, func() bool { return len(aki.Conversations()) == stormCustomers })

	kinds := []driver.Fault{
		{On: "send", Kind: "timeout", Probability: 0.10},
		{On: "send", Kind: "reset", Probability: 0.05},
		{On: "send", Kind: "act_and_cut", Probability: 0.05},
		{On: "send", Kind: "act_and_500", Probability: 0.02},
		{On: "send", Kind: "garbage", Probability: 0.02},
		{On: "send", Kind: "error", Code: 100, Probability: 0.03},
		{On: "send", Kind: "echo_early", Probability: 0.20},
		{On: "send", Kind: "echo_late", DelayMS: 2000, Probability: 0.15},
		{On: "send", Kind: "echo_missing", Probability: 0.15},
		{On: "send", Kind: "echo_without_metadata", Probability: 0.20},
		{On: "webhook", Kind: "duplicate", Probability: 0.15},
		{On: "webhook", Kind: "shuffle", Probability: 0.15},
	}
	for _, f := range kinds {
		w.Facebook.Fails(f)
	}
	s.blows()
	for _, f := range w.Facebook.Faults() {
		t.Logf("%s %s struck %d times", f.On, f.Kind, f.Fired)
		if f.Fired == 0 && f.Probability >= 0.1 {
			t.Errorf("%s %s never struck: the storm proves little", f.On, f.Kind)
		}
	}
	w.Facebook.Recovers()
	s.settles()
	s.checkReplies()
	s.checkCustomers()
	s.checkAgain()
}

// blows hands all replies in, each twice, while customers go on writing. In the middle
// the hub dies, and comes back.
func (s *storm) blows() {
	s.T.Helper()
	var accepted atomic.Int32
	work := make(chan sentReply)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for r := range work {
				m, ok := insists(s.rep, s.ConversationWith(r.psid), r.body)
				again, ok2 := insists(s.rep, s.ConversationWith(r.psid), r.body)
				if ok && ok2 && m.ID != again.ID {
					s.T.Errorf("the same reply made two messages, %s and %s", m.ID, again.ID)
				}
				r.id = m.ID
				s.mu.Lock()
				s.sent = append(s.sent, r)
				s.mu.Unlock()
				accepted.Add(1)
			}
		})
	}
	wg.Go(func() {
		for n := range stormReplies {
			for i := range stormCustomers {
				work <- sentReply{psid: stormPSID(i), body: newReply(fmt.Sprintf("返信 %d/%d です 🍵", i, n))}
			}
		}
		close(work)
	})
	for i := range int32(stormCustomers) {
		driver.WaitFor(s.T, "replies are taken", driver.Patience, func() bool { return accepted.Load() >= i*stormReplies/2 })
		s.says(int(i), fmt.Sprintf("before the crash, %d", i))
	}
	s.Hub.Kill()
	s.T.Logf("the hub was killed after %d replies were taken", accepted.Load())
	for i := range 30 {
		s.says(i, fmt.Sprintf("during the crash, %d", i))
	}
	s.StartHub()
	for i := range 20 {
		s.says(i, fmt.Sprintf("after the crash, %d", i))
	}
	wg.Wait()
}

// rows returns the messages of each customer that went out, by customer and text.
func (s *storm) rows() map[string]map[string]driver.Message {
	s.T.Helper()
	all := make(map[string]map[string]driver.Message, stormCustomers)
	for i := range stormCustomers {
		psid := stormPSID(i)
		all[psid] = make(map[string]driver.Message)
		for _, m := range s.rep.Messages(s.ConversationWith(psid)) {
			if m.Direction != "out" {
				continue
			}
			if other, twice := all[psid][m.Text]; twice {
				s.T.Errorf("%s: %q stands there twice: %+v and %+v", psid, m.Text, other, m)
			}
			all[psid][m.Text] = m
		}
	}
	return all
}

// settles waits until nothing changes by itself any more.
func (s *storm) settles() {
	s.T.Helper()
	began := time.Now()
	driver.WaitEvery(s.T, "every reply is settled", 2*time.Second, 100*time.Second, func() bool {
		for _, of := range s.rows() {
			for _, m := range of {
				if slices.Contains([]string{"queued", "posting", "unknown"}, m.State) {
					return false
				}
			}
		}
		return true
	})
	s.T.Logf("settled after %s", time.Since(began).Round(time.Second))
}

func (s *storm) checkReplies() {
	s.T.Helper()
	rows, got := s.rows(), s.Facebook.Got()
	states, count := make(map[string]int), 0
	for psid, of := range rows {
		reached := make(map[string]int)
		for _, text := range got[psid] {
			reached[text]++
		}
		for text, n := range reached {
			if n > 1 {
				s.T.Errorf("%s got %q %d times", psid, text, n)
			}
			if _, known := of[text]; !known {
				s.T.Errorf("%s got %q, of which the hub knows nothing", psid, text)
			}
		}
		for text, m := range of {
			count++
			states[describe(m)]++
			s.checkReply(m, reached[text] > 0)
		}
	}
	for _, state := range slices.Sorted(maps.Keys(states)) {
		s.T.Logf("%s: %d", state, states[state])
	}
	if count != stormCustomers*stormReplies || len(s.sent) != count {
		s.T.Errorf("%d rows of %d replies, want %d", count, len(s.sent), stormCustomers*stormReplies)
	}
	if arrived := states["sent"] + states["delivered"] + states["read"]; arrived < stormCustomers {
		s.T.Errorf("only %d replies of %d arrived", arrived, count)
	}
}

// describe is a state with the code that belongs to it.
func describe(m driver.Message) string {
	if m.Error == nil {
		return m.State
	}
	return m.State + " " + m.Error.Code
}

// checkReply compares what is said of a reply with what happened.
func (s *storm) checkReply(m driver.Message, reached bool) {
	s.T.Helper()
	right := false
	switch {
	case m.Arrived():
		right = reached && m.MID != "" && m.Error == nil
	case m.State == "failed":
		right = !reached && m.Error != nil && m.Error.Code != ""
	case m.State == "ask":
		// Not known is right whatever happened; that it was not sent must be true.
		right = m.Error != nil && (m.Error.Code == "outcome_unknown" || m.Error.Code == "not_sent" && !reached)
	}
	if !right {
		s.T.Errorf("%s, attempt %d, error %+v, and the customer got it: %t: %s %q", m.State, m.Attempt, m.Error, reached, m.ID, m.Text)
	}
	if m.Author.Kind != "user" || m.Author.ID != s.rep.ID || m.DeliveredTwice {
		s.T.Errorf("reply by %+v, delivered twice: %t", m.Author, m.DeliveredTwice)
	}
}

// checkCustomers expects all that customers wrote, once.
func (s *storm) checkCustomers() {
	s.T.Helper()
	for psid, want := range s.wrote {
		holds := func() []string {
			var got []string
			for _, m := range s.rep.Messages(s.ConversationWith(psid)) {
				if m.Direction == "in" {
					got = append(got, m.Text)
				}
			}
			return slices.Sorted(slices.Values(got))
		}
		slices.Sort(want)
		driver.WaitEvery(s.T, "what "+psid+" wrote is there", 200*time.Millisecond, driver.Patience, func() bool { return len(holds()) >= len(want) })
		if got := holds(); !slices.Equal(got, want) {
			s.T.Errorf("%s wrote %q, the hub has %q", psid, want, got)
		}
	}
}

// checkAgain hands every reply in once more: nothing comes of it.
func (s *storm) checkAgain() {
	s.T.Helper()
	before := s.Facebook.Got()
	for _, r := range s.sent {
		m, ok := insists(s.rep, s.ConversationWith(r.psid), r.body)
		if ok && m.ID != r.id {
			s.T.Errorf("handed in again in state %s, reply %s became %s", m.State, r.id, m.ID)
		}
	}
	rows := 0
	for _, of := range s.rows() {
		rows += len(of)
	}
	if rows != len(s.sent) {
		s.T.Errorf("%d rows after all were handed in again, want %d", rows, len(s.sent))
	}
	after := s.Facebook.Got()
	for psid, texts := range before {
		if strings.Join(texts, "\n") != strings.Join(after[psid], "\n") {
			s.T.Errorf("%s got more when all were handed in again: %q, before %q", psid, after[psid], texts)
		}
	}
}
