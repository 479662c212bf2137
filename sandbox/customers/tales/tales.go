// Package tales has customers who know what they want: each opens a conversation, answers what the
// shop writes with what fits it, and is content in the end. They tell it in English or Japanese.
package tales

import (
	"slices"
	"strings"
	"time"

	"parley/sandbox/world"
)

// Say is one message of a customer. {phone} and {email} in its text are their own.
type Say struct {
	Text string
	// Photo, Voice and File are names of what is sent instead, or after the text.
	Photo, Voice, File string
	// Fixed is what the text is changed to a moment later: it was typed in haste.
	Fixed string
}

// Answer is what a customer says to a reply in which one of the words occurs.
type Answer struct {
	To   []string // in small letters
	Says []Say
}

// Tale is what one customer wants.
type Tale struct {
	Who world.Person
	// Begins is how long after the first webhook they write first.
	Begins time.Duration
	Opens  []Say
	// Answers are for replies about what they name, each once.
	Answers []Answer
	// Else is what they say to other replies, in order.
	Else [][]Say
	// Thanks ends it.
	Thanks Say
}

// Matter is what an old conversation was about: what was said in turn, the customer first.
type Matter struct{ Said []string }

// Told is a tale as far as it is told.
type Told struct {
	Tale
	answered []bool
	other    int
	over     bool
}

// Tell begins a tale.
func Tell(t Tale) *Told { return &Told{Tale: t, answered: make([]bool, len(t.Answers))} }

// Reply returns what the customer says to a reply of the shop, in order; nil once they have
// nothing more to say.
func (t *Told) Reply(text string) []Say {
	if t.over {
		return nil
	}
	text = strings.ToLower(text)
	for i, a := range t.Answers {
		if !t.answered[i] && slices.ContainsFunc(a.To, func(word string) bool { return strings.Contains(text, word) }) {
			t.answered[i] = true
			return a.Says
		}
	}
	if t.other < len(t.Else) {
		t.other++
		return t.Else[t.other-1]
	}
	t.over = true
	return []Say{t.Thanks}
}

// Over reports whether the customer has nothing more to say.
func (t *Told) Over() bool { return t.over }

// In returns the tales in a language: Japanese or, for any other, English.
func In(lang string) []Tale {
	if lang == "ja" {
		return append(japanese(), japaneseLater()...)
	}
	return append(english(), englishLater()...)
}

// Matters returns what old conversations were about. The first one can't wait.
func Matters(lang string) []Matter {
	if lang == "ja" {
		return mattersJapanese()
	}
	return mattersEnglish()
}

// person returns somebody who writes in the language of the tales.
func person(name, first, last, lang, gender string) world.Person {
	p := world.Person{Name: name, First: first, Last: last, Lang: lang, Gender: gender, Locale: "en_US", Zone: "9"}
	if lang == "ja" {
		p.Locale = "ja_JP"
	}
	return p
}

// Places of some tales in the list.
const (
	Office    = 0 // is known in Pipedrive by a phone number
	Wholesale = 1 // is known there by an address
	Class     = 4 // asks what a colleague knows
	Gift      = 6 // begins at once
)
