package hub

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/cli"
	"parley/e2e/driver"
)

// TestTheSameReplyInEveryState: whatever became of a reply, handing it in again answers
// with it, and does nothing; with another text it is refused.
func TestTheSameReplyInEveryState(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, append(driver.ShortTiming(), "PARLEY_TIMING_SEND_DEADLINE=3s", "PARLEY_TIMING_LEASE=6s", "PARLEY_TIMING_UNKNOWN_CHECKS=4s,5s", "PARLEY_TIMING_ASK_AFTER=6s")...)
	begin := func(psid string, faults ...driver.Fault) (string, replyBody, driver.Message) {
		t.Helper()
		w.CustomerWrites(psid, "a message of customer "+psid)
		id := w.ConversationWith(psid)
		driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Try(http.MethodGet, driver.ConversationPath(id), nil).Status == http.StatusOK })
		for _, f := range faults {
			f.On, f.PSID = "send", psid
			w.Facebook.Fails(f)
		}
		r := newReply("an answer to customer " + psid)
		m, _ := insists(aki, id, r)
		return id, r, m
	}
	// again waits for a state, and hands the reply in once more.
	again := func(id string, r replyBody, m driver.Message, states ...string) {
		t.Helper()
		driver.WaitFor(t, "the reply is "+states[0], driver.Patience, func() bool { return slices.Contains(states, aki.Message(id, m.ID).State) })
		a := aki.Post(driver.ConversationPath(id, "messages"), r).Is(http.StatusAccepted)
		var same driver.Message
		a.Into(&same)
		if same.ID != m.ID || same.ClientID != r.ClientID || !slices.Contains(states, same.State) && !same.Arrived() {
			t.Errorf("%s: handed in again, reply %s became %s, %s", states[0], m.ID, same.ID, same.State)
		}
		aki.Post(driver.ConversationPath(id, "messages"), replyBody{ClientID: r.ClientID, Text: "another text"}).Problem(http.StatusConflict, "client_id_reused")
		if n := len(aki.Messages(id)); n != 2 {
			t.Errorf("%s: %d messages, want the customer's and the reply", states[0], n)
		}
	}

	id, r, m := begin("6001", driver.Fault{Kind: "delay", DelayMS: 1500, Count: 1})
	again(id, r, m, "posting")
	again(id, r, m, "sent", "delivered", "read")
	again(id, r, m, "delivered", "read")
	again(id, r, m, "read")

	id, r, m = begin("6002", driver.Fault{Kind: "error", Code: 100})
	again(id, r, m, "failed")

	id, r, m = begin("6003", driver.Fault{Kind: "reset"})
	again(id, r, m, "unknown")
	again(id, r, m, "ask")
	aki.Post(driver.ConversationPath(id, "messages", m.ID, "drop"), map[string]int{"attempt": 1}).Is(http.StatusOK)
	again(id, r, m, "dropped")

	// Facebook asks to wait: what is handed in waits, and so does what comes again.
	id, r, m = begin("6004", driver.Fault{Kind: "error", Code: 613, Count: 1})
	driver.WaitFor(t, "Facebook was asked once", driver.Patience, func() bool { m := aki.Message(id, m.ID); return m.Attempt == 1 && m.State == "queued" })
	again(id, r, m, "queued")

	for psid, want := range map[string]int{"6001": 1, "6002": 0, "6003": 0, "6004": 0} {
		if got := w.Facebook.GotBy(psid); len(got) != want {
			t.Errorf("customer %s got %q, want %d", psid, got, want)
		}
	}
}

// TestTheSameReplyAtOnce: handed in many times at the same moment, it is one reply.
func TestTheSameReplyAtOnce(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t)
	w.CustomerWrites("6051", "Hello")
	id := w.ConversationWith("6051")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
	r := newReply("only once")
	var wg sync.WaitGroup
	ids := make([]string, 16)
	for i := range ids {
		wg.Go(func() {
			m, _ := insists(aki, id, r)
			ids[i] = m.ID
		})
	}
	wg.Wait()
	if same := slices.Compact(ids); len(same) != 1 {
		t.Errorf("one reply has the ids %q", same)
	}
	driver.WaitFor(t, "the reply is read", driver.Patience, func() bool { return aki.Message(id, ids[0]).State == "read" })
	if got := w.Facebook.GotBy("6051"); !slices.Equal(got, []string{"only once"}) {
		t.Errorf("the customer got %q", got)
	}
	if n := len(aki.Messages(id)); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

// TestFacebookIsAway: of a reply that could not be handed over it is known that it did
// not arrive; its writer is asked in time, and sends it when Facebook is back.
func TestFacebookIsAway(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, append(driver.ShortTiming(), "PARLEY_TIMING_QUEUE_LIMIT=3s")...)
	w.CustomerWrites("6061", "Hello")
	id := w.ConversationWith("6061")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello") })
	address := strings.TrimPrefix(w.Facebook.GraphURL, "http://")
	w.Facebook.Stop()

	if out := aki.Cli("reply", id, "first", "--wait", "1s").Ok().Out; out != "waiting\n" && out != "sending\n" { // an attempt may be under way
		t.Errorf("reply said %q", out)
	}
	aki.Cli("reply", id, "second", "--wait", "10s").Exits(cli.ExitFailed).Says("(not_sent)")
	w.Facebook = w.StartFacebook("--listen", address)
	w.CustomerWrites("6061", "Hello again") // this Facebook never heard of them
	for _, m := range aki.Messages(id) {
		if m.Direction != "out" {
			continue
		}
		if describe(m) != "ask not_sent" {
			t.Errorf("%q is %s", m.Text, describe(m))
		}
		aki.Post(driver.ConversationPath(id, "messages", m.ID, "retry"), map[string]int{"attempt": m.Attempt}).Is(http.StatusAccepted)
	}
	driver.WaitFor(t, "both arrive", driver.Patience, func() bool { return slices.Equal(w.Facebook.GotBy("6061"), []string{"first", "second"}) })
}

// TestFacebooksWordsByTheCommandLine: where Facebook answered, it is never said that it did
// not: its words and its trace stand there, in both languages.
func TestFacebooksWordsByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, append(driver.ShortTiming(), "PARLEY_TIMING_UNKNOWN_CHECKS=1s", "PARLEY_TIMING_ASK_AFTER=2s")...)
	faults := map[string]driver.Fault{
		"(#1)": {Kind: "error", Code: 1}, "(#2)": {Kind: "error", Code: 2}, "(#1200)": {Kind: "error", Code: 1200},
		"(HTTP 500)": {Kind: "http_500"}, "(HTTP 403)": {Kind: "html_403"},
	}
	asks := map[string]string{} // by conversation
	for said, what := range faults {
		psid := strconv.Itoa(6120 + len(asks))
		w.CustomerWrites(psid, "Hello?")
		id := w.ConversationWith(psid)
		driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Hello?") })
		what.On, what.Count, what.PSID = "send", 1, psid
		w.Facebook.Fails(what)
		if len(asks) > 0 {
			aki.Cli("reply", id, "Yes", "--wait", "0").Ok()
		} else if r := aki.Cli("reply", id, "Yes", "--wait", "30s").Exits(cli.ExitUnknown).
			Says("Facebook answered without saying whether it was sent", "Facebook says: "+said, "(outcome_unknown)"); strings.Contains(r.Err, "did not answer") {
			t.Errorf("%s: %s", said, r.Err)
		}
		asks[id] = said
	}
	for id, said := range asks {
		driver.WaitFor(t, "the reply asks", driver.Patience, func() bool { return aki.Messages(id)[1].State == "ask" })
		aki.Cli("show", id).Ok().Tells("Facebook says: " + said)
		aki.Cli("show", id, "--lang", "ja").Ok().Tells("Facebookの説明: " + said)
	}
}

// TestResendingIsAPersonsChoice: a reply whose outcome is unknown leaves again only when
// its writer says so, and the command line tells them how it stands.
func TestResendingIsAPersonsChoice(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, append(driver.ShortTiming(), "PARLEY_TIMING_UNKNOWN_CHECKS=6s", "PARLEY_TIMING_ASK_AFTER=7s")...)
	w.CustomerWrites("6101", "Can you hear me?")
	id := w.ConversationWith("6101")
	driver.WaitFor(t, "the customer is there", driver.Patience, func() bool { return aki.Holds(id, "Can you hear me?") })
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "timeout", Count: 1})

	aki.Cli("reply", id, "Loud and clear", "--wait", "4s").Exits(cli.ExitUnknown).Says("Facebook did not answer.", "(outcome_unknown)")
	aki.Cli("reply", id, "Loud and clear again", "--wait", "1s").Exits(cli.ExitDone) // waits behind the first; still queued is no failure
	m := aki.Messages(id)[1]
	driver.WaitFor(t, "the reply asks", driver.Patience, func() bool { return aki.Message(id, m.ID).State == "ask" })
	if got := w.Facebook.GotBy("6101"); len(got) != 0 {
		t.Fatalf("the customer got %q while the first reply asks", got)
	}
	if later := aki.Messages(id)[2]; later.State != "queued" || later.WaitsFor != m.ID {
		t.Errorf("the later reply is %s and waits for %q, want %q", later.State, later.WaitsFor, m.ID)
	}

	retry := driver.ConversationPath(id, "messages", m.ID, "retry")
	aki.Post(retry, map[string]int{"attempt": 0}).Problem(http.StatusConflict, "state_changed")
	aki.Post(retry, map[string]int{"attempt": 1}).Is(http.StatusAccepted)
	aki.Post(retry, map[string]int{"attempt": 1}).Problem(http.StatusConflict, "state_changed")
	want := []string{"Loud and clear", "Loud and clear again"}
	driver.WaitFor(t, "both replies arrive, in order", driver.Patience, func() bool { return slices.Equal(w.Facebook.GotBy("6101"), want) })
	driver.WaitFor(t, "both are read", driver.Patience, func() bool {
		ms := aki.Messages(id)
		return len(ms) == 3 && ms[1].State == "read" && ms[2].State == "read" && ms[1].ID == m.ID && ms[1].Attempt == 2
	})
	aki.Post(driver.ConversationPath(id, "messages", m.ID, "drop"), nil).Problem(http.StatusConflict, "state_changed")
}

// TestRepliesDoNotWaitForOthersChecks: while Facebook is slowly asked what became of many
// replies, those to other customers leave at once.
func TestRepliesDoNotWaitForOthersChecks(t *testing.T) {
	t.Parallel()
	w, aki := driver.ConnectedWorld(t, "PARLEY_TIMING_SEND_DEADLINE=1s", "PARLEY_TIMING_LEASE=2s", "PARLEY_TIMING_UNKNOWN_CHECKS=12s")
	const lost = 120
	psid := func(i int) string { return fmt.Sprintf("62%04d", i) }
	for i := range lost + 1 {
		w.CustomerWrites(psid(i), "a message of customer "+psid(i))
	}
	driver.WaitEvery(t, "all customers are there", 200*time.Millisecond, driver.Patience, func() bool { return len(aki.Conversations()) == lost+1 })
	w.Facebook.Fails(driver.Fault{On: "send", Kind: "timeout", Count: lost})
	for i := range lost {
		insists(aki, w.ConversationWith(psid(i)), newReply("lost, for customer "+psid(i)))
	}
	driver.WaitEvery(t, "nobody knows what became of them", 500*time.Millisecond, 2*driver.Patience, func() bool {
		n := 0
		for _, c := range aki.Conversations() {
			if c.LastMessage != nil && c.LastMessage.State == "unknown" {
				n++
			}
		}
		return n == lost
	})
	w.Facebook.Fails(driver.Fault{On: "conversations", Kind: "delay", DelayMS: 1}) // only to be counted
	driver.WaitFor(t, "Facebook is asked, one by one", driver.Patience, func() bool { return w.Facebook.Faults()[1].Fired >= 10 })
	id := w.ConversationWith(psid(lost))
	m, _ := insists(aki, id, newReply("at once"))
	began := time.Now()
	driver.WaitFor(t, "a reply to another customer leaves", 3*driver.Patience, func() bool { return aki.Message(id, m.ID).Arrived() })
	if took := time.Since(began); took > driver.Soon {
		t.Errorf("a reply to another customer left after %s, want %s at most", took.Round(time.Millisecond), driver.Soon)
	}
}
