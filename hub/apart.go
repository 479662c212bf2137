package hub

import (
	"context"

	"parley/hub/logkey"
	"parley/hub/store"
	"parley/hub/txn"
	"parley/model"
)

// storeApart stores an event that could not be stored as what it is: as one that is not
// understood, with a line that says so, or else only as it came.
func (h *Hub) storeApart(ctx context.Context, page model.PageID, e model.Inbound, cause error) error {
	h.log.Error("event could not be stored as what it is", logkey.Page, string(page), logkey.Event, e.Name, logkey.Error, cause)
	e.Event, e.At = nil, h.utc()
	if _, err := h.storePiece(ctx, page, []model.Inbound{e}); !txn.IsBroken(err) {
		return err
	}
	return h.store.Write(ctx, page, func(tx store.PageTx) error {
		_, err := tx.KeepRaw(store.RawEvent{
			Page: page, Key: e.Key, Customer: e.Customer, Name: e.Name, At: e.At, ReceivedAt: e.At, Body: e.Raw,
		})
		return err
	})
}
