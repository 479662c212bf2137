package stream

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"parley/client"
	"parley/model"
	"parley/model/inbox"
)

// handing is a Follower, and what it hands on.
type handing struct {
	*Follower
	mu    sync.Mutex
	given []inbox.Update
}

// newHanding returns a Follower whose Page 1 is placed and is being read for the nth time.
// Reading itself is cut short: nothing leaves.
func newHanding(t *testing.T, generation uint64) (h *handing, ctx context.Context) {
	t.Helper()
	c, err := client.New("http://127.0.0.1:1", "t")
	if err != nil {
		t.Fatal(err)
	}
	h = &handing{Follower: NewFollower(c, Timing{})}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var collecting sync.WaitGroup
	collecting.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case u := <-h.out.in:
				h.mu.Lock()
				h.given = append(h.given, u...)
				h.mu.Unlock()
			}
		}
	})
	t.Cleanup(func() {
		stop()
		collecting.Wait()
		h.stopReloads()
		c.Close()
	})
	h.generation = generation
	h.pages["1"] = &pageState{
		Position: model.Position{Epoch: "e1", Seq: 5}, placed: true, reload: &reload{generation: generation, cancel: func() {}},
	}
	return h, ctx
}

// all returns what was handed on so far.
func (h *handing) all() []inbox.Update {
	h.out.in <- nil // whoever takes this has put away what came before
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.given)
}

func (h *handing) kinds() (all []string) {
	for _, u := range h.all() {
		all = append(all, reflect.TypeOf(u).Name())
	}
	return all
}

// Steps of a reload that was given up say nothing: not of the lists, not of the counts,
// not that it is done, nor that it failed; nor does a step of a Page that is not held, or
// of one that is not being read.
func TestStepsOfAnAbandonedReload(t *testing.T) {
	t.Parallel()
	steps := map[string]reloaded{
		"a list":    {list: &client.ConversationList{AsOf: map[model.PageID]model.Position{"1": {Epoch: "e1", Seq: 9}}}, first: true},
		"counts":    {counts: &client.Counts{AsOf: map[model.PageID]model.Position{"1": {Epoch: "e1", Seq: 9}}}},
		"done":      {complete: true, pages: []model.Page{{ID: "1"}}},
		"a failure": {err: errors.New("no answer")},
		"not found": {err: &client.Problem{Status: 404}},
	}
	for name, step := range steps {
		for why, prepare := range map[string]func(*handing, *reloaded){
			"an older one":    func(_ *handing, r *reloaded) { r.generation = 1 },
			"none is running": func(h *handing, r *reloaded) { h.pages["1"].reload = nil; r.generation = 2 },
			"another Page's":  func(_ *handing, r *reloaded) { r.page, r.generation = "2", 2 },
		} {
			h, ctx := newHanding(t, 2)
			r := step
			r.page = "1"
			prepare(h, &r)
			if err := h.reloadStep(ctx, nil, r); err != nil {
				t.Errorf("%s, %s: %v", name, why, err)
			}
			p := h.pages["1"]
			if p == nil || p.complete || !p.placed || p.Seq != 5 || len(h.kinds()) != 0 {
				t.Errorf("%s, %s: Page %+v, handed on %v", name, why, p, h.kinds())
			}
		}
	}
}

// A list that does not say as of when it was read, or that was read of another epoch than
// the one before, is not handed on: the Page is read anew.
func TestAListOfAnotherEpoch(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asOf  map[model.PageID]model.Position
		first bool
	}{
		"the first, of no position": {nil, true},
		"the next, of no position":  {nil, false},
		"of another Page":           {map[model.PageID]model.Position{"2": {Epoch: "e1", Seq: 9}}, true},
		"the next, another epoch":   {map[model.PageID]model.Position{"1": {Epoch: "e2", Seq: 9}}, false},
	} {
		h, ctx := newHanding(t, 7)
		dead, cancel := context.WithCancel(ctx)
		cancel() // what reads anew ends at once
		step := reloaded{page: "1", generation: 7, first: tt.first, list: &client.ConversationList{Conversations: []model.Conversation{{ID: "1_1"}}, AsOf: tt.asOf}}
		if err := h.reloadStep(dead, nil, step); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p := h.pages["1"]; h.generation != 8 || p.placed || p.reload == nil || p.reload.generation != 8 {
			t.Errorf("%s: generation %d, Page %+v", name, h.generation, p)
		}
		for _, kind := range h.kinds() {
			if kind == "Listed" {
				t.Errorf("%s: it is handed on", name)
			}
		}
	}
	h, ctx := newHanding(t, 7)
	next := reloaded{page: "1", generation: 7, list: &client.ConversationList{AsOf: map[model.PageID]model.Position{"1": {Epoch: "e1", Seq: 9}}}}
	if err := h.reloadStep(ctx, nil, next); err != nil || h.generation != 7 || h.pages["1"].Seq != 5 {
		t.Errorf("the next of the same epoch: %v, generation %d, %+v", err, h.generation, h.pages["1"])
	}
}

// What was read of the Pages while access to one changed may be from before: it is read
// again, and not handed on.
func TestPagesReadWhileAccessChanged(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{false, true} {
		h, ctx := newHanding(t, 3)
		if changed {
			if err := h.handleAccess(ctx, model.Access{Page: "2"}); err != nil {
				t.Fatal(err)
			}
		}
		err := h.reloadStep(ctx, nil, reloaded{page: "1", generation: 3, complete: true, pages: []model.Page{{ID: "1"}}})
		var nobody *client.UnreachableError // there is no hub to be asked again
		if errors.As(err, &nobody) != changed || slices.Contains(h.kinds(), "PagesListed") == changed {
			t.Errorf("changed %v: %v, handed on %v", changed, err, h.kinds())
		}
	}
}

// What colleagues type, and who is there, is handed on as it came.
func TestEphemeralFramesAreHandedOn(t *testing.T) {
	t.Parallel()
	for _, kind := range []model.FrameType{model.FrameTyping, model.FramePresence} {
		h, ctx := newHanding(t, 1)
		if err := h.handleFrame(ctx, nil, []byte(`{"type":"`+string(kind)+`","conversation":"1_1","user":{"id":"u2","name":"Ken"},"active":true}`)); err != nil {
			t.Fatal(err)
		}
		all := h.all()
		if len(all) != 1 {
			t.Fatalf("%s: handed on %v", kind, all)
		}
		if ephemeral, ok := all[0].(inbox.Ephemeral); !ok || ephemeral.Frame.Conversation != "1_1" || !ephemeral.Frame.Active {
			t.Errorf("%s: handed on %+v", kind, all)
		}
	}
}
