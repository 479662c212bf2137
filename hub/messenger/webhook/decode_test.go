package webhook_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/hub/messenger"
	"parley/hub/messenger/webhook"
	"parley/model"
)

const (
	page     = "100200300400500"
	customer = "7001002003004005"
	like     = "369239263222822"
)

// Times of the fixtures: of the entry, of its events, and what they acknowledge.
func entryTime() time.Time { return time.UnixMilli(1790000000000).UTC() }
func eventTime() time.Time { return time.UnixMilli(1789999999500).UTC() }
func watermark() time.Time { return time.UnixMilli(1789999999100).UTC() }

// received is when the fixtures came in.
func received() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) }

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func decode(t testing.TB, body []byte) []model.PageEntry {
	t.Helper()
	entries, err := webhook.Decode(body, "1517000000000111", received())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func words(s string) *model.Untrusted {
	u := model.Untrusted(s)
	return &u
}

func one(a model.Attachment) []model.Attachment { return []model.Attachment{a} }

// own is a message of the customer as the fixtures have it.
func own(change func(*model.CustomerMessage)) model.CustomerMessage {
	m := model.CustomerMessage{MID: "m_own1"}
	change(&m)
	return m
}

func text(s model.Untrusted) model.CustomerMessage {
	return own(func(m *model.CustomerMessage) { m.Text = s })
}

func with(all ...model.Attachment) model.CustomerMessage {
	return own(func(m *model.CustomerMessage) { m.Attachments = all })
}

// at is a time of so many seconds.
func at(seconds int64) *time.Time {
	t := time.Unix(seconds, 0).UTC()
	return &t
}

func media(kind, url string) model.Attachment {
	return model.Attachment{ID: "1", Type: kind, URL: model.Untrusted(url)}
}

// kinds are the fixtures with one event: the file, and what it must become. Where
// mid is empty, the event's bytes are its key.
func kinds() map[string]struct {
	name  string
	mid   string
	event model.Event
	other func(*model.Inbound) // what is not as usual
} {
	type row = struct {
		name  string
		mid   string
		event model.Event
		other func(*model.Inbound)
	}
	standby := func(in *model.Inbound) { in.Standby = true }
	nobody := func(in *model.Inbound) { in.Customer = "" }
	atEntry := func(in *model.Inbound) { in.At = entryTime() }
	ofPage := func(in *model.Inbound) { nobody(in); atEntry(in) }
	ads := model.Entry{Source: "ADS", Ref: "spring", AdID: "6100000000001", Title: "Spring sale"}
	flyer := model.Entry{Source: "SHORTLINK", Ref: "flyer-7"}
	sticker := model.Attachment{ID: like, Type: "sticker", URL: "https://scontent.xx.fbcdn.net/like.png"}
	happened := func(n model.Notable) model.Event { return model.Happened{Notable: n} }
	return map[string]row{
		"message_text":           {"message", "m_own1", text("Grüße, is the red one in stock? 😀"), nil},
		"message_ids_as_numbers": {"message", "m_own1", text("hi"), nil},
		"message_quick_reply": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text, m.QuickReply = "Green", words("COLOUR_GREEN")
		}), nil},
		"message_reply_to": {"message", "m_own1", own(func(m *model.CustomerMessage) { m.Text, m.ReplyTo = "that one", "m_quoted" }), nil},
		"message_ad_referral": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text, m.Referral = "hello", &ads
		}), nil},
		"message_shop_referral": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text, m.Referral = "this?", &model.Entry{Source: "SHOP", Ref: "prod-9"}
		}), nil},
		"message_commands": {"message", "m_own1", own(func(m *model.CustomerMessage) { m.Text, m.Command = "/status", "status" }), nil},
		"message_prior_message": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text, m.Referral = "hi", &model.Entry{Source: "checkbox_plugin"}
		}), nil},
		"message_unsupported": {"message", "m_own1", own(func(m *model.CustomerMessage) { m.Unsupported = true }), nil},
		"message_empty":       {"message", "m_own1", own(func(m *model.CustomerMessage) { m.Unsupported = true }), nil},
		"message_unsend":      {"message", "", model.Unsend{Target: "m_own1"}, nil},
		"message_audio":       {"message", "m_own1", with(media("audio", "https://cdn.fbsbx.com/v/audio")), nil},
		"message_video":       {"message", "m_own1", with(media("video", "https://cdn.fbsbx.com/v/video")), nil},
		"message_file":        {"message", "m_own1", with(media("file", "https://cdn.fbsbx.com/v/file")), nil},
		"message_images": {"message", "m_own1", with(
			media("image", "https://scontent.xx.fbcdn.net/1.jpg"),
			model.Attachment{ID: "2", Type: "image", URL: "https://scontent.xx.fbcdn.net/2.jpg"},
		), nil},
		"message_sticker": {"message", "m_own1", with(sticker), nil},
		"message_sticker_pair": {"message", "m_own1", with(
			sticker, model.Attachment{ID: "2", Type: "image", URL: "https://scontent.xx.fbcdn.net/own.jpg"},
		), nil},
		"message_sticker_image":  {"message", "m_own1", with(sticker), nil},
		"message_sticker_beside": {"message", "m_own1", with(sticker), nil},
		"message_fallback": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text = "look https://example.org/x"
			m.Attachments = one(model.Attachment{ID: "1", Type: "fallback", URL: "https://l.facebook.com/l.php?u=x", Title: "Example"})
		}), nil},
		"message_fallback_legacy": {"message", "m_own1", own(func(m *model.CustomerMessage) {
			m.Text = "look"
			m.Attachments = one(model.Attachment{ID: "1", Type: "fallback", URL: "https://example.org/x", Title: "Example"})
		}), nil},
		"message_fallback_string": {"message", "m_own1", with(model.Attachment{ID: "1", Type: "fallback", URL: "https://example.org/y", Title: "Example"}), nil},
		"message_fallback_bare":   {"message", "m_own1", with(model.Attachment{ID: "1", Type: "fallback"}), nil},
		"message_reel":            {"message", "m_own1", with(model.Attachment{ID: "555000111", Type: "reel", URL: "https://www.facebook.com/reel/5/", Title: "My reel"}), nil},
		"message_ig_reel":         {"message", "m_own1", with(model.Attachment{ID: "777", Type: "ig_reel", URL: "https://www.instagram.com/reel/abc/", Title: "IG reel"}), nil},
		"message_post":            {"message", "m_own1", with(model.Attachment{ID: "1122334455", Type: "post", URL: "https://www.facebook.com/p/1", Title: "Post"}), nil},
		"message_ig_post":         {"message", "m_own1", with(model.Attachment{ID: "1", Type: "ig_post", URL: "https://www.instagram.com/p/z", Title: "IG post"}), nil},
		"message_appointment": {"message", "m_own1", with(model.Attachment{
			ID: "bk1", Type: "appointment_booking", Title: "requested 2025-02-15T01:40:00-08:00 – 2025-02-15T02:40:00-08:00",
			Booking: &model.Booking{Status: "requested", Start: at(1739612400), End: at(1739616000), Zone: "America/Los_Angeles"},
		}), nil},
		"message_template_product": {"message", "m_own1", with(model.Attachment{ID: "1", Type: "template", Title: "Red shirt, Blue shirt"}), nil},
		"message_location":         {"message", "m_own1", with(model.Attachment{ID: "1", Type: "location", Title: "35.6585, 139.7454"}), nil},
		"message_attachment_odd": {"message", "m_own1", with(
			media("unknown", "https://cdn.fbsbx.com/h"), model.Attachment{ID: "2", Type: "unknown"},
			model.Attachment{ID: "3", Type: "image"}, model.Attachment{ID: "4", Type: "image"},
		), nil},
		"surrogate":       {"message", "m_own1", text("a\ufffd\x00b\ufffd"), nil},
		"echo_own_app":    {"message", "m_echo1", model.Echo{MID: "m_echo1", AppID: "1517000000000111", Metadata: "tok_ABC-123", Text: "Yes, it is."}, nil},
		"echo_page_inbox": {"message", "m_echo1", model.Echo{MID: "m_echo1", AppID: "263902037430900", Text: "typed elsewhere"}, nil},
		"echo_reply_to":   {"message", "m_echo1", model.Echo{MID: "m_echo1", Text: "yes", ReplyTo: "m_quoted"}, nil},
		"echo_template_button": {"message", "m_echo1", model.Echo{
			MID: "m_echo1", AppID: "1", Attachments: one(model.Attachment{ID: "1", Type: "template", Title: "What next?"}),
		}, nil},
		"echo_template_buttons_only": {"message", "m_echo1", model.Echo{
			MID: "m_echo1", Attachments: one(model.Attachment{ID: "1", Type: "template", Title: "Site, Shop"}),
		}, nil},
		"echo_template_generic": {"message", "m_echo1", model.Echo{
			MID: "m_echo1", Attachments: one(model.Attachment{ID: "1", Type: "template", Title: "Welcome"}),
		}, nil},
		"echo_metadata_odd": {"message", "m_echo1", model.Echo{MID: "m_echo1", Text: "x"}, nil},
		"echo_image": {"message", "m_echo1", model.Echo{
			MID: "m_echo1", AppID: "1",
			Attachments: one(model.Attachment{ID: "8800", Type: "image", URL: "https://scontent.xx.fbcdn.net/e.jpg"}),
		}, nil},
		"postback":             {"postback", "m_pb1", model.Postback{MID: "m_pb1", Title: "Get Started", Payload: "START"}, nil},
		"postback_no_mid":      {"postback", "", model.Postback{Title: "Menu", Payload: "MENU"}, nil},
		"postback_shortlink":   {"postback", "", model.Postback{Title: "Get Started", Payload: "START", Referral: &flyer}, nil},
		"postback_user_ref":    {"postback", "", nil, ofPage},
		"referral_shortlink":   {"referral", "", model.Referral{Entry: flyer}, nil},
		"referral_ads_seconds": {"referral", "", model.Referral{Entry: model.Entry{Source: "ADS", AdID: "6100000000001", Title: "Spring sale"}}, atEntry},
		"reaction":             {"reaction", "", model.Reacted{Target: "m_target", By: model.ByCustomer, Kind: "sad", Emoji: "😢"}, nil},
		"reaction_spelled":     {"reaction", "", model.Reacted{Target: "m_target", By: model.ByCustomer, Kind: "love", Emoji: "❤️"}, nil},
		"reaction_unreact":     {"reaction", "", model.Reacted{Target: "m_target", By: model.ByCustomer, Removed: true}, nil},
		"reaction_by_page":     {"reaction", "", model.Reacted{Target: "m_target", By: model.ByPage, Kind: "other", Emoji: "👀"}, nil},
		"edit":                 {"message_edit", "", model.Edit{Target: "m_target", Text: "fixed", Number: 2}, nil},
		"edit_string":          {"message_edit", "", model.Edit{Target: "m_target", Text: "fixed", Number: 3}, nil},
		"delivery":             {"delivery", "", model.DeliveredUpTo{MIDs: []model.MID{"m_a", "m_b"}, Watermark: watermark()}, atEntry},
		"delivery_watermark":   {"delivery", "", model.DeliveredUpTo{Watermark: watermark()}, atEntry},
		"read":                 {"read", "", model.ReadUpTo{Watermark: watermark()}, nil},
		"response_feedback":    {"response_feedback", "", model.Feedback{Target: "m_target", Words: "Good response"}, nil},
		"optin_plugin":         {"optin", "", model.Optin{Plugin: true, Ref: "footer-button"}, nil},
		"optin_marketing":      {"optin", "", model.Optin{Type: "notification_messages", Ref: "PL", Title: "News"}, nil},
		"optin_one_time":       {"optin", "", model.Optin{Type: "one_time_notif_req", Ref: "PL"}, nil},
		"optin_user_ref":       {"optin", "", model.Optin{Plugin: true, Ref: "box"}, ofPage},
		"account_linked":       {"account_linking", "", happened(model.Notable{Kind: model.EventAccountLinking, Action: "linked"}), nil},
		"account_unlinked":     {"account_linking", "", happened(model.Notable{Kind: model.EventAccountLinking, Action: "unlinked"}), nil},
		"order":                {"order", "", happened(model.Notable{Kind: model.EventOrder, Payload: "2 × Beans (12.5 EUR), 1 × Filter; no bag"}), nil},
		"survey":               {"messaging_feedback", "", happened(model.Notable{Kind: model.EventFeedback, Payload: "CSAT 4: quick answer, NPS 9"}), atEntry},
		"thread_pass":          {"pass_thread_control", "", model.ThreadControl{Action: "pass", Owner: "1517000000000111"}, nil},
		"thread_pass_nobody":   {"pass_thread_control", "", model.ThreadControl{Action: "pass"}, nil},
		"thread_take":          {"take_thread_control", "", model.ThreadControl{Action: "take", Owner: "263902037430900"}, nil},
		"thread_request":       {"request_thread_control", "", model.ThreadControl{Action: "request", Owner: "123456789"}, nil},
		"thread_release":       {"release_thread_control", "", model.ThreadControl{Action: "release"}, nil},
		"policy_block":         {"policy_enforcement", "", model.Policy{Action: "block", Reason: "Too many messages"}, ofPage},
		"policy_unblock_old_key": {
			"policy_enforcement", "", model.Policy{Action: "unblock"}, ofPage,
		},
		"app_roles":        {"app_roles", "", model.PageNews{Kind: model.NoticeAppRoles}, ofPage},
		"game_play":        {"game_play", "", nil, nil},
		"standby_message":  {"message", "m_own1", text("to the other app"), standby},
		"standby_echo":     {"message", "m_echo1", model.Echo{MID: "m_echo1", AppID: "5", Text: "by the other app"}, standby},
		"standby_postback": {"postback", "m_pb2", model.Postback{MID: "m_pb2", Title: "Menu"}, standby},
		"changes_feed":     {"changes:feed", "", nil, ofPage},
		"changes_messages": {"changes:messages", "", nil, func(in *model.Inbound) {
			in.At = time.Unix(1790000000, 0).UTC()
		}},
		"broken_message":      {"message", "m_own1", nil, nil},
		"broken_message_type": {"message", "", nil, nil},
		"broken_sender":       {"message", "m_1", nil, ofPage},
		"broken_event":        {"unknown", "", nil, ofPage},
	}
}

func TestDecodeEveryKind(t *testing.T) {
	t.Parallel()
	all := kinds()
	for name, tt := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := fixture(t, "webhooks/"+name)
			want := model.Inbound{
				Key: "mid:" + tt.mid, Raw: innerEvent(t, body), Name: tt.name,
				Customer: customer, At: eventTime(), Event: tt.event,
			}
			if tt.mid == "" {
				sum := sha256.Sum256(want.Raw)
				want.Key = "sha:" + hex.EncodeToString(sum[:])
			}
			switch e := tt.event.(type) {
			case model.Echo:
				want.FromPage = true
			case model.Reacted:
				want.FromPage = e.By == model.ByPage
			}
			if tt.other != nil {
				tt.other(&want)
			}
			got := decode(t, body)
			if diff := cmp.Diff([]model.PageEntry{{Page: page, Events: []model.Inbound{want}}}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) != len(all) {
		t.Errorf("%d fixtures, %d rows (%v)", len(files), len(all), err)
	}
}

// innerEvent cuts the only event out of a POST, byte for byte.
func innerEvent(t *testing.T, body []byte) []byte {
	t.Helper()
	var post struct {
		Entry []struct{ Messaging, Standby, Changes []json.RawMessage }
	}
	if err := json.Unmarshal(body, &post); err != nil {
		t.Fatal(err)
	}
	e := post.Entry[0]
	return append(append(e.Messaging, e.Standby...), e.Changes...)[0]
}

func TestDecodeBatch(t *testing.T) {
	t.Parallel()
	got := decode(t, fixture(t, "batch"))
	var lines []string
	for _, e := range got {
		for _, in := range e.Events {
			line := string(e.Page) + " " + in.Name + " " + strings.SplitN(in.Key, ":", 2)[0]
			if in.Event == nil {
				line += " not understood"
			}
			if in.Standby {
				line += " standby"
			}
			lines = append(lines, line)
		}
	}
	want := []string{
		page + " message mid", page + " message mid", page + " message sha not understood", page + " read sha",
		"999 message mid", "999 message mid standby",
		page + " messaging sha not understood",
		" entry sha not understood",
		page + " entry sha not understood",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if len(got) != 5 || got[0].Events[0].Key != got[0].Events[1].Key {
		t.Error("two events with one mid must both come out, under one key")
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       error
	}{
		{"nothing", "", webhook.ErrMalformed},
		{"no JSON", "hello", webhook.ErrMalformed},
		{"cut short", `{"object":"page","entry":[`, webhook.ErrMalformed},
		{"more after it", `{"object":"page","entry":[]} x`, webhook.ErrMalformed},
		{"a list", `[]`, webhook.ErrMalformed},
		{"null", `null`, webhook.ErrMalformed},
		{"entries that are no list", `{"object":"page","entry":{}}`, webhook.ErrMalformed},
		{"too deep", `{"object":"page","entry":[` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `]}`, webhook.ErrMalformed},
		{"instagram", `{"object":"instagram","entry":[]}`, webhook.ErrNotPage},
		{"no object", `{"entry":[]}`, webhook.ErrNotPage},
		{"an object that is no text", `{"object":1,"entry":[]}`, webhook.ErrNotPage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := webhook.Decode([]byte(tt.body), "", received()); !errors.Is(err, tt.want) || got != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestDecodeTimes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, stamp, entry string
		want               time.Time
	}{
		{"milliseconds", `"timestamp":1790000000123,`, `"time":1,`, time.UnixMilli(1790000000123)},
		{"milliseconds in a string", `"timestamp":"1790000000123",`, ``, time.UnixMilli(1790000000123)},
		{"seconds", `"timestamp":1790000000,`, ``, time.Unix(1790000000, 0)},
		{"seconds in a string", `"timestamp":"1527459824",`, ``, time.Unix(1527459824, 0)},
		{"an exponent", `"timestamp":1.790000000123e12,`, ``, time.UnixMilli(1790000000123)},
		{"none: the entry's", ``, `"time":1790000000456,`, time.UnixMilli(1790000000456)},
		{"none: the entry's in seconds", ``, `"time":1790000001,`, time.Unix(1790000001, 0)},
		{"none at all", ``, ``, received()},
		{"zero", `"timestamp":0,`, ``, received()},
		{"negative", `"timestamp":-5,`, ``, received()},
		{"huge", `"timestamp":1e300,`, ``, received()},
		{"beyond the year 9999", `"timestamp":9999999999999999,`, ``, received()},
		{"beyond any number", `"timestamp":1e999999,`, ``, received()},
		{"not a number", `"timestamp":"NaN",`, ``, received()},
		{"an object", `"timestamp":{},`, `"time":[],`, received()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := `{"object":"page","entry":[{` + tt.entry + `"id":"` + page + `","messaging":[{` + tt.stamp +
				`"sender":{"id":"` + customer + `"},"message":{"mid":"m","text":"t"}}]}]}`
			in := decode(t, []byte(body))[0].Events[0]
			if !in.At.Equal(tt.want) || in.Event == nil {
				t.Errorf("got %v (%T), want %v", in.At, in.Event, tt.want)
			}
		})
	}
}

func TestDecodeIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, event, customer, key string
		understood                 bool
	}{
		{"an id with a control", `{"sender":{"id":"1\u001b2"},"message":{"mid":"m","text":"t"}}`, "", "mid:m", false},
		{"an id that leads elsewhere", `{"sender":{"id":"../9"},"message":{"mid":"m","text":"t"}}`, "", "mid:m", false},
		{"an id without end", `{"sender":{"id":"` + strings.Repeat("9", 200) + `"},"message":{"mid":"m","text":"t"}}`, "", "mid:m", false},
		{"the Page with itself", `{"sender":{"id":"1"},"recipient":{"id":"1"},"message":{"mid":"m","text":"t"}}`, "", "mid:m", false},
		{"the Page without is_echo", `{"sender":{"id":"1"},"recipient":{"id":"2"},"message":{"mid":"m","text":"t"}}`, "2", "mid:m", true},
		{"a mid that is a number", `{"sender":{"id":"2"},"message":{"mid":55,"text":"t"}}`, "2", "mid:55", true},
		{"a mid with a space", `{"sender":{"id":"2"},"message":{"mid":"a b","text":"t"}}`, "2", "sha:", false},
		{"an app id that is no id", `{"sender":{"id":"1"},"recipient":{"id":"2"},"message":{"is_echo":true,"mid":"m","app_id":1.5e300}}`, "2", "mid:m", true},
		{"keys in another case", `{"sender":{"id":"2"},"Message":{"mid":"m","text":"t"}}`, "2", "sha:", false},
		{"a reaction without target", `{"sender":{"id":"2"},"reaction":{"action":"react"}}`, "2", "sha:", false},
		{"a reaction of another kind", `{"sender":{"id":"2"},"reaction":{"mid":"m","action":"shake"}}`, "2", "sha:", false},
		{"an edit without target", `{"sender":{"id":"2"},"message_edit":{"text":"t"}}`, "2", "sha:", false},
		{"an unsend without target", `{"sender":{"id":"2"},"message":{"is_deleted":true}}`, "2", "sha:", false},
		{"a read without watermark", `{"sender":{"id":"2"},"read":{}}`, "2", "sha:", false},
		{"a delivery of nothing", `{"sender":{"id":"2"},"delivery":{"mids":[7.5]}}`, "2", "sha:", false},
		{"a delivery of odd things", `{"sender":{"id":"2"},"delivery":{"mids":[{},"m"],"watermark":"x"}}`, "2", "sha:", true},
		{"an empty referral", `{"sender":{"id":"2"},"referral":{}}`, "2", "sha:", false},
		{"a linking without status", `{"sender":{"id":"2"},"account_linking":{}}`, "2", "sha:", false},
		{"an unknown policy", `{"policy_enforcement":{"action":"sing"}}`, "", "sha:", false},
		{"an owner that is no id", `{"sender":{"id":"2"},"pass_thread_control":{"new_owner_app_id":{}}}`, "2", "sha:", false},
		{"a feedback without target", `{"sender":{"id":"2"},"response_feedback":{"feedback":"Good response"}}`, "2", "sha:", false},
		{"an opt-in with an odd type", `{"sender":{"id":"2"},"optin":{"type":5}}`, "2", "sha:", false},
		{"an order that is a list", `{"sender":{"id":"2"},"order":[]}`, "2", "sha:", false},
		{"a survey that is a text", `{"sender":{"id":"2"},"messaging_feedback":"x"}`, "2", "sha:", false},
		{"a postback that is a list", `{"sender":{"id":"2"},"postback":[]}`, "2", "sha:", false},
		{"null", `null`, "", "sha:", false},
		{"nothing", `{}`, "", "sha:", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := `{"object":"page","entry":[{"id":"1","messaging":[` + tt.event + `]}]}`
			in := decode(t, []byte(body))[0].Events[0]
			if string(in.Customer) != tt.customer || !strings.HasPrefix(in.Key, tt.key) || (in.Event != nil) != tt.understood {
				t.Errorf("got customer %q, key %q, %T", in.Customer, in.Key, in.Event)
			}
			if !bytes.Equal(in.Raw, []byte(tt.event)) {
				t.Errorf("raw: %s", in.Raw)
			}
		})
	}
}

// TestDecodeCopies proves that what comes out does not hang on the body's buffer.
func TestDecodeCopies(t *testing.T) {
	t.Parallel()
	body := fixture(t, "webhooks/message_text")
	in := decode(t, body)[0].Events[0]
	want := bytes.Clone(in.Raw)
	clear(body)
	if !bytes.Equal(in.Raw, want) {
		t.Error("the raw event changed with the body")
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	for _, f := range messenger.Fields() {
		if f == "response_feedback" {
			t.Error("response_feedback puts thumbs under every message")
		}
	}
	if len(messenger.Fields()) != 12 {
		t.Errorf("%d fields", len(messenger.Fields()))
	}
}
