package stream

import (
	"context"

	"parley/client"
	"parley/model"
)

// NewTail returns a follower of changes alone: from now on, or from a seq for the Pages in
// from.
func NewTail(c *client.Client, t Timing, from map[model.PageID]int64) *Follower {
	s := NewFollower(c, t)
	s.changesOnly = true
	s.from = from
	return s
}

// tailBack is how far back a tail may start: less than what the hub still sends change by
// change, because changes come while the position is looked up.
const tailBack = model.ReloadBeyond - 500

// skipToNow gives a Page its current position, or the start of a tail, without loading it.
func (s *Follower) skipToNow(ctx context.Context, page model.PageID, p *pageState) {
	seq, begin := s.from[page]
	delete(s.from, page) // once: a seq that can't be had now never can
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
