package stream

import (
	"context"

	"parley/client"
	"parley/model"
)

// NewTail returns a follower that hands changes alone on: from now, or, for Pages that from
// names, from that seq.
func NewTail(c *client.Client, t Timing, from map[model.PageID]int64) *Follower {
	s := NewFollower(c, t)
	s.changesOnly = true
	s.from = from
	return s
}

// tailBack is how far back a tail may begin: less than what the hub still tells one by
// one, as changes come while the place is looked up.
const tailBack = model.ReloadBeyond - 500

// skipToNow places a Page where it is now without reading it, or where a tail is to
// begin.
func (s *Follower) skipToNow(ctx context.Context, page model.PageID, p *pageState) {
	seq, begin := s.from[page]
	delete(s.from, page) // once: what can't be had then never can
	s.background(ctx, p, func(ctx context.Context, step func(reloaded)) {
		l, err := s.client.Conversations(ctx, model.ListQuery{Page: page, Limit: 1})
		if err != nil {
			step(reloaded{page: page, err: err})
			return
		}
		l.Conversations = nil
		if begin {
			at := l.AsOf[page]
			at.Seq, at.Proof = min(max(seq, at.Seq-tailBack), at.Seq), ""
			l.AsOf[page] = at
		}
		step(reloaded{page: page, list: &l, first: true})
		step(reloaded{page: page, complete: true})
	})
}
