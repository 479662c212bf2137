package webhook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parley/hub/messenger/webhook"
	"parley/model"
)

// anEvent is one event of a Page, in messaging or standby.
func anEvent(t testing.TB, list, event string) model.Inbound {
	t.Helper()
	entries := decode(t, []byte(`{"object":"page","entry":[{"id":"1","time":1790000000000,"`+list+`":[`+event+`]}]}`))
	if len(entries) != 1 || len(entries[0].Events) != 1 {
		t.Fatalf("%s: %+v", event, entries)
	}
	return entries[0].Events[0]
}

// doings are what an event can tell of: the customer's doing, the Page's, and both.
func doings() (byCustomer, byPage, byBoth map[string]string) {
	byCustomer = map[string]string{
		"message": `"message":{"mid":"m","text":"t"}`, "message of numbers": `"message":{"mid":7,"text":"t"}`,
		"quick reply": `"message":{"mid":"m","text":"t","quick_reply":{"payload":"p"}}`,
		"not an echo": `"message":{"mid":"m","text":"t","is_echo":false}`,
		"postback":    `"postback":{"mid":"m","title":"t","payload":"p"}`, "postback in standby": `"postback":{"title":"t"}`,
		"read": `"read":{"watermark":1790000000000}`, "delivery": `"delivery":{"mids":["m"],"watermark":1790000000000}`,
		"referral": `"referral":{"source":"SHORTLINK","ref":"r","type":"OPEN_THREAD"}`, "opt-in": `"optin":{"ref":"r"}`,
		"feedback": `"response_feedback":{"mid":"m","feedback":"Good response"}`, "account": `"account_linking":{"status":"linked"}`,
		"order": `"order":{"products":[{"name":"n"}]}`, "survey": `"messaging_feedback":{"feedback_screens":[]}`,
	}
	byPage = map[string]string{
		"echo": `"message":{"mid":"m","text":"t","is_echo":true,"app_id":5}`, "echo said otherwise": `"message":{"mid":"m","text":"t","is_echo":"true"}`,
		"echo with a token": `"message":{"mid":"m","text":"t","is_echo":1,"metadata":"token"}`,
	}
	byBoth = map[string]string{
		"reaction": `"reaction":{"mid":"m","action":"react","reaction":"love","emoji":"e"}`, "edit": `"message_edit":{"mid":"m","text":"t","num_edit":1}`,
		"pass": `"pass_thread_control":{"new_owner_app_id":5}`, "take": `"take_thread_control":{"new_owner_app_id":5}`,
		"request": `"request_thread_control":{"requested_owner_app_id":5}`, "release": `"release_thread_control":{}`,
		"not known": `"news":{"x":1}`,
	}
	return byCustomer, byPage, byBoth
}

const (
	toPage   = `"sender":{"id":"2"},"recipient":{"id":"1"}`
	fromPage = `"sender":{"id":"1"},"recipient":{"id":"2"}`
)

// wantForeign expects an event to be nothing of the Page's.
func wantForeign(t *testing.T, what string, in model.Inbound) {
	t.Helper()
	if !in.Foreign || in.Customer != "" || in.Event != nil || !strings.HasPrefix(in.Key, "sha:") {
		t.Errorf("%s: foreign %v, customer %q, key %q, %T", what, in.Foreign, in.Customer, in.Key, in.Event)
	}
}

// wantOurs expects an event to be of the Page and of customer 2.
func wantOurs(t *testing.T, what string, in model.Inbound) {
	t.Helper()
	if in.Foreign || in.Customer != "2" {
		t.Errorf("%s: foreign %v, customer %q", what, in.Foreign, in.Customer)
	}
}

// Whatever entry it stands in, an event that names another recipient, or a sender who
// can't have done it, is none of the Page's: in messaging and standby alike, by ids that
// are texts or numbers.
func TestEventsOfOthers(t *testing.T) {
	t.Parallel()
	byCustomer, byPage, byBoth := doings()
	for _, list := range []string{"messaging", "standby"} {
		check := func(want func(*testing.T, string, model.Inbound), parties, what, doing string) {
			t.Helper()
			want(t, fmt.Sprintf("%s of %s: %s", what, parties, list), anEvent(t, list, "{"+parties+`,"timestamp":1790000000000,`+doing+"}"))
		}
		strangers := []string{
			`"sender":{"id":"2"},"recipient":{"id":"9"}`, `"sender":{"id":2},"recipient":{"id":9}`, `"sender":{"id":"9"},"recipient":{"id":"2"}`,
			`"recipient":{"id":"9"}`,
		}
		for what, doing := range byCustomer {
			for _, s := range strangers {
				check(wantForeign, s, what, doing)
			}
			check(wantOurs, toPage, what, doing)
			check(wantOurs, `"sender":{"id":2},"recipient":{"id":1}`, what, doing)
			check(wantOurs, `"sender":{"id":"2"}`, what, doing) // by the entry alone
			if !strings.HasPrefix(doing, `"message"`) {
				check(wantForeign, fromPage, what+" by the Page", doing)
			}
		}
		for what, doing := range byPage {
			for _, s := range append(strangers, toPage, `"recipient":{"id":"2"}`, `"sender":{"user_ref":"x"},"recipient":{"id":"2"}`) {
				check(wantForeign, s, what, doing)
			}
			check(wantOurs, fromPage, what, doing)
			check(wantOurs, `"sender":{"id":1},"recipient":{"id":2}`, what, doing)
		}
		for what, doing := range byBoth {
			for _, s := range strangers {
				check(wantForeign, s, what, doing)
			}
			check(wantOurs, toPage, what, doing)
			check(wantOurs, fromPage, what, doing)
		}
		for _, about := range []string{`"policy_enforcement":{"action":"block","reason":"r"}`, `"app_roles":{"5":["primary_receiver"]}`, `"optin":{"ref":"r","user_ref":"u"}`} {
			check(wantForeign, `"recipient":{"id":"9"}`, "about a Page", about)
			if in := anEvent(t, list, `{"recipient":{"id":"1"},`+about+"}"); in.Foreign || in.Event == nil {
				t.Errorf("%s: %+v", about, in)
			}
		}
	}
	value := func(parties string) string { return `{"field":"messages","value":{` + parties + `}}` }
	wantForeign(t, "a change of another's", anEvent(t, "changes", value(`"sender":{"id":"2"},"recipient":{"id":"9"}`)))
	wantOurs(t, "a change", anEvent(t, "changes", value(toPage)))
}

// What the Page said is never the customer's word, marked as an echo or not.
func TestThePagesOwnWordIsAnEcho(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"messaging", "standby"} {
		in := anEvent(t, list, `{`+fromPage+`,"message":{"mid":"m","text":"t"}}`)
		if e, ok := in.Event.(model.Echo); !ok || e.Text != "t" || !in.FromPage || model.OpensWindow(in.Event) {
			t.Errorf("taken as %#v", in.Event)
		}
	}
}

// `attachments` and other lists that are one thing count as lists of one, wherever they
// stand; what is none is not made one.
func TestListsOfOne(t *testing.T) {
	t.Parallel()
	const image = `{"type":"image","payload":{"url":"https://cdn.fbsbx.com/i"}}`
	want := []model.Attachment{{ID: "1", Type: "image", URL: "https://cdn.fbsbx.com/i"}}
	attachmentsOf := func(e model.Event) (model.Untrusted, []model.Attachment) {
		switch e := e.(type) {
		case model.CustomerMessage:
			return e.Text, e.Attachments
		case model.Echo:
			return e.Text, e.Attachments
		}
		return "", nil
	}
	for _, who := range []string{toPage + `,"message":{`, fromPage + `,"message":{"is_echo":true,`} {
		for _, list := range []string{"messaging", "standby"} {
			for value, hung := range map[string][]model.Attachment{
				image: want, "[" + image + "]": want, "null": nil, "[]": nil, `""`: nil, "false": nil, "0": nil,
				`"x"`: {{ID: "1", Type: "unknown"}}, "7": {{ID: "1", Type: "unknown"}}, "{}": {{ID: "1", Type: "unknown"}},
				`[["x"]]`: {{ID: "1", Type: "unknown"}},
			} {
				in := anEvent(t, list, "{"+who+`"mid":"m","text":"t","attachments":`+value+"}}")
				text, got := attachmentsOf(in.Event)
				if diff := cmp.Diff(hung, got); diff != "" || text != "t" || in.Key != "mid:m" {
					t.Errorf("%s in %s: %q %s", value, list, text, diff)
				}
			}
		}
	}
	for event, want := range map[string]model.Event{
		`"message":{"mid":"m","text":"t","commands":{"name":"status"}}`:                  model.CustomerMessage{MID: "m", Text: "t", Command: "status"},
		`"message_edit":{"mid":"m","text":"t","num_edit":2,"attachments":` + image + `}`: model.Edit{Target: "m", Text: "t", Number: 2},
		`"delivery":{"mids":"m"}`:                            model.DeliveredUpTo{MIDs: []model.MID{"m"}},
		`"order":{"products":{"name":"Beans","quantity":2}}`: model.Happened{Notable: model.Notable{Kind: model.EventOrder, Payload: "2 × Beans"}},
		`"messaging_feedback":{"feedback_screens":{"questions":{"a":{"type":"csat","payload":"4"}}}}`:              model.Happened{Notable: model.Notable{Kind: model.EventFeedback, Payload: "CSAT 4"}},
		`"message":{"mid":"m","attachments":{"type":"template","payload":{"product":{"elements":{"title":"A"}}}}}`: model.CustomerMessage{MID: "m", Attachments: []model.Attachment{{ID: "1", Type: "template", Title: "A"}}},
	} {
		if diff := cmp.Diff(want, anEvent(t, "messaging", "{"+toPage+","+event+"}").Event); diff != "" {
			t.Errorf("%s: %s", event, diff)
		}
	}
}

// A message without a mid is nobody's writing: Facebook put it there.
func TestMessagesWithoutMID(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"messaging", "standby"} {
		for _, who := range []string{toPage + `,"message":{`, fromPage + `,"message":{`, fromPage + `,"message":{"is_echo":true,`} {
			for value, want := range map[string]model.Notable{
				`"admin_text":"handed back"`:            {Kind: model.EventAdminText, Payload: "handed back"},
				`"admin_text":"x","mid":""`:             {Kind: model.EventAdminText, Payload: "x"},
				`"admin_text":"x","mid":null,"text":""`: {Kind: model.EventAdminText, Payload: "x"},
				`"admin_text":{"x":1}`:                  {Kind: model.EventUnknown, Action: "admin_text"},
				`"text":"hello"`:                        {Kind: model.EventUnknown, Payload: "hello"},
				`"attachments":[{"type":"image"}]`:      {Kind: model.EventUnknown},
				`"ai_summary":{},"text":"t"`:            {Kind: model.EventUnknown, Action: "ai_summary", Payload: "t"},
			} {
				in := anEvent(t, list, "{"+who+value+"}}")
				if diff := cmp.Diff(model.Event(model.Happened{Notable: want}), in.Event); diff != "" || in.Customer != "2" || model.OpensWindow(in.Event) {
					t.Errorf("%s: customer %q %s", value, in.Customer, diff)
				}
			}
		}
	}
}

// An echo that would show as nothing says what it was.
func TestEchoesWithoutText(t *testing.T) {
	t.Parallel()
	for value, holds := range map[string]string{
		``: "", `,"text":""`: "", `,"text":null`: "", `,"text":" \n\u200b"`: "", `,"attachments":[]`: "", `,"attachments":null,"app_id":5,"metadata":"x"`: "",
		`,"template":{"name":"hello"}`: "template", `,"dynamic_text":{}`: "dynamic_text", `,"is_unsupported":true`: "is_unsupported",
		`,"quick_replies":[{}],"text":""`: "quick_replies", `,"admin_text":"x"`: "admin_text", `,"odd key":1,"payment":{}`: "payment",
	} {
		in := anEvent(t, "messaging", `{`+fromPage+`,"message":{"is_echo":true,"mid":"m"`+value+`}}`)
		e, ok := in.Event.(model.Echo)
		if !ok || !e.Blank() || e.Holds != holds {
			t.Errorf("%s: %#v", value, in.Event)
		}
	}
	for _, value := range []string{`"text":"hi","template":{}`, `"attachments":{"type":"fallback"}`, `"sticker_id":369239263222822`} {
		in := anEvent(t, "messaging", `{`+fromPage+`,"message":{"is_echo":true,"mid":"m",`+value+`}}`)
		if e, ok := in.Event.(model.Echo); !ok || e.Blank() || e.Holds != "" {
			t.Errorf("%s: %#v", value, in.Event)
		}
	}
}

func TestDashboardsTest(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		`{"field":"messages","value":{"sender":{"id":"12334"},"recipient":{"id":"23245"},"message":{"mid":"test_message_id","text":"test"}}}`: webhook.ErrTest,
		`{"value":{},"field":"message_edits"}`:                   webhook.ErrTest,
		`{"field":"feed","value":null}`:                          webhook.ErrTest,
		`{"object":"page","field":"feed","value":{}}`:            webhook.ErrTest,
		`{"field":"feed","value":{},"entry":null,"more":1}`:      webhook.ErrTest,
		`{"object":"instagram","field":"comments","value":{}}`:   webhook.ErrNotPage,
		`{"field":"feed"}`:                                       webhook.ErrNotPage,
		`{"value":{}}`:                                           webhook.ErrNotPage,
		`{"field":5,"value":{}}`:                                 webhook.ErrNotPage,
		`{"field":"feed","value":{},"entry":[]}`:                 webhook.ErrNotPage,
		`{"object":"page","entry":[],"field":"feed","value":{}}`: nil,
		`[{"field":"feed","value":{}}]`:                          webhook.ErrMalformed,
		`{"field":"feed","value":{}} x`:                          webhook.ErrMalformed,
	} {
		if _, err := webhook.Decode([]byte(body), "1", received()); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", body, err, want)
		}
	}
}

// Whatever stands beside it in a POST, an event that can be read is read.
func TestNeighboursOfAnything(t *testing.T) {
	t.Parallel()
	odd := rapid.SampledFrom([]string{
		"null", "7", "-1", "1e999", `""`, `"x"`, "[]", "{}", "true", "9223372036854775808", "-9223372036854775809", "253402300800000", "1e400", "0.5", `[[[]]]`, `{"id":{}}`, `"\ud800"`,
	})
	rapid.Check(t, func(t *rapid.T) {
		beside := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			if rapid.Bool().Draw(t, "bare") {
				return odd.Draw(t, "value")
			}
			key := rapid.SampledFrom([]string{"message", "postback", "reaction", "message_edit", "delivery", "read", "referral", "optin", "order", "policy_enforcement", "x"}).Draw(t, "key")
			inner := rapid.SampledFrom([]string{"mid", "text", "attachments", "watermark", "mids", "num_edit", "action", "is_echo", "is_deleted", "ref", "products"}).Draw(t, "inner")
			return fmt.Sprintf(`{"sender":%s,"recipient":%s,"timestamp":%s,"%s":{"mid":"b","%s":%s},"prior_message":%s}`,
				rapid.SampledFrom([]string{`{"id":"2"}`, `{"id":"1"}`, odd.Draw(t, "sender")}).Draw(t, "from"),
				rapid.SampledFrom([]string{`{"id":"2"}`, `{"id":"1"}`, odd.Draw(t, "recipient")}).Draw(t, "to"),
				odd.Draw(t, "time"), key, inner, odd.Draw(t, "inner value"), odd.Draw(t, "prior"))
		}), 0, 4).Draw(t, "beside")
		good := `{` + toPage + `,"timestamp":1790000000000,"message":{"mid":"good","text":"t"}}`
		place := rapid.IntRange(0, len(beside)).Draw(t, "place")
		all := append(append(append([]string{}, beside[:place]...), good), beside[place:]...)
		body := `{"object":"page","entry":[` + odd.Draw(t, "entry") + `,{"id":"1","time":` + odd.Draw(t, "sent") + `,"messaging":[` + strings.Join(all, ",") + `]}]}`
		entries, err := webhook.Decode([]byte(body), "1", received())
		if err != nil || len(entries) != 2 || len(entries[1].Events) != len(all) {
			t.Fatalf("%s: %v %+v", body, err, entries)
		}
		in := entries[1].Events[place]
		if m, ok := in.Event.(model.CustomerMessage); !ok || m.Text != "t" || in.Customer != "2" || in.Key != "mid:good" {
			t.Fatalf("%s: %+v", body, in)
		}
	})
}
