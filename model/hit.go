package model

import (
	"log/slog"
	"strings"
)

// Span is a range of a text in Unicode code points (neither bytes nor UTF-16 units), from
// From up to but not including To.
type Span struct {
	From int `json:"from" doc:"code points before it"`
	To   int `json:"to" doc:"code points up to its end"`
}

// HitRunes is the longest text of a [Hit], in runes.
const HitRunes = 200

// Hit is a message that a search found.
type Hit struct {
	Message MessageID `json:"message"`
	// Text is the message's text; of a long one, the part around the first match.
	Text Untrusted `json:"text" doc:"the message's text; of a long one at most 200 code points of it"`
	// Spans are where the words that were searched stand in Text.
	Spans []Span `json:"spans" doc:"where the words stand in text"`
}

// Found is a conversation in a list. Without a search, Hits and NameSpans are nil.
type Found struct {
	Conversation
	// Hits are the newest messages that match, at most 3, newest first.
	Hits []Hit `json:"hits,omitzero" required:"false" nullable:"false" doc:"only with search: the newest messages that match, at most 3"`
	// NameSpans are where the customer's name matches.
	NameSpans []Span `json:"name_spans,omitzero" required:"false" nullable:"false" doc:"only with search: where the customer's name matches"`
}

// NamedBy is by what a text names conversations.
type NamedBy string

// By what a text names conversations.
const (
	NamedByID   NamedBy = "id"   // the id, or the beginning of it or of the customer's PSID
	NamedByName NamedBy = "name" // the customer's whole name
	NamedByPart NamedBy = "part" // words of the customer's name
)

// NamedList is the conversations that a text may mean, all by the same.
type NamedList struct {
	Conversations []Conversation `json:"conversations"`
	By            NamedBy        `json:"by,omitempty" doc:"id: its beginning, or that of the customer's PSID; name: the customer's whole name; part: words of it"`
	// More: there are more of them than the list has.
	More bool `json:"more"`
}

// LogValue implements [slog.LogValuer]: no names.
func (l NamedList) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("conversations", len(l.Conversations)), slog.String("by", string(l.By)))
}

// ListQuery asks for one page of a list; the hub chooses what is zero.
type ListQuery struct {
	Filter string
	Page   PageID
	Cursor string
	Limit  int
	// Search is the words to look for in messages' texts and customers' names.
	Search string
}

// FoundList is one page of what a search found.
type FoundList struct {
	Conversations []Found `json:"conversations"`
	// Cursor asks for the next page of the same search; empty at the end.
	Cursor string `json:"cursor"`
	AsOf   AsOf   `json:"as_of"`
}

// Marked returns the text with from and to around each span. It cuts what precedes the
// first span to at most before code points. The result is as untrusted as the text. Spans
// outside the text end the marking.
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
