package engine

import (
	"fmt"

	"parley/model"
)

// EventEdit is the name of an edit, which says what a message was, as stored in the kind column.
const EventEdit = "edit"

// Names of the other events that can be pending.
const (
	eventCustomerMessage = "customer_message"
	eventEcho            = "echo"
	eventPostback        = "postback"
	eventReferral        = "referral"
	eventReacted         = "reacted"
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

// EventKind returns the name of an event's type.
func EventKind(e model.Event) (string, error) {
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
		return EventEdit, nil
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

// DecodeEvent decodes an event of that kind.
func DecodeEvent(kind string, doc []byte) (model.Event, error) {
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
	case EventEdit:
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
	if err := Decode(doc, &e); err != nil {
		return nil, err
	}
	return e, nil
}
