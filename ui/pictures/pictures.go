// Package pictures shows customers' photos small, in the conversation: it has those in view read
// from the hub and decoded, and keeps what came of it for a while, in memory alone.
package pictures

import (
	"context"
	"io"
	"math/rand/v2"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"parley/i18n"
	"parley/model"
	"parley/ui/picture"
	"parley/ui/screen"
	"parley/ui/term/graphics"
)

// Hub is what this package needs of a client.
type Hub interface {
	// Media reads what an attachment shows; the caller closes it. Only ctx limits the time.
	Media(ctx context.Context, id string) (model.Download, error)
}

// Decoder makes a picture fit into a box of pixels; its method is called in commands.
type Decoder interface {
	Decode(ctx context.Context, r io.Reader, w, h int) (picture.Image, error)
}

// Size is how large pictures are shown.
type Size string

// The sizes.
const (
	Off   Size = "off"
	Small Size = "small"
	Large Size = "large"
)

// Sizes returns all sizes, in the order in which they are offered.
func Sizes() []Size { return []Size{Off, Small, Large} }

// box returns the most cells that a picture takes, in width and in height.
func (s Size) box() (w, h int) {
	switch s {
	case Small:
		return 24, 6
	case Large:
		return 64, 16
	case Off:
	}
	return 0, 0
}

const (
	// mostKept is how many pictures are kept; a screen shows a few.
	mostKept = 64
	// mostAtOnce is how many are read and decoded at a time.
	mostAtOnce = 2
)

// Model is the pictures of the conversations that were open last. It is the pane's source of
// pictures.
type Model struct {
	*screen.Screen
	hub     Hub
	decoder Decoder
	changed func()
	size    Size
	// profile is what the terminal can show of colours; holds: it can hold pictures itself.
	profile colorprofile.Profile
	holds   bool
	// id is the last id of a picture that the terminal holds, dropped are those to be forgotten.
	id       uint32
	dropped  []uint32
	terminal *graphics.Held

	kept map[key]*entry
	uses uint64
	// wanted are those in view that are not here; going are being read.
	wanted []key
	going  int
}

// key names a picture in a size.
type key struct {
	media        string
	conversation model.ConversationID
	// w and h are the most cells that it takes.
	w, h int
	// held: the terminal holds it.
	held bool
}

// Pixels of a cell: of one that is drawn by its halves, and of one of a picture that the terminal
// holds, which scales it.
const (
	halvesHigh         = 2
	heldWide, heldHigh = 8, 16
)

// box returns the most pixels that the picture takes.
func (k key) box() (w, h int) {
	if k.held {
		return k.w * heldWide, k.h * heldHigh
	}
	return k.w, k.h * halvesHigh
}

// entry is a picture, as far as it has come.
type entry struct {
	used    uint64
	going   bool
	image   picture.Image
	profile colorprofile.Profile
	lines   []string
	// id is that of a picture that the terminal holds, in so many cells.
	id         uint32
	cols, rows int
}

// New returns a Model; decoder is nil where there is none, and then no picture is shown. changed
// is called when another can be drawn.
func New(s *screen.Screen, hub Hub, decoder Decoder, size Size, changed func()) *Model {
	return &Model{Screen: s, hub: hub, decoder: decoder, size: size, changed: changed, kept: map[key]*entry{}, terminal: &graphics.Held{}, id: rand.Uint32N(graphics.MostID)} //nolint:gosec // one that others hardly have, no secret
}

// SetTerminal says which terminal holds the pictures, if not one of nobody's.
func (m *Model) SetTerminal(h *graphics.Held) {
	if h != nil {
		m.terminal = h
	}
}

// Resume has the pictures read again that the terminal held before it was given to another
// program.
func (m *Model) Resume() {
	for k, e := range m.kept {
		if e.id > 0 {
			delete(m.kept, k)
		}
	}
	m.changed()
}

// SetHolds says that the terminal can hold pictures itself.
func (m *Model) SetHolds() {
	if !m.holds {
		m.holds = true
		m.changed()
	}
}

// SetProfile says what the terminal can show of colours.
func (m *Model) SetProfile(p colorprofile.Profile) { m.profile = p }

// Msg is a message for Model.
type Msg interface{ aboutPictures() }

func (came) aboutPictures() {}

// came is a picture that was read and decoded, or could not be.
type came struct {
	key   key
	image picture.Image
	// png is what a terminal is to hold.
	png []byte
	err error
}

// Update handles a message.
func (m *Model) Update(msg Msg) tea.Cmd {
	c, ok := msg.(came)
	if !ok {
		return nil
	}
	m.going--
	e, ok := m.kept[c.key]
	if !ok { // it was forgotten meanwhile
		return nil
	}
	e.going = false
	if c.err != nil {
		return nil
	}
	e.image = c.image
	m.changed()
	if !c.key.held {
		return nil
	}
	m.id = m.id%graphics.MostID + 1
	e.id, e.cols, e.rows = m.id, (c.image.W+heldWide-1)/heldWide, (c.image.H+heldHigh-1)/heldHigh
	e.lines = graphics.Placeholders(e.id, e.cols, e.rows)
	return m.terminal.Send(e.id, c.png, e.cols, e.rows)
}

// shows reports whether an attachment is a picture that can be shown.
func (m *Model) shows(a *model.Attachment) bool {
	return m.decoder != nil && m.size != Off && m.profile >= colorprofile.ANSI256 && a.Kept() && !a.Like() &&
		strings.HasPrefix(a.Media.Type, "image/") && a.Size <= picture.MostBytes
}

// Lines returns the lines of an attachment's picture, each painted and as wide; none if it is not
// shown, or not here yet: then it is read, and the pane is drawn again.
func (m *Model) Lines(of model.ConversationID, a *model.Attachment, room int) (lines []string, wide int) {
	e := m.entry(of, a, room)
	if e == nil || e.image.W == 0 {
		return nil, 0
	}
	if e.id > 0 {
		return e.lines, e.cols
	}
	if e.lines == nil || e.profile != m.profile {
		e.lines, _ = picture.Blocks(e.image, m.profile)
		e.profile = m.profile
	}
	return e.lines, e.image.W
}

// Here reports whether Lines returns something: what the pane keeps drawn depends on it.
func (m *Model) Here(of model.ConversationID, a *model.Attachment, room int) bool {
	e := m.entry(of, a, room)
	return e != nil && e.image.W > 0
}

// entry returns what is here of an attachment's picture, and has it read; nil: it is not shown.
func (m *Model) entry(of model.ConversationID, a *model.Attachment, room int) *entry {
	w, h := m.size.box()
	if w = min(w, room); !m.shows(a) || w < 1 {
		return nil
	}
	k := key{a.ID, of, w, h, m.holds && m.profile == colorprofile.TrueColor}
	m.uses++
	e, ok := m.kept[k]
	if !ok {
		m.makeRoom()
		e = &entry{going: true}
		m.kept[k] = e
		m.wanted = append(m.wanted, k)
	}
	e.used = m.uses
	return e
}

// makeRoom drops the picture that was not drawn for longest, if there are too many.
func (m *Model) makeRoom() {
	if len(m.kept) < mostKept {
		return
	}
	var oldest key
	least := ^uint64(0)
	for k, e := range m.kept {
		if !e.going && e.used < least {
			oldest, least = k, e.used
		}
	}
	m.drop(oldest)
}

// drop forgets a picture, and has the terminal forget it.
func (m *Model) drop(k key) {
	if e, ok := m.kept[k]; ok && e.id > 0 {
		m.dropped = append(m.dropped, e.id)
	}
	delete(m.kept, k)
}

// Fetch reads what is in view and not here, a few at a time.
func (m *Model) Fetch() tea.Cmd {
	var cmds []tea.Cmd
	for _, id := range m.dropped {
		cmds = append(cmds, m.terminal.Drop(id))
	}
	m.dropped = nil
	for len(m.wanted) > 0 && m.going < mostAtOnce {
		k := m.wanted[0]
		m.wanted = m.wanted[1:]
		if _, ok := m.kept[k]; !ok {
			continue
		}
		m.going++
		hub, decoder := m.hub, m.decoder
		cmds = append(cmds, screen.Call(func(ctx context.Context) tea.Msg {
			d, err := hub.Media(ctx, k.media)
			if err != nil {
				return came{key: k, err: err}
			}
			defer func() { _ = d.Close() }()
			w, h := k.box()
			out := came{key: k}
			if out.image, out.err = decoder.Decode(ctx, d, w, h); out.err == nil && k.held {
				out.png = out.image.PNG()
			}
			return out
		}))
	}
	return tea.Batch(cmds...)
}

// Forget drops the pictures of conversations that are gone.
func (m *Model) Forget(gone func(model.ConversationID) bool) {
	for k := range m.kept {
		if gone(k.conversation) {
			m.drop(k)
		}
	}
}

// Turn shows pictures in the next size, for as long as the program runs.
func (m *Model) Turn() tea.Cmd {
	all := Sizes()
	for i, s := range all {
		if s == m.size {
			m.size = all[(i+1)%len(all)]
			break
		}
	}
	for k := range m.kept { // those of the size before
		m.drop(k)
	}
	m.changed()
	m.Notify(m.Say(i18n.SaidPictures, "Size", m.Say(i18n.PicturesSize(string(m.size)))))
	return nil
}

// Needs says why pictures can't be shown; empty: they can.
func (m *Model) Needs() string {
	if m.decoder == nil || m.profile < colorprofile.ANSI256 {
		return m.Say(i18n.WhyNoPictures)
	}
	return ""
}
