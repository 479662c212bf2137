package outbox

import (
	"context"
	"sync"
	"time"

	"parley/hub/access"
	"parley/hub/rescue"
	"parley/hub/store"
	"parley/hub/ttl"
	"parley/hub/txn"
	"parley/model"
)

// Shown says which sender actions customers see.
type Shown struct {
	// Typing: that somebody types a reply. Seen: that the customer's messages were read.
	Typing, Seen bool
}

const (
	// typingInterval is how often Meta is told again that somebody types: it shows this for at
	// most 20 seconds.
	//
	// Source: Messenger Platform, Send API, sender_action.
	typingInterval = 10 * time.Second
	typingShown    = 20 * time.Second
	// actionPeriod is the period in which calls are counted, pageActions how many a Page may
	// make in it, and userActions how many one user. A team that types everywhere at once stays
	// below, and no user takes the share of the others.
	actionPeriod = 10 * time.Second
	pageActions  = 20
	userActions  = 10
	// seenFor is how long we remember what was marked as seen.
	seenFor = 24 * time.Hour
	// maxSenderActions bounds the queue; what comes beyond it is dropped.
	maxSenderActions = 64
	// senderActionWorkers is how many are in flight at once.
	senderActionWorkers = 4
)

// senderAction is something ephemeral to be shown to a customer.
type senderAction struct {
	user         model.UserID
	conversation model.ConversationID
	kind         model.ActionKind
}

// shownTyping is when a customer was last shown that somebody types, and whether that was
// ended.
type shownTyping struct {
	at    time.Time
	ended bool
}

// caller is on whose behalf calls are counted: a user on a Page, or, without a user, the whole
// Page.
type caller struct {
	page model.PageID
	user model.UserID
}

// count counts calls since a moment.
type count struct {
	since time.Time
	calls int
}

// SenderActions sends sender actions and remembers what was shown. Failures are logged where
// the call is made and otherwise ignored.
type SenderActions struct {
	Shown
	o *Outbox

	queue chan senderAction

	mu sync.Mutex
	// typing is when each customer was last shown somebody typing.
	typing map[model.ConversationID]shownTyping
	// seen is up to where each customer was shown that their messages were read.
	seen ttl.Cache[model.ConversationID, store.Mark]
	// calls counts recent calls to Meta for each Page and each of its users.
	calls map[caller]*count
	// pausedUntil is until when a Page sends no actions because Meta asked to wait.
	pausedUntil map[model.PageID]time.Time
}

// NewSenderActions returns the sender actions of an outbox, limited to those in shown.
func NewSenderActions(o *Outbox, shown Shown) *SenderActions {
	return &SenderActions{
		Shown: shown, o: o, queue: make(chan senderAction, maxSenderActions),
		typing: make(map[model.ConversationID]shownTyping), calls: make(map[caller]*count), pausedUntil: make(map[model.PageID]time.Time),
	}
}

// Typed records that a user started or stopped typing a reply. The customer sees the first
// start at once; after that Meta is told of a start at most once in [typingInterval], and of an
// end once.
func (c *SenderActions) Typed(user model.UserID, id model.ConversationID, active bool, now time.Time) {
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
	case active && shown && now.Sub(last.at) < typingInterval, !active && (!shown || last.ended):
		return
	case !c.allow(user, id.Page(), now):
		return
	case active:
		c.typing[id] = shownTyping{at: now}
		c.enqueue(senderAction{user, id, model.TypingOn})
	default:
		c.typing[id] = shownTyping{at: last.at, ended: true}
		c.enqueue(senderAction{user, id, model.TypingOff})
	}
}

// allow counts a call to Meta and reports whether it may be made.
func (c *SenderActions) allow(user model.UserID, page model.PageID, now time.Time) bool {
	for who, n := range c.calls {
		if now.Sub(n.since) >= actionPeriod {
			delete(c.calls, who)
		}
	}
	whole, own := c.callsOf(caller{page: page}, now), c.callsOf(caller{page, user}, now)
	if whole.calls >= pageActions || own.calls >= userActions {
		return false
	}
	whole.calls++
	own.calls++
	return true
}

func (c *SenderActions) callsOf(who caller, now time.Time) *count {
	n, ok := c.calls[who]
	if !ok {
		n = &count{since: now}
		c.calls[who] = n
	}
	return n
}

// Read records that a user has read the customer's messages up to a mark. Meta is told once:
// marking them unread and reading them again tells the customer nothing new.
func (c *SenderActions) Read(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time) {
	if !c.Seen {
		return
	}
	if last, told := c.seen.Get(id, now); told && !txn.After(upTo, last) {
		return
	}
	c.seen.Put(id, upTo, now, now.Add(seenFor))
	c.enqueue(senderAction{user, id, model.MarkSeen})
}

// enqueue queues a sender action if there is room and drops it otherwise.
func (c *SenderActions) enqueue(what senderAction) {
	select {
	case c.queue <- what:
	default:
	}
}

// paused reports whether Meta asked to wait with calls for a Page.
func (c *SenderActions) paused(page model.PageID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Before(c.pausedUntil[page])
}

func (c *SenderActions) pause(page model.PageID, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pausedUntil[page] = until
}

// Run sends queued sender actions until ctx ends.
func (c *SenderActions) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range senderActionWorkers {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case what := <-c.queue:
					c.send(ctx, what)
				}
			}
		})
	}
	workers.Wait()
	return nil
}

// send sends a sender action, if that user would be allowed to reply.
func (c *SenderActions) send(ctx context.Context, what senderAction) {
	defer rescue.Log(c.o.log, "show a sender action")
	now, page := c.o.now(), what.conversation.Page()
	if c.paused(page, now) {
		return
	}
	var a model.SenderAction
	err := c.o.store.Read(ctx, func(r store.Reader) error {
		p, conversation, err := access.AuthorizeConversation(r, what.user, what.conversation)
		if err != nil {
			return err
		}
		if v := model.CanReply(now, p.Page, conversation.Conversation, what.user); !v.Allowed || v.Uncertain {
			return nil
		}
		token, err := c.o.token(p)
		a = model.SenderAction{Page: p.PageID, Token: token, To: conversation.Customer.PSID, Kind: what.kind}
		return err
	})
	if err != nil || a.Token == "" {
		return
	}
	call, cancel := context.WithTimeout(ctx, c.o.timing.GraphCall)
	defer cancel()
	if out := c.o.graph.Act(call, a); out.Kind == model.OutcomeRateLimited {
		c.pause(page, now.Add(max(out.RetryAfter, model.RateLimitDefault)))
	}
}
