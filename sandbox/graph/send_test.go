package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestSendAndWhatFollows(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	mid := b.Says("1001", "見積もりをお願いできますか？ 😊")
	body := sandboxtest.TextTo("1001", "はい <50%> a@b/c")
	body["reply_to"] = map[string]any{"mid": mid}
	r := b.OK(b.Page("POST", "/"+b.Info().PageID+"/messages", body))
	if r.Body["recipient_id"] != "1001" || !strings.HasPrefix(r.Body["message_id"].(string), "m_") {
		t.Errorf("answer is %s", r.Raw)
	}
	for _, name := range []string{"X-Business-Use-Case-Usage", "X-App-Usage", "Facebook-Api-Version", "X-Fb-Trace-Id", "X-Fb-Request-Id"} {
		if r.Header.Get(name) == "" {
			t.Errorf("no header %s", name)
		}
	}
	b.Eventually("the read", func() bool { return len(b.Hook.Only(sandboxtest.IsRead)) == 1 })
	echoes := b.Hook.Only(sandboxtest.IsEcho)
	if len(echoes) != 1 {
		t.Fatalf("%d echoes", len(echoes))
	}
	e := echoes[0]
	if e.Message.MID != r.Body["message_id"] || e.Message.Metadata != "token:はい <50%> a@b/c" || e.Message.AppID.String() != b.Info().AppID ||
		e.Sender.ID != b.Info().PageID || e.Recipient.ID != "1001" || e.Message.ReplyTo == nil || e.Message.ReplyTo.MID != mid {
		t.Errorf("echo is %+v", e.Message)
	}
	d, read := b.Hook.Only(sandboxtest.IsDelivery)[0], b.Hook.Only(sandboxtest.IsRead)[0]
	if d.Delivery.Watermark != e.Timestamp || read.Read.Watermark != e.Timestamp {
		t.Errorf("watermarks %d and %d, the message is of %d", d.Delivery.Watermark, read.Read.Watermark, e.Timestamp)
	}
	if got := b.Got("1001"); len(got) != 1 || got[0] != "はい <50%> a@b/c" {
		t.Errorf("the customer got %q", got)
	}
	if b.Hook.Bad() != 0 {
		t.Errorf("%d bad signatures", b.Hook.Bad())
	}
}

func TestDeliveriesComeWithAndWithoutMIDs(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	for range 16 {
		b.OK(b.Send("1001", "hi"))
	}
	b.Eventually("the deliveries", func() bool { return len(b.Hook.Only(sandboxtest.IsDelivery)) == 16 })
	with := 0
	for _, d := range b.Hook.Only(sandboxtest.IsDelivery) {
		if len(d.Delivery.MIDs) > 0 {
			with++
		}
	}
	if with == 0 || with == 16 {
		t.Errorf("%d of 16 deliveries name mids", with)
	}
}

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	message := func(m map[string]any) map[string]any {
		return map[string]any{"recipient": map[string]any{"id": "1001"}, "message": m}
	}
	with := func(name string, v any) map[string]any {
		body := sandboxtest.TextTo("1001", "x")
		body[name] = v
		return body
	}
	for name, c := range map[string]struct {
		body                  map[string]any
		status, code, subcode int
	}{
		"unknown customer":  {sandboxtest.TextTo("424242", "x"), 400, 100, 2018001},
		"no recipient":      {map[string]any{"message": map[string]any{"text": "x"}}, 400, 100, 0},
		"no message":        {map[string]any{"recipient": map[string]any{"id": "1001"}}, 400, 100, 0},
		"empty":             {message(map[string]any{"text": ""}), 400, 100, 0},
		"only spaces":       {message(map[string]any{"text": " \n"}), 400, 100, 0},
		"2001 letters":      {message(map[string]any{"text": strings.Repeat("x", 2001)}), 400, 100, 0},
		"1001 emoji":        {message(map[string]any{"text": strings.Repeat("😀", 1001)}), 400, 100, 0},
		"metadata too long": {message(map[string]any{"text": "x", "metadata": strings.Repeat("x", 1001)}), 400, 100, 0},
		"text is a number":  {message(map[string]any{"text": 5}), 400, 100, 0},
		"text and picture":  {message(map[string]any{"text": "x", "attachment": map[string]any{"type": "image"}}), 400, 100, 0},
		"picture of file":   {message(map[string]any{"attachment": map[string]any{"type": "image", "payload": map[string]any{"url": "file:///x"}}}), 400, 100, 2018008},
		"strange picture":   {message(map[string]any{"attachment": map[string]any{"type": "hologram"}}), 400, 100, 0},
		"removed tag":       {with2(with("messaging_type", "MESSAGE_TAG"), "tag", "ACCOUNT_UPDATE"), 400, 100, 0},
		"human agent":       {with2(with("messaging_type", "MESSAGE_TAG"), "tag", "HUMAN_AGENT"), 403, 10, 0},
		"unknown type":      {with("messaging_type", "GREETING"), 400, 100, 0},
		"with an action":    {with("sender_action", "typing_on"), 400, 100, 2018014},
		"unknown action":    {map[string]any{"recipient": map[string]any{"id": "1001"}, "sender_action": "dance"}, 400, 100, 0},
		"unknown quote":     {with("reply_to", map[string]any{"mid": "m_none"}), 400, 100, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := *b
			b.T = t
			b.Refused(b.Page("POST", "/me/messages", c.body), c.status, c.code, c.subcode)
		})
	}
	b.Refused(b.Graph("POST", "/"+b.Info().PageID+"/messages", b.Info().UserToken, sandboxtest.TextTo("1001", "x")), 400, 210, 0)
	if got := b.Got("1001"); got != nil {
		t.Errorf("the customer got %q", got)
	}
}

func with2(body map[string]any, name string, v any) map[string]any {
	body[name] = v
	return body
}

func TestSendAccepts(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	mid := b.Says("1001", "hello")
	to := map[string]any{"id": "1001"}
	for _, body := range []map[string]any{
		{"recipient": to, "message": map[string]any{"text": strings.Repeat("😀", 1000)}},
		{"recipient": to, "message": map[string]any{"attachment": map[string]any{"type": "image", "payload": map[string]any{"url": "https://example.com/a.png"}}}},
		{"recipient": to, "message": map[string]any{"sticker_id": 767226160478561}},
		{"recipient": map[string]any{"id": 1001}, "message": map[string]any{"text": "id as a number"}},
		{"recipient": to, "sender_action": "typing_on"},
		{"recipient": to, "sender_action": "mark_seen"},
		{"recipient": to, "sender_action": "react", "payload": map[string]any{"message_id": mid, "reaction": "😊"}},
		{"recipient": to, "sender_action": "unreact", "payload": map[string]any{"message_id": mid}},
	} {
		b.OK(b.Page("POST", "/me/messages", body))
	}
	form := url.Values{
		"recipient": {`{"id":"1001"}`}, "message": {`{"text":"by form"}`}, "access_token": {b.Info().PageToken},
		"appsecret_proof": {sandboxtest.Proof(b.Info().AppSecret, b.Info().PageToken)},
	}
	req, _ := http.NewRequest("POST", b.Info().GraphURL+"/me/messages", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.OK(b.Do(req))
	if got := b.Got("1001"); len(got) != 5 || got[1] != "[image]" || got[2] != "[sticker]" || got[4] != "by form" {
		t.Errorf("the customer got %q", got)
	}
}

func TestPageAndCustomerInTheWay(t *testing.T) {
	t.Parallel()
	b := sandboxtest.Begin(t, sandbox.Options{})
	b.Says("1001", "hello")
	set := func(path string, body map[string]any) { b.OK(b.Control("POST", path, body)) }

	set("/page", map[string]any{"restricted": true})
	b.Refused(b.Send("1001", "x"), 403, 10, 1893063)
	set("/page", map[string]any{"restricted": false, "messages_off": true})
	b.Refused(b.Send("1001", "x"), 400, 10904, 0)
	set("/page", map[string]any{"messages_off": false, "token_refused": true})
	b.Refused(b.Send("1001", "x"), 400, 190, 460)
	set("/page", map[string]any{"token_refused": false})
	set("/customers/1001", map[string]any{"unreachable": true})
	b.Refused(b.Send("1001", "x"), 400, 551, 1545041)
	set("/customers/1001", map[string]any{"unreachable": true, "unreachable_code": 10})
	b.Refused(b.Send("1001", "x"), 403, 10, 2018108)
	set("/customers/1001", map[string]any{"unreachable": false})
	b.OK(b.Send("1001", "x"))
	if got := b.Got("1001"); len(got) != 1 {
		t.Errorf("the customer got %q", got)
	}

	set("/page", map[string]any{"policy": "block", "reason": "spam"})
	b.Refused(b.Send("1001", "x"), 403, 10, 1893063)
	set("/page", map[string]any{"policy": "unblock"})
	b.OK(b.Send("1001", "y"))
	b.Eventually("two measures", func() bool {
		var actions []string
		for _, e := range b.Hook.Only(func(e sandboxtest.Received) bool { return e.Policy != nil }) {
			actions = append(actions, e.Policy.Action+":"+e.Policy.Reason)
		}
		return strings.Join(actions, " ") == "block:spam unblock:"
	})
}

func TestAdsWindowIsAWeek(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	began := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	clock.Store(began.UnixMilli())
	b := sandboxtest.Begin(t, sandbox.Options{Now: func() time.Time { return time.UnixMilli(clock.Load()) }})
	b.OK(b.Control("POST", "/customers/1001/messages", map[string]any{"text": "seen your ad", "from_ad": true}))
	b.Eventually("how they came", func() bool {
		all := b.Hook.Only(sandboxtest.IsMessage)
		return len(all) == 1 && all[0].Message.Referral != nil && all[0].Message.Referral.Source == "ADS"
	})
	clock.Store(began.Add((7 * 24 * time.Hour) - time.Millisecond).UnixMilli())
	b.OK(b.Send("1001", "within the week"))
	clock.Store(began.Add((7 * 24 * time.Hour)).UnixMilli())
	b.Refused(b.Send("1001", "too late"), 400, 10, 2018278)
	b.Says("1001", "still here")
	clock.Store(began.Add(2*(7*24*time.Hour) - time.Millisecond).UnixMilli())
	b.OK(b.Send("1001", "another week"))
}

func TestWindowCloses(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	began := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	clock.Store(began.UnixMilli())
	b := sandboxtest.Begin(t, sandbox.Options{Now: func() time.Time { return time.UnixMilli(clock.Load()) }})

	b.OK(b.Control("POST", "/customers/1003", map[string]any{"name": "Never Wrote"}))
	b.Refused(b.Send("1003", "x"), 400, 10, 2018278)

	b.Says("1001", "hello")
	clock.Store(began.Add(24*time.Hour - time.Millisecond).UnixMilli())
	b.OK(b.Send("1001", "just in time"))
	clock.Store(began.Add(24 * time.Hour).UnixMilli())
	b.Refused(b.Send("1001", "too late"), 400, 10, 2018278)
	b.Says("1001", "again")
	b.OK(b.Send("1001", "open again"))

	old := map[string]any{"text": "long ago", "at": began.Add(-25 * time.Hour).Format(time.RFC3339)}
	b.OK(b.Control("POST", "/customers/1002/messages", old))
	b.Refused(b.Send("1002", "x"), 400, 10, 2018278)
	b.OK(b.Control("POST", "/customers/1002/messages", map[string]any{"text": "in ms", "at": clock.Load() - 1000}))
	b.OK(b.Send("1002", "x"))
	b.Eventually("the old message", func() bool {
		for _, e := range b.Hook.Only(sandboxtest.IsMessage) {
			if e.Message.Text == "long ago" {
				return e.Timestamp == began.Add(-25*time.Hour).UnixMilli()
			}
		}
		return false
	})
}
