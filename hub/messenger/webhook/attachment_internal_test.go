package webhook

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/messenger/meta"
	"parley/model"
)

func TestAttachmentsApart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, list string
		sticker    meta.LooseID
		want       []model.Attachment
	}{
		{"none", `[]`, "", nil},
		{"the same sticker twice", `[{"type":"sticker","payload":{"sticker_id":5}},{"type":"sticker","payload":{"sticker_id":"5"}}]`, "", []model.Attachment{
			{ID: "5", Type: "sticker"}, {ID: "2", Type: "sticker"},
		}},
		{"ids of Meta's that look like places", `[{"type":"post","payload":{"id":2}},{"type":"image"},{"type":"post","payload":{"id":2}}]`, "", []model.Attachment{
			{ID: "2", Type: "post"}, {ID: "3", Type: "image"}, {ID: "4", Type: "post"},
		}},
		{"an image before its sticker", `[{"type":"image","payload":{"url":"u","sticker_id":5}},{"type":"sticker","payload":{"sticker_id":5}}]`, "", []model.Attachment{
			{ID: "5", Type: "sticker", URL: "u"},
		}},
		{"a sticker beside no attachment", `[]`, "5", []model.Attachment{{ID: "5", Type: "sticker"}}},
		{"a sticker told twice", `[{"type":"sticker","payload":{"sticker_id":5}}]`, "5", []model.Attachment{{ID: "5", Type: "sticker"}}},
		{"a location without coordinates", `[{"type":"location","title":"Here","url":"https://e.org","payload":{"coordinates":{"lat":1}}}]`, "", []model.Attachment{
			{ID: "1", Type: "location", Title: "Here", URL: "https://e.org"},
		}},
		{"a location in text", `[{"type":"location","payload":{"coordinates":{"lat":"-1.50","long":"2"}}}]`, "", []model.Attachment{
			{ID: "1", Type: "location", Title: "-1.5, 2"},
		}},
		{"a booking of little", `[{"type":"appointment_booking","payload":{"status":"confirmed","timezone":"Local"}}]`, "", []model.Attachment{
			{ID: "1", Type: "appointment_booking", Title: "confirmed", Booking: &model.Booking{Status: "confirmed"}},
		}},
		{"a booking in no zone", `[{"type":"appointment_booking","payload":{"start_time":1739612400,"timezone":"../../etc/passwd"}}]`, "", []model.Attachment{
			{ID: "1", Type: "appointment_booking", Title: "2025-02-15T09:40:00Z", Booking: &model.Booking{Start: new(time.Date(2025, 2, 15, 9, 40, 0, 0, time.UTC))}},
		}},
		{"a template of odd things", `[{"type":"template","title":"Beside","payload":{"elements":[5,{"title":7}],"buttons":"x","product":[]}}]`, "", []model.Attachment{
			{ID: "1", Type: "template", Title: "Beside"},
		}},
		{"an Instagram URL without scheme", `[{"type":"ig_post","payload":{"url":"//e.org/x"}}]`, "", []model.Attachment{
			{ID: "1", Type: "ig_post", URL: "//e.org/x"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var raws []json.RawMessage
			if err := json.Unmarshal([]byte(tt.list), &raws); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, attachments(raws, tt.sticker)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChangesThatAreBroken(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	for change, name := range map[string]string{
		`7`:                                   "changes:unknown",
		`{"field":5}`:                         "changes:unknown",
		`{"field":"feed\u001b"}`:              "changes:unknown",
		`{"field":"feed"}`:                    "changes:feed",
		`{"field":"feed","value":[]}`:         "changes:feed",
		`{"field":"feed","value":{"from":1}}`: "changes:feed",
	} {
		body := `{"object":"page","entry":[{"id":"1","changes":[` + change + `]}]}`
		entries, err := Decode([]byte(body), "", now)
		if err != nil {
			t.Fatal(err)
		}
		in := entries[0].Events[0]
		if in.Name != name || in.Customer != "" || in.Event != nil || !in.At.Equal(now) {
			t.Errorf("%s: %+v", change, in.Name)
		}
	}
}
