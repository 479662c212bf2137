package hub_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/model"
)

// said is one event of a customer's story: how long before the deletion, what, and
// whether Meta delivered it by then, or does so only afterwards.
type said struct {
	before time.Duration
	what   int
	late   bool
}

// kindsOfSaid is how many kinds of event [said.event] makes.
const kindsOfSaid = 10

// event makes the nth event of a story.
func (s said) event(n int, end time.Time) model.Inbound {
	at := end.Add(-s.before)
	mid := model.MID(fmt.Sprint("m_said_", n))
	target := model.MID(fmt.Sprint("m_said_", n/2))
	text := model.Untrusted(fmt.Sprint("marker", n))
	switch s.what {
	case 0, 1:
		return hubtest.Wrote(hanako, mid, string(text), at)
	case 2:
		return hubtest.Echoed(hanako, at, model.Echo{MID: mid, AppID: pageInbox, Text: text})
	case 3:
		return hubtest.WithMID(hubtest.Event("postback", hanako, at, model.Postback{MID: mid, Title: text}), mid)
	case 4:
		return hubtest.Event("message_reaction", hanako, at, model.Reacted{Target: target, By: model.ByCustomer, Kind: "love", Emoji: text})
	case 5:
		return hubtest.Event("message_edit", hanako, at, model.Edit{Target: target, Text: text, Number: n})
	case 6:
		return hubtest.Event("message_unsend", hanako, at, model.Unsend{Target: target})
	case 7:
		return hubtest.Event("read", hanako, at, model.ReadUpTo{Watermark: at.Add(-time.Second)})
	case 8:
		return hubtest.Event("referral", hanako, at, model.Referral{Entry: model.Entry{Source: "ad", Ref: text}})
	default:
		return hubtest.Standby(hubtest.Wrote(hanako, mid, string(text), at))
	}
}

// TestNothingDeletedComesBack: whatever a conversation held, and however Meta delivers it
// again, also what it had not delivered by then and is as old, nothing of it is stored or
// told after the deletion; what is later opens a new conversation.
func TestNothingDeletedComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		story := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) said {
			return said{
				before: time.Duration(rapid.IntRange(0, 5000).Draw(t, "before")) * time.Millisecond,
				what:   rapid.IntRange(0, kindsOfSaid-1).Draw(t, "what"), late: rapid.IntRange(0, 4).Draw(t, "late") == 0,
			}
		}), 1, 12).Draw(rt, "story")
		replies := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(rt, "replies")
		seed := rapid.Permutation(indexes(len(story))).Draw(rt, "order")
		var why string
		synctest.Test(t, func(t *testing.T) { why = deletion(t, story, replies, seed) })
		if why != "" {
			rt.Fatal(why)
		}
	})
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func deletion(t *testing.T, story []said, replies, order []int) (why string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			why = r.why
		default:
			panic(r)
		}
	}()
	w := hubtest.New(storyTB{t})
	w.Connect(w.Ann, model.Shared)
	w.CustomerWrites(hanako)
	w.CustomerWrites(ken)
	var all []model.Inbound
	newest := hubtest.Now()
	for n, s := range story {
		e := s.event(n, newest)
		all = append(all, e)
		if !s.late {
			w.Receive(e)
		}
	}
	var drafts []handedIn
	for _, how := range replies {
		w.Graph.Plays([]hubtest.Answer{hubtest.Accepts(), hubtest.StaysSilent(), hubtest.AsksToWait(time.Hour), hubtest.After(5*time.Second, hubtest.Accepts()), hubtest.Refuses(model.GraphRefused)}[how])
		d := hubtest.Draft(hanako, "marker of a reply")
		if m, err := w.Hub.Reply(w.Ctx, w.Ann, d); err == nil { // else another app holds the thread
			drafts = append(drafts, handedIn{w.Ann, d, m.ID})
		}
		w.Settle()
	}
	w.Delete(w.Ann, hanako)
	until := tombstone(w, hanako)
	head := w.Head()
	w.Pass(15 * time.Minute) // what was being posted gets its outcome
	calls := w.Graph.Sent()
	again := make([]model.Inbound, 0, 2*len(all))
	for _, i := range order {
		if e := all[i]; !story[i].late || !e.At.After(until) {
			again = append(again, e, e)
		}
	}
	for i, o := range calls { // an echo of a reply is timed when it was sent, and may be later than all
		again = append(again, hubtest.EchoOf(o, model.MID(fmt.Sprint("m_echo_", i))))
	}
	w.Receive(again...)
	w.Pass(time.Minute)
	if got := w.Changes(head); len(got) != 0 {
		return fmt.Sprintf("%d changes after the deletion until %s: %v", len(got), until, got)
	}
	w.WantGone(hanako, "marker", "hello")
	for _, e := range all {
		w.Read(func(r store.Reader) error {
			if _, err := r.RawEvent(page, e.Key); err == nil {
				w.Fatalf("%s is kept raw", e.Key)
			}
			return nil
		})
	}
	if n := len(w.Graph.Sent()); n != len(calls) {
		return fmt.Sprintf("sent %d more", n-len(calls))
	}

	w.Receive(hubtest.Wrote(hanako, "m_new", "what is later", hubtest.Now()))
	for _, d := range drafts {
		_, err := w.Hub.Reply(w.Ctx, d.user, d.draft)
		w.WantHidden(err)
	}
	w.Receive(again...)
	if got := w.Texts(hanako); !slices.Equal(got, []string{"what is later"}) {
		return fmt.Sprintf("the new conversation holds %q", got)
	}
	if c := w.Conversation(ken); c.Unread != 1 {
		return fmt.Sprintf("another conversation is %+v", c)
	}
	return ""
}

// tombstone is until when a conversation stays deleted.
func tombstone(w *hubtest.World, customer model.PSID) (until time.Time) {
	w.Helper()
	w.Read(func(r store.Reader) (err error) {
		until, err = r.Tombstone(hubtest.ConversationWith(customer))
		return err
	})
	return until
}
