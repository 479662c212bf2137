package model_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"parley/model"
)

var noon = time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) *time.Time {
	t := noon.Add(d)
	return &t
}

// openPage is a shared Page to which nothing stands in the way.
func openPage() model.Page {
	return model.Page{
		ID: "1", PageID: "1", Visibility: model.Shared, Installer: model.UserRef{ID: installer},
		Sees: true, ConnectedAt: at(-time.Hour), Subscribed: true,
	}
}

// openConversation is one whose customer wrote an hour before noon.
func openConversation() model.Conversation {
	return model.Conversation{
		ID: "1_7", PageID: "1", Started: true, WindowUntil: at(model.ReplyWindow - time.Hour),
	}
}

// obstacle is one way of coming to a verdict.
type obstacle struct {
	name  string
	code  model.Code
	until *time.Time
	apply func(*model.Page, *model.Conversation)
}

// obstacles has every row of the table of verdicts, in its order.
func obstacles() []obstacle {
	type (
		page = model.Page
		conv = model.Conversation
	)
	return []obstacle{
		{"private, of somebody else", model.Hidden, nil, func(p *page, _ *conv) { p.Visibility = model.Private }},
		{"uninstalled", model.PageDisconnected, nil, func(p *page, _ *conv) { p.UninstalledAt = at(-time.Minute) }},
		{"token refused", model.PageDisconnected, nil, func(p *page, _ *conv) { p.TokenRefused = true }},
		{"subscription lost", model.PageDisconnected, nil, func(p *page, _ *conv) { p.Subscribed = false }},
		{
			"blocked by a policy event", model.PageRestricted, nil,
			func(p *page, _ *conv) { p.Restricted = &model.Restriction{Since: noon} },
		},
		{
			"restricted, learnt from a send a moment ago", model.PageRestricted, at(time.Hour - time.Minute),
			func(p *page, _ *conv) {
				p.Restricted = &model.Restriction{Since: *at(-time.Minute), RetryAt: at(time.Hour - time.Minute)}
			},
		},
		{
			"restricted, a millisecond before the hour is over", model.PageRestricted, at(time.Millisecond),
			func(p *page, _ *conv) { p.Restricted = &model.Restriction{RetryAt: at(time.Millisecond)} },
		},
		{"messages off", model.MessagesOff, nil, func(p *page, _ *conv) { p.MessagesOff = true }},
		{"the customer never wrote", model.NotStarted, nil, func(_ *page, c *conv) { c.Started = false }},
		{
			"never wrote, no window", model.NotStarted, nil,
			func(_ *page, c *conv) { c.Started, c.WindowUntil = false, nil },
		},
		{"the window never opened", model.WindowClosed, nil, func(_ *page, c *conv) { c.WindowUntil = nil }},
		{"exactly at the window's end", model.WindowClosed, nil, func(_ *page, c *conv) { c.WindowUntil = at(0) }},
		{"long past the window's end", model.WindowClosed, nil, func(_ *page, c *conv) { c.WindowUntil = at(-48 * time.Hour) }},
		{
			"both windows over, that of an ad just now", model.WindowClosed, nil,
			func(_ *page, c *conv) { c.WindowUntil, c.UncertainUntil = at(-6*24*time.Hour), at(0) },
		},
		{
			"refused by Facebook though it came by an ad", model.WindowClosed, nil,
			func(_ *page, c *conv) { c.WindowUntil, c.UncertainUntil = at(-time.Hour), at(-time.Minute) },
		},
		{"unreachable", model.Unreachable, nil, func(_ *page, c *conv) { c.Unreachable = true }},
		{"another app, no end known", model.OtherApp, nil, func(_ *page, c *conv) { c.OtherApp = true }},
		{
			"another app, until it is idle for a day", model.OtherApp, at(time.Hour),
			func(_ *page, c *conv) { c.OtherApp, c.OtherAppUntil = true, at(time.Hour) },
		},
		{
			"rate limited", model.RateLimited, at(30 * time.Second),
			func(p *page, _ *conv) { p.RateLimitedUntil = at(30 * time.Second) },
		},
		{
			"rate limited, the last millisecond", model.RateLimited, at(time.Millisecond),
			func(p *page, _ *conv) { p.RateLimitedUntil = at(time.Millisecond) },
		},
	}
}

func judge(os ...obstacle) model.Verdict {
	p, c := openPage(), openConversation()
	for _, o := range os {
		o.apply(&p, &c)
	}
	return model.CanReply(noon, p, c, colleague)
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

func TestCanReplyRefuses(t *testing.T) {
	t.Parallel()
	for _, o := range obstacles() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			got := judge(o)
			if got.Allowed || got.Code != o.code || !sameTime(got.Until, o.until) {
				t.Errorf("got allowed %v code %q until %v, want refused, code %q, until %v",
					got.Allowed, got.Code, got.Until, o.code, o.until)
			}
		})
	}
}

func TestCanReplyAllows(t *testing.T) {
	t.Parallel()
	window := openConversation().WindowUntil
	tests := []struct {
		name  string
		user  model.UserID
		until *time.Time
		apply func(*model.Page, *model.Conversation)
	}{
		{"nothing in the way", colleague, window, func(*model.Page, *model.Conversation) {}},
		{"a private Page, by its installer", installer, window, func(p *model.Page, _ *model.Conversation) {
			p.Visibility = model.Private
		}},
		{"a millisecond before the window's end", colleague, at(time.Millisecond), func(_ *model.Page, c *model.Conversation) {
			c.WindowUntil = at(time.Millisecond)
		}},
		{"an hour after a restriction learnt from a send", colleague, window, func(p *model.Page, _ *model.Conversation) {
			p.Restricted = &model.Restriction{Since: *at(-model.RestrictionRetry), RetryAt: at(0)}
		}},
		{"another app, idle for a day", colleague, window, func(_ *model.Page, c *model.Conversation) {
			c.OtherApp, c.OtherAppUntil = true, at(0)
		}},
		{"no other app, though one held the thread", colleague, window, func(_ *model.Page, c *model.Conversation) {
			c.OtherAppUntil = at(time.Hour)
		}},
		{"the wait that Facebook asked for is over", colleague, window, func(p *model.Page, _ *model.Conversation) {
			p.RateLimitedUntil = at(0)
		}},
		{"by an ad, in the window", colleague, window, func(_ *model.Page, c *model.Conversation) {
			c.UncertainUntil = at(6 * 24 * time.Hour)
		}},
		{"a done conversation", colleague, window, func(_ *model.Page, c *model.Conversation) {
			c.Status = model.Done
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, c := openPage(), openConversation()
			tt.apply(&p, &c)
			got := model.CanReply(noon, p, c, tt.user)
			if !got.Allowed || got.Uncertain || got.Code != "" || !sameTime(got.Until, tt.until) {
				t.Errorf("got %+v, want allowed until %v", got, tt.until)
			}
		})
	}
}

// From the end of the window to that of an ad's, a reply is allowed, but Facebook may
// refuse it; everything else still stands in its way.
func TestCanReplyIsUncertain(t *testing.T) {
	t.Parallel()
	week := at(6 * 24 * time.Hour)
	for name, window := range map[string]*time.Time{"the window just ended": at(0), "long ago": at(-5 * 24 * time.Hour), "it never opened": nil} {
		p, c := openPage(), openConversation()
		c.WindowUntil, c.UncertainUntil = window, week
		if got := model.CanReply(noon, p, c, colleague); !got.Allowed || !got.Uncertain || got.Code != "" || !sameTime(got.Until, week) {
			t.Errorf("%s: %+v", name, got)
		}
		c.UncertainUntil = at(time.Millisecond)
		if got := model.CanReply(noon, p, c, colleague); !got.Uncertain || !sameTime(got.Until, at(time.Millisecond)) {
			t.Errorf("%s, the last millisecond: %+v", name, got)
		}
		for _, o := range obstacles() {
			p, c := openPage(), openConversation()
			c.WindowUntil, c.UncertainUntil = window, week
			o.apply(&p, &c)
			got := model.CanReply(noon, p, c, colleague)
			if o.code == model.WindowClosed && c.UncertainUntil == week {
				if !got.Uncertain {
					t.Errorf("%s, %s: %+v", name, o.name, got)
				}
				continue
			}
			if got.Allowed || got.Uncertain || got.Code != o.code || !sameTime(got.Until, o.until) {
				t.Errorf("%s, %s: %+v", name, o.name, got)
			}
		}
	}
}

func TestEntryByAd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		entry *model.Entry
		want  bool
	}{
		{nil, false},
		{&model.Entry{}, false},
		{&model.Entry{Source: model.SourceAds}, true},
		{&model.Entry{Source: "ads", AdID: "1"}, true},
		{&model.Entry{AdID: "1"}, true},
		{&model.Entry{Source: model.SourceShortlink, Ref: "r"}, false},
		{&model.Entry{Source: model.SourceShortlink, AdID: "1"}, false},
		{&model.Entry{Source: model.SourceCheckbox}, false},
		{&model.Entry{Source: model.SourceShop, Ref: "p"}, false},
	} {
		if got := tt.entry.ByAd(); got != tt.want {
			t.Errorf("%+v: %v", tt.entry, got)
		}
	}
}

// rank is a code's place in the table; the first that applies wins.
func rank(code model.Code) int {
	order := []model.Code{
		model.Hidden, model.PageDisconnected, model.PageRestricted, model.MessagesOff, model.NotStarted,
		model.WindowClosed, model.Unreachable, model.OtherApp, model.RateLimited,
	}
	for i, c := range order {
		if c == code {
			return i
		}
	}
	return -1
}

func TestObstaclesCoverTheTable(t *testing.T) {
	t.Parallel()
	seen := make(map[int]bool)
	last := 0
	for _, o := range obstacles() {
		r := rank(o.code)
		if r < last {
			t.Errorf("%s stands out of order", o.name)
		}
		last, seen[r] = r, true
	}
	if len(seen) != 9 || seen[-1] {
		t.Errorf("%d of 9 codes have a row", len(seen))
	}
}

func TestCanReplyPrecedence(t *testing.T) {
	t.Parallel()
	all := obstacles()
	for i, first := range all {
		for _, later := range all[i+1:] {
			if rank(later.code) == rank(first.code) {
				continue
			}
			for _, pair := range [][]obstacle{{first, later}, {later, first}} {
				if got := judge(pair...); got.Allowed || got.Code != first.code || !sameTime(got.Until, first.until) {
					t.Errorf("%s and %s: got %q until %v, want %q until %v",
						first.name, later.name, got.Code, got.Until, first.code, first.until)
				}
			}
		}
	}
}

// drawState draws a Page and a conversation in any state, with times around noon.
func drawState(t *rapid.T) (model.Page, model.Conversation) {
	around := rapid.Custom(func(t *rapid.T) *time.Time {
		if rapid.Bool().Draw(t, "none") {
			return nil
		}
		return at(time.Duration(rapid.IntRange(-3, 3).Draw(t, "ms")) * time.Millisecond)
	})
	seldom := rapid.Map(rapid.IntRange(0, 5), func(n int) bool { return n == 0 })
	p, c := openPage(), openConversation()
	p.Visibility = rapid.SampledFrom([]model.Visibility{model.Shared, model.Shared, model.Private}).Draw(t, "visibility")
	p.TokenRefused = seldom.Draw(t, "token refused")
	p.Subscribed = !seldom.Draw(t, "unsubscribed")
	p.MessagesOff = seldom.Draw(t, "messages off")
	if seldom.Draw(t, "uninstalled") {
		p.UninstalledAt = at(-time.Hour)
	}
	if rapid.Bool().Draw(t, "restricted") {
		p.Restricted = &model.Restriction{RetryAt: around.Draw(t, "retry")}
	}
	p.RateLimitedUntil = around.Draw(t, "rate limited")
	c.Started = !seldom.Draw(t, "not started")
	if w := around.Draw(t, "window"); w != nil {
		c.WindowUntil = w
	}
	c.UncertainUntil = around.Draw(t, "uncertain")
	c.Unreachable = seldom.Draw(t, "unreachable")
	c.OtherApp = rapid.Bool().Draw(t, "other app")
	c.OtherAppUntil = around.Draw(t, "other app until")
	return p, c
}

func TestPageBlocksAgreesWithCanReply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, c := drawState(t)
		blocks := model.PageBlocks(noon, p)
		if blocks && model.CanReply(noon, p, c, installer).Allowed {
			t.Fatal("the Page blocks, yet a reply is allowed")
		}
		// Where nothing of the conversation stands in the way, the Page alone decides.
		if v := model.CanReply(noon, p, openConversation(), installer); v.Allowed == blocks {
			t.Fatalf("PageBlocks = %v, CanReply allowed = %v with code %q", blocks, v.Allowed, v.Code)
		}
	})
}

// Whatever a verdict with a time is, it is another at that time (a certain one may become
// uncertain); and an allowed one stays allowed until then.
func TestVerdictFlipsAtUntil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, c := drawState(t)
		v := model.CanReply(noon, p, c, colleague)
		if v.Until == nil {
			if v.Allowed {
				t.Fatal("an allowed reply knows no end of its window")
			}
			return
		}
		if !v.Until.After(noon) {
			t.Fatalf("%q until %v, which is over at %v", v.Code, v.Until, noon)
		}
		then := model.CanReply(*v.Until, p, c, colleague)
		if then.Allowed == v.Allowed && then.Uncertain == v.Uncertain && then.Code == v.Code {
			t.Fatalf("still allowed %v, uncertain %v, code %q at its own Until", then.Allowed, then.Uncertain, then.Code)
		}
		if !v.Allowed {
			return
		}
		before := model.CanReply(v.Until.Add(-time.Nanosecond), p, c, colleague)
		if !before.Allowed {
			t.Fatalf("refused with %q a moment before Until", before.Code)
		}
	})
}

// A verdict depends on its parameters alone, and changes none of them.
func TestCanReplyIsPure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, c := drawState(t)
		first := model.CanReply(noon, p, c, colleague)
		second := model.CanReply(noon, p, c, colleague)
		if first.Allowed != second.Allowed || first.Code != second.Code || !sameTime(first.Until, second.Until) {
			t.Fatalf("%+v, then %+v", first, second)
		}
		if first.Allowed != (first.Code == "") {
			t.Fatalf("allowed %v with code %q", first.Allowed, first.Code)
		}
	})
}

// TestRefuseReply: a refusal says what the screen says of the same verdict: Facebook's
// reason of a Page that it restricts, since when a window is closed, and no more.
func TestRefuseReply(t *testing.T) {
	t.Parallel()
	closed, until := noon.Add(-time.Hour), noon.Add(time.Hour)
	restricted := model.Page{Restricted: &model.Restriction{Reason: "spam"}}
	conv := model.Conversation{WindowUntil: &closed}
	for name, c := range map[string]struct {
		code   model.Code
		page   model.Page
		reason model.Untrusted
		since  *time.Time
	}{
		"a restricted Page":           {model.PageRestricted, restricted, "spam", nil},
		"a restriction lifted by now": {model.PageRestricted, model.Page{}, "", nil},
		"a closed window":             {model.WindowClosed, restricted, "", &closed},
		"another":                     {model.RateLimited, restricted, "", nil},
	} {
		v := model.Verdict{Code: c.code, Until: &until}
		got := model.RefuseReply(v, c.page, conv)
		if got.Code != c.code || got.Verdict == nil || got.Verdict.Code != c.code || got.Until != v.Until || got.Reason != c.reason || got.Since != c.since {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	const emoji = "😀" // two UTF-16 code units, four bytes
	tests := []struct {
		name string
		text string
		want model.Code
	}{
		{"nothing", "", model.TextEmpty},
		{"spaces", "   ", model.TextEmpty},
		{"lines and tabs", "\n\t\r\n", model.TextEmpty},
		{"an ideographic space", "\u3000", model.TextEmpty},
		{"a no-break space", "\u00a0", model.TextEmpty},
		{"blank and too long", strings.Repeat(" ", 2001), model.TextEmpty},
		{"one letter", "a", ""},
		{"one letter between spaces", " a ", ""},
		{"one emoji", emoji, ""},
		{"2000 letters", strings.Repeat("a", 2000), ""},
		{"2001 letters", strings.Repeat("a", 2001), model.TextTooLong},
		{"2000 kanji of three bytes", strings.Repeat("東", 2000), ""},
		{"2001 kanji", strings.Repeat("東", 2001), model.TextTooLong},
		{"1000 emoji are 2000 units", strings.Repeat(emoji, 1000), ""},
		{"1000 emoji and a letter", strings.Repeat(emoji, 1000) + "a", model.TextTooLong},
		{"an emoji across the limit", strings.Repeat("a", 1999) + emoji, model.TextTooLong},
		{"2000 with the spaces around", " " + strings.Repeat("a", 1998) + " ", ""},
		{"2001 with the spaces around", " " + strings.Repeat("a", 1999) + " ", model.TextTooLong},
		{"2000 invalid bytes", strings.Repeat("\xff", 2000), ""},
		{"2001 invalid bytes", strings.Repeat("\xff", 2001), model.TextTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := model.CheckText(model.Untrusted(tt.text))
			var got model.Code
			if r != nil {
				got = r.Code
			}
			if got != tt.want {
				t.Errorf("CheckText = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestUTF16LenAgreesWithTheEncoder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got, want := model.UTF16Len(s), len(utf16.Encode([]rune(s))); got != want {
			t.Fatalf("UTF16Len = %d, want %d", got, want)
		}
	})
}
