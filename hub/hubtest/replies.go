package hubtest

import (
	"github.com/google/uuid"

	"parley/hub/outbox"
	"parley/model"
)

// What users do.

// NewClientID is an id by which a client hands something in.
func NewClientID() model.ClientID { return model.ClientID(uuid.Must(uuid.NewV7()).String()) }

// Draft is a reply to be handed in.
func Draft(customer model.PSID, text string) outbox.Draft {
	return outbox.Draft{Conversation: ConversationWith(customer), ClientID: NewClientID(), Text: model.Untrusted(text)}
}

// Accept hands a reply in and does not wait for what becomes of it.
func (w *World) Accept(u model.User, d outbox.Draft) model.Message {
	w.Helper()
	m, err := w.Hub.Reply(w.Ctx, u, d)
	w.Must(err)
	return m
}

// Reply hands a reply of Ann in and waits until it has gone as far as it can.
func (w *World) Reply(customer model.PSID, text string) model.MessageID {
	w.Helper()
	m := w.Accept(w.Ann, Draft(customer, text))
	w.Settle()
	return m.ID
}

// Resend has a person send a reply to Hanako again that asks or failed.
func (w *World) Resend(id model.MessageID) {
	w.Helper()
	_, err := w.Hub.Retry(w.Ctx, w.Ann, id, ConversationWith(Hanako), w.Message(id).Attempt, nil)
	w.Must(err)
	w.Settle()
}

// Typing tells the hub that a user types to Hanako, or has stopped.
func Typing(active bool) model.Ephemeral {
	return model.Ephemeral{Type: model.FrameTyping, Page: Page, Conversation: ConversationWith(Hanako), Active: active}
}

// Delete has a user delete a conversation.
func (w *World) Delete(u model.User, customer model.PSID) {
	w.Helper()
	w.Must(w.Hub.DeleteConversation(w.Ctx, u, ConversationWith(customer)))
	w.Settle()
}
