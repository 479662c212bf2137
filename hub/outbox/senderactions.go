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

// Shown says what customers are shown of what users do.
type Shown struct {
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
	// maxSenderActions bounds what may wait to be shown; beyond it, it is lost.
	maxSenderActions = 64
	// senderActionWorkers is how many are on their way at once.
	senderActionWorkers = 4
)

// senderAction is something ephemeral that a customer is to be shown.
type senderAction struct {
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

// SenderActions is what is to be shown, and what was. A failure is nobody's concern: it is
// logged where the call is made, and told to nobody.
type SenderActions struct {
	Shown
	o *Outbox

	wait chan senderAction

	mu sync.Mutex
	// typing is what each customer was last shown of somebody who types.
	typing map[model.ConversationID]shownTyping
	// seen is up to where each customer was shown that they were read.
	seen ttl.Cache[model.ConversationID, store.Mark]
	// told counts what Meta was told lately for a Page, and on behalf of each user there.
	told map[teller]*count
	// quiet is until when a Page's customers are shown nothing: Meta asked to wait.
	quiet map[model.PageID]time.Time
}

// NewSenderActions returns the sender actions of that outbox; shown says which of them
// customers are shown.
func NewSenderActions(o *Outbox, shown Shown) *SenderActions {
	return &SenderActions{
		Shown: shown, o: o, wait: make(chan senderAction, maxSenderActions),
		typing: make(map[model.ConversationID]shownTyping), told: make(map[teller]*count), quiet: make(map[model.PageID]time.Time),
	}
}

// Typed takes over that a user types a reply, or no longer does. The customer is shown the
// first of it at once; then, however often it changes, it begins once in [typingAgain], and
// ends once.
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
	case active && shown && now.Sub(last.at) < typingAgain, !active && (!shown || last.ended):
		return
	case !c.mayTell(user, id.Page(), now):
		return
	case active:
		c.typing[id] = shownTyping{at: now}
		c.show(senderAction{user, id, model.TypingOn})
	default:
		c.typing[id] = shownTyping{at: last.at, ended: true}
		c.show(senderAction{user, id, model.TypingOff})
	}
}

// mayTell counts a call to Meta, and tells whether it may be made.
func (c *SenderActions) mayTell(user model.UserID, page model.PageID, now time.Time) bool {
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

func (c *SenderActions) toldBy(who teller, now time.Time) *count {
	n, ok := c.told[who]
	if !ok {
		n = &count{since: now}
		c.told[who] = n
	}
	return n
}

// Read takes over that a user has read what the customer wrote, up to a mark. Meta is told
// of each once: whoever takes it back and reads again tells the customer nothing new.
func (c *SenderActions) Read(user model.UserID, id model.ConversationID, upTo store.Mark, now time.Time) {
	if !c.Seen {
		return
	}
	if last, told := c.seen.Get(id, now); told && !txn.After(upTo, last) {
		return
	}
	c.seen.Put(id, upTo, now, now.Add(seenFor))
	c.show(senderAction{user, id, model.MarkSeen})
}

// show has something shown when there is room; else it is lost.
func (c *SenderActions) show(what senderAction) {
	select {
	case c.wait <- what:
	default:
	}
}

// silent tells whether Meta asked to wait with calls for a Page.
func (c *SenderActions) silent(page model.PageID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Before(c.quiet[page])
}

func (c *SenderActions) quieten(page model.PageID, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet[page] = until
}

// Run shows customers what is to be shown, until ctx ends.
func (c *SenderActions) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range senderActionWorkers {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case what := <-c.wait:
					c.act(ctx, what)
				}
			}
		})
	}
	workers.Wait()
	return nil
}

// act shows a customer something, where a reply by that user would be allowed.
func (c *SenderActions) act(ctx context.Context, what senderAction) {
	defer rescue.Log(c.o.log, "show a sender action")
	now, page := c.o.now(), what.conversation.Page()
	if c.silent(page, now) {
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
		c.quieten(page, now.Add(max(out.RetryAfter, model.RateLimitDefault)))
	}
}
