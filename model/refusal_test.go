package model_test

import (
	"testing"
	"time"

	"parley/model"
)

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
