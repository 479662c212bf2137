package receive_test

import (
	"fmt"
	"testing"
	"time"

	"parley/hub/hubtest"
	"parley/hub/store"
	"parley/hub/view"
	"parley/model"
)

// ad is how who came by an ad came in.
func ad() *model.Entry {
	return &model.Entry{Source: model.SourceAds, AdID: "6045", Title: "Spring sale"}
}

// wroteBy is a message that tells how its writer came in.
func wroteBy(entry *model.Entry, mid model.MID, at time.Time) model.Inbound {
	return hubtest.WithMID(hubtest.Event("message", hanako, at, model.CustomerMessage{MID: mid, Text: "hello", Referral: entry}), mid)
}

// wantUncertain expects a reply to hanako to be allowed, though Facebook may refuse it,
// until a week after her last message.
func wantUncertain(w *hubtest.World, wrote time.Time) {
	w.Helper()
	v := w.Conversation(hanako).Reply
	if !v.Allowed || !v.Uncertain || v.Code != "" || v.Until == nil || !v.Until.Equal(wrote.Add(model.AdWindow)) {
		w.Fatalf("the verdict is %+v, want uncertain until a week after %v", v, wrote)
	}
}

// blockedOnes counts what the filter of blocked conversations holds and shows.
func blockedOnes(w *hubtest.World) int {
	w.Helper()
	counts, _, err := w.Hub.Counts(w.Ctx, w.Ann, "")
	w.Must(err)
	l, err := w.Hub.Conversations(w.Ctx, w.Ann, view.ListQuery{Filter: store.FilterBlocked, Limit: 10})
	w.Must(err)
	if len(l.Conversations) != counts.Blocked {
		w.Fatalf("%d blocked listed, %d counted", len(l.Conversations), counts.Blocked)
	}
	return counts.Blocked
}

// A customer who came by an ad may be answered for a week: the first day as anybody, then
// uncertainly; then it is over.
func TestAdIsAnsweredForAWeek(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		for i, tt := range []struct {
			ago                time.Duration
			allowed, uncertain bool
			lasts              time.Duration // how long from when she wrote
		}{
			{0, true, false, day},
			{day - time.Millisecond, true, false, day},
			{day, true, true, 7 * day},
			{7*day - time.Millisecond, true, true, 7 * day},
			{7 * day, false, false, 0},
			{30 * day, false, false, 0},
		} {
			customer, at := model.PSID(fmt.Sprintf("71%02d", i)), hubtest.Ago(tt.ago)
			e := wroteBy(ad(), model.MID(fmt.Sprintf("m%d", i)), at)
			e.Customer = customer
			w.Receive(e)
			v := w.Conversation(customer).Reply
			if v.Allowed != tt.allowed || v.Uncertain != tt.uncertain || tt.allowed && !v.Until.Equal(at.Add(tt.lasts)) {
				t.Errorf("%v after: %+v", tt.ago, v)
			}
			_, err := w.Hub.Reply(w.Ctx, w.Ann, hubtest.Draft(customer, "hello"))
			if tt.allowed {
				w.Must(err)
			} else {
				w.WantRefused(err, model.WindowClosed)
			}
		}
		w.Settle()
		w.WantSent(4)
		if n := blockedOnes(w); n != 2 {
			t.Errorf("%d blocked, want those after the week", n)
		}
		w.Pass(time.Millisecond) // for one the day is over, for one the week
		if n := blockedOnes(w); n != 3 {
			t.Errorf("%d blocked a millisecond later, want one more", n)
		}
		if v := w.Conversation("7101").Reply; !v.Uncertain {
			t.Errorf("a millisecond later: %+v", v)
		}
	})
}

// Whatever tells of the ad, before the message, with it or after; each later act of the
// customer begins the week anew. Who came otherwise has a day.
func TestWhoCameByAnAd(t *testing.T) {
	link := &model.Entry{Source: model.SourceShortlink, Ref: "flyer"}
	referral := func(e *model.Entry, at time.Time) model.Inbound {
		return hubtest.Event("referral", hanako, at, model.Referral{Entry: *e})
	}
	began := day + 2*time.Hour // ago
	tests := map[string]struct {
		events func() []model.Inbound
		// wrote is how long ago she last wrote; week: by an ad.
		wrote time.Duration
		week  bool
	}{
		"with the message": {func() []model.Inbound { return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began))} }, began, true},
		"with a postback": {func() []model.Inbound {
			return []model.Inbound{hubtest.Event("postback", hanako, hubtest.Ago(began), model.Postback{Title: "Start", Referral: ad()})}
		}, began, true},
		"before the message": {func() []model.Inbound {
			return []model.Inbound{referral(ad(), hubtest.Ago(began+time.Second)), wroteBy(nil, "m1", hubtest.Ago(began))}
		}, began, true},
		"told late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(nil, "m1", hubtest.Ago(began)), referral(ad(), hubtest.Ago(began+time.Second))}
		}, began, true},
		"each message counts": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), wroteBy(nil, "m2", hubtest.Ago(day+time.Hour))}
		}, day + time.Hour, true},
		"an older one, late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), wroteBy(nil, "m0", hubtest.Ago(began+time.Hour))}
		}, began, true},
		"a reaction counts": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), hubtest.Event("reaction", hanako, hubtest.Ago(day+time.Hour), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"})}
		}, day + time.Hour, true},
		"the ad alone opens nothing": {func() []model.Inbound {
			return []model.Inbound{wroteBy(nil, "m1", hubtest.Ago(began)), referral(ad(), hubtest.Ago(day+time.Hour))}
		}, began, false},
		"an ad alone leaves that of another": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), referral(ad(), hubtest.Ago(day+time.Hour))}
		}, began, true},
		"no ad":  {func() []model.Inbound { return []model.Inbound{wroteBy(nil, "m1", hubtest.Ago(began))} }, began, false},
		"a link": {func() []model.Inbound { return []model.Inbound{wroteBy(link, "m1", hubtest.Ago(began))} }, began, false},
		"a link later": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), referral(link, hubtest.Ago(day+time.Hour))}
		}, day + time.Hour, false},
		"a link before, told late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", hubtest.Ago(began)), referral(link, hubtest.Ago(began+time.Hour))}
		}, began, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
				at := hubtest.Ago(tt.wrote)
				w.Receive(tt.events()...)
				c := w.Conversation(hanako)
				if c.WindowUntil == nil || !c.WindowUntil.Equal(at.Add(day)) {
					t.Errorf("the window ends %v, want a day after %v", c.WindowUntil, at)
				}
				if tt.week {
					wantUncertain(w, at)
				} else {
					w.WantVerdict(hanako, model.WindowClosed)
				}
			})
		})
	}
}

// Facebook's refusal closes it until she writes again; what is told of the ad later opens
// nothing.
func TestRefusalClosesAnAdsWeek(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(2 * day)
		w.Receive(wroteBy(ad(), "m1", at))
		wantUncertain(w, at)
		w.Graph.Plays(hubtest.Refuses(model.WindowClosed))
		id := w.Reply(hanako, "may I?")
		if m := w.WantError(id, model.Failed, model.WindowClosed); m.Text != "may I?" {
			t.Errorf("the text is %q", m.Text)
		}
		w.WantVerdict(hanako, model.WindowClosed)
		if n := blockedOnes(w); n != 1 {
			t.Errorf("%d blocked", n)
		}
		w.Receive(hubtest.Event("referral", hanako, at, model.Referral{Entry: *ad()}))
		w.WantVerdict(hanako, model.WindowClosed)
		w.Receive(wroteBy(nil, "m2", hubtest.Now()))
		w.WantVerdict(hanako, "")
		w.WantState(w.Reply(hanako, "again"), model.Sent)
	})
}

// One that waits is judged again right before it leaves.
func TestAdsWeekEndsForWhatWaits(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(7*day - time.Minute)
		w.Receive(wroteBy(ad(), "m1", at))
		wantUncertain(w, at)
		w.Graph.Plays(hubtest.AsksToWait(2 * time.Minute))
		id := w.Reply(hanako, "in the last minute")
		w.WantState(id, model.Queued)
		w.Pass(3 * time.Minute)
		w.WantError(id, model.Failed, model.WindowClosed)
		w.WantSent(1)
	})
}

// A customer is shown nothing of typing where Facebook may refuse.
func TestNoCourtesyWhereUncertain(t *testing.T) {
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		at := hubtest.Ago(2 * day)
		w.Receive(wroteBy(ad(), "m1", at))
		wantUncertain(w, at)
		ann := w.Session(w.Ann)
		ann.Relay(w.Ctx, hubtest.Typing(true))
		w.Pass(time.Minute)
		w.WantActions(hanako)
		w.Receive(wroteBy(nil, "m2", hubtest.Now()))
		ann.Relay(w.Ctx, hubtest.Typing(true))
		w.Settle()
		w.WantActions(hanako, model.TypingOn)
	})
}
