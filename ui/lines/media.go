package lines

import (
	"context"
	"time"

	"parley/i18n"
	"parley/model"
)

// mediaWithin is how long a file may take to come.
const mediaWithin = 10 * time.Minute

// mediaMost is how many attachments are offered at a time, the newest first.
const mediaMost = 10

// media offers what was attached in a conversation, and opens what is chosen.
func (m reading) media(id model.ConversationID) {
	t, ok := m.inbox.Thread(id)
	if !ok || !t.Loaded {
		m.say(m.Say(i18n.LinesMediaUnread, "Word", m.words("open")[0]))
		return
	}
	var all []choice
	for i := len(t.Messages) - 1; i >= 0; i-- {
		x := t.Messages[i]
		for _, a := range x.Attachments {
			if len(all) < mediaMost && a.ID != "" && a.Media != nil && a.Media.State == model.MediaStored && !x.Deleted {
				all = append(all, choice{title: m.list(m.authorOf(x), m.Moment(m.now(), x.SentAt), m.attachment(a)), do: func() { m.fetch(id, a) }})
			}
		}
	}
	switch len(all) {
	case 0:
		m.sayOf(id, m.Say(i18n.LinesNoMedia))
	case 1:
		all[0].do()
	default:
		m.choose(id, m.Say(i18n.LinesMediaTitle, "N", len(all)), all, nil)
	}
}

// fetch saves an attachment on this machine and opens it, or over SSH says a link that opens it once.
func (m reading) fetch(id model.ConversationID, a model.Attachment) {
	what := m.attachment(a)
	m.sayOf(id, m.Say(i18n.LinesMediaComes, "What", what))
	m.begin(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, mediaWithin)
		defer cancel()
		said, err := m.opened(ctx, id, what, a)
		return func() {
			if err != nil {
				said = m.hub.Explain(err)
			}
			m.sayOf(id, said)
		}
	})
}

func (m reading) opened(ctx context.Context, id model.ConversationID, what string, a model.Attachment) (string, error) {
	if m.o.Downloads == nil || m.o.Browse == nil {
		link, err := m.hub.MediaLink(ctx, a.ID)
		return m.Say(i18n.SaidMediaLink, "Name", what, "URL", m.Ours(link.URL)), err
	}
	content, err := m.hub.Media(ctx, a.ID)
	if err != nil {
		return "", err
	}
	file, err := m.o.Downloads.Save(id.Page(), content, nil)
	switch {
	case err != nil:
		return m.Say(i18n.MediaUnsaved, "Name", what), nil
	case file.Opens && m.o.Browse(file.Path) == nil:
		return m.Say(i18n.SaidMediaOpened, "Name", what), nil
	}
	return m.Say(i18n.SaidMediaSaved, "Name", what, "Path", m.Ours(file.Path)), nil
}

// keepSaved removes what was saved of Pages that the user may not see any more.
func (m reading) keepSaved() {
	if m.o.Downloads == nil || !m.live() {
		return
	}
	var seen []model.PageID
	for _, p := range m.inbox.Pages() {
		if p.Sees {
			seen = append(seen, p.ID)
		}
	}
	to := m.o.Downloads
	m.begin(func(context.Context) func() {
		_ = to.Keep(seen) // what is in use goes next time
		return func() {}
	})
}
