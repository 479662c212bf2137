package store

import "parley/model"

// Coming is an event of which a transaction is about to ask what is stored.
type Coming struct {
	Customer model.PSID
	// Key is that of the event as it came, MID that of the message that it brings; empty if it brings
	// none.
	Key string
	MID model.MID
}

// AheadReader is a transaction of a Page in an engine that is far away: it reads at once what it
// will be asked one by one. What it answers is the same.
type AheadReader interface {
	ReadAhead(list []Coming) error
}

// ReadAhead tells a transaction what is coming, if it reads ahead.
func ReadAhead(tx PageTx, list []Coming) error {
	if a, ok := tx.(AheadReader); ok {
		return a.ReadAhead(list)
	}
	return nil
}
