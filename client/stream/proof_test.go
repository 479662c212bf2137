package stream_test

import (
	"testing"

	"parley/model"
	"parley/model/inbox"
)

// TestTheLastChangeIsProven: a client hands back what the hub gave with the last change it
// has, from a list or a batch, and drops what it holds where the hub has another stream.
func TestTheLastChangeIsProven(t *testing.T) {
	t.Parallel()
	h := newScripted(t)
	h.holds(page, model.Position{Epoch: "e1", Seq: 10, Proof: "ten"}, 5)
	f := h.follow(quick())
	s := h.socket()
	s.hello()
	s.welcomes()
	handsBack := func(s *hubSocket, seq int64, proof string) {
		t.Helper()
		if got := s.hello().Resume[page]; got != (model.Position{Epoch: "e1", Seq: seq, Proof: proof}) {
			t.Fatalf("hands back %+v, want %s at %d", got, proof, seq)
		}
	}
	handsBack(s, 10, "ten")
	s.welcomes(page)
	s.says(model.Batch{Type: model.FrameBatch, Page: page, From: 10, To: 12, Proof: "twelve"})
	f.until("changes", func(us []inbox.Update) bool {
		return reached(us, page) == 12 && count[inbox.Complete](us) == 1
	})
	s.conn.Close()
	s = h.socket()
	handsBack(s, 12, "twelve")
	h.holds(page, model.Position{Epoch: "e1", Seq: 12, Proof: "twelve"}, 5)
	s.welcomes(page)
	s.says(model.Batch{Type: model.FrameBatch, Page: page, From: 12, To: 13}) // of a hub of before
	f.until("a change", func(us []inbox.Update) bool { return reached(us, page) == 13 })
	s.conn.Close()
	s = h.socket()
	handsBack(s, 13, "")
	h.holds(page, model.Position{Epoch: "e1", Seq: 20, Proof: "twenty"}, 3)
	s.says(model.Welcome{Type: model.FrameWelcome, Pages: map[model.PageID]model.WelcomePage{
		page: {Epoch: "e1", Seq: 20, Resume: model.ResumeReload, Anew: true},
	}})
	handsBack(s, 20, "twenty")
	s.welcomes(page)
	us := f.until("all is read anew", func(us []inbox.Update) bool {
		return count[inbox.Complete](us) == 2 && count[inbox.Dropped](us) == 1
	})
	for _, u := range us {
		if d, ok := u.(inbox.Dropped); ok && (!d.Anew || d.Page != page) {
			t.Errorf("%+v", d)
		}
	}
}
