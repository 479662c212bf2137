package turn_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/turn"
)

const me = model.UserID("me")

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// talk is a conversation in which the customer has waited so many minutes and can be answered
// for a day after they wrote.
func talk(id string, minutes int, change ...func(*model.Conversation)) model.Conversation {
	at := noon.Add(-time.Duration(minutes) * time.Minute)
	until := at.Add(model.ReplyWindow)
	c := model.Conversation{
		ID: model.ConversationID(id), Status: model.Open, Waits: model.WaitsCustomer, WaitsSince: &at,
		Reply: model.Verdict{Allowed: true, Until: &until}, LastMessage: &model.Summary{ID: model.MessageID(id + "_m"), Direction: model.In, SentAt: at},
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func of(u model.UserID) func(*model.Conversation) {
	return func(c *model.Conversation) { c.Assignee = &model.UserRef{ID: u} }
}

func closed(c *model.Conversation) { c.Reply = model.Verdict{Code: model.WindowClosed} }

func asks(writer model.UserID) func(*model.Conversation) {
	return func(c *model.Conversation) {
		c.Waits = model.WaitsReply
		c.LastMessage.Direction, c.LastMessage.State = model.Out, model.Ask
		c.LastMessage.Author = model.Author{Kind: model.ByUser, ID: string(writer)}
	}
}

// walk presses the key as often as that.
func walk(r *turn.Round, all []model.Conversation, n int) []string {
	var out []string
	shown := model.ConversationID("")
	for range n {
		id, ok := r.Next(slices.Values(all), me, noon, shown)
		if !ok {
			break
		}
		i := slices.IndexFunc(all, func(c model.Conversation) bool { return c.ID == id })
		r.Saw(all[i])
		shown = id
		out = append(out, string(id))
	}
	return out
}

func TestOrder(t *testing.T) {
	t.Parallel()
	hour := 60
	for name, c := range map[string]struct {
		all  []model.Conversation
		want []string
	}{
		"nobody":                       {nil, nil},
		"the longest wait first":       {[]model.Conversation{talk("a", 5), talk("b", 9), talk("c", 7)}, []string{"b", "c", "a"}},
		"mine before unassigned":       {[]model.Conversation{talk("a", 90), talk("b", 1, of(me))}, []string{"b", "a"}},
		"never another's":              {[]model.Conversation{talk("a", 90, of("ken")), talk("b", 1)}, []string{"b"}},
		"mine that close before mine":  {[]model.Conversation{talk("a", 21*hour, of(me)), talk("b", 22*hour+1, of(me)), talk("c", 23*hour, of(me))}, []string{"c", "b", "a"}},
		"mine before others' closing":  {[]model.Conversation{talk("a", 23*hour), talk("b", 1, of(me))}, []string{"b", "a"}},
		"nobody who can't be answered": {[]model.Conversation{talk("a", 9, closed), talk("b", 1)}, []string{"b"}},
		"nobody who was answered":      {[]model.Conversation{talk("a", 9, func(c *model.Conversation) { c.Waits, c.WaitsSince = model.WaitsNobody, nil })}, nil},
		"nobody who is done or snoozed": {[]model.Conversation{
			talk("a", 9, func(c *model.Conversation) { c.Status = model.Done }),
			talk("b", 9, func(c *model.Conversation) { c.Status = model.Snoozed }),
		}, nil},
		"a reply that asks, though it is done and closed": {[]model.Conversation{
			talk("a", 9, asks(me), closed, func(c *model.Conversation) { c.Status = model.Done }),
		}, []string{"a"}},
		"my reply that asks, in another's":    {[]model.Conversation{talk("a", 9, asks(me), of("ken"))}, []string{"a"}},
		"another's reply that asks is theirs": {[]model.Conversation{talk("a", 9, asks("ken"), of("ken"))}, nil},
	} {
		var r turn.Round
		if got := walk(&r, c.all, len(c.want)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if len(c.want) == 0 && len(walk(&r, c.all, 1)) > 0 {
			t.Errorf("%s: there is one", name)
		}
	}
}

// TestWhoComesNew is next, wherever the user is in their round; so is who writes again, and what
// came back. Seen ones come again once all are seen, in the order in which they were.
func TestWhoComesNew(t *testing.T) {
	t.Parallel()
	var r turn.Round
	all := []model.Conversation{talk("a", 9), talk("b", 8), talk("c", 7)}
	if got := walk(&r, all, 2); !slices.Equal(got, []string{"a", "b"}) {
		t.Fatal(got)
	}
	all = append(all, talk("d", 30)) // waits longest, and was not seen
	if got := walk(&r, all, 4); !slices.Equal(got, []string{"d", "c", "a", "b"}) {
		t.Fatal(got)
	}
	at := noon
	all[3].WaitsSince = &at
	r.Return("c")
	if got := walk(&r, all, 4); !slices.Equal(got, []string{"c", "d", "a", "b"}) {
		t.Fatal(got)
	}
	if got := slices.Collect(r.Returned()); len(got) > 0 {
		t.Errorf("%v still come back", got)
	}
	r.Forget(func(model.ConversationID) bool { return true })
	if got := walk(&r, all, 1); !slices.Equal(got, []string{"a"}) {
		t.Errorf("after all was forgotten: %v", got)
	}
}

// TestNobodyIsSkipped: whatever comes meanwhile, what is next is unseen while anything is, is
// never another's, and as many key presses as conversations wait show all of them.
func TestNobodyIsSkipped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r turn.Round
		held := map[model.ConversationID]model.Conversation{}
		seen := map[model.ConversationID]time.Time{}
		shown := model.ConversationID("")
		order := func() []model.Conversation {
			var out []model.Conversation
			for _, c := range held {
				out = append(out, c)
			}
			return out
		}
		press := func() (model.ConversationID, bool) {
			id, ok := r.Next(slices.Values(order()), me, noon, shown)
			if ok {
				r.Saw(held[id])
				shown, seen[id] = id, *held[id].WaitsSince
			}
			return id, ok
		}
		waiting := func(id model.ConversationID) bool {
			c := held[id]
			return c.Assignee == nil || c.Assignee.ID == me
		}
		unseen := func() []model.ConversationID {
			var out []model.ConversationID
			for id, c := range held {
				if at, ok := seen[id]; waiting(id) && id != shown && (!ok || !at.Equal(*c.WaitsSince)) {
					out = append(out, id)
				}
			}
			return out
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"comes", "comes", "goes", "key", "key"}).Draw(t, "what") {
			case "comes": // a new customer, or one who writes again
				id := fmt.Sprint(rapid.IntRange(0, 7).Draw(t, "who"))
				whose := of(rapid.SampledFrom([]model.UserID{me, "ken"}).Draw(t, "whose"))
				if rapid.Bool().Draw(t, "unassigned") {
					whose = func(*model.Conversation) {}
				}
				held[model.ConversationID(id)] = talk(id, rapid.IntRange(0, 1430).Draw(t, "since"), whose)
			case "goes":
				delete(held, model.ConversationID(fmt.Sprint(rapid.IntRange(0, 7).Draw(t, "who"))))
			case "key":
				unread := unseen()
				id, ok := press()
				if ok && !waiting(id) {
					t.Fatalf("%s is another's", id)
				}
				if len(unread) > 0 && !slices.Contains(unread, id) {
					t.Fatalf("%q is next, and %v are not seen", id, unread)
				}
			}
		}
		shows := map[model.ConversationID]bool{shown: true}
		for range len(held) {
			id, _ := press()
			shows[id] = true
		}
		for id := range held {
			if waiting(id) && !shows[id] {
				t.Fatalf("%s is skipped: %v", id, shows)
			}
		}
	})
}
