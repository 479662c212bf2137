package term

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// handGap is the least time between two keys of a hand. What comes faster was pasted, or
// typed while the line stood still: it is not for each key to act by itself.
const handGap = 5 * time.Millisecond

// A text comes in pieces where the line is slow: what comes within wordGap of any text still
// belongs to it, the enter at its end above all, which would send it. An input method, too,
// hands whole words over at once; the enter that a hand presses then comes later than that.
// Of a text of several lines, or a long one, more is to come: it is waited for as long as
// tailGap.
const (
	wordGap  = 25 * time.Millisecond
	tailGap  = 250 * time.Millisecond
	longText = 256 // bytes
)

// fewest is how many keys are a burst. A letter and the enter behind it are none, nor is
// enter pressed twice: where the line stood still for a moment they come at once from a hand
// as well, which must not press enter in vain.
const fewest = 3

// bursts finds what comes faster than a hand types, and makes a pasted text of it.
//
// The zero bursts is ready. It is not safe for concurrent use.
type bursts struct {
	// run is what came so fast, without what has gone already.
	run []byte
	// keys of it, in all; ends: there is a line end among them.
	keys int
	ends bool
	// tail: it follows a text that was pasted.
	tail bool
	last time.Time
	// until is how long what comes belongs to a text that was pasted; more: that is of
	// several lines, or long.
	until time.Time
	more  bool
	out   [][]byte
}

// feed takes units that came at a time, and returns what goes on. Text is being typed:
// then a single character means itself, and goes at once.
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

// byHand tells a key, or that the terminal got the focus, from the terminal's answers,
// which come at any time: no text holds one, so that what comes behind it is not of a text.
func byHand(seq []byte) bool {
	if len(seq) < 3 || seq[1] != '[' && seq[1] != 'O' {
		return len(seq) < 3
	}
	return seq[2] != '?' && seq[2] != '>' && bytes.IndexByte([]byte("ABCDFHIOZ~"), seq[len(seq)-1]) >= 0
}

// wait is when to call [bursts.expire]; ok is false while nothing is held.
func (b *bursts) wait() (at time.Time, ok bool) { return b.last.Add(handGap), b.keys > 0 }

// expire tells that no more came in time.
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

// resolve decides what came.
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

// paste puts the marks around a text.
func (b *bursts) paste(text []byte) {
	b.out = append(b.out, append(append([]byte(pasteBegins), text...), pasteEnds...))
}
