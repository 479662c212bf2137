package lines

import (
	"strings"
	"time"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/model/safe"
	"parley/ui/look"
)

// voice words things as they are heard: in whole words, and never by a sign.
type voice struct{ look.Look }

// previewCells is how much of a message stands in a line about its conversation.
const previewCells = 80

// span words a length of time.
func (v voice) span(d time.Duration) string {
	one := func(n int, single, several i18n.ID) string {
		if n == 1 {
			return v.Say(single)
		}
		return v.Say(several, "N", n)
	}
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return v.Say(i18n.SpanMoment)
	case d < time.Hour:
		return one(int(d/time.Minute), i18n.SpanMinute, i18n.SpanMinutes)
	case d < 2*day:
		return one(int(d/time.Hour), i18n.SpanHour, i18n.SpanHours)
	}
	return one(int(d/day), i18n.SpanDay, i18n.SpanDays)
}

// list joins parts of a line.
func (v voice) list(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, v.Say(i18n.LinesComma))
}

// quoted puts somebody's words into quotation marks.
func (v voice) quoted(text string) string { return v.Say(i18n.LinesQuoted, "Text", text) }

// gist is what a message says on one line, and who wrote it if that was not the customer.
func (v voice) gist(s *model.Summary, me model.UserID) string {
	if s == nil {
		return ""
	}
	text := v.Cells.Shown(safe.LineN(s.Text, previewCells).String())
	switch {
	case text != "":
		text = v.quoted(text)
	case len(s.Attachments) > 0:
		text = v.Words.AttachmentWord(model.Attachment{Type: s.Attachments[0]})
	case s.Event != nil:
		text = v.happened(*s.Event)
	}
	if text != "" && (s.Direction == model.Out || s.Direction == model.Note) {
		return v.Say(i18n.LinesSays, "Name", v.author(s.Author, me), "Text", text)
	}
	return text
}

// happened words an event.
func (v voice) happened(n model.Notable) string { return v.list(v.Words.Happened(n, v.Line)...) }

// author names the author of a message of the Page.
func (v voice) author(a model.Author, me model.UserID) string {
	switch {
	case a.Kind == model.ByPage:
		return v.Say(i18n.AuthorPage)
	case a.Kind == model.ByApp:
		return v.Say(i18n.AuthorApp)
	case a.Kind == model.ByUser && a.ID == string(me):
		return v.Say(i18n.You)
	}
	if name := v.Line(a.Name); name != "" {
		return name
	}
	return v.Say(i18n.ThreadColleague)
}

// left words how long a customer can still be answered, or why not.
func (v voice) left(now time.Time, r model.Verdict) string {
	switch {
	case !r.Allowed:
		if id := i18n.Blocked(string(r.Code)); v.Words.Has(id) {
			return v.Say(id)
		}
		return v.Say(i18n.Code(string(r.Code)))
	case r.Until == nil:
		return ""
	case r.Uncertain:
		return v.Say(i18n.LinesMayClose, "Time", v.span(r.Until.Sub(now)))
	}
	return v.Say(i18n.LinesCloses, "Time", v.span(r.Until.Sub(now)))
}

// whyNot says why no reply is allowed.
func (v voice) whyNot(now time.Time, r model.Verdict) string {
	if id := i18n.CodeUntil(string(r.Code)); r.Until != nil && v.Words.Has(id) {
		return v.Say(id, "Time", v.Moment(now, *r.Until))
	}
	return v.Say(i18n.Code(string(r.Code)))
}

// states are how a conversation stands, in words.
func (m *Model) states(r inbox.Row) []string {
	now := m.now()
	var out []string
	switch who, since := r.WhoWaits(); {
	case who == model.WaitsReply:
		out = append(out, m.Say(i18n.LinesAsks))
	case r.NeedsYou(now) && since != nil:
		out = append(out, m.Say(i18n.LinesWaits, "Time", m.span(now.Sub(*since))))
	}
	out = append(out, m.left(now, r.Reply))
	if r.Unread > 0 {
		out = append(out, m.Say(i18n.LinesUnread, "N", r.Unread))
	}
	switch {
	case r.Status == model.Done:
		out = append(out, m.Say(i18n.LinesDone))
	case r.Asleep(now) && r.SnoozedUntil != nil:
		out = append(out, m.Say(i18n.LinesSnoozed, "Time", m.Moment(now, *r.SnoozedUntil)))
	}
	if r.Pinned {
		out = append(out, m.Say(i18n.LinesPinned))
	}
	switch a := r.Assignee; {
	case a == nil:
	case a.ID == m.inbox.User().ID:
		out = append(out, m.Say(i18n.LinesYours))
	default:
		out = append(out, m.Say(i18n.LinesTheirs, "Name", m.Ours(a.Name)))
	}
	if len(r.Labels) > 0 {
		out = append(out, m.Say(i18n.LinesLabels, "Labels", m.Ours(strings.Join(r.Labels, ", "))))
	}
	if m.written.hasDraft(r.ID) {
		out = append(out, m.Say(i18n.LinesDraft))
	}
	if r.Stale {
		out = append(out, m.Say(i18n.LinesStale))
	}
	return out
}

// row is a conversation on one line.
func (m *Model) row(r inbox.Row) string {
	head := m.list(append([]string{m.Name(r.Customer)}, m.states(r)...)...)
	if said := m.gist(r.Shown(), m.inbox.User().ID); said != "" {
		return m.Say(i18n.LinesRow, "Row", head, "Text", said)
	}
	return head
}
