package stream

import (
	"strings"
	"testing"

	"parley/hub/store"
	"parley/model"
)

// TestANewPageIsToldThoughItWasFoundFirst: whoever is just being welcomed reads a new
// Page from the store before its connecting is said.
func TestANewPageIsToldThoughItWasFoundFirst(t *testing.T) {
	t.Parallel()
	st := New(Options{})
	ann := st.Attach(model.User{ID: "ann"}, nil, nil)
	ben := st.Attach(model.User{ID: "ben"}, nil, nil)
	st.join(ann)
	st.join(ben)
	old := store.Page{Page: model.Page{ID: "0", Visibility: model.Shared, Seq: 1}}
	st.learn([]store.Page{old})
	if len(ben.queue) > 0 {
		t.Error("told of a Page that was there before the hub began")
	}
	st.begin()
	p := store.Page{Page: model.Page{ID: "1", Visibility: model.Private, Installer: model.UserRef{ID: "ben"}, Seq: 1}}
	st.learn([]store.Page{p})
	st.SetPage(p)
	if len(ann.queue) > 0 {
		t.Error("told to somebody who does not see it")
	}
	if len(ben.queue) != 1 || !strings.Contains(string(ben.queue[0].bytes), `"sees":true`) {
		t.Errorf("told %d times", len(ben.queue))
	}
}
