package lines

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/model/snippet"
)

// manner is how a reply leaves: with its conversation done, or at a time; nil: at once.
type manner struct {
	done bool
	at   *time.Time
}

// reply asks for a reply, or sends the one that was typed with the command.
func (m writing) reply(id model.ConversationID, text string, how manner) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	if id != m.shown {
		m.sayOf(id, m.row(r)) // who is answered is heard before
	}
	if v := r.Reply; !v.Allowed {
		m.sayOf(id, m.Say(i18n.LinesRefused, "Name", m.Name(r.Customer), "Why", m.whyNot(m.now(), v)))
		return
	}
	of := model.DraftOf{Conversation: id}
	if text != "" {
		m.composed(of, text, how)
		return
	}
	m.sayOnce(i18n.LinesHowToReply)
	for _, f := range m.written.drafts[of].Files {
		m.sayOf(id, m.Say(i18n.AttachedFiles, "Files", m.Line(model.Untrusted(f.Name()))))
	}
	if said := m.tells.writersIn(id); said != "" {
		m.sayOf(id, said)
	}
	prompt := m.list(m.Say(i18n.LinesReplyTo, "Name", m.Name(r.Customer)), m.left(m.now(), r.Reply))
	m.compose(of, prompt, m.written.text(of), how)
}

// note asks for a note, or stores the one that was typed with the command.
func (m writing) note(id model.ConversationID, text string) {
	of := model.DraftOf{Conversation: id, Note: true}
	if text != "" {
		m.composed(of, text, manner{})
		return
	}
	m.compose(of, m.Say(i18n.LinesNoteAbout, "Name", m.nameOf(id)), m.written.text(of), manner{})
}

// compose asks for a text; what is typed is a draft until it is sent off.
func (m writing) compose(of model.DraftOf, prompt, text string, how manner) {
	m.ask(question{
		of: of.Conversation, prompt: prompt + m.Say(i18n.LinesColon), text: text, draft: &of,
		answer: func(text string) {
			if before, more := strings.CutSuffix(text, `\`); more {
				m.keepDraft(of, before+"\n")
				m.compose(of, m.Say(i18n.LinesGoOn), before+"\n", how)
				return
			}
			if m.expands(of, prompt, text, how) {
				return
			}
			m.composed(of, text, how)
		},
		leave: func(text string) {
			m.keepDraft(of, text)
			m.tells.tellTyped(of.Conversation)
			if strings.TrimSpace(text) == "" {
				m.say(m.Say(i18n.LinesNotWritten))
				return
			}
			m.say(m.Say(i18n.LinesDraftKept))
		},
	})
}

// composed sends off what was written, or says why not; it is a draft then.
func (m writing) composed(of model.DraftOf, text string, how manner) {
	m.tells.tellTyped(of.Conversation)
	text = strings.TrimFunc(text, unicode.IsSpace)
	r, ok := m.conversation(of.Conversation)
	missing := snippet.Unfilled(text)
	refusal := model.CheckText(model.Untrusted(text))
	switch {
	case !ok:
		m.keepDraft(of, text)
	case text == "" && len(m.written.drafts[of].Files) == 0:
		m.keepDraft(of, "")
		m.say(m.Say(i18n.LinesNotWritten))
	case text != "" && refusal != nil:
		m.keepDraft(of, text)
		m.say(m.Say(i18n.Code(string(refusal.Code))), m.Say(i18n.LinesDraftKept))
	case !of.Note && len(missing) > 0:
		m.keepDraft(of, text)
		m.say(m.Say(i18n.ComposerUnfilled, "Fields", fieldNames(missing)), m.Say(i18n.LinesDraftKept))
	case !of.Note && !r.Reply.Allowed:
		m.keepDraft(of, text)
		m.sayOf(r.ID, m.Say(i18n.LinesRefused, "Name", m.Name(r.Customer), "Why", m.whyNot(m.now(), r.Reply)), m.Say(i18n.LinesDraftKept))
	default:
		m.sends(of, text, how)
		if how.done {
			m.sorts.goOn(of.Conversation)
		}
	}
}

// expands puts a snippet in place of its name at the end of a text, reads it out, and asks again: it is
// sent off by the next enter. false: there is no name.
func (m writing) expands(of model.DraftOf, prompt, text string, how manner) bool {
	at := strings.LastIndexAny(text, ";；")
	if at < 0 {
		return false
	}
	name := strings.TrimLeft(strings.TrimSpace(text[at:]), ";；")
	if !snippet.ValidName(name) {
		return false
	}
	s, ok := snippet.Find(m.texts, name)
	if !ok {
		if names, _ := snippet.Complete(m.texts, name); len(names) == 1 {
			s, ok = snippet.Find(m.texts, names[0])
		}
	}
	if !ok || s.Text == "" {
		if at > 0 { // a semicolon in a sentence
			return false
		}
		m.say(m.Say(i18n.LinesNoSnippet, "Name", m.Ours(name), "Word", m.words("snippets")[0]))
		m.compose(of, prompt, "", how)
		return true
	}
	m.fill(of.Conversation, s, func(v snippet.Values) {
		full, missing := snippet.Expand(s.Text, v)
		if len(missing) > 0 {
			m.say(m.Say(i18n.SaidMissingFields, "Fields", fieldNames(missing)))
		}
		full = text[:at] + full
		m.keepDraft(of, full)
		m.compose(of, m.Say(i18n.LinesFilledIn), full, how)
	})
	return true
}

func fieldNames(fields []snippet.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.String()
	}
	return strings.Join(names, " ")
}

// fill hands on the values of a snippet's fields for a conversation, after reading the linked lead or
// deal if one of them needs it.
func (m writing) fill(id model.ConversationID, s snippet.Snippet, then func(snippet.Values)) {
	r, ok := m.conversation(id)
	if !ok {
		return
	}
	v := snippet.Values{
		snippet.Customer: r.Customer.Name, snippet.CustomerFirst: snippet.FirstWord(r.Customer.Name), snippet.Me: model.Untrusted(m.inbox.User().Name),
	}
	if p, ok := m.inbox.Page(r.PageID); ok {
		v[snippet.Page] = p.Name
	}
	var deal *model.RecordRef
	for _, l := range r.Links {
		if ref := l.Ref(); ref.Type == model.Person {
			v[snippet.PersonName] = l.Title
		} else {
			v[snippet.DealTitle], deal = l.Title, &ref
		}
	}
	uses := s.Uses()
	if deal == nil || !slices.Contains(uses, snippet.DealValue) && !slices.Contains(uses, snippet.DealStage) {
		then(v)
		return
	}
	m.call(func(ctx context.Context) func() {
		rec, err := m.hub.Record(ctx, *deal)
		return func() {
			if m.lost(id) {
				return
			}
			if err == nil && rec.Value != nil {
				v[snippet.DealValue] = model.Untrusted(m.Money(*rec.Value))
			}
			if err == nil && rec.Stage != nil {
				v[snippet.DealStage] = rec.Stage.Name
			}
			then(v)
		}
	})
}

// listSnippets reads out the snippets.
func (m writing) listSnippets() {
	m.call(func(ctx context.Context) func() {
		all, err := m.hub.Snippets(ctx)
		return func() {
			if err != nil {
				m.say(m.hub.Explain(err))
				return
			}
			m.texts = all
			snippet.Sort(m.texts)
			n := 0
			for _, s := range m.texts {
				if s.Text != "" {
					n++
					m.say(m.Say(i18n.LinesSnippet, "Name", m.Ours(s.Name), "Text", m.Cells.Shown(safe.LineN(s.Text, previewCells).String())))
				}
			}
			if n == 0 {
				m.say(m.Say(i18n.LinesNoSnippets))
			}
		}
	})
}

// listDrafts lists the conversations in which something is written, and what was sent off and has
// not left.
func (m writing) listDrafts() {
	m.listing = listing{search: true}
	add := func(id model.ConversationID) {
		if _, ok := m.conversation(id); ok && !slices.Contains(m.listing.found, id) {
			m.listing.found = append(m.listing.found, id)
		}
	}
	elsewhere := 0
	for _, s := range m.written.queue {
		if m.lost(s.Conversation) {
			elsewhere++
		}
		add(s.Conversation)
	}
	v := m.inbox.View(inbox.Query{Filter: inbox.FilterAll, Sort: inbox.SortNewest})
	for i := range v.Len() {
		if r, ok := v.At(i); ok && m.written.hasDraft(r.ID) {
			add(r.ID)
		}
	}
	if elsewhere > 0 {
		m.say(m.Say(i18n.UnsentElsewhere) + m.Say(i18n.LinesColon) + m.Say(i18n.UnsentLabel))
	}
	if len(m.listing.found) == 0 {
		if elsewhere == 0 {
			m.say(m.Say(i18n.WhyNoDraft))
		}
		return
	}
	m.reads.listed(m.Say(i18n.DraftsTitle))
	for _, s := range m.written.queue {
		if s.why != "" && !m.lost(s.Conversation) {
			m.sayOf(s.Conversation, m.list(m.nameOf(s.Conversation), s.why), m.reads.decide())
		}
	}
}
