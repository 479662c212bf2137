package webhook

import (
	"encoding/json"
	"strings"
	"time"

	// A customer's time zone must be known wherever the hub runs.
	_ "time/tzdata"

	"parley/hub/messenger/meta"
	"parley/model"
)

// booking is an appointment that the customer asked for.
//
// Source: Messenger Platform, "messages", appointment_booking.
type booking struct {
	BookingID meta.LooseID `json:"booking_id"`
	Status    meta.Word    `json:"status"`
	Start     meta.Moment  `json:"start_time"`
	End       meta.Moment  `json:"end_time"`
	Zone      meta.Loose   `json:"timezone"`
}

// title returns the status and the period, in the booking's own zone.
func (b booking) title() model.Untrusted {
	var parts []string
	if b.Status != "" {
		parts = append(parts, string(b.Status))
	}
	zone := zoneOf(string(b.Zone))
	if !b.Start.IsZero() {
		parts = append(parts, b.Start.In(zone).Format(time.RFC3339))
	}
	if !b.End.IsZero() {
		parts = append(parts, "–", b.End.In(zone).Format(time.RFC3339))
	}
	return model.Untrusted(strings.Join(parts, " "))
}

// appointment returns the appointment as data, for the reader's own language.
func (b booking) appointment() *model.Booking {
	return &model.Booking{Status: string(b.Status), Start: b.Start.Known(), End: b.End.Known(), Zone: zoneName(string(b.Zone))}
}

// zoneName returns the name of a time zone if it exists, else "".
func zoneName(name string) string {
	if name == "" || zoneOf(name).String() != name {
		return ""
	}
	return name
}

// zoneOf returns a time zone by its name, UTC if it is unknown. "Local" counts as unknown: it
// would be the hub's.
func zoneOf(name string) *time.Location {
	if name == "Local" || len(name) > meta.MaxWord {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// template is a structured message.
//
// Source: Messenger Platform, "Templates" and "messages", product template.
type template struct {
	Text     meta.Loose `json:"text"`
	Elements titles     `json:"elements"`
	Buttons  titles     `json:"buttons"`
	Product  struct {
		Elements titles `json:"elements"`
	} `json:"product"`
}

// title returns the template's text, or else the titles of its elements.
func (t template) title() model.Untrusted {
	for _, list := range []titles{t.Product.Elements, t.Elements, t.Buttons} {
		if t.Text == "" {
			t.Text = meta.Loose(strings.Join(list, ", "))
		}
	}
	return model.Untrusted(t.Text)
}

// titles are the titles of a list of elements, of those that have one.
type titles []string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (t *titles) UnmarshalJSON(b []byte) error {
	raws, _ := meta.Listed(b)
	for _, raw := range raws {
		var w struct {
			Title meta.Loose `json:"title"`
		}
		if json.Unmarshal(raw, &w) == nil && w.Title != "" {
			*t = append(*t, string(w.Title))
		}
	}
	return nil
}
