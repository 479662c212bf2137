package hub_test

import (
	"fmt"
	"testing"
	"time"

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
	return withMID(event("message", hanako, at, model.CustomerMessage{MID: mid, Text: "hello", Referral: entry}), mid)
}

// wantUncertain expects a reply to hanako to be allowed, though Facebook may refuse it,
// until a week after her last message.
func (w *world) wantUncertain(wrote time.Time) {
	w.Helper()
	v := w.conversation(hanako).Reply
	if !v.Allowed || !v.Uncertain || v.Code != "" || v.Until == nil || !v.Until.Equal(wrote.Add(model.AdWindow)) {
		w.Fatalf("the verdict is %+v, want uncertain until a week after %v", v, wrote)
	}
}

// blockedOnes counts what the filter of blocked conversations holds and shows.
func (w *world) blockedOnes() int {
	w.Helper()
	counts, _, err := w.hub.Counts(w.ctx, w.ann, "")
	w.must(err)
	l, err := w.hub.Conversations(w.ctx, w.ann, view.ListQuery{Filter: store.FilterBlocked, Limit: 10})
	w.must(err)
	if len(l.Conversations) != counts.Blocked {
		w.Fatalf("%d blocked listed, %d counted", len(l.Conversations), counts.Blocked)
	}
	return counts.Blocked
}

// A customer who came by an ad may be answered for a week: the first day as anybody, then
// uncertainly; then it is over.
func TestAdIsAnsweredForAWeek(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
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
			customer, at := model.PSID(fmt.Sprintf("71%02d", i)), ago(tt.ago)
			e := wroteBy(ad(), model.MID(fmt.Sprintf("m%d", i)), at)
			e.Customer = customer
			w.receive(e)
			v := w.conversation(customer).Reply
			if v.Allowed != tt.allowed || v.Uncertain != tt.uncertain || tt.allowed && !v.Until.Equal(at.Add(tt.lasts)) {
				t.Errorf("%v after: %+v", tt.ago, v)
			}
			_, err := w.hub.Reply(w.ctx, w.ann, draft(customer, "hello"))
			if tt.allowed {
				w.must(err)
			} else {
				w.refused(err, model.WindowClosed)
			}
		}
		w.settle()
		w.wantSent(4)
		if n := w.blockedOnes(); n != 2 {
			t.Errorf("%d blocked, want those after the week", n)
		}
		w.pass(time.Millisecond) // for one the day is over, for one the week
		if n := w.blockedOnes(); n != 3 {
			t.Errorf("%d blocked a millisecond later, want one more", n)
		}
		if v := w.conversation("7101").Reply; !v.Uncertain {
			t.Errorf("a millisecond later: %+v", v)
		}
	})
}

// Whatever tells of the ad, before the message, with it or after; each later act of the
// customer begins the week anew. Who came otherwise has a day.
func TestWhoCameByAnAd(t *testing.T) {
	link := &model.Entry{Source: model.SourceShortlink, Ref: "flyer"}
	referral := func(e *model.Entry, at time.Time) model.Inbound {
		return event("referral", hanako, at, model.Referral{Entry: *e})
	}
	began := day + 2*time.Hour // ago
	tests := map[string]struct {
		events func() []model.Inbound
		// wrote is how long ago she last wrote; week: by an ad.
		wrote time.Duration
		week  bool
	}{
		"with the message": {func() []model.Inbound { return []model.Inbound{wroteBy(ad(), "m1", ago(began))} }, began, true},
		"with a postback": {func() []model.Inbound {
			return []model.Inbound{event("postback", hanako, ago(began), model.Postback{Title: "Start", Referral: ad()})}
		}, began, true},
		"before the message": {func() []model.Inbound {
			return []model.Inbound{referral(ad(), ago(began+time.Second)), wroteBy(nil, "m1", ago(began))}
		}, began, true},
		"told late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(nil, "m1", ago(began)), referral(ad(), ago(began+time.Second))}
		}, began, true},
		"each message counts": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), wroteBy(nil, "m2", ago(day+time.Hour))}
		}, day + time.Hour, true},
		"an older one, late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), wroteBy(nil, "m0", ago(began+time.Hour))}
		}, began, true},
		"a reaction counts": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), event("reaction", hanako, ago(day+time.Hour), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"})}
		}, day + time.Hour, true},
		"the ad alone opens nothing": {func() []model.Inbound {
			return []model.Inbound{wroteBy(nil, "m1", ago(began)), referral(ad(), ago(day+time.Hour))}
		}, began, false},
		"an ad alone leaves that of another": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), referral(ad(), ago(day+time.Hour))}
		}, began, true},
		"no ad":  {func() []model.Inbound { return []model.Inbound{wroteBy(nil, "m1", ago(began))} }, began, false},
		"a link": {func() []model.Inbound { return []model.Inbound{wroteBy(link, "m1", ago(began))} }, began, false},
		"a link later": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), referral(link, ago(day+time.Hour))}
		}, day + time.Hour, false},
		"a link before, told late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), referral(link, ago(began+time.Hour))}
		}, began, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				at := ago(tt.wrote)
				w.receive(tt.events()...)
				c := w.conversation(hanako)
				if c.WindowUntil == nil || !c.WindowUntil.Equal(at.Add(day)) {
					t.Errorf("the window ends %v, want a day after %v", c.WindowUntil, at)
				}
				if tt.week {
					w.wantUncertain(at)
				} else {
					w.wantVerdict(hanako, model.WindowClosed)
				}
			})
		})
	}
}

// Facebook's refusal closes it until she writes again; what is told of the ad later opens
// nothing.
func TestRefusalClosesAnAdsWeek(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(2 * day)
		w.receive(wroteBy(ad(), "m1", at))
		w.wantUncertain(at)
		w.graph.plays(refuses(model.WindowClosed))
		id := w.reply(hanako, "may I?")
		if m := w.wantError(id, model.Failed, model.WindowClosed); m.Text != "may I?" {
			t.Errorf("the text is %q", m.Text)
		}
		w.wantVerdict(hanako, model.WindowClosed)
		if n := w.blockedOnes(); n != 1 {
			t.Errorf("%d blocked", n)
		}
		w.receive(event("referral", hanako, at, model.Referral{Entry: *ad()}))
		w.wantVerdict(hanako, model.WindowClosed)
		w.receive(wroteBy(nil, "m2", now()))
		w.wantVerdict(hanako, "")
		w.wantState(w.reply(hanako, "again"), model.Sent)
	})
}

// One that waits is judged again right before it leaves.
func TestAdsWeekEndsForWhatWaits(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(7*day - time.Minute)
		w.receive(wroteBy(ad(), "m1", at))
		w.wantUncertain(at)
		w.graph.plays(asksToWait(2 * time.Minute))
		id := w.reply(hanako, "in the last minute")
		w.wantState(id, model.Queued)
		w.pass(3 * time.Minute)
		w.wantError(id, model.Failed, model.WindowClosed)
		w.wantSent(1)
	})
}

// A customer is shown nothing of typing where Facebook may refuse.
func TestNoCourtesyWhereUncertain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		at := ago(2 * day)
		w.receive(wroteBy(ad(), "m1", at))
		w.wantUncertain(at)
		ann := w.session(w.ann)
		ann.Relay(w.ctx, typing(true))
		w.pass(time.Minute)
		w.wantKinds(hanako)
		w.receive(wroteBy(nil, "m2", now()))
		ann.Relay(w.ctx, typing(true))
		w.settle()
		w.wantKinds(hanako, model.TypingOn)
	})
}
