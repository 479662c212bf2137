package main

import (
	"context"
	"fmt"
	"image/color"
)

// size is the size of a terminal, in cells.
type size struct{ w, h int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.w, s.h) }

// sizes are the sizes that every scene is taken in.
var sizes = []size{{160, 45}, {100, 30}, {80, 24}, {60, 20}, {40, 12}}

var languages = []string{"en", "ja"}

// look is a kind of terminal.
type look struct {
	name    string
	env     []string
	colours colours
}

var (
	dark    = look{name: "dark", env: []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, colours: onDark}
	light   = look{name: "light", env: dark.env, colours: onLight}
	noColor = look{name: "nocolor", env: append([]string{"NO_COLOR=1"}, dark.env...), colours: onDark}
	sixteen = look{name: "16", env: append([]string{"PARLEY_THEME=16"}, dark.env...), colours: onDark}
	high    = look{name: "contrast", env: append([]string{"PARLEY_THEME=high-contrast"}, dark.env...), colours: onDark}
	highDay = look{name: "contrast-light", env: high.env, colours: onLight}
	ascii   = look{name: "ascii", env: []string{"TERM=linux"}, colours: onDark}
)

// The colours of a dark and of a light terminal; the sixteen are usual ones.
var (
	onDark = colours{
		text: rgb(0xD3D9E4), ground: rgb(0x12151C),
		sixteen: [16]color.RGBA{
			rgb(0x12151C), rgb(0xE0566B), rgb(0x86B65A), rgb(0xD8A657), rgb(0x5B8DEF), rgb(0xB47EDC), rgb(0x4FB3BF), rgb(0xC8CFDA),
			rgb(0x7A8394), rgb(0xF7768E), rgb(0x9ECE6A), rgb(0xE7C07B), rgb(0x8FB4FF), rgb(0xCBA3F0), rgb(0x7FD5DE), rgb(0xFFFFFF),
		},
	}
	onLight = colours{
		text: rgb(0x1E2430), ground: rgb(0xFFFFFF),
		sixteen: [16]color.RGBA{
			rgb(0x1E2430), rgb(0xB3261E), rgb(0x3B7A1E), rgb(0x8F5E15), rgb(0x2E5AAC), rgb(0x7A3FA8), rgb(0x1C7A86), rgb(0xD5DAE3),
			rgb(0x5B6472), rgb(0xD33A30), rgb(0x4E9A2B), rgb(0xB07A22), rgb(0x4475CF), rgb(0x9A5BC9), rgb(0x2A99A6), rgb(0xFFFFFF),
		},
	}
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // three bytes of a number
}

// scene is something to take pictures of: a world, and the keys to get there.
type scene struct {
	name string
	// history is how many old conversations the Page has.
	history int
	// prepare prepares the world before the program starts; nil: the Page is connected and its
	// customers have written.
	prepare func(context.Context, *world) error
	steps   []step
	// after is typed after the picture, to restore the state for the next one.
	after string
	// guests: it is the demo over SSH, with the installer's terminal on the left and the rep's on
	// the right; each step is at one of them.
	guests bool
	// also holds pictures besides those of every size and language.
	also []variant
}

// step waits for a text, does something, types keys, and waits until the screen is still.
type step struct {
	at   guest
	see  string
	do   func(*world)
	keys string
	// read: the screen must be still long enough to count as read.
	read bool
	// narrow: the step is for terminals without room for the panel beside a conversation.
	narrow bool
	// wide: it is for those with it.
	wide bool
}

// variant is how one picture is taken.
type variant struct {
	size size
	lang string
	look look
}

// String returns the part of a picture's name that distinguishes it within its scene.
func (v variant) String() string {
	s := v.size.String() + "-" + v.lang
	if v.look.name != dark.name {
		s += "-" + v.look.name
	}
	return s
}

// variants returns all pictures of a scene.
func (s scene) variants() []variant {
	var all []variant
	sizes := sizes
	if s.guests {
		sizes = []size{{80, 24}, {120, 34}}
	}
	for _, lang := range languages {
		for _, z := range sizes {
			all = append(all, variant{z, lang, dark})
		}
		if s.guests {
			continue
		}
		for _, l := range []look{light, noColor, ascii, sixteen, high, highDay} {
			all = append(all, variant{size{100, 30}, lang, l})
		}
	}
	return append(all, s.also...)
}

// kept are the pictures that documents show.
var kept = []string{"photo-120x34-en", "conversation-100x30-ja-light", "asks-80x24-en", "picker-120x34-en"}

// Keys, as a terminal sends them.
const (
	enter = "\r"
	ctrlK = "\x0b"
	down  = "\x1b[B"
	esc   = "\x1b"
	line  = "\x1b\r"
	tab   = "\t"
	ctrlO = "\x0f"
	altL  = "\x1bl"
)

// first is the customer who wrote last: their row is the first.
const first = "山田 花子"

// scenes returns all scenes.
func scenes() []scene {
	wide := variant{size{120, 34}, "en", dark}
	open := step{see: first, keys: enter, read: true}
	panel := step{keys: tab, wide: true}
	called := func(name, words string, more ...step) scene {
		return scene{name: name, history: 12, steps: append([]step{{see: first, keys: ctrlK}, {keys: words}, {keys: enter, read: true}}, more...)}
	}
	return []scene{
		{name: "inbox", history: 40, steps: []step{{see: first}}},
		{name: "conversation", history: 40, prepare: answered, steps: []step{open}, also: []variant{wide}},
		{name: "theme", history: 12, steps: []step{open, {keys: ctrlK}, {keys: "theme"}, {keys: enter}}},
		{name: "composer", history: 12, steps: []step{open, {keys: "r"}, {
			keys: "山田様、お問い合わせありがとうございます。" + line + "机3台とのこと、本日17時までにお見積もりをお送りします。" + line + "Best regards, Aiko",
		}}},
		{name: "blocked", history: 12, steps: []step{{see: first, keys: "5"}, {keys: enter}, {keys: "r"}}},
		{name: "asks", history: 12, prepare: unsure, steps: []step{open, {keys: "G"}}},
		{name: "asks-inbox", history: 12, prepare: unsure, steps: []step{{see: first}}},
		{name: "empty", prepare: connected, steps: []step{{see: "Aoyama"}}},
		{name: "no-page", prepare: func(context.Context, *world) error { return nil }, steps: []step{{see: "Parley"}}},
		{name: "disconnected", history: 12, steps: []step{open, {do: (*world).stopHub}, {keys: "", see: "○"}}},
		{name: "restricted", history: 12, prepare: restricted, steps: []step{open, {keys: "r"}}},
		{name: "help", history: 12, steps: []step{{see: first, keys: "?"}}},
		{name: "palette", history: 12, steps: []step{{see: first, keys: ctrlK}}},
		{name: "palette-found", history: 12, steps: []step{{see: first, keys: ctrlK}, {keys: "ca"}}},
		{name: "snooze", history: 12, steps: []step{{see: first, keys: "s"}}},
		{name: "snooze-typed", history: 12, steps: []step{{see: first, keys: "s"}, {keys: "o"}, {keys: "soon"}, {keys: enter}}},
		{name: "assign", history: 12, prepare: teamed, steps: []step{{see: first, keys: "a"}}},
		{name: "away", history: 12, prepare: away, steps: []step{{see: first, keys: "a"}}},
		{name: "delete", history: 12, steps: []step{{see: first, keys: ctrlK}, {keys: "delete"}, {keys: enter}}},
		{name: "done", history: 12, steps: []step{{see: first, keys: "e"}}, after: "z"},
		{name: "search", history: 40, steps: []step{{see: first, keys: "/"}, {keys: "wood"}, {keys: enter}}},
		{name: "panel", history: 12, prepare: answered, steps: []step{open, {keys: "i", narrow: true}, panel}},
		{name: "picker", history: 12, prepare: told, steps: []step{open, {keys: "c", read: true}}, also: []variant{wide}},
		{name: "picker-many", history: 12, prepare: told, steps: []step{
			{see: first, keys: "j" + enter, read: true}, {keys: "c", read: true},
		}},
		{name: "panel-linked", history: 12, prepare: linked, steps: []step{open, {keys: "i", read: true, narrow: true}, panel}},
		{name: "form", history: 12, prepare: told, steps: []step{open, {keys: "c", read: true}, {keys: "会議室の机", read: true}, {keys: down + down + enter}}},
		{name: "stage", history: 12, prepare: linked, steps: []step{open, {keys: "i", read: true, narrow: true}, panel, {keys: "S", read: true}}},
		{name: "two-shared", guests: true, steps: []step{{at: rep, see: "●"}}},
		{name: "two-private", guests: true, steps: []step{
			{at: rep, see: "●"},
			{keys: ctrlK},
			{keys: "private"},
			{keys: enter},
			{keys: "y"},
			{at: rep, read: true},
		}},
		{name: "events", prepare: happened, steps: []step{open}, also: []variant{tall("en"), tall("ja")}},
		{name: "photo", history: 12, prepare: pictured, steps: []step{open}, also: []variant{wide}},
		{name: "drafts", history: 12, steps: []step{
			open,
			{keys: "r"},
			{keys: "お見積書を"},
			{keys: esc},
			{keys: esc},
			{keys: "j"},
			{keys: "r"},
			{keys: "Yes, on Saturdays, too."},
			{keys: esc},
			{keys: "d"},
		}},
		{name: "later", history: 12, steps: []step{open, {keys: "r"}, {keys: "明日の朝、お電話いたします。"}, {keys: altL}}},
		{name: "snippets", history: 12, prepare: phrased, steps: []step{open, {keys: "r"}, {keys: ctrlO}}},
		{name: "labels", history: 12, prepare: labelled, steps: []step{{see: first, keys: "t"}}},
		{name: "labelled", history: 12, prepare: labelled, steps: []step{open}},
		{name: "several", history: 12, steps: []step{{see: first, keys: "x"}, {keys: "jx"}, {keys: "jx"}}},
		{name: "undo-list", history: 12, steps: []step{{see: first, keys: "p"}, {keys: "u"}, {keys: "U"}}, after: enter},
		{name: "search-hints", history: 40, steps: []step{{see: first, keys: "/"}, {keys: "is:"}}},
		{name: "view", history: 12, prepare: labelled, steps: []step{{see: first, keys: "/"}, {keys: "is:unread label:VIP"}, {keys: enter}, {keys: "V"}}},
		{name: "note", history: 12, prepare: teamed, steps: []step{open, {keys: "I"}, {keys: "@Ken Sato, could you look?"}}},
		called("doctor", "doctor"),
		called("questions", "questions"),
		called("question", "questions", step{keys: enter}),
		called("entry-points", "qr"),
		called("uninstall", "uninstall"),
		{name: "names", prepare: named, steps: []step{{see: "ab", keys: "jj"}, {keys: enter}}},
	}
}

// tall is a terminal that shows a whole conversation.
func tall(lang string) variant { return variant{size{100, 175}, lang, dark} }
