package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// That the store was put back is told to admins, as a list, over the stream and when it is
// read; to others it is not there, and nothing of theirs is missing for it.
func TestNoticesForAdmins(t *testing.T) {
	t.Parallel()
	w := withPage(t, model.Shared)
	w.runs()
	rep, admin := w.listen(w.cat), w.listen(w.ben)
	for who, l := range map[account]*listener{w.cat: rep, w.ben: admin} {
		l.hello(resume{page: w.position(who, page)})
	}
	kinds := []model.NoticeKind{model.NoticeAppRoles, model.NoticeStorePutBack, model.NoticeStorePutBack, model.NoticeUnknown}
	w.must(w.store.Write(t.Context(), page, func(tx store.PageTx) error {
		for i, kind := range kinds {
			n := model.Notice{ID: string(newClientID()), PageID: page, Kind: kind, Event: "of " + string(kind), CreatedAt: time.Now().Add(time.Duration(i) * time.Minute)}
			if kind == model.NoticeStorePutBack {
				n.ID = "hidden-" + n.ID
			}
			if err := tx.PutNotice(&n); err != nil {
				return err
			}
		}
		return nil
	}))
	w.patch(w.ann, hanako, map[string]any{"pinned": true}) // which has the stream told of all before
	for _, l := range []*listener{rep, admin} {
		l.upTo(page, w.head(page))
	}
	for what, want := range map[account]bool{w.cat: false, w.ben: true} {
		var listed []model.Notice
		for cursor := ""; ; {
			var one struct {
				Notices []model.Notice
				Cursor  string
			}
			w.do(what, http.MethodGet, "/v1/notices?limit=1&cursor="+cursor, nil).want(http.StatusOK).into(&one)
			if len(one.Notices) != 1 && one.Cursor != "" {
				t.Errorf("%s: %d notices on a page", what.Name, len(one.Notices))
			}
			listed = append(listed, one.Notices...)
			if cursor = one.Cursor; cursor == "" {
				break
			}
		}
		told := 0
		for _, n := range listed {
			if n.Kind == model.NoticeStorePutBack {
				told++
			}
		}
		if told > 0 != want || len(listed)-told != 2 {
			t.Errorf("%s: listed %+v", what.Name, listed)
		}
	}
	if strings.Contains(rep.received(), string(model.NoticeStorePutBack)) || !strings.Contains(admin.received(), string(model.NoticeStorePutBack)) {
		t.Errorf("a rep was sent %s, an admin %s", rep.received(), admin.received())
	}
	if !strings.Contains(rep.received(), string(model.NoticeAppRoles)) {
		t.Errorf("a rep was sent %s", rep.received())
	}
	var all struct{ Notices []model.Notice }
	w.do(w.ben, http.MethodGet, "/v1/notices", nil).want(http.StatusOK).into(&all)
	for _, n := range all.Notices {
		path := "/v1/pages/" + string(page) + "/notices/" + n.ID + "/read"
		if n.ForAdmins() {
			w.do(w.cat, http.MethodPost, path, map[string]any{}).problem(http.StatusNotFound, "not_found")
		}
		w.do(w.ben, http.MethodPost, path, map[string]any{}).want(http.StatusOK)
	}
}
