package webhook

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"parley/hub/messenger/meta"
	"parley/model"
)

// Attachment types that only webhooks treat specially, in Meta's words.
const (
	typeLocation    = "location"
	typeAppointment = "appointment_booking"
	typeUnknown     = "unknown"
	instagramPrefix = "ig_"
	instagramURL    = "https://www.instagram.com"
)

// wireAttachment is one attachment; in older forms of a fallback, Title and URL are beside the
// type.
//
// Source: Messenger Platform, "messages", attachments.
type wireAttachment struct {
	Type    meta.Word       `json:"type"`
	Title   meta.Loose      `json:"title"`
	URL     meta.Loose      `json:"url"`
	Payload json.RawMessage `json:"payload"`
}

// wirePayload is the payload of an attachment of any type.
type wirePayload struct {
	URL          meta.Loose   `json:"url"`
	Title        meta.Loose   `json:"title"`
	StickerID    meta.LooseID `json:"sticker_id"`
	ReelID       meta.LooseID `json:"reel_video_id"`
	ID           meta.LooseID `json:"id"`
	AttachmentID meta.LooseID `json:"attachment_id"`
	booking
	template
	Coordinates coordinates `json:"coordinates"`
}

// coordinates are those of a location; since 2026 Meta documents none, but may send them.
type coordinates struct{ lat, long meta.Number }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (c *coordinates) UnmarshalJSON(b []byte) error {
	all, err := meta.Object(b)
	if err == nil {
		all.Read("lat", &c.lat)
		all.Read("long", &c.long)
	}
	return nil
}

func (c coordinates) title() string {
	if !c.lat.OK || !c.long.OK {
		return ""
	}
	return strconv.FormatFloat(c.lat.Value, 'f', -1, 64) + ", " + strconv.FormatFloat(c.long.Value, 'f', -1, 64)
}

// attachment is one being read, with what distinguishes it from others.
type attachment struct {
	model.Attachment
	sticker string
}

// attachments reads the attachments of a message. messageSticker is the id that old forms put
// beside the attachments.
func attachments(raws []json.RawMessage, messageSticker meta.LooseID) []model.Attachment {
	var all []attachment
	for _, raw := range raws {
		all = append(all, readAttachment(raw))
	}
	all = withStickers(all, string(messageSticker))
	taken := make(map[string]bool, len(all))
	out := make([]model.Attachment, 0, len(all))
	for i, a := range all {
		if a.ID == "" || taken[a.ID] {
			a.ID = meta.FreeID(taken, i+1)
		}
		taken[a.ID] = true
		out = append(out, a.Attachment)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// withStickers merges stickers that came twice: until the end of August 2026 a sticker came as
// an image too, and in old forms only as an image.
//
// Source: Messenger Platform, "messages", stickers.
func withStickers(all []attachment, messageSticker string) []attachment {
	all = placeSticker(all, messageSticker)
	var out []attachment
	for _, a := range all {
		if a.sticker == "" {
			out = append(out, a)
			continue
		}
		twin := slices.IndexFunc(all, func(o attachment) bool { return o.sticker == a.sticker && o.Type == meta.TypeSticker })
		if a.Type == meta.TypeImage && twin >= 0 {
			continue
		}
		if a.URL == "" {
			a.URL = imageOf(all, a.sticker)
		}
		a.Type = meta.TypeSticker
		out = append(out, a)
	}
	return out
}

// placeSticker gives the sticker id beside the attachments to the image that it belongs to;
// without one it becomes an attachment of its own.
func placeSticker(all []attachment, id string) []attachment {
	if id == "" || slices.ContainsFunc(all, func(a attachment) bool { return a.sticker != "" || a.Type == meta.TypeSticker }) {
		return all
	}
	i := slices.IndexFunc(all, func(a attachment) bool { return a.Type == meta.TypeImage })
	if i < 0 {
		all = append(all, attachment{Attachment: model.Attachment{Type: meta.TypeSticker}})
		i = len(all) - 1
	}
	all[i].sticker, all[i].ID = id, meta.RouteID(id)
	return all
}

// imageOf returns the URL of a sticker's image, if one came with it.
func imageOf(all []attachment, sticker string) model.Untrusted {
	for _, a := range all {
		if a.sticker == sticker && a.Type == meta.TypeImage {
			return a.URL
		}
	}
	return ""
}

// readAttachment reads one attachment. One of an unknown type or form is still reported.
func readAttachment(raw json.RawMessage) attachment {
	w := wireAttachment{}
	_ = json.Unmarshal(raw, &w)
	a := attachment{Attachment: model.Attachment{
		Type: string(w.Type), URL: model.Untrusted(w.URL), Title: model.Untrusted(w.Title),
	}}
	if a.Type == "" {
		a.Type = typeUnknown
	}
	var p wirePayload
	var bare meta.Loose
	if present(w.Payload) && json.Unmarshal(w.Payload, &p) != nil {
		_ = bare.UnmarshalJSON(w.Payload)
	}
	a.apply(p, string(bare))
	a.URL = absolute(a.Type, a.URL)
	return a
}

// apply sets what the payload says; where it says nothing, the values beside the type stay.
// bare is a payload that is just text.
func (a *attachment) apply(p wirePayload, bare string) {
	if p.URL != "" {
		a.URL = model.Untrusted(p.URL)
	} else if a.URL == "" && (strings.HasPrefix(bare, "https://") || strings.HasPrefix(bare, "http://")) {
		a.URL = model.Untrusted(bare)
	}
	if p.Title != "" {
		a.Title = model.Untrusted(p.Title)
	}
	for _, id := range []meta.LooseID{p.StickerID, p.ReelID, p.ID, p.BookingID, p.AttachmentID} {
		if a.ID == "" {
			a.ID = meta.RouteID(string(id))
		}
	}
	a.sticker = string(p.StickerID)
	switch a.Type {
	case typeLocation:
		if title := p.Coordinates.title(); title != "" {
			a.Title, a.URL = model.Untrusted(title), ""
		}
	case typeAppointment:
		a.Title, a.Booking = p.booking.title(), p.booking.appointment()
	case meta.TypeTemplate:
		if title := p.template.title(); title != "" {
			a.Title = title
		}
	}
}

// absolute completes the URL of something shared from Instagram, which may come without a host.
func absolute(kind string, u model.Untrusted) model.Untrusted {
	if strings.HasPrefix(kind, instagramPrefix) && strings.HasPrefix(string(u), "/") && !strings.HasPrefix(string(u), "//") {
		return instagramURL + u
	}
	return u
}
