package sqlite

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/model"
)

// TestEvents: every event that can be pending is kept by its kind.
func TestEvents(t *testing.T) {
	t.Parallel()
	for _, e := range []model.Event{
		model.CustomerMessage{MID: "m", Text: "東", QuickReply: new(model.Untrusted), Referral: &model.Entry{Ref: "r"}},
		model.Echo{MID: "m", AppID: "1"},
		model.Postback{Title: "t"},
		model.Referral{Entry: model.Entry{Source: "s"}},
		model.Reacted{Target: "m", By: model.ByPage, Removed: true},
		model.Edit{Number: 3},
		model.Unsend{Target: "m"},
		model.DeliveredUpTo{MIDs: []model.MID{"m"}, Watermark: start},
		model.ReadUpTo{Watermark: start},
		model.Feedback{Words: "w"},
		model.Optin{Plugin: true},
		model.ThreadControl{Owner: "1"},
		model.Happened{Notable: model.Notable{Kind: model.EventOrder}},
		model.Policy{Action: "block"},
	} {
		kind, err := eventKind(e)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := encode(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeEvent(kind, []byte(doc))
		if diff := cmp.Diff(e, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", kind, err, diff)
		}
	}
	if _, err := eventKind(&model.Unsend{}); err == nil {
		t.Error("pointer to an event: no error")
	}
	if _, err := decodeEvent("junk", nil); err == nil {
		t.Error("unknown kind: no error")
	}
}

// TestReplaced: text that JSON would alter is refused, and no other.
func TestReplaced(t *testing.T) {
	t.Parallel()
	for text, bad := range map[string]bool{
		"":                false,
		"a\ufffdb":        false,
		`\ufffd`:          false,
		`\\ufffd`:         false,
		"\xff":            true,
		"\\\xff":          true,
		`\ufffd` + "\x80": true,
		"\xed\xa0\x80":    true,
	} {
		if _, err := encode(text); errors.Is(err, errNotUTF8) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestExact: a column and the record beside it hold the same time.
func TestExact(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Time{
		{}, start, start.Add(1), start.Add(999), start.Add(-1), time.Unix(-1, 1), time.Unix(0, 1500),
	} {
		e := exact(when)
		if e.IsZero() != when.IsZero() || !when.IsZero() && (e.UnixMicro() != when.UnixMicro() || when.Sub(e) < 0) {
			t.Errorf("%v is kept as %v", when, e)
		}
		if micros(e) != 0 && !fromMicros(micros(e)).Equal(e) {
			t.Errorf("%v comes back as %v", e, fromMicros(micros(e)))
		}
	}
}
