package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/hub/store"
	"parley/hub/store/storetest"
	"parley/model"
	"parley/model/label"
)

// TestLabelsOfBefore: a store of before labels, ways and pins were kept apart lists by them as
// one that kept them.
func TestLabelsOfBefore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s := openAt(t, path, Options{Exclusive: true})
	err := errors.Join(putPage(s, "1"), s.Write(t.Context(), "1", func(tx store.PageTx) error {
		var err error
		for id, change := range map[model.ConversationID]func(*store.Conversation){
			"1_labelled": func(c *store.Conversation) { c.Labels = []string{"VIP", "返品"} },
			"1_ad":       func(c *store.Conversation) { c.Entry = &model.Entry{Source: model.SourceAds} },
			"1_pinned":   func(c *store.Conversation) { c.Pinned = true },
			"1_plain":    func(*store.Conversation) {},
		} {
			c := manyth(1, true)
			c.ID, c.Customer.PSID = id, id.Customer()
			c.Labels, c.Entry, c.Pinned = nil, nil, false
			change(&c)
			err = errors.Join(err, tx.PutConversation(&c))
		}
		return err
	}), s.Close())
	if err != nil {
		t.Fatal(err)
	}
	asFirst(t, path)
	s = openAt(t, path, Options{Exclusive: true})
	err = s.Read(t.Context(), func(r store.Reader) error {
		labels, err := r.Labels([]model.PageID{"1"})
		if diff := cmp.Diff([]label.Count{{Label: "VIP", Count: 1}, {Label: "返品", Count: 1}}, labels); diff != "" {
			t.Errorf("labels (-want +got):\n%s", diff)
		}
		for where, want := range map[string]model.ConversationID{"label:vip": "1_labelled", "from:ad": "1_ad", "is:pinned": "1_pinned"} {
			list, _, e := r.Conversations(store.ConversationQuery{
				Pages: []store.PageScope{{ID: "1"}}, Filter: store.FilterAll, Where: storetest.Terms(where), Now: start, Limit: 10,
			})
			if err = errors.Join(err, e); len(list) != 1 || list[0].ID != want {
				t.Errorf("%s lists %d", where, len(list))
			}
		}
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Error(err)
	}
}
