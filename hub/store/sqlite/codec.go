package sqlite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/model"
)

// errNotUTF8 refuses text that JSON would alter.
var errNotUTF8 = errors.New("text is not valid UTF-8")

// encode writes a record as JSON.
func encode(v any) (string, error) {
	doc, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode record: %w", err)
	}
	if replaced(doc) {
		return "", fmt.Errorf("encode record: %w", errNotUTF8)
	}
	return string(doc), nil
}

// replaced tells whether the encoder put U+FFFD for bytes that are no UTF-8: it
// writes that as an escape, and a U+FFFD that stood in the text as it is.
func replaced(doc []byte) bool {
	mark := []byte(`\ufffd`)
	for from := 0; ; {
		i := bytes.Index(doc[from:], mark)
		if i < 0 {
			return false
		}
		at := from + i
		slashes := 0
		for at-slashes > 0 && doc[at-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		from = at + len(mark)
	}
}

// decode reads a record that encode wrote.
func decode(doc []byte, v any) error {
	return wrap(json.Unmarshal(doc, v), "decode record")
}

// micros is a time as a column holds it; 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros reads what micros wrote.
func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// exact is a time that a column holds without loss, so that what is judged by
// the record and by the column agrees.
func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func exactly(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	e := exact(*t)
	return &e
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Names of the events that can be pending, as the kind column holds them.
const (
	eventCustomerMessage = "customer_message"
	eventEcho            = "echo"
	eventPostback        = "postback"
	eventReferral        = "referral"
	eventReacted         = "reacted"
	eventEdit            = "edit"
	eventUnsend          = "unsend"
	eventDelivered       = "delivered"
	eventRead            = "read"
	eventFeedback        = "feedback"
	eventOptin           = "optin"
	eventThreadControl   = "thread_control"
	eventHappened        = "happened"
	eventPolicy          = "policy"
	eventPageNews        = "page_news"
)

// eventKind names the type of an event.
func eventKind(e model.Event) (string, error) {
	switch e.(type) {
	case model.CustomerMessage:
		return eventCustomerMessage, nil
	case model.Echo:
		return eventEcho, nil
	case model.Postback:
		return eventPostback, nil
	case model.Referral:
		return eventReferral, nil
	case model.Reacted:
		return eventReacted, nil
	case model.Edit:
		return eventEdit, nil
	case model.Unsend:
		return eventUnsend, nil
	case model.DeliveredUpTo:
		return eventDelivered, nil
	case model.ReadUpTo:
		return eventRead, nil
	case model.Feedback:
		return eventFeedback, nil
	case model.Optin:
		return eventOptin, nil
	case model.ThreadControl:
		return eventThreadControl, nil
	case model.Happened:
		return eventHappened, nil
	case model.Policy:
		return eventPolicy, nil
	case model.PageNews:
		return eventPageNews, nil
	}
	return "", fmt.Errorf("name event: no kind for %T", e)
}

// decodeEvent reads an event of that kind.
func decodeEvent(kind string, doc []byte) (model.Event, error) {
	switch kind {
	case eventCustomerMessage:
		return decodeAs[model.CustomerMessage](doc)
	case eventEcho:
		return decodeAs[model.Echo](doc)
	case eventPostback:
		return decodeAs[model.Postback](doc)
	case eventReferral:
		return decodeAs[model.Referral](doc)
	case eventReacted:
		return decodeAs[model.Reacted](doc)
	case eventEdit:
		return decodeAs[model.Edit](doc)
	case eventUnsend:
		return decodeAs[model.Unsend](doc)
	case eventDelivered:
		return decodeAs[model.DeliveredUpTo](doc)
	case eventRead:
		return decodeAs[model.ReadUpTo](doc)
	case eventFeedback:
		return decodeAs[model.Feedback](doc)
	case eventOptin:
		return decodeAs[model.Optin](doc)
	case eventThreadControl:
		return decodeAs[model.ThreadControl](doc)
	case eventHappened:
		return decodeAs[model.Happened](doc)
	case eventPolicy:
		return decodeAs[model.Policy](doc)
	case eventPageNews:
		return decodeAs[model.PageNews](doc)
	}
	return nil, fmt.Errorf("decode event: unknown kind %q", kind)
}

func decodeAs[E model.Event](doc []byte) (model.Event, error) {
	var e E
	if err := decode(doc, &e); err != nil {
		return nil, err
	}
	return e, nil
}
