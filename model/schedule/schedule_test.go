package schedule_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/schedule"
)

var now = time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC)

const (
	owner = model.UserID("u")
	other = model.UserID("v")
)

func in(d time.Duration) *time.Time {
	t := now.Add(d)
	return &t
}

func page(change ...func(*model.Page)) model.Page {
	p := model.Page{ID: "100", ConnectedAt: in(-time.Hour), Subscribed: true, Visibility: model.Private, Installer: model.UserRef{ID: owner}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func talk(change ...func(*model.Conversation)) model.Conversation {
	c := model.Conversation{ID: "100_1", PageID: "100", Started: true, WindowUntil: in(3 * time.Hour)}
	for _, f := range change {
		f(&c)
	}
	return c
}

func TestCheck(t *testing.T) {
	t.Parallel()
	ad := talk(func(c *model.Conversation) { c.UncertainUntil = in(72 * time.Hour) })
	for name, x := range map[string]struct {
		at   time.Duration
		page model.Page
		talk model.Conversation
		user model.UserID
		want model.Code
		// until is when a refused time would have been too late.
		until time.Duration
	}{
		"within the window":               {at: time.Hour, page: page(), talk: talk()},
		"at the latest time":              {at: 3*time.Hour - schedule.Margin, page: page(), talk: talk()},
		"just beyond":                     {at: 3*time.Hour - schedule.Margin + 1, page: page(), talk: talk(), want: model.SendAtBeyond, until: 3*time.Hour - schedule.Margin},
		"after the window":                {at: 4 * time.Hour, page: page(), talk: talk(), want: model.SendAtBeyond, until: 3*time.Hour - schedule.Margin},
		"after the window, by an ad":      {at: 4 * time.Hour, page: page(), talk: ad, want: model.SendAtBeyond, until: 3*time.Hour - schedule.Margin},
		"within the window, by an ad":     {at: time.Hour, page: page(), talk: ad},
		"the window is over":              {at: time.Hour, page: page(), talk: talk(func(c *model.Conversation) { c.WindowUntil = in(-time.Hour) }), want: model.WindowClosed},
		"the window is over, by an ad":    {at: time.Hour, page: page(), talk: talk(func(c *model.Conversation) { c.WindowUntil, c.UncertainUntil = in(-time.Hour), in(72*time.Hour) }), want: model.SendAtBeyond},
		"the window is nearly over":       {at: 10 * time.Second, page: page(), talk: talk(func(c *model.Conversation) { c.WindowUntil = in(30 * time.Second) }), want: model.SendAtBeyond},
		"now":                             {at: 0, page: page(), talk: talk(), want: model.SendAtPast},
		"in the past":                     {at: -time.Hour, page: page(), talk: talk(), want: model.SendAtPast},
		"the customer never wrote":        {at: time.Hour, page: page(), talk: model.Conversation{ID: "100_1", PageID: "100"}, want: model.NotStarted},
		"hidden":                          {at: -time.Hour, page: page(), talk: talk(), user: other, want: model.Hidden},
		"the Page is gone":                {at: time.Hour, page: page(func(p *model.Page) { p.UninstalledAt = in(-time.Minute) }), talk: talk(), want: model.PageDisconnected},
		"Facebook asks to wait till then": {at: time.Hour, page: page(func(p *model.Page) { p.RateLimitedUntil = in(time.Minute) }), talk: talk()},
		"another app has it till then":    {at: time.Hour, page: page(), talk: talk(func(c *model.Conversation) { c.OtherApp, c.OtherAppUntil = true, in(time.Minute) })},
		"another app has it for longer":   {at: time.Hour, page: page(), talk: talk(func(c *model.Conversation) { c.OtherApp, c.OtherAppUntil = true, in(2*time.Hour) }), want: model.OtherApp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if x.user == "" {
				x.user = owner
			}
			r := schedule.Check(now, now.Add(x.at), x.page, x.talk, x.user)
			switch {
			case r == nil && x.want != "":
				t.Errorf("allowed, want %s", x.want)
			case r != nil && r.Code != x.want:
				t.Errorf("%s, want %q", r.Code, x.want)
			case x.until != 0 && (r == nil || r.Until == nil || !r.Until.Equal(now.Add(x.until))):
				t.Errorf("too late from %v", r)
			}
		})
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	allowed, uncertain := model.Verdict{Allowed: true}, model.Verdict{Allowed: true, Uncertain: true}
	denied := func(c model.Code) model.Verdict { return model.Verdict{Code: c} }
	for name, x := range map[string]struct {
		model.State
		model.Code
		m schedule.Meanwhile
	}{
		"nothing happened":         {model.Posting, "", schedule.Meanwhile{Verdict: allowed}},
		"the customer wrote":       {model.Ask, model.CustomerWrote, schedule.Meanwhile{Wrote: true, Verdict: allowed}},
		"a colleague answered":     {model.Ask, model.NewerReply, schedule.Meanwhile{Answered: true, Verdict: allowed}},
		"its writer was removed":   {model.Ask, model.WriterRemoved, schedule.Meanwhile{Removed: true, Late: true, Verdict: allowed}},
		"both":                     {model.Ask, model.CustomerWrote, schedule.Meanwhile{Wrote: true, Answered: true, Verdict: allowed}},
		"the hub was away":         {model.Ask, model.NotSent, schedule.Meanwhile{Late: true, Verdict: allowed}},
		"late, and wrote":          {model.Ask, model.CustomerWrote, schedule.Meanwhile{Late: true, Wrote: true, Verdict: allowed}},
		"closed":                   {model.Failed, model.WindowClosed, schedule.Meanwhile{Verdict: denied(model.WindowClosed)}},
		"uncertain":                {model.Failed, model.WindowClosed, schedule.Meanwhile{Verdict: uncertain}},
		"the Page is disconnected": {model.Failed, model.PageDisconnected, schedule.Meanwhile{Verdict: denied(model.PageDisconnected)}},
		"Facebook asks to wait":    {model.Queued, model.RateLimited, schedule.Meanwhile{Verdict: denied(model.RateLimited)}},
		"hidden":                   {model.Dropped, model.Hidden, schedule.Meanwhile{Wrote: true, Verdict: denied(model.Hidden)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if state, code := schedule.Decide(x.m); state != x.State || code != x.Code {
				t.Errorf("%s %s, want %s %s", state, code, x.State, x.Code)
			}
		})
	}
}

// TestWhatMayBeScheduledIsCertain: if nothing changes until then, a reply leaves at the time for
// which it could be scheduled, and it could be at the latest time.
func TestWhatMayBeScheduledIsCertain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) *time.Time {
			if rapid.Bool().Draw(t, label) {
				return nil
			}
			return in(time.Duration(rapid.IntRange(-100, 300).Draw(t, label+" minutes")) * time.Minute)
		}
		c := talk(func(c *model.Conversation) {
			c.WindowUntil, c.UncertainUntil, c.OtherAppUntil = some("window"), some("ad"), some("app")
			c.OtherApp, c.Unreachable = rapid.Bool().Draw(t, "other app"), rapid.Bool().Draw(t, "unreachable")
		})
		p := page(func(p *model.Page) { p.RateLimitedUntil = some("limited") })
		at := now.Add(time.Duration(rapid.IntRange(-10, 300).Draw(t, "at")) * time.Minute)
		if schedule.Check(now, at, p, c, owner) == nil {
			if v := model.CanReply(at, p, c, owner); !v.Allowed || v.Uncertain || v.Until == nil || v.Until.Sub(at) < schedule.Margin || !at.After(now) {
				t.Fatalf("for %v, when it is %+v", at, v)
			}
		}
		if latest, ok := schedule.Latest(now, p, c, owner); ok {
			if r := schedule.Check(now, latest, p, c, owner); r != nil {
				t.Fatalf("not for the latest time: %v", r)
			}
			if r := schedule.Check(now, latest.Add(1), p, c, owner); r == nil || r.Code != model.SendAtBeyond {
				t.Fatalf("after the latest time: %v", r)
			}
		}
	})
}
