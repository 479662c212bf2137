package app

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// TestTheWindowClosesOnTheHubsTime at the very second, though this machine's clock is an
// hour wrong, either way.
func TestTheWindowClosesOnTheHubsTime(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]time.Duration{"an hour slow": -time.Hour, "an hour fast": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := some(3)
			until := noon.Add(10 * time.Minute) // by the hub's clock
			list[0].WindowUntil = &until
			var w *world
			w = newWorld(t, list, func(o *Options) {
				o.Now = func() time.Time { return w.machine(wrong) }
			})
			w.keys("enter", "r")
			w.types("nearly")
			w.passes(10*time.Minute - time.Second)
			w.hides("Reply window closed")
			w.shows("enter send")
			w.passes(time.Second)
			w.shows("Reply window closed 12:10.", "nearly")
			w.hides("enter send")
			w.keys("enter")
			if len(w.hub.replies) > 0 {
				t.Error("a reply left")
			}
		})
	}
}

// machine is what this machine's clock shows, before there is a world too.
func (w *world) machine(wrong time.Duration) time.Time {
	if w == nil {
		return noon.Add(wrong)
	}
	return w.time.Add(wrong)
}

// TestABlockWhileTyping: the composer is grey as soon as the news is there, with a banner,
// and open again with the text when the block is lifted.
func TestABlockWhileTyping(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	w.keys("enter", "r")
	w.types("half a thought")
	p, _ := w.Inbox.Page(page1)
	block := func(r *model.Restriction) {
		p.Seq += 100
		p.Restricted = r
		w.sends([]inbox.Update{inbox.PagesListed{Pages: []model.Page{p}}})
	}
	block(&model.Restriction{Reason: "Spam", Since: noon})
	w.shows("Aoyama Coffee: Facebook has restricted this Page from sending.", "Reason: Spam", "half a thought", "draft kept, nothing is sent")
	w.hides("enter send")
	w.keys("enter")
	if len(w.hub.replies) > 0 {
		t.Fatal("a reply left")
	}
	block(nil)
	w.hides("Aoyama Coffee: Facebook has restricted", "draft kept")
	w.shows("half a thought", "enter send")
	w.keys("enter")
	if len(w.hub.replies) != 1 || w.hub.replies[0].Text != "half a thought" {
		t.Errorf("left: %v", w.hub.replies)
	}
}

// TestTheBannerSaysWhatThePageSuffers, whatever it is: nothing of one conversation's.
func TestTheBannerSaysWhatThePageSuffers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*model.Page)
		want   string
	}{
		"rate limited": {func(p *model.Page) {
			until := noon.Add(time.Minute)
			p.RateLimitedUntil = &until
		}, "Aoyama Coffee: Facebook asks to wait until 12:01."},
		"messages off": {func(p *model.Page) { p.MessagesOff = true }, "Aoyama Coffee: Messaging is off on this Page."},
		"token refused": {
			func(p *model.Page) { p.TokenRefused = true },
			"Aoyama Coffee: Page is not connected.",
		},
	} {
		w := newWorld(t, some(3))
		w.pageNow(100, c.change)
		if !strings.Contains(w.text(), c.want) {
			t.Errorf("%s:\n%s", name, w.text())
		}
	}
}

// TestCheckAndRepairAPage from the palette: what was found is said.
func TestCheckAndRepairAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3))
	off, _ := w.Inbox.Page(page1)
	off.MessagesOff = true
	w.hub.checked = &off
	w.keys("ctrl+k")
	w.types("check again")
	w.keys("enter")
	w.shows("Messaging is off on this Page.")
	w.hub.checked = nil
	w.keys("ctrl+k")
	w.types("check again")
	w.keys("enter")
	w.shows("Aoyama Coffee: messages come and go.")
	// Only an admin repairs.
	w.keys("ctrl+k")
	w.types("repair")
	w.shows("Only an admin can do this.")
	w.keys("enter", "esc")
	w.sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: me, Name: "Aoi", Admin: true}}})
	w.keys("ctrl+k")
	w.types("repair")
	w.keys("enter")
	if n := len(w.hub.asked); n == 0 || w.hub.asked[n-1] != "check 100 true" {
		t.Errorf("asked: %v", w.hub.asked)
	}
}

// TestNoticeAtTheBeginning: what the program has to say shows in place of the keys, for a
// while.
func TestNoticeAtTheBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, some(3), func(o *Options) { o.Notice = "TZ=Tokio is no time zone." })
	w.shows("TZ=Tokio is no time zone.")
}
