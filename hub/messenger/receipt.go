package messenger

import (
	"encoding/json"

	"parley/model"
)

// decodeDelivery reads that messages reached the customer's device.
//
// Source: Messenger Platform, "message_deliveries".
func decodeDelivery(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MIDs      several[looseID] `json:"mids"`
		Watermark moment           `json:"watermark"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, errShape
	}
	d := model.DeliveredUpTo{Watermark: w.Watermark.Time}
	for _, mid := range w.MIDs {
		if mid != "" {
			d.MIDs = append(d.MIDs, model.MID(mid))
		}
	}
	if len(d.MIDs) == 0 && d.Watermark.IsZero() {
		return nil, errShape
	}
	return d, nil
}

// decodeRead reads up to when the customer read.
//
// Source: Messenger Platform, "message_reads".
func decodeRead(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Watermark moment `json:"watermark"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.Watermark.IsZero() {
		return nil, errShape
	}
	return model.ReadUpTo{Watermark: w.Watermark.Time}, nil
}
