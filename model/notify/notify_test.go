package notify_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/model"
	"parley/model/notify"
)

// tokyo has no summer time, and midnight is not UTC's.
var tokyo = time.FixedZone("JST", 9*60*60)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, tokyo) // the 1st is a Sunday
}

// TestQuiet: hours over midnight and within a day, weekends, and both after each other.
func TestQuiet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours    string
		weekends bool
		at       time.Time
		until    time.Time
	}{
		{"", false, at(3, 3, 0), time.Time{}},
		{"19:00-08:00", false, at(3, 18, 59), time.Time{}},
		{"19:00-08:00", false, at(3, 19, 0), at(4, 8, 0)},
		{"19:00-08:00", false, at(4, 7, 59), at(4, 8, 0)},
		{"19:00-08:00", false, at(4, 8, 0), time.Time{}},
		{"12:00-13:00", false, at(4, 12, 30), at(4, 13, 0)},
		{"12:00-13:00", false, at(4, 13, 0), time.Time{}},
		{"19:00-24:00", false, at(4, 23, 0), at(5, 0, 0)},
		{"", true, at(7, 0, 0), at(9, 0, 0)},
		{"", true, at(8, 23, 59), at(9, 0, 0)},
		{"", true, at(9, 0, 0), time.Time{}},
		{"19:00-08:00", true, at(6, 20, 0), at(9, 8, 0)},
		{"19:00-08:00", true, at(8, 12, 0), at(9, 8, 0)},
	} {
		p := notify.Defaults()
		p.QuietHours, p.QuietWeekends = c.hours, c.weekends
		until, quiet := p.Quiet(c.at)
		if quiet != !c.until.IsZero() || quiet && !until.Equal(c.until) {
			t.Errorf("%q, weekends %v at %v: quiet %v until %v, want %v", c.hours, c.weekends, c.at, quiet, until, c.until)
		}
	}
}

func TestParseHours(t *testing.T) {
	t.Parallel()
	for s, good := range map[string]bool{
		"19:00-08:00": true, "9:00 - 17:30": true, "00:00-24:00": false, "0:00-23:59": true, "8:00-8:00": false,
		"": false, "8-9": false, "08:00": false, "25:00-01:00": false, "08:60-09:00": false, "08:0-09:00": false,
		"-1:00-02:00": false, "８:００-９:００": false, "08:00-09:00-10:00": false, "+8:00-09:00": false,
	} {
		if _, err := notify.ParseHours(s); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// TestQuietEnds: whatever the hours, they end, and nothing is quiet at their end.
func TestQuietEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clock := func(label string) string {
			return time.Unix(rapid.Int64Range(0, 24*60-1).Draw(t, label)*60, 0).UTC().Format("15:04")
		}
		p := notify.Defaults()
		p.QuietHours, p.QuietWeekends = clock("from")+"-"+clock("until"), rapid.Bool().Draw(t, "weekends")
		now := at(1, 0, 0).Add(time.Duration(rapid.Int64Range(0, 14*24*60).Draw(t, "at")) * time.Minute)
		until, quiet := p.Quiet(now)
		if !quiet {
			return
		}
		if !until.After(now) || until.After(now.AddDate(0, 0, 5)) {
			t.Fatalf("quiet from %v until %v", now, until)
		}
		if _, still := p.Quiet(until); still {
			t.Fatalf("quiet at %v, the end of the quiet", until)
		}
	})
}

// TestThrottle: nothing is told twice or lost, and never within the pause.
func TestThrottle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var th notify.Throttle
		const every = 15 * time.Second
		now, last := at(3, 9, 0), time.Time{}
		added, told := 0, 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "pause")) * time.Second)
			n := rapid.SampledFrom([]int{0, 1, 3, 150}).Draw(t, "events")
			for range n {
				th.Add(notify.Event{Kind: rapid.SampledFrom(notify.Kinds()).Draw(t, "kind")})
			}
			added += n
			events, sums := th.Due(now, every)
			if len(events) == 0 {
				if next := th.Next(every); added > told && !next.After(now) {
					t.Fatalf("nothing is due at %v, though it was to be at %v", now, next)
				}
				continue
			}
			if !last.IsZero() && now.Sub(last) < every {
				t.Fatalf("told at %v and %v", last, now)
			}
			last = now
			for _, s := range sums {
				told += s.N
			}
			if told != added {
				t.Fatalf("told %d of %d", told, added)
			}
		}
	})
}

// TestChanges: what is left out stays, and what is wrong changes nothing.
func TestChanges(t *testing.T) {
	t.Parallel()
	ptr := func(s string) *string { return &s }
	loud, kinds, none := notify.Method("loud"), []notify.Kind{notify.NewInOthers, notify.ClosingInMine}, []notify.Kind{}
	unknown, every, when := []notify.Kind{"lunch"}, 0, notify.When("never")
	for name, c := range map[string]notify.Change{
		"method": {Method: &loud}, "kinds": {Kinds: &unknown}, "every": {Every: &every}, "when": {When: &when}, "quiet_hours": {QuietHours: ptr("night")},
	} {
		var bad *model.InvalidError
		if _, err := c.Of(notify.Defaults()); !errors.As(err, &bad) || bad.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := notify.Change{Kinds: &kinds, QuietHours: ptr("19:00-08:00")}.Of(notify.Defaults())
	if err != nil || !slices.Equal(p.Kinds, []notify.Kind{notify.ClosingInMine, notify.NewInOthers}) || p.QuietHours == "" || p.Every != notify.Defaults().Every {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err = (notify.Change{Kinds: &none, QuietHours: ptr("")}).Of(p); err != nil || len(p.Kinds) != 0 || p.QuietHours != "" {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestClosing: only of conversations of the user's that are not done and in which somebody
// waits.
func TestClosing(t *testing.T) {
	t.Parallel()
	until := at(3, 9, 0)
	mine := model.Conversation{
		Status: model.Open, Assignee: &model.UserRef{ID: "me"}, Waits: model.WaitsCustomer, WindowUntil: &until,
	}
	for name, change := range map[string]func(*model.Conversation){
		"":          func(*model.Conversation) {},
		"others":    func(c *model.Conversation) { c.Assignee = &model.UserRef{ID: "ken"} },
		"nobody's":  func(c *model.Conversation) { c.Assignee = nil },
		"done":      func(c *model.Conversation) { c.Status = model.Done },
		"answered":  func(c *model.Conversation) { c.Waits = model.WaitsNobody },
		"no window": func(c *model.Conversation) { c.WindowUntil = nil },
	} {
		c := mine
		change(&c)
		if _, ok := notify.Closing("me", c); ok != (name == "") {
			t.Errorf("%q: tells %v", name, ok)
		}
	}
}

// TestZones: whatever zone a terminal can have by name is kept and is the user's; what is none
// changes nothing.
func TestZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Asia/Tokyo", "JST-9", "UTC"} {
		zone, err := model.LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := notify.Change{Zone: &name}.Of(notify.Defaults())
		if err != nil || at(3, 9, 0).In(p.Location()).Hour() != at(3, 9, 0).In(zone).Hour() {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for _, name := range []string{"Local", "Asia/Tokio", "../../etc/passwd"} {
		var bad *model.InvalidError
		if _, err := (notify.Change{Zone: &name}).Of(notify.Defaults()); !errors.As(err, &bad) || bad.Field != "zone" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
