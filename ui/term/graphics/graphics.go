// Package graphics has terminals that can do so hold pictures, and draw them where their
// placeholders stand (kitty's graphics protocol, unicode placeholders:
// https://sw.kovidgoyal.net/kitty/graphics-protocol/). A placeholder is a character like any other,
// so that whatever lies over a picture, moves or erases it needs to know nothing of it.
package graphics

import (
	"encoding/base64"
	"strconv"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// asked is the id of the picture in [Question].
const asked = 31

// Question asks whether the terminal knows the protocol: it answers [Answer] to a picture of one
// pixel that it only looks at. Others ignore it.
var Question = ansi.KittyGraphics([]byte("AAAA"), "i="+strconv.Itoa(asked), "s=1", "v=1", "a=q", "t=d", "f=24")

// Answer is the answer of a terminal that knows it.
const Answer = "\x1b_Gi=31;OK\x1b\\"

// Answered reports whether a message is [Answer].
func Answered(msg tea.Msg) bool {
	e, ok := msg.(uv.KittyGraphicsEvent)
	return ok && e.Options.ID == asked && string(e.Payload) == "OK"
}

// MostID is the largest id of a picture: it is said by a colour.
const MostID = 0xFFFFFF

// mostChunk is how many bytes of a picture are sent at a time.
const mostChunk = 4096

// Held are the pictures that a terminal holds. It is safe for concurrent use; the zero value is
// of a terminal that holds none.
type Held struct {
	mu  sync.Mutex
	ids map[uint32]struct{}
}

// Send has the terminal hold a PNG, to be drawn in so many cells. It says nothing to that.
func (h *Held) Send(id uint32, png []byte, cols, rows int) tea.Cmd {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids == nil {
		h.ids = map[uint32]struct{}{}
	}
	h.ids[id] = struct{}{}
	return tea.Raw(sent(id, png, cols, rows))
}

// Drop has the terminal forget a picture.
func (h *Held) Drop(id uint32) tea.Cmd {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ids, id)
	return tea.Raw(dropped(id))
}

// DropAll returns what has the terminal forget all of them, for when it is given back: nothing
// that a customer sent stays with it.
func (h *Held) DropAll() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	for id := range h.ids {
		b.WriteString(dropped(id))
	}
	clear(h.ids)
	return b.String()
}

func sent(id uint32, png []byte, cols, rows int) string {
	payload := base64.StdEncoding.EncodeToString(png)
	options := []string{
		"a=T", "U=1", "q=2", "f=100", "i=" + strconv.FormatUint(uint64(id), 10), "c=" + strconv.Itoa(cols), "r=" + strconv.Itoa(rows),
	}
	var b strings.Builder
	for {
		chunk := payload[:min(len(payload), mostChunk)]
		payload = payload[len(chunk):]
		more := "m=0"
		if payload != "" {
			more = "m=1"
		}
		b.WriteString(ansi.KittyGraphics([]byte(chunk), append(options, more)...))
		if payload == "" {
			return b.String()
		}
		options = []string{"q=2"}
	}
}

func dropped(id uint32) string {
	return ansi.KittyGraphics(nil, "a=d", "d=I", "q=2", "i="+strconv.FormatUint(uint64(id), 10))
}

// Placeholders returns the lines where a picture that the terminal holds is drawn: rows of them,
// each cols cells wide.
func Placeholders(id uint32, cols, rows int) []string {
	open := "\x1b[38;2;" + strconv.Itoa(int(id>>16&0xFF)) + ";" + strconv.Itoa(int(id>>8&0xFF)) + ";" + strconv.Itoa(int(id&0xFF)) + "m"
	lines := make([]string, rows)
	for y := range lines {
		var b strings.Builder
		b.WriteString(open)
		for x := range cols {
			b.WriteRune(kitty.Placeholder)
			b.WriteRune(kitty.Diacritic(y))
			b.WriteRune(kitty.Diacritic(x))
		}
		b.WriteString("\x1b[m")
		lines[y] = b.String()
	}
	return lines
}
