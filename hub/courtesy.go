package hub

import (
	"context"
	"sync"
	"time"

	"parley/hub/store"
	"parley/model"
)

// Courtesies says what customers are shown of what users do.
type Courtesies struct {
	// Typing: that somebody types a reply. Seen: that their messages were read.
	Typing, Seen bool
}

const (
	// typingAgain is how often Meta is told again that somebody types: it shows so for 20
	// seconds at most.
	//
	// Source: Messenger Platform, Send API, sender_action.
	typingAgain = 10 * time.Second
	typingShown = 20 * time.Second
	// maxCourtesies bounds what may wait to be shown; beyond it, it is lost.
	maxCourtesies = 64
	// courtesyWorkers is how many are on their way at once.
	courtesyWorkers = 4
)

// courtesy is something lossy that a customer is to be shown.
type courtesy struct {
	user         model.UserID
	conversation model.ConversationID
	kind         model.ActionKind
}

// courtesies is what is to be shown, and what was. A failure is nobody's concern: it is
// logged where the call is made, and told to nobody.
type courtesies struct {
	Courtesies
	wait chan courtesy

	mu sync.Mutex
	// typing is when Meta was last told that somebody types there.
	typing map[model.ConversationID]time.Time
	// quiet is until when a Page's customers are shown nothing: Meta asked to wait.
	quiet map[model.PageID]time.Time
}

func newCourtesies(c Courtesies) *courtesies {
	return &courtesies{
		Courtesies: c, wait: make(chan courtesy, maxCourtesies),
		typing: make(map[model.ConversationID]time.Time), quiet: make(map[model.PageID]time.Time),
	}
}

// typed takes over that a user types a reply, or no longer does.
func (c *courtesies) typed(user model.UserID, id model.ConversationID, active bool, now time.Time) {
	if !c.Typing {
		return
	}
	kind := model.TypingOn
	c.mu.Lock()
	last, shown := c.typing[id]
	for other, at := range c.typing { // what is no longer shown takes no room
		if now.Sub(at) >= typingShown {
			delete(c.typing, other)
		}
	}
	switch {
	case active && shown && now.Sub(last) < typingAgain, !active && (!shown || now.Sub(last) >= typingShown):
		c.mu.Unlock()
		return
	case active:
		c.typing[id] = now
	default:
		kind = model.TypingOff
		delete(c.typing, id)
	}
	c.mu.Unlock()
	c.show(courtesy{user, id, kind})
}

// seen takes over that a user has read what the customer wrote.
func (c *courtesies) seen(user model.UserID, id model.ConversationID) {
	if c.Seen {
		c.show(courtesy{user, id, model.MarkSeen})
	}
}

// show has something shown when there is room; else it is lost.
func (c *courtesies) show(what courtesy) {
	select {
	case c.wait <- what:
	default:
	}
}

// silent tells whether Meta asked to wait with calls for a Page.
func (c *courtesies) silent(page model.PageID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Before(c.quiet[page])
}

func (c *courtesies) quieten(page model.PageID, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet[page] = until
}

// runCourtesies shows customers what is to be shown, until ctx ends.
func (h *Hub) runCourtesies(ctx context.Context) error {
	var workers sync.WaitGroup
	for range courtesyWorkers {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case c := <-h.courtesies.wait:
					h.showCourtesy(ctx, c)
				}
			}
		})
	}
	workers.Wait()
	return nil
}

// showCourtesy shows a customer something, where a reply by that user would be allowed.
func (h *Hub) showCourtesy(ctx context.Context, c courtesy) {
	defer h.survive("show a courtesy")
	now, page := h.utc(), c.conversation.Page()
	if h.courtesies.silent(page, now) {
		return
	}
	var a model.SenderAction
	err := h.store.Read(ctx, func(r store.Reader) error {
		p, conversation, err := authorizeConversation(r, c.user, c.conversation)
		if err != nil || !model.CanReply(now, p.Page, conversation.Conversation, c.user).Allowed {
			return err
		}
		token, err := h.pageToken(p)
		a = model.SenderAction{Page: p.PageID, Token: token, To: conversation.Customer.PSID, Kind: c.kind}
		return err
	})
	if err != nil || a.Token == "" {
		return
	}
	call, cancel := context.WithTimeout(ctx, h.timing.GraphCall)
	defer cancel()
	if out := h.graph.Act(call, a); out.Kind == model.OutcomeRateLimited {
		h.courtesies.quieten(page, now.Add(max(out.RetryAfter, model.RateLimitDefault)))
	}
}
