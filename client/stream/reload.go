package stream

import (
	"context"
	"errors"
	"net/http"

	"parley/client"
	"parley/model"
	"parley/model/inbox"
)

// Sizes of lists.
const (
	reloadLimit  = 1000
	noticesLimit = 100
)

// reload is a reload of one Page in the background.
type reload struct {
	generation uint64
	cancel     context.CancelFunc
	// accessChanges is the follower's flips when it began.
	accessChanges int
}

// reloaded is one step of a reload.
type reloaded struct {
	page       model.PageID
	generation uint64
	list       *client.ConversationList
	first      bool
	counts     *client.Counts
	pages      []model.Page
	notices    []model.Notice
	complete   bool
	err        error
}

func (p *pageState) stopReload() {
	if p.reload != nil {
		p.reload.cancel()
		p.reload = nil
	}
}

// stopReloads ends the reloads; they start again with the next connection.
func (s *Follower) stopReloads() {
	for _, p := range s.pages {
		p.stopReload()
	}
	s.reading.Wait()
}

// reload starts the reload of a Page. What is held of it stays until that is done.
func (s *Follower) reload(ctx context.Context, page model.PageID) {
	p, ok := s.pages[page]
	if !ok {
		p = &pageState{}
		s.pages[page] = p
	}
	p.stopReload()
	p.placed, p.complete = false, false
	if s.changesOnly {
		s.skipToNow(ctx, page, p)
		return
	}
	s.out.put(ctx, inbox.Reloading{Page: page})
	s.background(ctx, p, func(ctx context.Context, step func(reloaded)) { s.readLists(ctx, page, step) })
}

// background runs f beside the connection; its steps arrive in [Follower.reloadStep].
func (s *Follower) background(ctx context.Context, p *pageState, f func(context.Context, func(reloaded))) {
	s.generation++
	generation := s.generation
	ctx, cancel := context.WithCancel(ctx)
	p.reload = &reload{generation: generation, cancel: cancel, accessChanges: s.accessChanges}
	s.reading.Go(func() {
		defer cancel()
		f(ctx, func(step reloaded) {
			step.generation = generation
			select {
			case s.reloads <- step:
			case <-ctx.Done():
			}
		})
	})
}

// readLists reads all conversations of a Page, then the Pages and its notices: after the first
// list, so that no change falls in between. If there are more lists, it gets the hub's counts
// after the first, to be shown meanwhile.
func (s *Follower) readLists(ctx context.Context, page model.PageID, step func(reloaded)) {
	q := model.ListQuery{Page: page, Limit: reloadLimit}
	for first := true; first || q.Cursor != ""; first = false {
		l, err := s.client.Conversations(ctx, q)
		if err != nil {
			step(reloaded{page: page, err: err})
			return
		}
		step(reloaded{page: page, list: &l, first: first})
		q.Cursor = l.Cursor
		if !first || q.Cursor == "" {
			continue
		}
		counts, err := s.client.Counts(ctx, page)
		step(reloaded{page: page, counts: &counts, err: err})
		if err != nil {
			return
		}
	}
	pages, err := s.client.Pages(ctx)
	if err != nil {
		step(reloaded{page: page, err: err})
		return
	}
	notices, err := s.client.Notices(ctx, model.ListQuery{Page: page, Limit: noticesLimit})
	if err != nil {
		step(reloaded{page: page, err: err})
		return
	}
	step(reloaded{page: page, pages: pages, notices: notices.Notices, complete: true})
}

// listPages reads the list of all Pages, including hidden ones. There is no other source for
// that, so if it fails, the connection is started again.
func (s *Follower) listPages(ctx context.Context) error {
	pages, err := s.client.Pages(ctx)
	if err != nil {
		return err
	}
	s.out.put(ctx, inbox.PagesListed{Pages: pages})
	return nil
}

// reloadStep handles one step of a reload; steps of a cancelled reload are ignored.
func (s *Follower) reloadStep(ctx context.Context, socket *socket, r reloaded) error {
	p, ok := s.pages[r.page]
	if !ok || p.reload == nil || p.reload.generation != r.generation {
		return nil
	}
	var problem *client.Problem
	switch {
	case errors.As(r.err, &problem) && problem.Status == http.StatusNotFound:
		s.drop(ctx, r.page, false) // hidden meanwhile
		return nil
	case r.err != nil:
		return r.err
	case r.list != nil:
		return s.handleList(ctx, socket, p, r)
	case r.counts != nil:
		if asOf, ok := r.counts.AsOf[r.page]; ok {
			s.out.put(ctx, inbox.Counted{Page: r.page, AsOf: asOf, Counts: r.counts.Counts})
		}
		return nil
	}
	if !s.changesOnly {
		if p.reload.accessChanges != s.accessChanges { // the Pages may have been read before the change
			if err := s.listPages(ctx); err != nil {
				return err
			}
		} else {
			s.out.put(ctx, inbox.PagesListed{Pages: r.pages})
		}
		s.out.put(ctx, inbox.Noticed{Page: r.page, Notices: r.notices})
	}
	s.out.put(ctx, inbox.Complete{Page: r.page})
	p.complete = true
	p.stopReload()
	return nil
}

// handleList hands a list on. From the first one's position it asks for changes.
func (s *Follower) handleList(ctx context.Context, socket *socket, p *pageState, r reloaded) error {
	asOf, ok := r.list.AsOf[r.page]
	if !ok || !r.first && asOf.Epoch != p.Epoch {
		s.reload(ctx, r.page)
		return nil
	}
	if r.first {
		p.Position, p.placed = asOf, true
	}
	s.out.put(ctx, inbox.Listed{Page: r.page, AsOf: asOf, First: r.first, Conversations: r.list.Conversations})
	if !r.first {
		return nil
	}
	return s.resume(socket, r.page)
}
