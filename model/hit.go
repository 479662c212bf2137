package model

import "strings"

// Span is a stretch of a text in Unicode code points (neither bytes nor UTF-16
// units): From is the first of it, To the first after it.
type Span struct {
	From int `json:"from" doc:"code points before it"`
	To   int `json:"to" doc:"code points up to its end"`
}

// HitRunes is the longest text of a [Hit], in runes.
const HitRunes = 200

// Hit is a message that a search found.
type Hit struct {
	Message MessageID `json:"message"`
	// Text is the message's, or of a longer one the stretch about the first match.
	Text Untrusted `json:"text" doc:"the message's text; of a long one at most 200 code points of it"`
	// Spans are where in Text the words stand.
	Spans []Span `json:"spans" doc:"where the words stand in text"`
}

// Found is a conversation in a list. What tells of a search is nil in a list that
// is none.
type Found struct {
	Conversation
	// Hits are the newest messages that match, at most 3, newest first.
	Hits []Hit `json:"hits,omitzero" required:"false" nullable:"false" doc:"only with search: the newest messages that match, at most 3"`
	// NameSpans are where the customer's name matches.
	NameSpans []Span `json:"name_spans,omitzero" required:"false" nullable:"false" doc:"only with search: where the customer's name matches"`
}

// ListQuery asks for one page of a list; what is zero is left to the hub.
type ListQuery struct {
	Filter string
	Page   PageID
	Cursor string
	Limit  int
	// Search is what a message's text or the customer's name must hold.
	Search string
}

// FoundList is one page of what a search found.
type FoundList struct {
	Conversations []Found `json:"conversations"`
	// Cursor is that of the next page of the same search; empty at the end.
	Cursor string `json:"cursor"`
	AsOf   AsOf   `json:"as_of"`
}

// Marked returns the text with marks about stretches of it, without what stands more
// than before characters ahead of the first. It is as little to be trusted as the text.
// Spans that are not of this text end the marking.
func (u Untrusted) Marked(spans []Span, from, to string, before int) Untrusted {
	if len(spans) == 0 {
		return u
	}
	runes := []rune(u)
	var b strings.Builder
	done := 0
	if first := spans[0].From - before; first > 0 && first < len(runes) {
		b.WriteString("…")
		done = first
	}
	for _, s := range spans {
		if s.From < done || s.To < s.From || s.To > len(runes) {
			break
		}
		b.WriteString(string(runes[done:s.From]) + from + string(runes[s.From:s.To]) + to)
		done = s.To
	}
	b.WriteString(string(runes[done:]))
	return Untrusted(b.String())
}
