package notify

import (
	"slices"
	"time"

	"parley/model"
)

// Method is how a terminal is asked to notify its user.
type Method string

// The methods.
const (
	// Auto chooses by what the terminal is.
	Auto Method = "auto"
	// OSC9 and OSC777 have the terminal show a notification on the desktop.
	OSC9   Method = "osc9"
	OSC777 Method = "osc777"
	// Bell rings.
	Bell Method = "bell"
	// Off: the terminal is left alone.
	Off Method = "off"
)

// Methods returns all methods, in the order in which they are offered.
func Methods() []Method { return []Method{Auto, OSC9, OSC777, Bell, Off} }

// When says when a terminal is asked to notify.
type When string

// The times.
const (
	// Blurred: while the terminal says that it does not have the focus. One that never says so
	// counts as looked at.
	Blurred When = "blurred"
	// Always: also while it is looked at, for terminals that can't tell.
	Always When = "always"
)

// Preferences are a user's own settings of what notifies them, and how.
type Preferences struct {
	// Kinds are the kinds that are on.
	Kinds []Kind `json:"kinds"`
	// Method is for terminals on which nothing else is set.
	Method Method `json:"method" enum:"auto,osc9,osc777,bell,off"`
	When   When   `json:"when" enum:"blurred,always"`
	// Content: the notification names the customer and has the beginning of the text.
	Content bool `json:"content"`
	// QuietHours is a time of day such as 19:00-08:00 in which nothing notifies; empty: none.
	QuietHours string `json:"quiet_hours" maxLength:"11"`
	// QuietWeekends: nothing notifies on Saturday and Sunday.
	QuietWeekends bool `json:"quiet_weekends"`
	// Every is the least time between two notifications, in seconds; what comes meanwhile is
	// summed up.
	Every int `json:"every" minimum:"1" maximum:"3600"`
	// Mail: while no client of the user's is connected, they are mailed.
	Mail bool `json:"mail" doc:"Mailed while nobody of one's own is connected, where the hub has a mail server and one's address"`
	// Zone is the user's time zone, as [model.LoadZone] takes it, for the quiet hours of mails;
	// empty: UTC.
	Zone string `json:"zone,omitempty" maxLength:"64"`
	// MailTo is where mails go, as the hub knows it; empty: none can.
	MailTo string `json:"mail_to,omitempty" readOnly:"true"`
}

// Location returns the user's time zone; UTC, if it is not known.
func (p Preferences) Location() *time.Location {
	if l, err := model.LoadZone(p.Zone); err == nil {
		return l
	}
	return time.UTC
}

// Defaults returns the preferences of a user who set none.
func Defaults() Preferences {
	return Preferences{
		Kinds:  []Kind{ClosingInMine, Mentioned, AssignedToMe, NewInMine, NewInUnassigned},
		Method: Auto, When: Blurred, Every: 15,
	}
}

// On reports whether a kind is on.
func (p Preferences) On(k Kind) bool { return slices.Contains(p.Kinds, k) }

// Turned returns the preferences with a kind on or off.
func (p Preferences) Turned(k Kind, on bool) Preferences {
	var kinds []Kind
	for _, known := range Kinds() {
		if known == k && on || known != k && p.On(known) {
			kinds = append(kinds, known)
		}
	}
	p.Kinds = kinds
	return p
}

// Quiet reports whether nothing is to notify the user at a time, which is in their zone, and
// when that ends.
func (p Preferences) Quiet(at time.Time) (until time.Time, quiet bool) {
	h, err := ParseHours(p.QuietHours)
	until = at
	// A weekend may follow quiet hours, and those a weekend.
	for range 6 {
		end, now := h.Until(until)
		if err != nil || p.QuietHours == "" {
			now = false
		}
		if !now && p.QuietWeekends {
			end, now = weekend(until)
		}
		if !now {
			break
		}
		until, quiet = end, true
	}
	return until, quiet
}

// weekend returns the end of the weekend that a time is in.
func weekend(at time.Time) (time.Time, bool) {
	days := map[time.Weekday]int{time.Saturday: 2, time.Sunday: 1}[at.Weekday()]
	if days == 0 {
		return at, false
	}
	return time.Date(at.Year(), at.Month(), at.Day()+days, 0, 0, 0, 0, at.Location()), true
}

// Change is a change of preferences; nil fields stay as they are.
type Change struct {
	Kinds         *[]Kind `json:"kinds,omitempty" doc:"All kinds that are on: new_in_mine, new_in_others, new_in_unassigned, assigned_to_me, mentioned, closing_in_mine"`
	Method        *Method `json:"method,omitempty" enum:"auto,osc9,osc777,bell,off"`
	When          *When   `json:"when,omitempty" enum:"blurred,always"`
	Content       *bool   `json:"content,omitempty"`
	QuietHours    *string `json:"quiet_hours,omitempty" maxLength:"11" doc:"Such as 19:00-08:00, in one's own time zone; empty: none"`
	QuietWeekends *bool   `json:"quiet_weekends,omitempty"`
	Mail          *bool   `json:"mail,omitempty"`
	Zone          *string `json:"zone,omitempty" maxLength:"64" doc:"One's own time zone, by its tz database name, for the quiet hours of mails"`
	Every         *int    `json:"every,omitempty" minimum:"1" maximum:"3600" doc:"The least number of seconds between two notifications"`
}

// Of returns the preferences after the change. An error is a [*model.InvalidError].
func (c Change) Of(p Preferences) (Preferences, error) {
	if c.Kinds != nil {
		on := Preferences{}
		for _, k := range *c.Kinds {
			if !k.Known() {
				return p, &model.InvalidError{Field: "kinds", Reason: "has a kind that does not exist."}
			}
			on = on.Turned(k, true)
		}
		p.Kinds = on.Kinds
	}
	if c.QuietHours != nil && *c.QuietHours != "" {
		if _, err := ParseHours(*c.QuietHours); err != nil {
			return p, &model.InvalidError{Field: "quiet_hours", Reason: "must be two times of day such as 19:00-08:00."}
		}
	}
	set(&p.Method, c.Method)
	set(&p.When, c.When)
	set(&p.Content, c.Content)
	set(&p.QuietHours, c.QuietHours)
	set(&p.QuietWeekends, c.QuietWeekends)
	set(&p.Every, c.Every)
	set(&p.Mail, c.Mail)
	if c.Zone != nil {
		if _, err := model.LoadZone(*c.Zone); err != nil && *c.Zone != "" {
			return p, &model.InvalidError{Field: "zone", Reason: "must be a time zone such as Asia/Tokyo."}
		}
		p.Zone = *c.Zone
	}
	switch {
	case !slices.Contains(Methods(), p.Method):
		return p, &model.InvalidError{Field: "method", Reason: "must be auto, osc9, osc777, bell or off."}
	case p.When != Blurred && p.When != Always:
		return p, &model.InvalidError{Field: "when", Reason: "must be blurred or always."}
	case p.Every < 1 || p.Every > 3600:
		return p, &model.InvalidError{Field: "every", Reason: "must be from 1 to 3600 seconds."}
	}
	return p, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
