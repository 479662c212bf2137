package lines

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/i18n"
	"parley/model"
)

// mostRecords is how many records are offered at a time.
const mostRecords = 9

// link links a conversation to a record: one that is suggested, or one that a search finds.
func (m linking) link(id model.ConversationID, words string) {
	m.call(func(ctx context.Context) func() {
		var all []model.Candidate
		var err error
		if ref, rerr := model.ParseRecordRef(words); rerr == nil {
			var r model.Record
			r, err = m.hub.Record(ctx, ref)
			all = []model.Candidate{{Record: r}}
		} else if words == "" {
			all, err = m.hub.Suggestions(ctx, id)
		} else {
			all, err = m.hub.SearchCRM(ctx, words, nil)
		}
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.offer(id, all[:min(len(all), mostRecords)])
		}
	})
}

// offer reads out records by number; words search for others.
func (m linking) offer(id model.ConversationID, all []model.Candidate) {
	name := m.nameOf(id)
	var choices []choice
	for _, c := range all {
		why := ""
		if c.Match != "" {
			why = m.Say(i18n.MatchReason(string(c.Match)), "Found", m.Line(c.Found))
		}
		choices = append(choices, choice{m.list(m.described(c.Record), why), func() { m.askLink(id, c.Record) }})
	}
	title := m.Say(i18n.LinesLinkTitle, "Name", name)
	if len(all) == 0 {
		title = m.Say(i18n.LinesLinkNone, "Name", name)
	}
	m.choose(id, title, choices, func(text string) bool {
		m.link(id, text)
		return true
	})
}

// described is a record on one line.
func (m linking) described(r model.Record) string {
	parts := []string{m.Say(i18n.RecordKind(string(r.Type))), m.Line(r.Title), m.Line(r.Organization), m.Line(r.PersonName)}
	if r.Value != nil {
		parts = append(parts, m.Money(*r.Value))
	}
	if r.Stage != nil {
		parts = append(parts, m.Line(r.Stage.Name))
	}
	if r.Status != "" {
		parts = append(parts, m.Say(i18n.DealStatus(string(r.Status))))
	}
	return m.list(parts...)
}

// askLink links to a record; it asks first if others could then read a private conversation, or
// another link would be replaced.
func (m linking) askLink(id model.ConversationID, to model.Record) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	p, _ := m.inbox.Page(r.PageID)
	old, replaces := slot(r.Links, to.Type)
	if p.Visibility != model.Private && !replaces {
		m.linkTo(id, to)
		return
	}
	m.call(func(ctx context.Context) func() {
		var others *int
		if p.Visibility == model.Private {
			if v, err := m.hub.RecordFor(ctx, to.RecordRef, id); err == nil {
				others = v.Others
			}
		}
		return func() {
			title := m.Line(to.Title)
			if p.Visibility == model.Private {
				n := ""
				if others != nil {
					n = strconv.Itoa(*others)
				}
				m.sayOf(id, m.Say(i18n.LinkPrivateTo(others, p.SyncOff || r.SyncOff()), "Page", m.Line(p.Name), "Title", title, "N", n))
			}
			if replaces {
				m.sayOf(id, m.Say(i18n.LinkReplaces, "Old", m.Line(old.Title)))
			}
			m.choose(id, m.Say(i18n.LinkTitle, "Name", m.Name(r.Customer), "Title", title), []choice{
				{m.Say(i18n.LinkNo), nil}, {m.Say(i18n.LinkYes), func() { m.linkTo(id, to) }},
			}, nil)
		}
	})
}

// slot is the link that one of that kind would replace.
func slot(links []model.Link, t model.RecordType) (model.Link, bool) {
	i := slices.IndexFunc(links, func(l model.Link) bool { return (l.Ref().Type == model.Person) == (t == model.Person) })
	if i < 0 {
		return model.Link{}, false
	}
	return links[i], true
}

func (m linking) linkTo(id model.ConversationID, to model.Record) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	old, replaced := slot(r.Links, to.Type)
	m.relink(id, func(ctx context.Context) (model.Conversation, error) { return m.hub.Link(ctx, id, to.RecordRef) },
		m.Say(i18n.SaidLinked, "Name", m.Name(r.Customer), "Title", m.Line(to.Title)),
		func(ctx context.Context) (model.Conversation, error) {
			if replaced {
				return m.hub.Link(ctx, id, old.Ref())
			}
			return m.hub.Unlink(ctx, id, to.RecordRef)
		})
}

// relink changes the links of a conversation; back undoes it, and nil can't be undone.
func (m linking) relink(id model.ConversationID, do func(context.Context) (model.Conversation, error), words string, back func(context.Context) (model.Conversation, error)) {
	m.call(func(ctx context.Context) func() {
		c, err := do(ctx)
		return func() {
			if err != nil {
				m.sayOf(id, m.hub.Explain(err))
				return
			}
			m.inbox.Put(c)
			m.inbox.PutLinks(model.LinkChange{Conversation: c.ID, Links: c.Links})
			m.sayOf(id, words)
			if back != nil {
				m.undo.push(undoing{of: id, back: func() { m.relink(id, back, m.Say(i18n.SaidUndone, "Name", m.nameOf(id)), nil) }})
			}
		}
	})
}

// unlink removes a link: the only one, or as chosen.
func (m linking) unlink(id model.ConversationID) {
	r, _ := m.conversation(id)
	var all []choice
	for _, l := range r.Links {
		ref := l.Ref()
		all = append(all, choice{m.list(m.Say(i18n.RecordKind(l.Type)), m.Line(l.Title)), func() {
			m.relink(id, func(ctx context.Context) (model.Conversation, error) { return m.hub.Unlink(ctx, id, ref) },
				m.Say(i18n.SaidUnlinked, "Name", m.Name(r.Customer), "Title", m.Line(l.Title)),
				func(ctx context.Context) (model.Conversation, error) { return m.hub.Link(ctx, id, ref) })
		}})
	}
	if len(all) == 0 {
		m.say(m.Say(i18n.LinesNotLinked, "Word", m.words("link")[0]))
		return
	}
	m.choose(id, m.Say(i18n.UnlinkTitle, "Name", m.Name(r.Customer)), all, nil)
}

// records reads out the records that a conversation is linked to.
func (m linking) records(id model.ConversationID) {
	r, _ := m.conversation(id)
	if len(r.Links) == 0 {
		m.say(m.Say(i18n.LinesNotLinked, "Word", m.words("link")[0]))
		return
	}
	m.call(func(ctx context.Context) func() {
		type read struct {
			model.Record
			err error
		}
		var all []read
		for _, l := range r.Links {
			rec, err := m.hub.Record(ctx, l.Ref())
			all = append(all, read{rec, err})
		}
		return func() {
			for _, x := range all {
				if x.err != nil {
					m.sayOf(id, m.hub.Explain(x.err))
					continue
				}
				m.sayOf(id, m.described(x.Record))
				for _, u := range slices.Concat(x.Emails, x.Phones) {
					m.sayOf(id, m.Line(u))
				}
				if x.URL != "" {
					m.sayOf(id, strings.TrimSpace(m.Ours(x.URL)))
				}
			}
		}
	})
}
