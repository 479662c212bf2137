package hub

import (
	"context"
	"sync"
	"time"

	"parley/hub/access"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
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
	// tellings is how long the calls for a Page are counted, pageTellings how many there may
	// be in that time, and userTellings how many of one user: a team that types everywhere at
	// once stays below, and nobody takes what is the others'.
	tellings     = 10 * time.Second
	pageTellings = 20
	userTellings = 10
	// seenFor is how long it is known what a customer was shown as read.
	seenFor = 24 * time.Hour
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

// shownTyping is when a customer was last shown that somebody types; ended: no longer.
type shownTyping struct {
	at    time.Time
	ended bool
}

// teller is on whose behalf Meta is told something: a user of a Page, or the whole Page.
type teller struct {
	page model.PageID
	user model.UserID
}

// count counts calls from a moment on.
type count struct {
	since time.Time
	calls int
}

// courtesies is what is to be shown, and what was. A failure is nobody's concern: it is
// logged where the call is made, and told to nobody.
type courtesies struct {
	Courtesies
	wait chan courtesy

	mu sync.Mutex
	// typing is what each customer was last shown of somebody who types.
	typing map[model.ConversationID]shownTyping
	// read is up to where each customer was shown that they were read.
	read ttl.Cache[model.ConversationID, store.Mark]
	// told counts what Meta was told lately for a Page, and on behalf of each user there.
	told map[teller]*count
	// quiet is until when a Page's customers are shown nothing: Meta asked to wait.
	quiet map[model.PageID]time.Time
}

func newCourtesies(c Courtesies) *courtesies {
	return &courtesies{
		Courtesies: c, wait: make(chan courtesy, maxCourtesies),
		typing: make(map[model.ConversationID]shownTyping), told: make(map[teller]*count), quiet: make(map[model.PageID]time.Time),
	}
}

// typed takes over that a user types a reply, or no longer does. The customer is shown the
// first of it at once; then, however often it changes, it begins once in [typingAgain], and
// ends once.
func (c *courtesies) typed(user model.UserID, id model.ConversationID, active bool, now time.Time) {
	if !c.Typing {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, last := range c.typing { // what is no longer shown takes no room
		if now.Sub(last.at) >= typingShown {
			delete(c.typing, other)
		}
	}
	last, shown := c.typing[id]
	switch {
	case active && shown && now.Sub(last.at) < typingAgain, !active && (!shown || last.ended):
		return
	case !c.mayTell(user, id.Page(), now):
		return
	case active:
		c.typing[id] = shownTyping{at: now}
		c.show(courtesy{user, id, model.TypingOn})
	default:
		c.typing[id] = shownTyping{at: last.at, ended: true}
		c.show(courtesy{user, id, model.TypingOff})
	}
}

// mayTell counts a call to Meta, and tells whether it may be made.
func (c *courtesies) mayTell(user model.UserID, page model.PageID, now time.Time) bool {
	for who, n := range c.told {
		if now.Sub(n.since) >= tellings {
			delete(c.told, who)
		}
	}
	whole, own := c.toldBy(teller{page: page}, now), c.toldBy(teller{page, user}, now)
	if whole.calls >= pageTellings || own.calls >= userTellings {
		return false
	}
	whole.calls++
	own.calls++
	return true
}

func (c *courtesies) toldBy(who teller, now time.Time) *count {
	n, ok := c.told[who]
	if !ok {
		n = &count{since: now}
		c.told[who] = n
	}
	return n
}

// seen takes over that a user has read what the customer wrote, up to a mark. Meta is told
// of each once: whoever takes it back and reads again tells the customer nothing new.
func (c *courtesies) seen(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time) {
	if !c.Seen {
		return
	}
	if last, told := c.read.Get(id, now); told && !txn.After(upTo, last) {
		return
	}
	c.read.Put(id, upTo, now, now.Add(seenFor))
	c.show(courtesy{user, id, model.MarkSeen})
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
		p, conversation, err := access.AuthorizeConversation(r, c.user, c.conversation)
		if err != nil {
			return err
		}
		if v := model.CanReply(now, p.Page, conversation.Conversation, c.user); !v.Allowed || v.Uncertain {
			return nil
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
