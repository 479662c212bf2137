package hub_test

import (
	"testing"
	"time"

	"parley/hub"
	"parley/hub/store"
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
	l, err := w.hub.Conversations(w.ctx, w.ann, hub.ListQuery{Filter: store.FilterBlocked, Limit: 10})
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
		at := now()
		w.receive(wroteBy(ad(), "m1", at))
		if v := w.conversation(hanako).Reply; !v.Allowed || v.Uncertain || !v.Until.Equal(at.Add(day)) {
			t.Errorf("at first: %+v", v)
		}
		w.wantState(w.reply(hanako, "at once"), model.Sent)
		w.pass(day - time.Millisecond)
		if v := w.conversation(hanako).Reply; v.Uncertain {
			t.Errorf("the last millisecond of the day: %+v", v)
		}
		w.pass(time.Millisecond)
		w.wantUncertain(at)
		if n := w.blockedOnes(); n != 0 {
			t.Errorf("%d blocked while a reply is allowed", n)
		}
		w.wantState(w.reply(hanako, "on the second day"), model.Sent)
		w.pass(6*day - time.Millisecond)
		w.wantUncertain(at)
		w.pass(time.Millisecond)
		w.wantVerdict(hanako, model.WindowClosed)
		if n := w.blockedOnes(); n != 1 {
			t.Errorf("%d blocked after the week", n)
		}
		_, err := w.hub.Reply(w.ctx, w.ann, draft(hanako, "too late"))
		w.refused(err, model.WindowClosed)
		w.wantSent(2)
	})
}

// Whatever tells of the ad, before the message, with it or after; each later act of the
// customer begins the week anew. Who came otherwise has a day.
func TestWhoCameByAnAd(t *testing.T) {
	link := &model.Entry{Source: model.SourceShortlink, Ref: "flyer"}
	referral := func(e *model.Entry, at time.Time) model.Inbound {
		return event("referral", hanako, at, model.Referral{Entry: *e})
	}
	began := 2 * time.Hour // ago
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
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), wroteBy(nil, "m2", ago(time.Hour))}
		}, time.Hour, true},
		"an older one, late": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), wroteBy(nil, "m0", ago(began+time.Hour))}
		}, began, true},
		"a reaction counts": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), event("reaction", hanako, ago(time.Hour), model.Reacted{Target: "m1", By: model.ByCustomer, Kind: "love"})}
		}, time.Hour, true},
		"the ad alone opens nothing": {func() []model.Inbound {
			return []model.Inbound{wroteBy(nil, "m1", ago(began)), referral(ad(), ago(time.Hour))}
		}, began, false},
		"an ad alone leaves that of another": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), referral(ad(), ago(time.Hour))}
		}, began, true},
		"no ad":  {func() []model.Inbound { return []model.Inbound{wroteBy(nil, "m1", ago(began))} }, began, false},
		"a link": {func() []model.Inbound { return []model.Inbound{wroteBy(link, "m1", ago(began))} }, began, false},
		"a link later": {func() []model.Inbound {
			return []model.Inbound{wroteBy(ad(), "m1", ago(began)), referral(link, ago(time.Hour))}
		}, time.Hour, false},
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
				w.pass(day)
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
		at := now()
		w.receive(wroteBy(ad(), "m1", at))
		w.pass(2 * day)
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
		at := now()
		w.receive(wroteBy(ad(), "m1", at))
		w.pass(7*day - time.Minute)
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
		at := now()
		w.receive(wroteBy(ad(), "m1", at))
		w.pass(2 * day)
		w.wantUncertain(at)
		ann := w.session(w.ann)
		ann.Relay(typing(true))
		w.pass(time.Minute)
		w.wantKinds(hanako)
		w.receive(wroteBy(nil, "m2", now()))
		ann.Relay(typing(true))
		w.settle()
		w.wantKinds(hanako, model.TypingOn)
	})
}
