package main

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
)

// TestTheSameReplyInEveryState: whatever became of a reply, handing it in again answers
// with it, and does nothing; with another text it is refused.
func TestTheSameReplyInEveryState(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, append(shortTiming(), "PARLEY_TIMING_SEND_DEADLINE=3s", "PARLEY_TIMING_LEASE=6s", "PARLEY_TIMING_UNKNOWN_CHECKS=4s,5s", "PARLEY_TIMING_ASK_AFTER=6s")...)
	begin := func(psid string, faults ...fault) (string, replyBody, message) {
		t.Helper()
		w.customerWrites(psid, "a message of customer "+psid)
		id := w.conversationWith(psid)
		waitFor(t, "the customer is there", patience, func() bool { return aki.try(http.MethodGet, conversationPath(id), nil).status == http.StatusOK })
		for _, f := range faults {
			f.On, f.PSID = "send", psid
			w.facebook.fails(f)
		}
		r := newReply("an answer to customer " + psid)
		m, _ := aki.insists(id, r)
		return id, r, m
	}
	// again waits for a state, and hands the reply in once more.
	again := func(id string, r replyBody, m message, states ...string) {
		t.Helper()
		waitFor(t, "the reply is "+states[0], patience, func() bool { return slices.Contains(states, aki.message(id, m.ID).State) })
		a := aki.post(conversationPath(id, "messages"), r).is(http.StatusAccepted)
		var same message
		a.into(&same)
		if same.ID != m.ID || same.ClientID != r.ClientID || !slices.Contains(states, same.State) && !same.arrived() {
			t.Errorf("%s: handed in again, reply %s became %s, %s", states[0], m.ID, same.ID, same.State)
		}
		aki.post(conversationPath(id, "messages"), replyBody{ClientID: r.ClientID, Text: "another text"}).problem(http.StatusConflict, "client_id_reused")
		if n := len(aki.messages(id)); n != 2 {
			t.Errorf("%s: %d messages, want the customer's and the reply", states[0], n)
		}
	}

	id, r, m := begin("6001", fault{Kind: "delay", DelayMS: 1500, Count: 1})
	again(id, r, m, "posting")
	again(id, r, m, "sent", "delivered", "read")
	again(id, r, m, "delivered", "read")
	again(id, r, m, "read")

	id, r, m = begin("6002", fault{Kind: "error", Code: 100})
	again(id, r, m, "failed")

	id, r, m = begin("6003", fault{Kind: "reset"})
	again(id, r, m, "unknown")
	again(id, r, m, "ask")
	aki.post(conversationPath(id, "messages", m.ID, "drop"), map[string]int{"attempt": 1}).is(http.StatusOK)
	again(id, r, m, "dropped")

	// Facebook asks to wait: what is handed in waits, and so does what comes again.
	id, r, m = begin("6004", fault{Kind: "error", Code: 613, Count: 1})
	waitFor(t, "Facebook was asked once", patience, func() bool { m := aki.message(id, m.ID); return m.Attempt == 1 && m.State == "queued" })
	again(id, r, m, "queued")

	for psid, want := range map[string]int{"6001": 1, "6002": 0, "6003": 0, "6004": 0} {
		if got := w.facebook.gotBy(psid); len(got) != want {
			t.Errorf("customer %s got %q, want %d", psid, got, want)
		}
	}
}

// TestTheSameReplyAtOnce: handed in many times at the same moment, it is one reply.
func TestTheSameReplyAtOnce(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t)
	w.customerWrites("6051", "Hello")
	id := w.conversationWith("6051")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
	r := newReply("only once")
	var wg sync.WaitGroup
	ids := make([]string, 16)
	for i := range ids {
		wg.Go(func() {
			m, _ := aki.insists(id, r)
			ids[i] = m.ID
		})
	}
	wg.Wait()
	if same := slices.Compact(ids); len(same) != 1 {
		t.Errorf("one reply has the ids %q", same)
	}
	waitFor(t, "the reply is read", patience, func() bool { return aki.message(id, ids[0]).State == "read" })
	if got := w.facebook.gotBy("6051"); !slices.Equal(got, []string{"only once"}) {
		t.Errorf("the customer got %q", got)
	}
	if n := len(aki.messages(id)); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

// TestFacebookIsAway: of a reply that could not be handed over it is known that it did
// not arrive; its writer is asked in time, and sends it when Facebook is back.
func TestFacebookIsAway(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, append(shortTiming(), "PARLEY_TIMING_QUEUE_LIMIT=3s")...)
	w.customerWrites("6061", "Hello")
	id := w.conversationWith("6061")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello") })
	address := strings.TrimPrefix(w.facebook.GraphURL, "http://")
	w.facebook.stop()

	if out := aki.cli("reply", id, "first", "--wait", "1s").ok().out; out != "waiting\n" && out != "sending\n" { // an attempt may be under way
		t.Errorf("reply said %q", out)
	}
	aki.cli("reply", id, "second", "--wait", "10s").exits(cli.ExitFailed).says("(not_sent)")
	w.facebook = w.startFacebook("--listen", address)
	w.customerWrites("6061", "Hello again") // this Facebook never heard of them
	for _, m := range aki.messages(id) {
		if m.Direction != "out" {
			continue
		}
		if describe(m) != "ask not_sent" {
			t.Errorf("%q is %s", m.Text, describe(m))
		}
		aki.post(conversationPath(id, "messages", m.ID, "retry"), map[string]int{"attempt": m.Attempt}).is(http.StatusAccepted)
	}
	waitFor(t, "both arrive", patience, func() bool { return slices.Equal(w.facebook.gotBy("6061"), []string{"first", "second"}) })
}

// TestFacebooksWordsByTheCommandLine: where Facebook answered, it is never said that it did
// not: its words and its trace stand there, in both languages.
func TestFacebooksWordsByTheCommandLine(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, append(shortTiming(), "PARLEY_TIMING_UNKNOWN_CHECKS=1s", "PARLEY_TIMING_ASK_AFTER=2s")...)
	faults := map[string]fault{
		"(#1)": {Kind: "error", Code: 1}, "(#2)": {Kind: "error", Code: 2}, "(#1200)": {Kind: "error", Code: 1200},
		"(HTTP 500)": {Kind: "http_500"}, "(HTTP 403)": {Kind: "html_403"},
	}
	asks := map[string]string{} // by conversation
	for said, what := range faults {
		psid := strconv.Itoa(6120 + len(asks))
		w.customerWrites(psid, "Hello?")
		id := w.conversationWith(psid)
		waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Hello?") })
		what.On, what.Count, what.PSID = "send", 1, psid
		w.facebook.fails(what)
		if len(asks) > 0 {
			aki.cli("reply", id, "Yes", "--wait", "0").ok()
		} else if r := aki.cli("reply", id, "Yes", "--wait", "30s").exits(cli.ExitUnknown).
			says("Facebook answered without saying whether it was sent", "Facebook says: "+said, "(outcome_unknown)"); strings.Contains(r.err, "did not answer") {
			t.Errorf("%s: %s", said, r.err)
		}
		asks[id] = said
	}
	for id, said := range asks {
		waitFor(t, "the reply asks", patience, func() bool { return aki.messages(id)[1].State == "ask" })
		aki.cli("show", id).ok().tells("Facebook says: " + said)
		aki.cli("show", id, "--lang", "ja").ok().tells("Facebookの説明: " + said)
	}
}

// TestResendingIsAPersonsChoice: a reply whose outcome is unknown leaves again only when
// its writer says so, and the command line tells them how it stands.
func TestResendingIsAPersonsChoice(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, append(shortTiming(), "PARLEY_TIMING_UNKNOWN_CHECKS=6s", "PARLEY_TIMING_ASK_AFTER=7s")...)
	w.customerWrites("6101", "Can you hear me?")
	id := w.conversationWith("6101")
	waitFor(t, "the customer is there", patience, func() bool { return aki.holds(id, "Can you hear me?") })
	w.facebook.fails(fault{On: "send", Kind: "timeout", Count: 1})

	aki.cli("reply", id, "Loud and clear", "--wait", "4s").exits(cli.ExitUnknown).says("Facebook did not answer.", "(outcome_unknown)")
	aki.cli("reply", id, "Loud and clear again", "--wait", "1s").exits(cli.ExitDone) // waits behind the first; still queued is no failure
	m := aki.messages(id)[1]
	waitFor(t, "the reply asks", patience, func() bool { return aki.message(id, m.ID).State == "ask" })
	if got := w.facebook.gotBy("6101"); len(got) != 0 {
		t.Fatalf("the customer got %q while the first reply asks", got)
	}
	if later := aki.messages(id)[2]; later.State != "queued" || later.WaitsFor != m.ID {
		t.Errorf("the later reply is %s and waits for %q, want %q", later.State, later.WaitsFor, m.ID)
	}

	retry := conversationPath(id, "messages", m.ID, "retry")
	aki.post(retry, map[string]int{"attempt": 0}).problem(http.StatusConflict, "state_changed")
	aki.post(retry, map[string]int{"attempt": 1}).is(http.StatusAccepted)
	aki.post(retry, map[string]int{"attempt": 1}).problem(http.StatusConflict, "state_changed")
	want := []string{"Loud and clear", "Loud and clear again"}
	waitFor(t, "both replies arrive, in order", patience, func() bool { return slices.Equal(w.facebook.gotBy("6101"), want) })
	waitFor(t, "both are read", patience, func() bool {
		ms := aki.messages(id)
		return len(ms) == 3 && ms[1].State == "read" && ms[2].State == "read" && ms[1].ID == m.ID && ms[1].Attempt == 2
	})
	aki.post(conversationPath(id, "messages", m.ID, "drop"), nil).problem(http.StatusConflict, "state_changed")
}

// TestRepliesDoNotWaitForOthersChecks: while Facebook is slowly asked what became of many
// replies, those to other customers leave at once.
func TestRepliesDoNotWaitForOthersChecks(t *testing.T) {
	t.Parallel()
	w, aki := connectedWorld(t, "PARLEY_TIMING_SEND_DEADLINE=1s", "PARLEY_TIMING_LEASE=2s", "PARLEY_TIMING_UNKNOWN_CHECKS=12s")
	const lost = 120
	psid := func(i int) string { return fmt.Sprintf("62%04d", i) }
	for i := range lost + 1 {
		w.customerWrites(psid(i), "a message of customer "+psid(i))
	}
	waitEvery(t, "all customers are there", 200*time.Millisecond, patience, func() bool { return len(aki.conversations()) == lost+1 })
	w.facebook.fails(fault{On: "send", Kind: "timeout", Count: lost})
	for i := range lost {
		aki.insists(w.conversationWith(psid(i)), newReply("lost, for customer "+psid(i)))
	}
	waitEvery(t, "nobody knows what became of them", 500*time.Millisecond, 2*patience, func() bool {
		n := 0
		for _, c := range aki.conversations() {
			if c.LastMessage != nil && c.LastMessage.State == "unknown" {
				n++
			}
		}
		return n == lost
	})
	w.facebook.fails(fault{On: "conversations", Kind: "delay", DelayMS: 1}) // only to be counted
	waitFor(t, "Facebook is asked, one by one", patience, func() bool { return w.facebook.faults()[1].Fired >= 10 })
	id := w.conversationWith(psid(lost))
	m, _ := aki.insists(id, newReply("at once"))
	began := time.Now()
	waitFor(t, "a reply to another customer leaves", 3*patience, func() bool { return aki.message(id, m.ID).arrived() })
	if took := time.Since(began); took > soon {
		t.Errorf("a reply to another customer left after %s, want %s at most", took.Round(time.Millisecond), soon)
	}
}
