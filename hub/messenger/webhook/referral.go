package webhook

import (
	"encoding/json"

	"parley/hub/messenger/meta"
	"parley/model"
)

// decodePostback decodes that the customer pressed a button or Get Started. In standby it comes
// without its payload.
//
// Source: Messenger Platform, "messaging_postbacks".
func decodePostback(_ envelope, raw json.RawMessage) (model.Event, error) {
	var w struct {
		MID      meta.Ident      `json:"mid"`
		Title    string          `json:"title"`
		Payload  string          `json:"payload"`
		Referral json.RawMessage `json:"referral"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, meta.ErrShape
	}
	return model.Postback{
		MID: model.MID(w.MID), Title: model.Untrusted(w.Title), Payload: model.Untrusted(w.Payload), Referral: entry(w.Referral),
	}, nil
}

// decodeReferral decodes how the customer came into an existing thread.
//
// Source: Messenger Platform, "messaging_referrals".
func decodeReferral(_ envelope, raw json.RawMessage) (model.Event, error) {
	e := entry(raw)
	if e == nil {
		return nil, meta.ErrShape
	}
	return model.Referral{Entry: *e}, nil
}

// entry decodes how a customer came in, nil if the event does not say. From a shop only the
// product is known, which becomes the reference.
func entry(raw json.RawMessage) *model.Entry {
	var w struct {
		Ref     meta.Loose   `json:"ref"`
		Source  meta.Word    `json:"source"`
		AdID    meta.LooseID `json:"ad_id"`
		Context titled       `json:"ads_context_data"`
		Product titled       `json:"product"`
	}
	if !present(raw) || json.Unmarshal(raw, &w) != nil {
		return nil
	}
	e := model.Entry{
		Source: string(w.Source), Ref: model.Untrusted(w.Ref),
		AdID: string(w.AdID), Title: model.Untrusted(w.Context.adTitle),
	}
	if e.Ref == "" && w.Product.id != "" {
		e.Ref = model.Untrusted(w.Product.id)
		if e.Source == "" {
			e.Source = model.SourceShop
		}
	}
	if e == (model.Entry{}) {
		return nil
	}
	return &e
}

// titled is the title or id of an ad or a product.
type titled struct {
	id      meta.LooseID
	adTitle meta.Loose
}

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (t *titled) UnmarshalJSON(b []byte) error {
	all, err := meta.Object(b)
	if err == nil {
		all.Read("id", &t.id)
		all.Read("ad_title", &t.adTitle)
	}
	return nil
}
