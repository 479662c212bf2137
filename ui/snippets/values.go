package snippets

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/snippet"
	"parley/ui/screen"
)

// known returns the values of fields for a conversation, as far as the screen knows them: names,
// and what the links say that this user may see.
func (m *Model) known(id model.ConversationID) snippet.Values {
	r, ok := m.Inbox.Conversation(id)
	if !ok {
		return nil
	}
	v := snippet.Values{
		snippet.Customer: r.Customer.Name, snippet.CustomerFirst: snippet.FirstWord(r.Customer.Name),
		snippet.Me: model.Untrusted(m.Inbox.User().Name),
	}
	if p, ok := m.Inbox.Page(r.PageID); ok {
		v[snippet.Page] = p.Name
	}
	for _, l := range r.Links {
		if l.Ref().Type == model.Person {
			v[snippet.PersonName] = l.Title
			continue
		}
		v[snippet.DealTitle] = l.Title
		if held, ok := m.Records.Held(l.Ref()); ok {
			m.put(v, held)
		}
	}
	return v
}

// put adds what a lead or deal says.
func (m *Model) put(v snippet.Values, r model.Record) {
	v[snippet.DealTitle] = r.Title
	if r.Value != nil {
		v[snippet.DealValue] = model.Untrusted(m.Look.Money(*r.Value))
	}
	if r.Stage != nil {
		v[snippet.DealStage] = r.Stage.Name
	}
}

// unread returns the lead or deal of a conversation that has to be read for one of the fields.
func (m *Model) unread(id model.ConversationID, fields []snippet.Field) (model.RecordRef, bool) {
	r, ok := m.Inbox.Conversation(id)
	if !ok || !slices.Contains(fields, snippet.DealValue) && !slices.Contains(fields, snippet.DealStage) {
		return model.RecordRef{}, false
	}
	for _, l := range r.Links {
		if _, held := m.Records.Held(l.Ref()); l.Ref().Type != model.Person && !held {
			return l.Ref(), true
		}
	}
	return model.RecordRef{}, false
}

// fill fills in a snippet for a conversation and hands the text to then, after reading the linked
// lead or deal if a field needs it.
func (m *Model) fill(id model.ConversationID, s snippet.Snippet, then func(text string, missing []snippet.Field) tea.Cmd) tea.Cmd {
	ref, ok := m.unread(id, s.Uses())
	if !ok {
		return then(snippet.Expand(s.Text, m.known(id)))
	}
	m.Notify(m.Say(i18n.RecordReading))
	hub := m.hub
	return screen.Call(func(ctx context.Context) tea.Msg {
		r, err := hub.Record(ctx, ref)
		return recordRead{id, ref, r, err, func(v snippet.Values) tea.Cmd { return then(snippet.Expand(s.Text, v)) }}
	})
}

// recordRead is the answer with the linked lead or deal of a conversation.
type recordRead struct {
	of     model.ConversationID
	ref    model.RecordRef
	record model.Record
	err    error
	// then goes on with the values.
	then func(snippet.Values) tea.Cmd
}

// recordRead goes on, if the conversation is still there and linked to it. A record that could not be
// read has no values.
func (m *Model) recordRead(a recordRead) tea.Cmd {
	m.Hush()
	r, ok := m.Inbox.Conversation(a.of)
	if !ok || m.Lost(a.of) || !slices.ContainsFunc(r.Links, func(l model.Link) bool { return l.Ref() == a.ref }) {
		return nil
	}
	v := m.known(a.of)
	if a.err == nil {
		m.put(v, a.record)
	}
	return a.then(v)
}
