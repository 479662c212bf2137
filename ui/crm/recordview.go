package crm

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
	"parley/ui/overlay"
	"parley/ui/screen"
)

// recordView is the screen of a record: its transcripts in the CRM, read only. It exists only
// while it is on the screen, with all that was read.
type recordView struct {
	box *overlay.Reader
	// of is the conversation it was opened from. linked: it was opened by the link to the
	// record, and closes with that link.
	of     model.ConversationID
	ref    model.RecordRef
	title  model.Untrusted
	linked bool
	// picker is the picker below it; nil: none.
	picker *picker

	held   []model.Transcript
	cursor string
	// read: an answer came; asking: one is awaited; old: it must be read again; why is the
	// reason why it could not be read.
	read, asking, old bool
	why               string
	// generation invalidates answers requested before it was read again.
	generation uint64
}

// transcriptsRead is the answer with a page of transcripts.
type transcriptsRead struct {
	of         *recordView
	generation uint64
	view       model.RecordView
	err        error
}

// ViewRecord shows the transcripts on a linked record; if there are several, it asks which.
func (m *Model) ViewRecord() tea.Cmd {
	r, _ := m.Current()
	if len(r.Links) == 1 {
		return m.openRecordView(&recordView{of: r.ID, ref: r.Links[0].Ref(), title: r.Links[0].Title, linked: true})
	}
	return m.chooseLink(r, m.Say(i18n.ViewTitle), "", func(ref model.RecordRef) tea.Cmd {
		v := &recordView{of: r.ID, ref: ref, linked: true}
		for _, l := range r.Links {
			if l.Ref() == ref {
				v.title = l.Title
			}
		}
		return m.openRecordView(v)
	})
}

// viewPicked shows the transcripts on the record selected in the picker.
func (m *Model) viewPicked(p *picker) tea.Cmd {
	c, ok := p.selectedCandidate()
	if !ok {
		return nil
	}
	return m.openRecordView(&recordView{of: p.of, ref: c.RecordRef, title: c.Title, picker: p})
}

func (m *Model) openRecordView(v *recordView) tea.Cmd {
	v.box = overlay.NewReader(m.viewTitle(v))
	v.old = true
	m.view = v
	m.showView()
	m.lay(v.of, v.box, func(a overlay.Action) tea.Cmd {
		if _, closed := a.(overlay.Closed); closed {
			m.view = nil
			if v.picker != nil && m.picker == v.picker {
				m.layPicker()
			}
		}
		return nil
	})
	return m.readView()
}

func (m *prose) viewTitle(v *recordView) string {
	return m.Say(i18n.TranscriptTitle, "Title", m.Look.Line(v.title))
}

// followView closes the view if it may no longer be seen: another overlay replaced it, or the
// link by which it was opened is gone.
func (m *Model) followView() tea.Cmd {
	v := m.view
	if v == nil {
		return nil
	}
	if v.linked {
		if r, ok := m.Inbox.Conversation(v.of); ok && !linked(r.Links, v.ref) && m.Overlaid() == overlay.Overlay(v.box) {
			m.Lift()
		}
	}
	if m.Overlaid() != overlay.Overlay(v.box) {
		m.view = nil
		return nil
	}
	return m.readView()
}

// readView reads a view from its beginning, if it is old.
func (m *Model) readView() tea.Cmd {
	v := m.view
	if v == nil || !v.old || !m.Live() {
		return nil
	}
	v.old, v.cursor = false, ""
	v.generation++
	return m.askTranscripts(v)
}

// ReadOn reads the next page when the end of what was read is near.
func (m *Model) ReadOn() tea.Cmd {
	v := m.view
	if v == nil || v.asking || v.cursor == "" || !m.Live() || !v.box.NearEnd() {
		return nil
	}
	return m.askTranscripts(v)
}

func (m *Model) askTranscripts(v *recordView) tea.Cmd {
	v.asking = true
	m.showView()
	hub, ref, cursor, generation := m.hub, v.ref, v.cursor, v.generation
	return screen.Call(func(ctx context.Context) tea.Msg {
		got, err := hub.RecordTranscripts(ctx, ref, cursor)
		return transcriptsRead{of: v, generation: generation, view: got, err: err}
	})
}

// transcriptsRead adds a page. After an error nothing that was read before stays: the user may
// no longer see it.
func (m *Model) transcriptsRead(t transcriptsRead) tea.Cmd {
	v := t.of
	if m.view != v || t.generation != v.generation {
		return nil
	}
	v.asking = false
	if t.err != nil {
		v.held, v.cursor, v.read, v.why = nil, "", false, m.Explain(t.err)
		m.showView()
		return nil
	}
	if v.cursor == "" { // it was read from its beginning
		v.held = nil
	}
	v.held = append(v.held, t.view.Transcripts...)
	v.cursor, v.read, v.why = t.view.Cursor, true, ""
	if t.view.Record.Title != "" {
		v.title = t.view.Record.Title
	}
	m.showView()
	return nil
}

// showView fills the view with what is known now.
func (m *Model) showView() {
	v := m.view
	if v == nil {
		return
	}
	v.box.SetTitle(m.viewTitle(v))
	v.box.Say("")
	if v.read {
		v.box.Say(m.Say(i18n.TranscriptReaders))
	}
	switch {
	case v.why != "":
		v.box.SetStatus(v.why, true)
	case v.asking || v.old:
		v.box.SetStatus(m.Say(i18n.TranscriptsReading), false)
	default:
		v.box.SetStatus("", false)
	}
	v.box.SetLines(m.viewLines(v))
}

// viewLines returns the transcripts, newest day first.
func (m *prose) viewLines(v *recordView) []overlay.ReadLine {
	if v.read && len(v.held) == 0 {
		return []overlay.ReadLine{
			{Kind: overlay.ReadUnder, Text: m.Say(i18n.TranscriptsNone)}, {Kind: overlay.ReadUnder, Text: m.Say(i18n.TranscriptsNoneDo)},
		}
	}
	var out []overlay.ReadLine
	under := ""
	for i, t := range v.held {
		if i > 0 {
			out = append(out, overlay.ReadLine{})
		}
		out = append(out, overlay.ReadLine{Kind: overlay.ReadDay, Text: m.transcriptDay(t)})
		if of := m.transcriptOf(t); of != under {
			out = append(out, overlay.ReadLine{Kind: overlay.ReadUnder, Text: of})
			under = of
		}
		out = append(out, overlay.ReadLine{})
		out = append(out, m.transcriptLines(t)...)
	}
	return out
}

// transcriptGroup is how long after its first message a group grows, as in a conversation.
const transcriptGroup = 5 * time.Minute

// transcriptDay returns the day, in the zone in which it was written.
func (m *prose) transcriptDay(t model.Transcript) string {
	l := m.Look
	l.Zone = t.Location()
	at, err := time.ParseInLocation(time.DateOnly, t.Day, l.Zone)
	if err != nil {
		return l.Ours(t.Day)
	}
	return l.Day(m.Now(), at.Add(time.Hour))
}

// transcriptOf names the customer and the Page.
func (m *prose) transcriptOf(t model.Transcript) string {
	var all []string
	for _, s := range []string{m.Look.Line(t.Customer), m.Look.Line(t.Page), m.otherZone(t)} {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " "+m.Look.Theme.Bullet+" ")
}

// transcriptLines returns the lines of one day.
func (m *prose) transcriptLines(t model.Transcript) []overlay.ReadLine {
	l := m.Look
	l.Zone = t.Location()
	var out []overlay.ReadLine
	var first *model.TranscriptLine
	for i := range t.Lines {
		line := &t.Lines[i]
		if first == nil || line.Author != first.Author || line.Direction != first.Direction || line.Day != first.Day || line.At.Sub(first.At) > transcriptGroup {
			if first != nil {
				out = append(out, overlay.ReadLine{})
			}
			first = line
			out = append(out, overlay.ReadLine{Kind: overlay.ReadHead, Text: l.Line(line.Author), Right: m.lineTime(l.Clock(line.At), line.Day), Ours: line.Direction == model.Out})
		}
		out = append(out, m.transcriptLine(line)...)
	}
	return out
}

// otherZone names the zone of a transcript if it is not the user's.
func (m *prose) otherZone(t model.Transcript) string {
	at := t.WrittenAt
	if len(t.Lines) > 0 {
		at = t.Lines[0].At
	}
	_, theirs := at.In(t.Location()).Zone()
	_, ours := at.In(m.Look.Zone).Zone()
	if theirs == ours {
		return ""
	}
	return m.Look.Ours(t.Zone)
}

// lineTime returns the time of a line, with its day if that is not the transcript's.
func (m *prose) lineTime(clock, day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, m.Look.Zone)
	switch {
	case day == "":
		return clock
	case err != nil:
		day = m.Look.Ours(day)
	default:
		day = m.Look.Date(m.Now(), at)
	}
	return m.Say(i18n.TranscriptOfDay, "Day", day) + " " + clock
}

func (m *prose) transcriptLine(t *model.TranscriptLine) []overlay.ReadLine {
	ours := t.Direction == model.Out
	var out []overlay.ReadLine
	text := safe.Body(t.Text)
	say := func(kind overlay.ReadKind, s string) {
		out = append(out, overlay.ReadLine{Kind: kind, Text: s, Ours: ours})
	}
	if !text.Empty() {
		say(overlay.ReadText, m.Look.Cells.Shown(strings.Trim(text.String(), "\n")))
	}
	if text.Cut() {
		say(overlay.ReadMuted, m.Say(i18n.TranscriptCut))
	}
	for _, a := range t.Attachments {
		say(overlay.ReadText, "["+m.Look.Words.AttachmentCalled(a, m.Look.Line)+"]")
	}
	if t.Unsent {
		say(overlay.ReadMuted, m.Say(i18n.Unsent))
	}
	if t.Edited {
		say(overlay.ReadMuted, m.Say(i18n.ThreadAside, "What", m.Say(i18n.Edited)))
	}
	return out
}
