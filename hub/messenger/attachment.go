package messenger

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"parley/model"
)

// Types of attachments that are treated apart, in Meta's words.
const (
	typeImage       = "image"
	typeSticker     = "sticker"
	typeLocation    = "location"
	typeAppointment = "appointment_booking"
	typeTemplate    = "template"
	typeUnknown     = "unknown"
	instagramPrefix = "ig_"
	instagramURL    = "https://www.instagram.com"
)

// wireAttachment is one attachment; Title and URL stand beside the type in older
// forms of a fallback.
//
// Source: Messenger Platform, "messages", attachments.
type wireAttachment struct {
	Type    word            `json:"type"`
	Title   loose           `json:"title"`
	URL     loose           `json:"url"`
	Payload json.RawMessage `json:"payload"`
}

// wirePayload is what an attachment holds, of any type.
type wirePayload struct {
	URL          loose   `json:"url"`
	Title        loose   `json:"title"`
	StickerID    looseID `json:"sticker_id"`
	ReelID       looseID `json:"reel_video_id"`
	ID           looseID `json:"id"`
	AttachmentID looseID `json:"attachment_id"`
	booking
	template
	Coordinates coordinates `json:"coordinates"`
}

// coordinates are where a location is; Meta names none since 2026 but may send it.
type coordinates struct{ lat, long number }

// UnmarshalJSON implements [json.Unmarshaler]; it never fails.
func (c *coordinates) UnmarshalJSON(b []byte) error {
	all, err := object(b)
	if err == nil {
		all.read("lat", &c.lat)
		all.read("long", &c.long)
	}
	return nil
}

func (c coordinates) title() string {
	if !c.lat.ok || !c.long.ok {
		return ""
	}
	return strconv.FormatFloat(c.lat.value, 'f', -1, 64) + ", " + strconv.FormatFloat(c.long.value, 'f', -1, 64)
}

// attachment is one being read, with what is needed to tell it from others.
type attachment struct {
	model.Attachment
	sticker string
}

// attachments reads what hangs on a message. messageSticker is the id that old
// forms put beside the attachments.
func attachments(raws []json.RawMessage, messageSticker looseID) []model.Attachment {
	var all []attachment
	for _, raw := range raws {
		all = append(all, readAttachment(raw))
	}
	all = withStickers(all, string(messageSticker))
	taken := make(map[string]bool, len(all))
	out := make([]model.Attachment, 0, len(all))
	for i, a := range all {
		if a.ID == "" || taken[a.ID] {
			a.ID = freeID(taken, i+1)
		}
		taken[a.ID] = true
		out = append(out, a.Attachment)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// freeID returns the first free of the positions from n.
func freeID(taken map[string]bool, n int) string {
	for taken[strconv.Itoa(n)] {
		n++
	}
	return strconv.Itoa(n)
}

// withStickers makes one sticker of each that came twice: until the end of August
// 2026 a sticker came as an image too, and in old forms only as an image.
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
		twin := slices.IndexFunc(all, func(o attachment) bool { return o.sticker == a.sticker && o.Type == typeSticker })
		if a.Type == typeImage && twin >= 0 {
			continue
		}
		if a.URL == "" {
			a.URL = imageOf(all, a.sticker)
		}
		a.Type = typeSticker
		out = append(out, a)
	}
	return out
}

// placeSticker gives the id that stands beside the attachments to the image it
// belongs to; without one it is an attachment by itself.
func placeSticker(all []attachment, id string) []attachment {
	if id == "" || slices.ContainsFunc(all, func(a attachment) bool { return a.sticker != "" || a.Type == typeSticker }) {
		return all
	}
	i := slices.IndexFunc(all, func(a attachment) bool { return a.Type == typeImage })
	if i < 0 {
		all = append(all, attachment{Attachment: model.Attachment{Type: typeSticker}})
		i = len(all) - 1
	}
	all[i].sticker, all[i].ID = id, routeID(id)
	return all
}

// imageOf returns where the image of a sticker is, if one came beside it.
func imageOf(all []attachment, sticker string) model.Untrusted {
	for _, a := range all {
		if a.sticker == sticker && a.Type == typeImage {
			return a.URL
		}
	}
	return ""
}

// readAttachment reads one attachment. One of a type or form that is not known is
// still told of.
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
	var bare loose
	if present(w.Payload) && json.Unmarshal(w.Payload, &p) != nil {
		_ = bare.UnmarshalJSON(w.Payload)
	}
	a.take(p, string(bare))
	a.URL = absolute(a.Type, a.URL)
	return a
}

// take sets what the payload says; where it is silent, what stands beside the
// type stays. bare is a payload that is only text.
func (a *attachment) take(p wirePayload, bare string) {
	if p.URL != "" {
		a.URL = model.Untrusted(p.URL)
	} else if a.URL == "" && (strings.HasPrefix(bare, "https://") || strings.HasPrefix(bare, "http://")) {
		a.URL = model.Untrusted(bare)
	}
	if p.Title != "" {
		a.Title = model.Untrusted(p.Title)
	}
	for _, id := range []looseID{p.StickerID, p.ReelID, p.ID, p.BookingID, p.AttachmentID} {
		if a.ID == "" {
			a.ID = routeID(string(id))
		}
	}
	a.sticker = string(p.StickerID)
	switch a.Type {
	case typeLocation:
		if title := p.Coordinates.title(); title != "" {
			a.Title, a.URL = model.Untrusted(title), ""
		}
	case typeAppointment:
		a.Title, a.Booking = p.booking.title(), p.booking.told()
	case typeTemplate:
		if title := p.template.title(); title != "" {
			a.Title = title
		}
	}
}

// absolute completes the URL of what is shared from Instagram, which may come
// without a host.
func absolute(kind string, u model.Untrusted) model.Untrusted {
	if strings.HasPrefix(kind, instagramPrefix) && strings.HasPrefix(string(u), "/") && !strings.HasPrefix(string(u), "//") {
		return instagramURL + u
	}
	return u
}
