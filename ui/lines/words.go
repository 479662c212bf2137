package lines

import (
	"strconv"
	"strings"
	"unicode"

	"parley/i18n"
	"parley/model"
	"parley/ui/command"
)

// verb is a command: what it is called in the registry of all commands, or a name of its own, and
// what it does.
type verb struct {
	// id names it in the catalogues, key is the key that does the same on the screen.
	id, key string
	// title says what it does; empty: as the registry does.
	title i18n.ID
	// of: it is about a conversation, the open one or the one whose number is typed first.
	of bool
	// run runs it. id is empty if it is about none. rest is what was typed after the word.
	run func(id model.ConversationID, rest string)
}

// table is all that can be typed, in the order of the help.
func (m *Model) table() []verb {
	alone := func(f func(rest string)) func(model.ConversationID, string) {
		return func(_ model.ConversationID, rest string) { f(rest) }
	}
	return []verb{
		{id: "list", title: i18n.LinesHelpList, run: alone(m.reads.lists)},
		{id: "more", title: i18n.LinesHelpMore, run: alone(func(string) { m.reads.more() })},
		{id: "open", of: true, run: func(id model.ConversationID, _ string) { m.reads.open(id) }},
		{id: "next_waiting", key: "N", run: alone(func(string) { m.reads.next() })},
		{id: "search", key: "/", run: alone(m.reads.search)},
		{id: "reply", key: "r", of: true, run: func(id model.ConversationID, rest string) { m.writes.reply(id, rest, manner{}) }},
		{id: "send_done", of: true, run: func(id model.ConversationID, rest string) { m.writes.reply(id, rest, manner{done: true}) }},
		{id: "send_later", of: true, run: m.writes.later},
		{id: "note", key: "I", of: true, run: m.writes.note},
		{id: "done", key: "e", of: true, run: func(id model.ConversationID, _ string) { m.sorts.done(id) }},
		{id: "snooze", key: "s", of: true, run: m.sorts.snooze},
		{id: "assign", key: "a", of: true, run: m.sorts.assign},
		{id: "label", key: "t", of: true, run: m.sorts.label},
		{id: "pin", key: "p", of: true, run: func(id model.ConversationID, _ string) { m.sorts.pin(id) }},
		{id: "read", key: "u", of: true, run: func(id model.ConversationID, _ string) { m.sorts.toggleRead(id) }},
		{id: "undo", key: "z", run: alone(func(string) { m.sorts.undoLast() })},
		{id: "again", title: i18n.LinesHelpAgain, of: true, run: func(id model.ConversationID, _ string) { m.reads.open(id) }},
		{id: "media", title: i18n.LinesHelpMedia, of: true, run: func(id model.ConversationID, _ string) { m.reads.media(id) }},
		{id: "older", title: i18n.LinesHelpOlder, run: alone(func(string) { m.reads.older() })},
		{id: "link", key: "c", of: true, run: m.links.link},
		{id: "unlink", of: true, run: func(id model.ConversationID, _ string) { m.links.unlink(id) }},
		{id: "record", title: i18n.LinesHelpRecord, of: true, run: func(id model.ConversationID, _ string) { m.links.records(id) }},
		{id: "snippets", run: alone(func(string) { m.writes.listSnippets() })},
		{id: "drafts", key: "d", run: alone(func(string) { m.writes.listDrafts() })},
		{id: "send_held", of: true, run: func(id model.ConversationID, _ string) { m.writes.sendHeld(id) }},
		{id: "resend", key: "R", of: true, run: func(id model.ConversationID, _ string) { m.writes.resend(id) }},
		{id: "drop", key: "D", of: true, run: func(id model.ConversationID, _ string) { m.writes.drop(id) }},
		{id: "who", title: i18n.LinesHelpWho, run: alone(func(string) { m.tells.who() })},
		{id: "connect", run: alone(func(string) { m.tells.connectNow() })},
		{id: "back", title: i18n.LinesHelpBack, run: alone(func(string) { m.reads.leave() })},
		{id: "help", key: "?", run: alone(func(string) { m.help() })},
		{id: "quit", key: "q", run: alone(func(string) { m.quit() })},
	}
}

// words are what a command is called in a language; the first is its name.
func (v voice) words(id string) []string { return strings.Fields(v.Say(i18n.Word(id))) }

// both are the languages in which commands may be typed, whatever is spoken.
var both = []*i18n.Localizer{i18n.New("en"), i18n.New("ja")}

// called reports whether a word names a command.
func (v verb) called(word string) bool {
	for _, l := range both {
		for _, w := range (voice{}).in(l).words(v.id) {
			if strings.EqualFold(command.Narrow(w), command.Narrow(word)) {
				return true
			}
		}
	}
	return v.key != "" && v.key == command.Narrow(word)
}

func (v voice) in(l *i18n.Localizer) voice {
	v.Words = l
	return v
}

// command is the question for the next command: it says what is open.
func (m *Model) command() *question {
	q := &question{prompt: m.Say(i18n.LinesPrompt) + " ", answer: m.typed, leave: func(string) { m.say(m.Say(i18n.LinesHowToQuit)) }}
	if name := m.nameOf(m.shown); name != "" {
		q.of, q.prompt = m.shown, m.Say(i18n.LinesPromptIn, "Name", name)+" "
	}
	return q
}

// typed runs what was typed as a command.
func (m *Model) typed(text string) {
	word, rest := first(text)
	if word == "" {
		return
	}
	if n, err := strconv.Atoi(command.Narrow(word)); err == nil {
		if id, ok := m.reads.numbered(n); ok {
			m.reads.open(id)
		}
		return
	}
	for _, v := range m.verbs {
		if v.called(word) {
			m.runs(v, rest)
			return
		}
	}
	if meant := m.meant(word); meant != "" {
		m.say(m.Say(i18n.LinesMeant, "Word", m.Ours(word), "Meant", meant))
		return
	}
	m.say(m.Say(i18n.LinesUnknown, "Word", m.Ours(word)))
}

// first returns the first word of a text, and the rest as it was typed; a blank may be a wide one.
func first(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	at := strings.IndexFunc(text, unicode.IsSpace)
	if at < 0 {
		return text, ""
	}
	return text[:at], strings.TrimSpace(text[at:])
}

// runs runs a command: about the conversation whose number is typed first, or the open one.
func (m *Model) runs(v verb, rest string) {
	if !v.of {
		v.run("", rest)
		return
	}
	id := m.shown
	number, after := first(rest)
	if n, err := strconv.Atoi(command.Narrow(number)); err == nil {
		var ok bool
		if id, ok = m.reads.numbered(n); !ok {
			return
		}
		rest = after
	}
	if _, ok := m.conversation(id); !ok {
		m.say(m.Say(i18n.LinesWhich, "Word", m.words(v.id)[0]))
		return
	}
	v.run(id, rest)
}

// meant is the command that was probably meant by a word; empty: no idea.
func (m *Model) meant(word string) string {
	best, least := "", 2+len(word)/4
	for _, v := range m.verbs {
		for _, w := range m.words(v.id) {
			d := distance([]rune(strings.ToLower(word)), []rune(w))
			if len(word) > 1 && strings.HasPrefix(w, strings.ToLower(word)) {
				d = min(d, 1)
			}
			if d < least {
				best, least = w, d
			}
		}
	}
	return best
}

// distance is how many characters have to be changed, added or removed to turn a into b.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// help says what can be typed.
func (m *Model) help() {
	out := []string{m.Say(i18n.LinesHelp)}
	for _, v := range m.verbs {
		title := v.title
		if title == "" {
			title = i18n.Command(v.id)
		}
		out = append(out, m.Say(i18n.LinesHelpLine, "Words", strings.Join(m.words(v.id), m.Say(i18n.LinesOr)), "Title", m.Say(title)))
	}
	m.say(append(out, m.Say(i18n.LinesHelpNumbers))...)
}

// quit leaves; it asks what becomes of replies that are held back.
func (m *Model) quit() {
	n := m.written.held()
	if n == 0 {
		m.quitted = true
		return
	}
	m.choose("", m.Say(i18n.HeldLeaveTitle, "N", n), []choice{
		{m.Say(i18n.HeldLeaveSend), func() { m.written.release(); m.writes.pump(); m.quitted = true }},
		{m.Say(i18n.HeldLeaveDraft), func() { m.writes.takeAllBack(); m.quitted = true }},
		{m.Say(i18n.HeldLeaveStay), nil},
	}, nil)
}

// choice is one of several, by its number. A nil do does nothing.
type choice struct {
	title string
	do    func()
}

// choose asks for one of several by its number; other gets what is typed otherwise, and reports
// whether it took it. An empty line leaves everything as it is.
func (m *Model) choose(of model.ConversationID, title string, all []choice, other func(text string) bool) {
	m.sayOf(of, title)
	for i, c := range all {
		m.sayOf(of, m.Say(i18n.LinesNumber, "N", i+1, "Row", c.title))
	}
	m.askChoice(of, all, other)
}

func (m *Model) askChoice(of model.ConversationID, all []choice, other func(text string) bool) {
	q := question{of: of, prompt: m.Say(i18n.LinesChoose, "N", len(all)) + " "}
	if other != nil {
		q.prompt = m.Say(i18n.LinesChooseOrType, "N", len(all)) + " "
	}
	if len(all) == 0 {
		q.prompt = m.Say(i18n.LinesTypeWords) + " "
	}
	q.answer = func(text string) {
		text = strings.TrimSpace(text)
		n, err := strconv.Atoi(command.Narrow(text))
		switch {
		case text == "":
			m.say(m.Say(i18n.LinesAsItWas))
		case err == nil && n >= 1 && n <= len(all):
			if all[n-1].do != nil {
				all[n-1].do()
			}
		case (err != nil || len(all) == 0) && other != nil && other(text):
		default:
			m.say(m.Say(i18n.LinesNoChoice, "N", len(all)))
			m.askChoice(of, all, other)
		}
	}
	q.leave = func(string) { m.say(m.Say(i18n.LinesAsItWas)) }
	m.ask(q)
}
