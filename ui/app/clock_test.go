package app_test

import (
	"strings"
	"testing"
	"time"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/uitest"
)

// TestTheWindowClosesOnTheHubsTime at the very second, though this machine's clock is an
// hour wrong, either way.
func TestTheWindowClosesOnTheHubsTime(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]time.Duration{"an hour slow": -time.Hour, "an hour fast": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := uitest.Some(3)
			until := uitest.Noon.Add(10 * time.Minute) // by the hub's clock
			list[0].WindowUntil = &until
			var w *uitest.World
			w = uitest.NewWorld(t, list, func(o *app.Options) {
				o.Now = func() time.Time { return machine(w, wrong) }
			})
			w.Keys("enter", "r")
			w.Types("nearly")
			w.Passes(10*time.Minute - time.Second)
			w.Hides("Reply window closed")
			w.Shows("enter send")
			w.Passes(time.Second)
			w.Shows("Reply window closed 12:10.", "nearly")
			w.Hides("enter send")
			w.Keys("enter")
			if len(w.Hub.Replies) > 0 {
				t.Error("a reply left")
			}
		})
	}
}

// machine is what this machine's clock shows, before there is a world too.
func machine(w *uitest.World, wrong time.Duration) time.Time {
	if w == nil {
		return uitest.Noon.Add(wrong)
	}
	return w.Time.Add(wrong)
}

// TestABlockWhileTyping: the composer is grey as soon as the news is there, with a banner,
// and open again with the text when the block is lifted.
func TestABlockWhileTyping(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	w.Keys("enter", "r")
	w.Types("half a thought")
	p, _ := w.Inbox.Page(uitest.Page)
	block := func(r *model.Restriction) {
		p.Seq += 100
		p.Restricted = r
		w.Sends([]inbox.Update{inbox.PagesListed{Pages: []model.Page{p}}})
	}
	block(&model.Restriction{Reason: "Spam", Since: uitest.Noon})
	w.Shows("Aoyama Coffee: Facebook has restricted this Page from sending.", "Reason: Spam", "half a thought", "draft kept, nothing is sent")
	w.Hides("enter send")
	w.Keys("enter")
	if len(w.Hub.Replies) > 0 {
		t.Fatal("a reply left")
	}
	block(nil)
	w.Hides("Aoyama Coffee: Facebook has restricted", "draft kept")
	w.Shows("half a thought", "enter send")
	w.Keys("enter")
	if len(w.Hub.Replies) != 1 || w.Hub.Replies[0].Text != "half a thought" {
		t.Errorf("left: %v", w.Hub.Replies)
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
			until := uitest.Noon.Add(time.Minute)
			p.RateLimitedUntil = &until
		}, "Aoyama Coffee: Facebook asks to wait until 12:01."},
		"messages off": {func(p *model.Page) { p.MessagesOff = true }, "Aoyama Coffee: Messaging is off on this Page."},
		"token refused": {
			func(p *model.Page) { p.TokenRefused = true },
			"Aoyama Coffee: Page is not connected.",
		},
	} {
		w := uitest.NewWorld(t, uitest.Some(3))
		w.PageNow(100, c.change)
		if !strings.Contains(w.Text(), c.want) {
			t.Errorf("%s:\n%s", name, w.Text())
		}
	}
}

// TestCheckAndRepairAPage from the palette: what was found is said.
func TestCheckAndRepairAPage(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3))
	off, _ := w.Inbox.Page(uitest.Page)
	off.MessagesOff = true
	w.Hub.Checked = &off
	w.Keys("ctrl+k")
	w.Types("check again")
	w.Keys("enter")
	w.Shows("Messaging is off on this Page.")
	w.Hub.Checked = nil
	w.Keys("ctrl+k")
	w.Types("check again")
	w.Keys("enter")
	w.Shows("Aoyama Coffee: messages come and go.")
	// Only an admin repairs.
	w.Keys("ctrl+k")
	w.Types("repair")
	w.Shows("Only an admin can do this.")
	w.Keys("enter", "esc")
	w.Sends([]inbox.Update{inbox.Welcomed{Now: w.Inbox.Now(), User: model.User{ID: uitest.Me, Name: "Aoi", Admin: true}}})
	w.Keys("ctrl+k")
	w.Types("repair")
	w.Keys("enter")
	if n := len(w.Hub.Asked); n == 0 || w.Hub.Asked[n-1] != "check 100 true" {
		t.Errorf("asked: %v", w.Hub.Asked)
	}
}

// TestNoticeAtTheBeginning: what the program has to say shows in place of the keys, for a
// while.
func TestNoticeAtTheBeginning(t *testing.T) {
	t.Parallel()
	w := uitest.NewWorld(t, uitest.Some(3), func(o *app.Options) { o.Notice = "TZ=Tokio is no time zone." })
	w.Shows("TZ=Tokio is no time zone.")
}
