package uitest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/model"
	"parley/model/inbox"
)

// FakeHub is a hub that does what it is asked, at once.
type FakeHub struct {
	Desk
	mu      sync.Mutex
	inbox   *inbox.Inbox
	Threads map[model.ConversationID][]model.Message
	// Slow: what it is asked now is done later.
	Slow bool
	// Disk holds what is kept, where a test looks at it.
	Disk map[model.ClientID]model.Reply
	// Cursor is that of the messages before those; FailOlder is why they can't be read.
	Cursor    string
	FailOlder error
	Replies   []model.Reply
	Err       error
	Read      []model.MessageID
	Asked     []string
	Found     []model.Found
	seq       int64
	// IDs is how many client ids it has given out.
	IDs        int
	Colleagues []model.Colleague
	Told       []model.Ephemeral
	Greeting   []model.Greeting
	// Reacted are the reactions, Greeted the greetings that were set.
	Reacted []model.Untrusted
	Greeted []model.Greeting
	// Checked is how a Page stands when Facebook is asked.
	Checked *model.Page
	// Checks is what the doctor finds.
	Checks []model.Check
	// Connecting is how far connecting a Page is.
	Connecting model.Connect
	CRM        FakeCRM
	Files      FakeMedia
	FakeSnippets
}

func (h *FakeHub) note(what string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Asked = append(h.Asked, what)
	return h.Err
}

// Messages implements conversation.ReaderHub.
func (h *FakeHub) Messages(_ context.Context, id model.ConversationID, before string, _ int) (model.MessageList, error) {
	err := h.note("messages " + before)
	if before != "" {
		err = errors.Join(err, h.FailOlder)
	}
	at, _ := h.inbox.Position(Page)
	return model.MessageList{Messages: h.Threads[id], Cursor: h.Cursor, AsOf: model.AsOf{Page: at}}, err
}

// Search implements inbox.Hub.
func (h *FakeHub) Search(_ context.Context, q model.ListQuery) (model.FoundList, error) {
	return model.FoundList{Conversations: h.Found}, h.note("search " + q.Search)
}

// Reply implements conversation.ReplyHub.
func (h *FakeHub) Reply(_ context.Context, r model.Reply) (model.Message, error) {
	if h.Slow {
		return model.Message{}, nil
	}
	err := h.note("reply")
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Replies = append(h.Replies, r)
	h.seq++
	m := model.Message{
		ID: model.NewMessageID(Page, fmt.Sprint("r", h.seq)), Seq: 1000 + h.seq, ConversationID: r.Conversation, Direction: model.Out,
		Author: model.Author{Kind: model.ByUser, Name: "Aoi", ID: string(Me)}, Text: r.Text, ClientID: r.ClientID, State: model.Queued,
		SentAt: Noon.Add(time.Minute),
	}
	if r.Note {
		m.Direction, m.State = model.Note, ""
	}
	return m, err
}

// TakeBack implements conversation.KeptHub.
func (h *FakeHub) TakeBack(_ context.Context, r model.Reply) (model.Message, bool, error) {
	err := h.note("take back " + string(r.ClientID))
	delete(h.Disk, r.ClientID)
	for _, m := range h.Threads[r.Conversation] {
		if m.ClientID == r.ClientID {
			return m, true, err
		}
	}
	return model.Message{}, false, err
}

// Keep implements conversation.KeptHub.
func (h *FakeHub) Keep(r model.Reply) error {
	if h.Disk != nil {
		h.Disk[r.ClientID] = r
	}
	return h.note("keep " + string(r.ClientID))
}

// StopUpload implements conversation.ReplyHub.
func (h *FakeHub) StopUpload(id model.ClientID) { _ = h.note("stop " + string(id)) }

// Taken implements conversation.KeptHub.
func (h *FakeHub) Taken(id model.ClientID) error {
	delete(h.Disk, id)
	return h.note("taken " + string(id))
}

// held returns a message of a conversation.
func (h *FakeHub) held(id model.ConversationID, message model.MessageID) model.Message {
	t, _ := h.inbox.Thread(id)
	for _, m := range t.Messages {
		if m.ID == message {
			return m
		}
	}
	return model.Message{ID: message, ConversationID: id}
}

// Retry implements conversation.ReplyHub.
func (h *FakeHub) Retry(_ context.Context, id model.ConversationID, message model.MessageID, _ int, _ *int64) (model.Message, error) {
	m := h.held(id, message)
	m.State, m.Seq, m.Error = model.Queued, m.Seq+1000, nil
	return m, h.note("resend " + string(m.ID))
}

// Drop implements conversation.ReplyHub.
func (h *FakeHub) Drop(_ context.Context, id model.ConversationID, message model.MessageID, _ int) (model.Message, error) {
	m := h.held(id, message)
	m.State, m.Seq = model.Dropped, m.Seq+1000
	return m, h.note("drop " + string(m.ID))
}

// React implements conversation.ReaderHub.
func (h *FakeHub) React(_ context.Context, id model.ConversationID, message model.MessageID, emoji model.Untrusted) (model.Message, error) {
	m := h.held(id, message)
	m.Seq += 1000
	m.Reactions = []model.Reaction{{By: model.ByPage, Emoji: emoji, User: &model.UserRef{ID: Me, Name: "Aoi"}, Pending: true}}
	h.Reacted = append(h.Reacted, emoji)
	return m, h.note("react")
}

func (h *FakeHub) changed(id model.ConversationID, f func(*model.Conversation)) (model.Conversation, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Slow {
		return model.Conversation{}, nil
	}
	r, ok := h.inbox.Conversation(id)
	if !ok {
		return model.Conversation{}, errors.New("no such conversation")
	}
	h.seq++
	c := r.Conversation
	c.Seq = 1000 + h.seq
	f(&c)
	return c, h.Err
}

// MarkRead implements conversation.ReaderHub.
func (h *FakeHub) MarkRead(_ context.Context, id model.ConversationID, upTo model.MessageID) (model.Conversation, error) {
	h.Read = append(h.Read, upTo)
	return h.changed(id, func(c *model.Conversation) { c.Unread = 0 })
}

// MarkUnread implements inbox.TriageHub.
func (h *FakeHub) MarkUnread(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	return h.changed(id, func(c *model.Conversation) { c.Unread = 1 })
}

// Triage implements inbox.TriageHub.
func (h *FakeHub) Triage(_ context.Context, id model.ConversationID, t model.Triage) (model.Conversation, error) {
	var err error
	c, cerr := h.changed(id, func(c *model.Conversation) {
		*c, err = t.Of(*c, Noon)
		for _, u := range h.Colleagues {
			if c.Assignee != nil && c.Assignee.ID == u.ID {
				c.Assignee = &model.UserRef{ID: u.ID, Name: u.Name}
			}
		}
	})
	return c, errors.Join(err, cerr)
}

// DeleteConversation implements deletion.Hub.
func (h *FakeHub) DeleteConversation(_ context.Context, id model.ConversationID) error {
	return h.note("delete " + string(id))
}

// CheckPage implements page.Keeper.
func (h *FakeHub) CheckPage(_ context.Context, id model.PageID, repair bool) (model.Page, error) {
	err := h.note(fmt.Sprint("check ", id, " ", repair))
	p, _ := h.inbox.Page(id)
	if h.Checked != nil {
		p = *h.Checked
	}
	return p, err
}

// Doctor implements page.Keeper.
func (h *FakeHub) Doctor(_ context.Context, id model.PageID) ([]model.Check, error) {
	return h.Checks, h.note("doctor " + string(id))
}

// Uninstall implements page.Keeper.
func (h *FakeHub) Uninstall(_ context.Context, id model.PageID) (model.Page, error) {
	p, _ := h.inbox.Page(id)
	return p, h.note("uninstall " + string(id))
}

// SetVisibility implements page.Keeper.
func (h *FakeHub) SetVisibility(_ context.Context, id model.PageID, v model.Visibility) (model.Page, error) {
	return model.Page{}, h.note("visibility " + string(id) + " " + string(v))
}

// Users implements team.Hub.
func (h *FakeHub) Users(context.Context) ([]model.Colleague, error) { return h.Colleagues, nil }

// SetAvailable implements team.Hub.
func (h *FakeHub) SetAvailable(_ context.Context, available bool) (model.User, error) {
	return model.User{}, h.note(fmt.Sprint("available ", available))
}

// BeginConnect implements page.Connector.
func (h *FakeHub) BeginConnect(context.Context, model.Visibility) (model.Connect, error) {
	return h.Connecting, h.note("connect")
}

// Connect implements page.Connector.
func (h *FakeHub) Connect(_ context.Context, id string) (model.Connect, error) {
	c := h.Connecting
	c.URL = ""
	return c, h.note("connect " + id)
}

// CancelConnect implements page.Connector.
func (h *FakeHub) CancelConnect(_ context.Context, id string) (model.Connect, error) {
	return model.Connect{ID: id, State: model.ConnectRefused, Code: model.ConnectCancelled}, h.note("give up " + id)
}

// BeginImport implements page.Importer.
func (h *FakeHub) BeginImport(_ context.Context, p model.PageID) (model.Import, error) {
	return model.Import{}, h.note("import " + string(p))
}

// CancelImport implements page.Importer.
func (h *FakeHub) CancelImport(_ context.Context, p model.PageID) (model.Import, error) {
	return model.Import{}, h.note("stop " + string(p))
}

// Tell implements presence.Hub.
func (h *FakeHub) Tell(f model.Ephemeral) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Told = append(h.Told, f)
}

// NewClientID implements conversation.ReplyHub.
func (h *FakeHub) NewClientID() model.ClientID {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.IDs++
	return model.ClientID(fmt.Sprint("client-", h.IDs))
}

// Explain implements app.Hub.
func (h *FakeHub) Explain(err error) string { return "It failed: " + err.Error() }

// ReadNotice implements page.Keeper.
func (h *FakeHub) ReadNotice(_ context.Context, page model.PageID, id string) (model.Notice, error) {
	return model.Notice{}, h.note("read notice " + string(page) + " " + id)
}

// Greetings implements page.Greeter.
func (h *FakeHub) Greetings(_ context.Context, page model.PageID) ([]model.Greeting, error) {
	err := h.note("greetings " + string(page))
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Greeting, err
}

// SetGreeting implements page.Greeter.
func (h *FakeHub) SetGreeting(_ context.Context, _ model.PageID, g model.Greeting) ([]model.Greeting, error) {
	h.Greeted = append(h.Greeted, g)
	return nil, h.note("greeting " + g.Locale)
}

// DeleteGreeting implements page.Greeter.
func (h *FakeHub) DeleteGreeting(_ context.Context, _ model.PageID, locale string) ([]model.Greeting, error) {
	return nil, h.note("greeting " + locale)
}

// Knows tells the hub what its client holds, from which it answers.
func (h *FakeHub) Knows(in *inbox.Inbox) { h.inbox = in }
