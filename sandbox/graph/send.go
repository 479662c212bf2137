package graph

import (
	"time"

	"parley/sandbox/meta"
	"parley/sandbox/world"
)

// earlyEchoWait is how long the answer to a send waits for an echo that comes before it.
const earlyEchoWait = 2 * time.Second

// send answers POST /{page}/messages. If it acts, the customer gets the message: it is in the
// list of delivered ones from then on, whatever happens to the answer.
func (g *Graph) send(c *call) (any, error) {
	r, err := parseSend(c)
	if err == nil {
		err = r.validate()
	}
	if err != nil {
		return nil, err
	}
	var done outcome
	g.world.Do(func(st *world.State) { done, err = g.act(st, r) })
	if err != nil {
		return nil, err
	}
	if done.message == nil {
		return sendAnswer{RecipientID: done.to.PSID}, nil
	}
	g.got(done.to)
	if done.early != nil {
		t := time.NewTimer(earlyEchoWait)
		defer t.Stop()
		select {
		case <-done.early:
		case <-t.C:
		case <-c.r.Context().Done():
		}
	}
	return sendAnswer{RecipientID: done.to.PSID, MessageID: done.message.MID}, nil
}

// outcome is the result of a send.
type outcome struct {
	to      *world.Customer
	message *world.Message  // nil for a sender action
	early   <-chan struct{} // closed once the callback has the echo that precedes the answer; nil: none does
}

// act executes a send, or refuses what Meta would refuse.
func (g *Graph) act(st *world.State, r *sendRequest) (done outcome, err error) {
	if done.to, err = mayReceive(st, r); err != nil {
		return done, err
	}
	if r.action != "" {
		return done, senderAction(st, r, done.to)
	}
	if a := r.message.Attachment; a != nil {
		if err := g.byID(a, r.file); err != nil {
			return done, err
		}
	}
	done.message = g.accept(st, r, done.to)
	done.early = g.messenger.Sent(st, done.message)
	return done, nil
}

// mayReceive returns the customer, or refuses what Meta would refuse.
func mayReceive(st *world.State, r *sendRequest) (*world.Customer, error) {
	to := st.Customer(string(r.recipient.ID))
	switch {
	case st.Page.Restricted:
		return nil, errRestricted()
	case st.Page.MessagesOff:
		return nil, errMessagesOff()
	case to == nil:
		return nil, errNoUser()
	case to.Unreachable != 0:
		return nil, errUnreachable(to.Unreachable)
	case r.action == "" && !st.WindowOpen(to):
		return nil, errWindow()
	}
	if mid := r.replyTo.MID; mid != "" {
		if quoted := st.Message(mid); quoted == nil || quoted.Owner != to {
			return nil, badParam("Invalid parameter: reply_to[mid] is not a message of this conversation")
		}
	}
	return to, nil
}

// accept creates the message, which the customer gets.
func (g *Graph) accept(st *world.State, r *sendRequest, to *world.Customer) *world.Message {
	at := st.Now()
	m := &world.Message{
		MID: st.NextMID(to.PSID, at), Owner: to, FromPage: true, At: at,
		Metadata: r.message.Metadata, AppID: g.meta.AppID, ReplyTo: r.replyTo.MID,
	}
	if r.message.Text != nil {
		m.Text = *r.message.Text
	}
	if a := r.message.Attachment; a != nil {
		m.Attachments = []meta.Attachment{*a}
	}
	if id := r.message.StickerID; id != "" {
		m.Attachments = []meta.Attachment{g.meta.Sticker(id.String())}
	}
	st.Record(m)
	st.Deliver(m)
	return m
}

// senderAction shows typing, seen or a reaction to the customer.
func senderAction(st *world.State, r *sendRequest, to *world.Customer) error {
	a := world.Acted{PSID: to.PSID, Action: r.action}
	if r.action == "react" || r.action == "unreact" {
		m := st.Message(r.payload.MessageID)
		if m == nil || m.Owner != to {
			return badParam("Invalid parameter: payload[message_id] is not a message of this conversation")
		}
		if r.action == "react" && r.payload.Reaction == "" {
			return badParam("The parameter payload[reaction] is required")
		}
		m.Reaction = ""
		if r.action == "react" {
			m.Reaction = r.payload.Reaction
		}
		a.MID, a.Reaction = m.MID, m.Reaction
	}
	st.Act(a)
	return nil
}
