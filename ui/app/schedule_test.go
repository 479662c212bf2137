package app_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"

	"parley/model"
	"parley/model/inbox"
	"parley/ui/app"
	"parley/ui/conversation"
	list "parley/ui/inbox"
	"parley/ui/screen"
	"parley/ui/term"
	"parley/ui/uitest"
)

// TestSchedules: whatever a terminal answers between the keys, wherever that is cut, however
// slowly the hub answers and whatever of that gets lost, however long replies are held back, over
// restarts: replies of a
// conversation come to the hub in the order of the key presses and once, nothing comes that
// was not typed and nothing is lost, what is lit moves by the keys alone and is what they act
// on, and undo is of the last action. make schedules tries it for long.
func TestSchedules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 4, 40).Draw(rt, "steps")
		hold := rapid.SampledFrom([]time.Duration{0, time.Second, 5 * time.Second}).Draw(rt, "hold")
		var failure string
		synctest.Test(t, func(t *testing.T) {
			p := newPlay(t, hold)
			for _, s := range steps {
				if failure = p.happens(s); failure != "" {
					break
				}
			}
			if failure == "" {
				failure = p.rest()
			}
			p.line.ends()
		})
		if failure != "" {
			rt.Fatal(failure)
		}
	})
}

// step is one thing that happens: keys, with what the terminal says before each and how that
// is cut; or something of the hub's.
type step struct {
	keys []string
	says []spoken
	// hub is what the hub does: which of what it was asked, and how it ends.
	hub  string
	nth  int
	ends string
}

// spoken is what the terminal answers, in pieces, with a while after each.
type spoken struct {
	pieces []string
	after  []time.Duration
}

// What is typed is "<", numbers and ">", which are told from what they are typed beside.
const typedText = "<>"

var typedTexts = regexp.MustCompile(`<\d+>`)

func drawStep(t *rapid.T) step {
	var s step
	switch rapid.SampledFrom([]string{"key", "key", "key", "write", "write", "hub", "hub", "hub", "news", "away", "time", "restart"}).Draw(t, "what") {
	case "key":
		s.keys = []string{rapid.SampledFrom([]string{"j", "k", "g", "\r", "\x1b", "e", "e", "z", "N", "R", "D"}).Draw(t, "key")}
	case "write":
		s.keys = []string{rapid.SampledFrom([]string{"r", "r", "r", "I"}).Draw(t, "as"), typedText, "\r", "\x1b"}
	case "hub":
		s.hub, s.nth = "answers", rapid.IntRange(0, 3).Draw(t, "which")
		s.ends = rapid.SampledFrom([]string{"done", "done", "done", "lost after", "lost before", "refused"}).Draw(t, "how")
	case "news":
		s.hub, s.nth = "news", rapid.IntRange(0, 3).Draw(t, "of")
	case "away":
		s.hub, s.nth = "away", rapid.IntRange(0, 3).Draw(t, "of")
	case "time":
		s.hub, s.nth = "time", rapid.SampledFrom([]int{1, 500, 2000, 6000, 60_000}).Draw(t, "ms")
	case "restart":
		s.hub, s.nth = "restart", rapid.IntRange(0, 15).Draw(t, "what was done")
	}
	for range s.keys {
		s.says = append(s.says, drawSpoken(t))
	}
	return s
}

func drawSpoken(t *rapid.T) spoken {
	var s spoken
	if rapid.IntRange(0, 3).Draw(t, "says") > 0 {
		return s
	}
	rest := rapid.SampledFrom([]string{
		"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]10;rgb:ff/ff/ff\a", "\x1b[?2026;2$y", "\x1b[?62;22c", "\x1bP1+r524742=38\x1b\\", "\x1b[1;2R", "\x1b[I",
	}).Draw(t, "answer")
	for len(rest) > 0 {
		n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
		s.pieces, rest = append(s.pieces, rest[:n]), rest[n:]
		s.after = append(s.after, time.Duration(rapid.SampledFrom([]int{0, 1, 31, 200, 500}).Draw(t, "ms"))*time.Millisecond)
	}
	return s
}

// hand is a terminal with somebody at its keys. What it sends comes in its order, each piece
// after a while.
type hand struct {
	*term.Input
	sent chan wirePiece
	// speaking: what belongs together is sent without anything between.
	speaking sync.Mutex
	rest     []byte

	mu    sync.Mutex
	given []byte
	over  chan struct{}
}

type wirePiece struct {
	bytes string
	after time.Duration
}

func newHand() *hand {
	h := &hand{sent: make(chan wirePiece, 64), over: make(chan struct{})}
	h.Input = term.NewInput(h, func() { h.sends(wirePiece{bytes: "\x1b[?62;22c"}) })
	go func() {
		defer close(h.over)
		buf := make([]byte, 1<<10)
		for {
			n, err := h.Input.Read(buf)
			h.mu.Lock()
			h.given = append(h.given, buf[:n]...)
			h.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return h
}

// Read implements [io.Reader]: it is the line from the terminal.
func (h *hand) Read(b []byte) (int, error) {
	if len(h.rest) == 0 {
		piece, ok := <-h.sent
		if !ok {
			return 0, io.EOF
		}
		<-time.After(piece.after)
		h.rest = []byte(piece.bytes)
	}
	n := copy(b, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

func (h *hand) sends(all ...wirePiece) {
	h.speaking.Lock()
	defer h.speaking.Unlock()
	for _, p := range all {
		h.sent <- p
	}
}

// presses sends what the terminal says and a key, and returns what comes out.
func (h *hand) presses(s spoken, key string) []tea.Msg {
	took := 30 * time.Millisecond // as fast as a hand is
	var all []wirePiece
	for i, p := range s.pieces {
		all = append(all, wirePiece{p, s.after[i]})
		took += s.after[i]
	}
	h.sends(append(all, wirePiece{bytes: key})...)
	<-time.After(took)
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []tea.Msg
	var d uv.EventDecoder
	for len(h.given) > 0 {
		n, e := d.Decode(h.given)
		h.given = h.given[n:]
		switch e := e.(type) {
		case uv.KeyPressEvent:
			out = append(out, tea.KeyPressMsg(e))
		case uv.PasteEvent:
			out = append(out, tea.PasteMsg{Content: e.Content})
		}
	}
	return out
}

func (h *hand) ends() {
	close(h.sent)
	<-h.over
	_ = h.Close()
}

// play is a screen, a hub that may be slow and lose answers, and what the user expects.
type play struct {
	t    *testing.T
	w    *uitest.World
	line *hand
	hold time.Duration
	made int // texts typed
	seq  int64

	// What the hub holds, and what it was asked and has not answered.
	hub   map[model.ConversationID]model.Conversation
	took  map[model.ConversationID][]model.Reply
	asked []tea.Msg
	disk  map[model.ClientID]model.Reply
	had   map[model.ConversationID][]model.Message

	// What the user expects.
	sent   map[model.ConversationID][]string
	status map[model.ConversationID]model.Status
	undo   []expectedUndo
	lit    model.ConversationID
}

type expectedUndo struct {
	action *screen.Undo
	id     model.ConversationID
	was    model.Status
}

const playConversations = 4

func newPlay(t *testing.T, hold time.Duration) *play {
	p := &play{
		t: t, hold: hold, line: newHand(), seq: 100, disk: map[model.ClientID]model.Reply{},
		hub: map[model.ConversationID]model.Conversation{}, took: map[model.ConversationID][]model.Reply{}, had: map[model.ConversationID][]model.Message{},
		sent: map[model.ConversationID][]string{}, status: map[model.ConversationID]model.Status{},
	}
	for _, c := range uitest.Some(playConversations) {
		p.hub[c.ID], p.status[c.ID] = c, model.Open
	}
	p.starts(nil)
	return p
}

// starts begins a run of the program, on what is on disk.
func (p *play) starts(typed map[model.DraftOf]model.Draft) {
	var list []model.Conversation
	for _, c := range p.hub {
		c.Seq = min(c.Seq, playConversations)
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b model.Conversation) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	var unsent []model.Reply
	for _, r := range p.disk {
		unsent = append(unsent, model.Reply{Conversation: r.Conversation, ClientID: r.ClientID, Note: r.Note, Text: r.Text, Number: r.Number, At: r.At, Held: r.Held})
	}
	slices.SortFunc(unsent, func(a, b model.Reply) int { return cmp.Compare(a.Number, b.Number) })
	ids, now := 0, uitest.Noon
	if p.w != nil {
		ids, now = p.w.Hub.IDs, p.w.Time
	}
	p.w = uitest.NewKept(p.t, list, func(o *app.Options) { o.Unsent, o.Typed, o.Typing, o.Hold = unsent, typed, p.line.Typing, p.hold })
	p.w.Sends(tea.WindowSizeMsg{Width: 90, Height: 14})
	p.w.Time = now
	p.w.Hub.IDs, p.w.Hub.Disk, p.w.Hub.Threads = ids, p.disk, p.had
	p.w.Hub.Slow, p.w.Catch = true, p.catches
	p.asked, p.undo = nil, nil
	p.w.Sends(append([]inbox.Update{inbox.Connection{State: inbox.Live}}, uitest.Filled(list)...)) // what was left leaves
	p.lit, _ = p.litNow()
}

// catches takes what the hub is asked.
func (p *play) catches(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case conversation.Replied:
		p.disk[msg.Reply.ClientID] = msg.Reply // before a byte of it leaves
	case list.Triaged:
	default:
		return false
	}
	p.asked = append(p.asked, msg)
	return true
}

// litNow is the conversation that keys act on, as the screen shows it.
func (p *play) litNow() (model.ConversationID, bool) {
	if p.w.Focus != screen.PaneList {
		return p.w.Shown, p.w.Shown != ""
	}
	n := p.w.Lit()
	if n == "" {
		return "", false
	}
	var i int
	_, _ = fmt.Sscan(n, &i)
	return uitest.Talk(i, 0).ID, true
}

func (p *play) happens(s step) string {
	p.w.Passes(150 * time.Millisecond) // the same key again sooner is held down
	if len(s.keys) > 0 {
		return p.keys(s)
	}
	before, was := p.litNow()
	nothing := p.w.List().List.Len() == 0
	switch s.hub {
	case "answers":
		if len(p.asked) > 0 {
			p.answers(s.nth%len(p.asked), s.ends)
		}
	case "news":
		p.news(uitest.Talk(s.nth, 0).ID, func(c *model.Conversation) { c.Unread++ })
	case "away":
		if id := uitest.Talk(s.nth, 0).ID; len(p.w.List().Acting[id]) == 0 {
			p.news(id, func(c *model.Conversation) { c.Status = model.Done })
			p.status[id] = model.Done
		}
	case "time":
		p.w.Passes(time.Duration(s.nth) * time.Millisecond)
	case "restart":
		p.restarts(s.nth)
		return ""
	}
	// What the hub does moves nothing: what was lit is, or nothing is. Only the first that
	// comes into an empty list is lit then.
	if nothing {
		p.lit, _ = p.litNow()
		return ""
	}
	if now, ok := p.litNow(); ok && was && now != before || ok && !was && now != p.lit && p.lit != "" {
		return fmt.Sprintf("%s of the hub's lit %s, %s was", s.hub, now, before)
	}
	return ""
}

// keys presses keys; those that type do where there is something to type in.
func (p *play) keys(s step) string {
	for i, k := range s.keys {
		text := k == typedText
		if i > 0 && !p.w.Writer().Box.IsOpen() {
			break
		}
		if !text {
			if why := p.press(s.says[i], k); why != "" {
				return why
			}
			continue
		}
		p.made++
		for _, r := range fmt.Sprintf("<%d>", p.made) {
			if why := p.press(s.says[i], string(r)); why != "" {
				return why
			}
			s.says[i] = spoken{}
		}
	}
	if s.keys[0] == "z" && p.w.Writer().Box.IsOpen() { // what was taken back can be written on
		return p.press(spoken{}, "\x1b")
	}
	return ""
}

// press presses a key, and notes what the user expects of it.
func (p *play) press(s spoken, key string) string {
	msgs := p.line.presses(s, key)
	if len(msgs) != 1 {
		return fmt.Sprintf("%q, %q came out as %v", s.pieces, key, msgs)
	}
	lit, ok := p.litNow()
	typing := p.w.Writer().Box.IsOpen()
	text, to := p.w.Writer().Box.Text(), p.w.Writer().Box.Conversation()
	last := p.w.Undo.Last()
	var waiting []model.Reply
	if last != nil {
		waiting = p.waiting(last.Of)
	}
	seen, _ := p.w.List().Expected(lit) // what no answer came of stands as it stood
	p.w.Sends(msgs[0])
	switch {
	case typing && key == "z" && text == "" && p.w.Undo.Last() != last:
		return p.takenBack(last.Of, waiting)
	case typing && key == "\r" && strings.TrimSpace(text) != "":
		p.sent[to] = append(p.sent[to], text)
		if strings.Trim(typedTexts.ReplaceAllString(text, ""), "\n") != "" {
			return fmt.Sprintf("%q was sent off", text)
		}
	case typing:
	case key == "e" && ok:
		x := p.w.Undo.Last()
		if x == last || x.Of != lit {
			return fmt.Sprintf("e acted on %v, %s was lit", x, lit)
		}
		p.undo = append(p.undo, expectedUndo{x, lit, seen.Status})
		p.status[lit] = model.Done
		if seen.Status == model.Done {
			p.status[lit] = model.Open
		}
	case key == "e" && p.w.Undo.Last() != last:
		return "e acted, and nothing was lit"
	case key == "z" && last != nil && (len(p.undo) == 0 || last != p.undo[len(p.undo)-1].action):
		return p.takenBack(last.Of, waiting)
	case key == "z" && len(p.undo) > 0:
		u := p.undo[len(p.undo)-1]
		p.undo = p.undo[:len(p.undo)-1]
		p.status[u.id] = u.was
	case key == "r" || key == "I":
		if opened := p.w.Writer().Box.IsOpen(); opened != ok || opened && p.w.Writer().Box.Conversation() != lit {
			return fmt.Sprintf("%s opened %q, lit was %q", key, p.w.Writer().Box.Conversation(), lit)
		}
	}
	if now, ok := p.litNow(); ok {
		p.lit = now
	}
	return ""
}

// waiting returns the replies of a conversation that the hub does not have.
func (p *play) waiting(id model.ConversationID) []model.Reply {
	var out []model.Reply
	for _, u := range p.w.Writer().Replies[id] {
		out = append(out, u.Reply)
	}
	return out
}

// takenBack expects that one of a conversation's replies, which the hub was not asked to send,
// became a draft again.
func (p *play) takenBack(id model.ConversationID, before []model.Reply) string {
	now := p.waiting(id)
	gone := slices.DeleteFunc(before, func(r model.Reply) bool {
		return slices.ContainsFunc(now, func(x model.Reply) bool { return x.ClientID == r.ClientID })
	})
	if len(gone) != 1 {
		return fmt.Sprintf("z took back %v", gone)
	}
	_, kept := p.disk[gone[0].ClientID]
	asked := slices.ContainsFunc(p.asked, func(msg tea.Msg) bool {
		r, ok := msg.(conversation.Replied)
		return ok && r.Reply.ClientID == gone[0].ClientID
	})
	if text := p.w.Writer().Typed.Text(model.DraftOf{Conversation: id}); kept || asked || !strings.Contains(text, string(gone[0].Text)) {
		return fmt.Sprintf("z took back %q: on disk %v, sent %v, typed %q", gone[0].Text, kept, asked, text)
	}
	if now, ok := p.litNow(); ok {
		p.lit = now
	}
	return ""
}

var errLost = errors.New("no answer")

// answers has the hub do the nth of what it was asked.
func (p *play) answers(n int, how string) {
	msg := p.asked[n]
	p.asked = slices.Delete(p.asked, n, n+1)
	switch msg := msg.(type) {
	case conversation.Replied:
		msg.Message, msg.Err = p.takes(msg.Reply, how)
		p.w.Sends(msg)
	case list.Triaged:
		msg.Conversation, msg.Err = p.acts(msg.Action, how)
		p.w.Sends(msg)
	}
}

// takes hands a reply in.
func (p *play) takes(r model.Reply, how string) (model.Message, error) {
	i := slices.IndexFunc(p.had[r.Conversation], func(m model.Message) bool { return m.ClientID == r.ClientID })
	switch {
	case how == "lost before":
		return model.Message{}, errLost
	case how == "refused" && i < 0:
		delete(p.disk, r.ClientID)
		return model.Message{}, &model.Refusal{Code: model.NewerReply}
	case i < 0:
		p.seq++
		m := model.Message{
			ID: model.NewMessageID(uitest.Page, fmt.Sprintf("r%05d", p.seq)), Seq: p.seq, ConversationID: r.Conversation, Direction: model.Out,
			Author: model.Author{Kind: model.ByUser, Name: "Aoi", ID: string(uitest.Me)}, Text: r.Text, ClientID: r.ClientID, State: model.Sent,
			SentAt: uitest.Noon.Add(time.Duration(p.seq) * time.Second),
		}
		if r.Note {
			m.Direction, m.State = model.Note, ""
		}
		i = len(p.had[r.Conversation])
		p.had[r.Conversation] = append(p.had[r.Conversation], m)
		p.took[r.Conversation] = append(p.took[r.Conversation], r)
	}
	if how == "lost after" {
		return model.Message{}, errLost
	}
	delete(p.disk, r.ClientID)
	return p.had[r.Conversation][i], nil
}

// acts does an action.
func (p *play) acts(x *list.Action, how string) (model.Conversation, error) {
	at := slices.IndexFunc(p.undo, func(u expectedUndo) bool { return u.action == x.Undo })
	if how == "refused" && at >= 0 && len(p.w.List().Acting[x.ID]) == 1 {
		p.status[x.ID] = p.hub[x.ID].Status
		p.undo = slices.Delete(p.undo, at, at+1)
		return model.Conversation{}, uitest.Refused(errors.New("no"))
	}
	c, err := x.Triage.Of(p.hub[x.ID], uitest.Noon)
	if err != nil {
		return c, err
	}
	p.seq++
	c.Seq = p.seq
	p.hub[x.ID] = c
	if how == "lost after" || how == "lost before" { // it is not asked again: it was done
		return model.Conversation{}, errLost
	}
	return c, nil
}

// news tells of a conversation.
func (p *play) news(id model.ConversationID, change func(*model.Conversation)) {
	c := p.hub[id]
	change(&c)
	p.seq++
	c.Seq, c.UpdatedAt = p.seq, uitest.Noon.Add(time.Duration(p.seq)*time.Second)
	p.hub[id] = c
	p.w.Arrives(c)
}

// restarts ends the program and starts it again. What is on its way comes to the hub, or
// does not.
func (p *play) restarts(done int) {
	for i, msg := range p.asked {
		if r, ok := msg.(conversation.Replied); ok && done&(1<<i) != 0 {
			_, _ = p.takes(r.Reply, "lost after")
		}
		if x, ok := msg.(list.Triaged); ok && done&(1<<i) != 0 {
			_, _ = p.acts(x.Action, "lost after")
		}
	}
	typed := map[model.DraftOf]model.Draft{}
	for of, text := range p.w.Writer().Typed.Texts {
		typed[of] = model.Draft{Text: model.Untrusted(text)}
	}
	if of, d := p.w.Writer().Unsaved(); of.Conversation != "" {
		typed[of] = d
	}
	p.starts(typed)
	for id, c := range p.hub {
		p.status[id] = c.Status
	}
}

// rest lets everything come to rest, and looks at what became of it.
func (p *play) rest() string {
	for range 200 {
		switch {
		case len(p.asked) > 0:
			p.answers(0, "done")
			continue
		case len(p.w.Writer().Replies) == 0:
		default:
			for _, all := range p.w.Writer().Replies { // sent again, the first first
				p.w.Writer().Replies.Again(all[0].Reply)
			}
			p.w.Sends(nil)               // they leave with whatever the screen hears next
			p.w.Passes(10 * time.Second) // none is held any more
			continue
		}
		break
	}
	if len(p.asked)+len(p.w.Writer().Replies)+len(p.w.List().Acting) > 0 {
		return fmt.Sprintf("no rest: %v, %v, %v", p.asked, p.w.Writer().Replies, p.w.List().Acting)
	}
	for id := range p.hub {
		if why := p.compare(id); why != "" {
			return why
		}
	}
	return ""
}

// compare compares what came to the hub with what was typed.
func (p *play) compare(id model.ConversationID) string {
	if got := p.hub[id].Status; got != p.status[id] {
		return fmt.Sprintf("%s is %s, want %s", id, got, p.status[id])
	}
	var came []string
	number := int64(0)
	for _, r := range p.took[id] {
		if r.Number <= number {
			return fmt.Sprintf("%q came with number %d after %d", r.Text, r.Number, number)
		}
		number = r.Number
		came = append(came, string(r.Text))
	}
	rest := p.sent[id]
	for _, text := range came {
		i := slices.Index(rest, text)
		if i < 0 {
			return fmt.Sprintf("%q came, %q were sent off", came, p.sent[id])
		}
		rest = rest[i+1:]
	}
	all := strings.Join(came, "\n")
	left := p.w.Writer().Typed.Text(model.DraftOf{Conversation: id}) + p.w.Writer().Typed.Text(model.DraftOf{Conversation: id, Note: true})
	if p.w.Writer().Box.Conversation() == id {
		left += p.w.Writer().Box.Text()
	}
	for _, text := range p.sent[id] {
		for _, one := range typedTexts.FindAllString(text, -1) {
			switch n := strings.Count(all, one); {
			case n > 1:
				return fmt.Sprintf("%q came %d times", one, n)
			case n == 0 && !strings.Contains(left, one):
				return fmt.Sprintf("%q is lost: %q came, %q is left", one, came, left)
			}
		}
	}
	return ""
}
