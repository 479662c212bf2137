package app

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/ui/conversation"
	list "parley/ui/inbox"
	"parley/ui/screen"
)

// finishing sends a reply, has its conversation done with it, and goes on to the next that
// waits. The hub marks it done when it takes the reply, so that nothing is done whose reply was
// refused.
type finishing struct {
	*screen.Screen
	inbox        *list.Model
	writer       *conversation.Writer
	conversation *conversation.Model
	// sent are the replies whose conversations are to be done.
	sent map[model.ClientID]*finished
}

// finished is a conversation that is done once the hub has its reply.
type finished struct {
	id   model.ConversationID
	name string
	undo *screen.Undo
	// back restores what it was. undone: the user wants that as soon as it is done.
	back   model.Triage
	undone bool
	// seq is that of the reply at the hub; 0: the hub has not answered.
	seq int64
}

// SendDone sends what is typed, and is through with its conversation.
func (f *finishing) SendDone() tea.Cmd {
	id := f.writer.Box.Conversation()
	r, ok := f.Inbox.Conversation(id)
	if who, _ := r.WhoWaits(); who == model.WaitsReply && !f.writer.Box.Note() {
		// It waits behind a reply that asks: neither has left, and the user has to decide.
		sent := f.writer.Send()
		if f.writer.Box.Text() == "" {
			f.NotifyLonger(f.Say(i18n.SaidWaitsForEarlier, "Resend", f.KeyOf("resend"), "Drop", f.KeyOf("drop")))
		}
		return sent
	}
	before, last := f.writer.Replies.Newest(id), f.Undo.Last()
	sent := f.writer.Send()
	client := f.writer.Replies.Newest(id)
	if !ok || client == before {
		return sent // it said why not
	}
	f.writer.Replies.Finish(id, client)
	held := f.Undo.Last()
	x := &finished{id: id, name: f.Look.Name(r.Customer), back: model.ToStatus(model.Done).Inverse(r.Conversation, f.Now())}
	x.undo = &screen.Undo{Of: id, Said: f.Say(i18n.SaidSentDone, "Name", x.name), At: f.Now(), Back: func() tea.Cmd { return f.takeBack(client, x) }}
	f.Undo.Push(x.undo)
	f.sent[client] = x
	f.Notify(f.Say(i18n.SaidSending, "Name", x.name))
	if held != last { // while it is held back, the undo key takes it back
		f.Undo.Drop(held)
		f.Undo.Push(held)
		f.OfferUndo()
	}
	return tea.Batch(sent, f.writer.LeaveBox(), f.goOn(id))
}

// goOn opens the next conversation of the list that waits; if none does, it returns to the list.
func (f *finishing) goOn(id model.ConversationID) tea.Cmd {
	if next, ok := f.inbox.Turns.GoOn(id); ok {
		f.Arrive()
		return next
	}
	f.inbox.List.Light(id)
	left := f.conversation.Leave()
	f.inbox.List.Pass(id)
	f.Arrive()
	return left
}

// takeBack has a conversation not be done after all. Its reply goes.
func (f *finishing) takeBack(client model.ClientID, x *finished) tea.Cmd {
	if f.sent[client] == x && x.seq == 0 {
		x.undone = true
		f.Notify(f.Say(i18n.SaidStaysOpen, "Name", x.name))
		return nil
	}
	return f.inbox.Restore(x.id, x.back)
}

// Replied takes over what became of a reply.
func (f *finishing) Replied(r conversation.Replied) tea.Cmd {
	x, ok := f.sent[r.Reply.ClientID]
	switch {
	case !ok:
		return nil
	case r.Err != nil:
		delete(f.sent, r.Reply.ClientID)
		f.Undo.Drop(x.undo)
		if f.Shown != x.id {
			f.inbox.Turns.Return(x.id)
			f.NotifyLonger(f.Say(i18n.SaidNotSent, "Name", x.name, "Why", f.why(r.Err), "Key", f.KeyOf("next_waiting")))
		}
		return nil
	case x.undone:
		delete(f.sent, r.Reply.ClientID)
		return f.inbox.Restore(x.id, x.back)
	}
	x.seq = max(1, r.Message.Seq)
	f.Notify(f.Say(i18n.SaidSentDone, "Name", x.name))
	if f.Undo.Last() == x.undo {
		f.OfferUndo()
	}
	return nil
}

// why says in a few words why a reply did not leave.
func (f *finishing) why(err error) string {
	var refusal *model.Refusal
	if errors.As(err, &refusal) && refusal.Code == model.NewerReply {
		return f.Say(i18n.SaidNewerMeanwhile)
	}
	return f.Explain(err)
}

// Watch looks how the conversations turned out whose replies the hub has: one whose customer has
// written meanwhile is not done.
func (f *finishing) Watch() {
	for client, x := range f.sent {
		if x.seq == 0 && !f.writer.Replies.Has(x.id, client) { // it was taken back
			delete(f.sent, client)
			f.Undo.Drop(x.undo)
			f.inbox.Turns.Return(x.id)
			continue
		}
		r, ok := f.Inbox.Conversation(x.id)
		if x.seq == 0 || ok && r.Seq <= x.seq {
			continue
		}
		delete(f.sent, client)
		if ok {
			f.inbox.Agenda.FinishedNow(r.Conversation)
		}
		if who, _ := r.WhoWaits(); ok && r.Status != model.Done && who == model.WaitsCustomer {
			f.Undo.Drop(x.undo)
			f.NotifyLonger(f.Say(i18n.SaidWroteMeanwhile, "Name", x.name))
		}
	}
}

// Forget drops what is held of conversations that are gone.
func (f *finishing) Forget(gone func(model.ConversationID) bool) {
	for client, x := range f.sent {
		if gone(x.id) {
			delete(f.sent, client)
		}
	}
}

// NeedsTyped says why what is typed can't be sent; empty: something is being typed.
func (f *finishing) NeedsTyped() string {
	if !f.Composing() {
		return f.Say(i18n.WhyNothingTyped, "Key", f.KeyOf("reply"))
	}
	return ""
}
