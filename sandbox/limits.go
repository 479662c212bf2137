package sandbox

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"parley/sandbox/web"
)

// callsPerSecond is how often a Page's conversations may be asked for.
//
// Source: Messenger Platform, "Rate limits", Conversations API.
const callsPerSecond = 2

// callWindow is a little less than a second, so that a caller who keeps to exactly
// the limit is not refused for the jitter of the way.
const callWindow = 900 * time.Millisecond

// callLimit counts the calls on the Page's conversations.
type callLimit struct {
	perSecond int
	recent    []time.Time
	made      int // in all
	refused   int // of these
	most      int // the most that were granted in one window
}

// spend takes one of the calls of this second; false if there is none left.
func (l *callLimit) spend(now time.Time) bool {
	l.made++
	l.recent = slices.DeleteFunc(l.recent, func(t time.Time) bool { return now.Sub(t) >= callWindow })
	if len(l.recent) >= l.perSecond {
		l.refused++
		return false
	}
	l.recent = append(l.recent, now)
	l.most = max(l.most, len(l.recent))
	return true
}

// spendCall takes one of the calls a second that a Page has.
func (s *Sandbox) spendCall(c *call) error {
	if c.who != asPage {
		return errNeedPageToken()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.calls.spend(time.Now()) {
		return errThrottled()
	}
	return nil
}

func (s *Sandbox) controlLimits(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	l := s.calls
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]int{
		"conversations_per_second": l.perSecond, "calls": l.made, "refused": l.refused, "most": l.most,
	})
}

func (s *Sandbox) controlSetLimits(w http.ResponseWriter, r *http.Request) {
	var in struct {
		PerSecond int `json:"conversations_per_second"`
	}
	if !readControl(w, r, &in) {
		return
	}
	if in.PerSecond < 1 {
		refuse(w, http.StatusBadRequest, errors.New("conversations_per_second must be at least 1"))
		return
	}
	s.mu.Lock()
	s.calls.perSecond = in.PerSecond
	s.mu.Unlock()
	s.controlLimits(w, r)
}

// controlConversations tells what stands in the Page's inbox, whatever may be read of it.
func (s *Sandbox) controlConversations(w http.ResponseWriter, _ *http.Request) {
	type thread struct {
		PSID     string   `json:"psid"`
		ID       string   `json:"id"`
		Messages []string `json:"messages"`
	}
	list := []thread{}
	s.mu.Lock()
	for _, c := range s.world.order {
		t := thread{PSID: c.psid, ID: c.thread, Messages: []string{}}
		for _, m := range c.messages {
			t.Messages = append(t.Messages, m.mid)
		}
		list = append(list, t)
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"conversations": list})
}
