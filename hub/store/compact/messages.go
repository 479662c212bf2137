package compact

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"

	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/model"
)

// How a message was made compact, as its first byte says.
const (
	// message1: what nearly all messages have stands in place, and what others have follows as JSON
	// without what is empty.
	message1 byte = 1
	// message1Zipped is that, compressed with dictionary 1.
	message1Zipped byte = 2
)

// What a message has, as the second byte says.
const (
	// sentInOrder: SentAt is Order, in UTC.
	sentInOrder byte = 1 << iota
	// noAttachments and noReactions: there are none, which is not the same as not known.
	noAttachments
	noReactions
	// byCustomer and byPage: the author is no more than that.
	byCustomer
	byPage
	// more: JSON follows the text.
	more
)

// longMessage is how many bytes a message has from which it is compressed.
const longMessage = 400

// beside has the fields of a message that don't stand in place, under short names. Each is converted
// from the type of which it is a copy, so that this does not compile when a field is missing.
type beside struct {
	Message    lean                           `json:"m,omitzero"`
	Number     int64                          `json:"n,omitzero"`
	EditNumber int                            `json:"e,omitzero"`
	ReactedAt  map[model.AuthorKind]time.Time `json:"r,omitzero"`
}

// stored is a copy of [store.Message].
type stored struct {
	model.Message
	Order      time.Time
	FirstSeq   int64
	MetaTime   bool
	Number     int64
	EditNumber int
	ReactedAt  map[model.AuthorKind]time.Time
}

var _ = stored(store.Message{})

// lean is a copy of [model.Message].
type lean struct {
	ID             model.MessageID      `json:"-"`
	Seq            int64                `json:"seq,omitzero"`
	MID            model.MID            `json:"-"`
	ClientID       model.ClientID       `json:"cl,omitzero"`
	ConversationID model.ConversationID `json:"-"`
	Direction      model.Direction      `json:"-"`
	Author         model.Author         `json:"by,omitzero"`
	Text           model.Untrusted      `json:"-"`
	Attachments    []model.Attachment   `json:"at,omitzero"`
	ReplyTo        model.MessageID      `json:"re,omitzero"`
	ReplyToMID     model.MID            `json:"rm,omitzero"`
	Reactions      []model.Reaction     `json:"rs,omitzero"`
	Edited         bool                 `json:"ed,omitzero"`
	Was            *model.Untrusted     `json:"was,omitzero"`
	Deleted        bool                 `json:"de,omitzero"`
	Feedback       model.Untrusted      `json:"fb,omitzero"`
	Standby        bool                 `json:"sb,omitzero"`
	Event          *model.Notable       `json:"ev,omitzero"`
	SentAt         time.Time            `json:"t,omitzero"`
	SendAt         *time.Time           `json:"sa,omitempty"`
	State          model.State          `json:"-"`
	Attempt        int                  `json:"a,omitzero"`
	Error          *model.MessageError  `json:"er,omitzero"`
	WaitsFor       model.MessageID      `json:"wf,omitzero"`
	Probably       bool                 `json:"pr,omitzero"`
	DeliveredTwice bool                 `json:"dt,omitzero"`
	Mentions       []model.UserRef      `json:"mn,omitzero"`
	Unseen         []model.UserRef      `json:"un,omitzero"`
}

// Message returns what a message has besides its ids, its place, its direction and its state, which
// stand in columns.
func Message(m store.Message) ([]byte, error) {
	for _, s := range []string{string(m.ID), string(m.MID), string(m.ConversationID), string(m.Direction), string(m.State), string(m.Text)} {
		if !utf8.ValidString(s) {
			return nil, fmt.Errorf("encode message: %w", engine.ErrNotUTF8)
		}
	}
	b := beside{Message: lean(m.Message), Number: m.Number, EditNumber: m.EditNumber, ReactedAt: m.ReactedAt}
	has := b.take(m)
	var rest string
	if !reflect.ValueOf(b).IsZero() {
		var err error
		if rest, err = engine.Encode(b); err != nil {
			return nil, err
		}
	}
	if rest == "{}" {
		rest = ""
	}
	if rest != "" {
		has |= more
	}
	out := append(make(fields, 0, len(m.Text)+len(rest)+2+2*binary.MaxVarintLen64), message1, has)
	out.int(m.Seq - m.FirstSeq)
	out.text(string(m.Text))
	out = append(out, rest...)
	if len(out) < longMessage || len(out) > MaxEvent {
		return out, nil
	}
	packed := zip1.out.EncodeAll(out, make([]byte, 0, len(out)))[len(magic)-1:]
	if packed[0] = message1Zipped; len(packed) < len(out) {
		return packed, nil
	}
	return out, nil
}

// take takes out what stands in place or in columns, and returns how that is noted.
func (b *beside) take(m store.Message) (has byte) {
	l := &b.Message
	l.ID, l.MID, l.ConversationID, l.Direction, l.State, l.Text, l.Seq = "", "", "", "", "", "", 0
	if l.SentAt.Equal(m.Order) && l.SentAt.Location() == time.UTC {
		has |= sentInOrder
		l.SentAt = time.Time{}
	}
	if l.Attachments != nil && len(l.Attachments) == 0 {
		has |= noAttachments
		l.Attachments = nil
	}
	if l.Reactions != nil && len(l.Reactions) == 0 {
		has |= noReactions
		l.Reactions = nil
	}
	switch l.Author {
	case model.Author{Kind: model.ByCustomer}:
		has |= byCustomer
		l.Author = model.Author{}
	case model.Author{Kind: model.ByPage}:
		has |= byPage
		l.Author = model.Author{}
	}
	return has
}

var errShort = errors.New("message is cut short")

// ReadMessage reads what [Message] returned into a message that has what stands in columns.
func ReadMessage(kept []byte, m *store.Message) error {
	if len(kept) > 0 && kept[0] == message1Zipped {
		body, err := zip1.in.DecodeAll(append([]byte(magic), kept[1:]...), nil)
		if err != nil {
			return fmt.Errorf("decompress message: %w", err)
		}
		kept = body
	}
	if len(kept) == 0 || kept[0] != message1 {
		return ErrUnknown
	}
	if len(kept) == 1 {
		return errShort
	}
	has, r := kept[1], &reader{b: kept[2:]}
	since, text := r.int(), model.Untrusted(r.text())
	if r.err != nil {
		return r.err
	}
	var b beside
	if has&more != 0 {
		if err := json.Unmarshal(r.b, &b); err != nil {
			return fmt.Errorf("decode message: %w", err)
		}
	}
	l := &b.Message
	l.ID, l.MID, l.ConversationID, l.Direction, l.State = m.ID, m.MID, m.ConversationID, m.Direction, m.State
	l.Text, l.Seq = text, m.FirstSeq+since
	if has&sentInOrder != 0 {
		l.SentAt = m.Order
	}
	if has&noAttachments != 0 {
		l.Attachments = []model.Attachment{}
	}
	if has&noReactions != 0 {
		l.Reactions = []model.Reaction{}
	}
	switch {
	case has&byCustomer != 0:
		l.Author = model.Author{Kind: model.ByCustomer}
	case has&byPage != 0:
		l.Author = model.Author{Kind: model.ByPage}
	}
	m.Message, m.Number, m.EditNumber, m.ReactedAt = model.Message(*l), b.Number, b.EditNumber, b.ReactedAt
	return nil
}
