package stream

import (
	"testing"

	"parley/hub/store"
	"parley/model"
)

// TestABatchMovesOnlyTheFollowThatItWasReadFor: what was read for a position does not move a
// Page that is followed from another meanwhile, nor one that is followed no more.
func TestABatchMovesOnlyTheFollowThatItWasReadFor(t *testing.T) {
	t.Parallel()
	st := New(Options{})
	st.learn([]store.Page{{Page: model.Page{ID: "1", Visibility: model.Shared, Seq: 9}}})
	st.setFed("1", 9)
	s := st.Attach(model.User{ID: "ann"}, nil, nil)

	s.follows["1"] = &follow{seq: 2, behind: true}
	s.caughtUp("1", 5, 9)
	if f := s.follows["1"]; f.seq != 2 || !f.behind {
		t.Errorf("what came between 2 and 5 is passed over: %+v", f)
	}
	s.caughtUp("1", 2, 5)
	if f := s.follows["1"]; f.seq != 5 || !f.behind {
		t.Errorf("after what was read for it: %+v", f)
	}
	s.caughtUp("1", 5, 9)
	if f := s.follows["1"]; f.seq != 9 || f.behind {
		t.Errorf("at the end: %+v", f)
	}
	s.unfollow("1")
	s.caughtUp("1", 9, 12)
	if len(s.follows) > 0 {
		t.Error("followed again")
	}
}
