package term

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// handGap is the least time between two keys typed by hand. Faster input was pasted, or typed
// while the line stalled: its keys must not act one by one.
const handGap = 5 * time.Millisecond

// Over a slow line a pasted text arrives in pieces: input within wordGap after a text still
// belongs to it, above all a final enter, which would send it. An input method also commits
// whole words at once; enter pressed by hand comes later than that. After a text of several
// lines, or a long one, more is likely: it is awaited for tailGap.
const (
	wordGap  = 25 * time.Millisecond
	tailGap  = 250 * time.Millisecond
	longText = 256 // bytes
)

// fewest is how many keys make a burst. A letter and enter are none, nor is enter pressed
// twice: after a stall they arrive at once even from a hand, and enter must not be lost.
const fewest = 3

// bursts turns input that is faster than typing into pasted text.
//
// The zero bursts is ready. It is not safe for concurrent use.
type bursts struct {
	// run is the fast input so far, without what has been passed on.
	run []byte
	// keys counts its keys; ends: it has a line end.
	keys int
	ends bool
	// tail: it follows a pasted text.
	tail bool
	last time.Time
	// until is how long input belongs to the last pasted text; more: that text is long or has
	// several lines.
	until time.Time
	more  bool
	out   [][]byte
}

// feed takes units that arrived now, and returns what to pass on. typing: text is being typed,
// so a single character is passed on at once.
func (b *bursts) feed(units []unit, now time.Time, typing bool) [][]byte {
	b.out = nil
	if b.keys > 0 && now.Sub(b.last) > handGap {
		b.resolve()
	}
	for _, u := range units {
		switch u.kind {
		case isCharacter:
			b.character(u.bytes, now, typing)
		case isPaste:
			b.resolve()
			b.paste(u.bytes)
		case isSequence:
			b.resolve()
			if byHand(u.bytes) {
				b.until = time.Time{}
			}
			b.out = append(b.out, u.bytes)
		}
	}
	return b.out
}

// byHand reports whether a sequence is a key, or the terminal getting the focus, as opposed to
// an answer of the terminal, which may come at any time. No text contains one, so what follows
// it is not part of a text.
func byHand(seq []byte) bool {
	if len(seq) < 3 || seq[1] != '[' && seq[1] != 'O' {
		return len(seq) < 3
	}
	return seq[2] != '?' && seq[2] != '>' && bytes.IndexByte([]byte("ABCDFHIOZ~"), seq[len(seq)-1]) >= 0
}

// wait returns when to call [bursts.expire]; ok is false if nothing is held.
func (b *bursts) wait() (at time.Time, ok bool) { return b.last.Add(handGap), b.keys > 0 }

// expire says that nothing more came in time.
func (b *bursts) expire() [][]byte {
	b.out = nil
	b.resolve()
	return b.out
}

func (b *bursts) character(c []byte, now time.Time, typing bool) {
	if b.keys == 0 {
		b.tail = now.Before(b.until)
	}
	b.keys++
	b.last = now
	end := c[0] == '\r' || c[0] == '\n'
	b.ends = b.ends || end
	if b.keys == 1 && typing && !end && !b.tail {
		b.out = append(b.out, c)
		return
	}
	if len(b.run) < maxPaste {
		b.run = append(b.run, c...)
	}
}

// resolve decides what the held input is.
func (b *bursts) resolve() {
	run, keys := b.run, b.keys
	burst := b.tail || keys >= fewest
	if burst {
		b.more = b.tail && b.more || b.ends || len(run) >= longText
		gap := wordGap
		if b.more {
			gap = tailGap
		}
		b.until = b.last.Add(gap)
	}
	b.run, b.keys, b.ends, b.tail = nil, 0, false, false
	if burst && len(run) > 0 {
		b.paste(run)
		return
	}
	for len(run) > 0 {
		_, size := utf8.DecodeRune(run)
		b.out = append(b.out, run[:size])
		run = run[size:]
	}
}

// paste puts paste brackets around a text.
func (b *bursts) paste(text []byte) {
	b.out = append(b.out, append(append([]byte(pasteBegins), text...), pasteEnds...))
}
