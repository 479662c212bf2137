package tables

import (
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/lists"
	"parley/hub/store/postgres/pgdb"
	"parley/hub/store/transfer"
	"parley/model"
)

// CopyMessage queues a message as another store has it.
func CopyMessage(s *pgdb.Session, m store.Message) error {
	page := m.ID.Page()
	return messageWriter{pageBase{s, page, &Row{Page: page}}}.writeMessage(m, false)
}

// CopyRaw queues a raw event as another store has it.
func CopyRaw(s *pgdb.Session, e transfer.Raw) error {
	body := e.Body
	if body == nil {
		body = []byte{}
	}
	return s.Run(`INSERT INTO raw_events (page_id, event, customer, name, at, received_at, understood, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Page, e.Event, e.Customer, e.Name, engine.Micros(e.At), engine.Micros(e.ReceivedAt), e.Understood, body)
}

// CopyBuried queues the key of a buried event.
func CopyBuried(s *pgdb.Session, page model.PageID, event []byte) error {
	return s.Run(`INSERT INTO buried_keys (page_id, event) VALUES (?, ?)`, page, event)
}

// CopyName queues the words of a customer's name, by the record of their conversation.
func CopyName(s *pgdb.Session, doc []byte) error {
	var c store.Conversation
	if err := engine.Decode(doc, &c); err != nil {
		return err
	}
	return lists.PutName(s, c)
}
