package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub/api/apitest"
	"parley/hub/store"
	"parley/model"
)

// That the store was put back is told to admins, as a list, over the stream and when it is
// read; to others it is not there, and nothing of theirs is missing for it.
func TestNoticesForAdmins(t *testing.T) {
	t.Parallel()
	w := apitest.NewWithPage(t, model.Shared)
	w.RunUntilQuiet()
	rep, admin := w.Listen(w.Cat), w.Listen(w.Ben)
	for who, l := range map[apitest.Account]*apitest.Listener{w.Cat: rep, w.Ben: admin} {
		l.Hello(apitest.Resume{apitest.Page: w.Position(who, apitest.Page)})
	}
	kinds := []model.NoticeKind{model.NoticeAppRoles, model.NoticeStorePutBack, model.NoticeStorePutBack, model.NoticeUnknown}
	w.Must(w.Store.Write(t.Context(), apitest.Page, func(tx store.PageTx) error {
		for i, kind := range kinds {
			n := model.Notice{ID: string(apitest.NewClientID()), PageID: apitest.Page, Kind: kind, Event: "of " + string(kind), CreatedAt: time.Now().Add(time.Duration(i) * time.Minute)}
			if kind == model.NoticeStorePutBack {
				n.ID = "hidden-" + n.ID
			}
			if err := tx.PutNotice(&n); err != nil {
				return err
			}
		}
		return nil
	}))
	w.Patch(w.Ann, apitest.Hanako, map[string]any{"pinned": true}) // which has the stream told of all before
	for _, l := range []*apitest.Listener{rep, admin} {
		l.AwaitSeq(apitest.Page, w.Head(apitest.Page))
	}
	for what, want := range map[apitest.Account]bool{w.Cat: false, w.Ben: true} {
		var listed []model.Notice
		for cursor := ""; ; {
			var one struct {
				Notices []model.Notice
				Cursor  string
			}
			w.Do(what, http.MethodGet, "/v1/notices?limit=1&cursor="+cursor, nil).Want(http.StatusOK).Into(&one)
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
	if strings.Contains(rep.Received(), string(model.NoticeStorePutBack)) || !strings.Contains(admin.Received(), string(model.NoticeStorePutBack)) {
		t.Errorf("a rep was sent %s, an admin %s", rep.Received(), admin.Received())
	}
	if !strings.Contains(rep.Received(), string(model.NoticeAppRoles)) {
		t.Errorf("a rep was sent %s", rep.Received())
	}
	var all struct{ Notices []model.Notice }
	w.Do(w.Ben, http.MethodGet, "/v1/notices", nil).Want(http.StatusOK).Into(&all)
	for _, n := range all.Notices {
		path := "/v1/pages/" + string(apitest.Page) + "/notices/" + n.ID + "/read"
		if n.ForAdmins() {
			w.Do(w.Cat, http.MethodPost, path, map[string]any{}).Problem(http.StatusNotFound, "not_found")
		}
		w.Do(w.Ben, http.MethodPost, path, map[string]any{}).Want(http.StatusOK)
	}
}
