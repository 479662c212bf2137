package crm_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/crm"
	"parley/hub/store"
	"parley/model"
)

// peeked is a CRM in which something happens while a record is looked at: after it has
// said who may see the record, or how it is, and before the hub has heard that.
type peeked struct {
	crm.Records
	permitted, record atomic.Pointer[func(model.RecordRef)]
}

func (p *peeked) PermittedUsers(ctx context.Context, ref model.RecordRef) ([]int64, error) {
	ids, err := p.Records.PermittedUsers(ctx, ref)
	if f := p.permitted.Swap(nil); f != nil {
		(*f)(ref)
	}
	return ids, err
}

func (p *peeked) Record(ctx context.Context, as *model.CRMGrant, ref model.RecordRef) (model.Record, error) {
	r, err := p.Records.Record(ctx, as, ref)
	if f := p.record.Swap(nil); f != nil {
		(*f)(ref)
	}
	return r, err
}

// TestHiddenWhileItIsLookedAt: a webhook that hides a record while somebody looks at it is
// not undone by what they were answered: not for the next list, search or opening.
func TestHiddenWhileItIsLookedAt(t *testing.T) {
	t.Parallel()
	const title = "Marta: gift boxes"
	search := "/v1/crm/search?q=" + url.QueryEscape(title)
	for name, c := range map[string]struct {
		// look is how the rep looks, and when, of the two, the webhook comes.
		look   func(*changeWorld, model.Record) apitest.Answer
		record bool
		linked bool
	}{
		"opened, before who sees it": {func(w *changeWorld, _ model.Record) apitest.Answer { return w.Do(w.rep, http.MethodGet, w.path(), nil) }, false, true},
		"opened, before how it is":   {func(w *changeWorld, _ model.Record) apitest.Answer { return w.Do(w.rep, http.MethodGet, w.path(), nil) }, true, true},
		"read, before who sees it": {func(w *changeWorld, r model.Record) apitest.Answer {
			return w.Do(w.rep, http.MethodGet, recordPath(r.RecordRef), nil)
		}, false, true},
		"read, before how it is": {func(w *changeWorld, r model.Record) apitest.Answer {
			return w.Do(w.rep, http.MethodGet, recordPath(r.RecordRef), nil)
		}, true, true},
		"found":             {func(w *changeWorld, _ model.Record) apitest.Answer { return w.Do(w.rep, http.MethodGet, search, nil) }, false, true},
		"found, not linked": {func(w *changeWorld, _ model.Record) apitest.Answer { return w.Do(w.rep, http.MethodGet, search, nil) }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peek := &peeked{}
			w := newChangeWorldOf(t, apitest.CRMSetup{CompanyToken: true, Quick: true, WrapRecords: func(r crm.Records) crm.Records { peek.Records = r; return peek }})
			deal := w.found(w.installer, title)[0].Record
			if c.linked {
				w.link(w.installer, deal.RecordRef)
			} else {
				w.link(w.installer, w.hidden.RecordRef)
			}
			w.Clock.Advance(11 * time.Minute) // nobody is known to see it any more
			hide := func(ref model.RecordRef) {
				if ref != deal.RecordRef {
					t.Errorf("%s is looked at", ref)
				}
				w.hand(http.MethodPost, w.path1(deal.RecordRef), byInstaller, map[string]any{"owner_id": 101, "visible_to": 1})
				if !c.linked {
					w.pipedriveMoves(w.hidden.RecordRef) // seen to after it
					return
				}
				apitest.Eventually(t, "the webhook is seen to", apitest.Timeout, func() (told bool) {
					w.Must(w.Store.Read(w.Context(), func(r store.Reader) error {
						s, err := r.RecordState(deal.RecordRef)
						told = !s.ToldAt.IsZero()
						return err
					}))
					return told
				})
			}
			at := &peek.permitted
			if c.record {
				at = &peek.record
			}
			at.Store(&hide)
			c.look(w, deal)
			if at.Load() != nil {
				t.Fatal("nothing happened while it was looked at")
			}
			for _, path := range []string{"/v1/conversations", w.path(), w.path() + "/messages", search, recordPath(deal.RecordRef)} {
				if a := w.Do(w.rep, http.MethodGet, path, nil); strings.Contains(string(a.Body), title) {
					t.Errorf("%s shows it still: %s", path, a.Body)
				}
			}
		})
	}
}
