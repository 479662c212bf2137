package webhook

import (
	"encoding/json"

	"parley/hub/messenger/meta"
	"parley/model"
)

// decodeDelivery decodes that messages reached the customer's device.
//
// Source: Messenger Platform, "message_deliveries".
func decodeDelivery(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MIDs      meta.Several[meta.LooseID] `json:"mids"`
		Watermark meta.Moment                `json:"watermark"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	d := model.DeliveredUpTo{Watermark: w.Watermark.Time}
	for _, mid := range w.MIDs {
		if mid != "" {
			d.MIDs = append(d.MIDs, model.MID(mid))
		}
	}
	if len(d.MIDs) == 0 && d.Watermark.IsZero() {
		return nil, meta.ErrShape
	}
	return d, nil
}

// decodeRead decodes up to when the customer read.
//
// Source: Messenger Platform, "message_reads".
func decodeRead(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		Watermark meta.Moment `json:"watermark"`
	}
	if err := json.Unmarshal(raw, &w); err != nil || w.Watermark.IsZero() {
		return nil, meta.ErrShape
	}
	return model.ReadUpTo{Watermark: w.Watermark.Time}, nil
}
