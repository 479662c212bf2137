package main

import (
	"context"
	"fmt"
	"time"
)

// What has happened before a picture is taken.

// connected connects the Page.
func connected(ctx context.Context, w *world) error { return w.connect(ctx) }

// written makes the customers write.
func written(ctx context.Context, w *world) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	return w.write(ctx, customers)
}

// answered continues written: we answer the first customer, who writes back.
func answered(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	for _, text := range []string{"山田様、お問い合わせありがとうございます。", "はい、机3台のお見積もりを本日17時までにお送りします。"} {
		if err := w.reply(ctx, first, text); err != nil {
			return err
		}
	}
	return w.write(ctx, []customer{{first, customers[0].psid, "ja_JP", []message{
		{text: "ありがとうございます！ では、よろしくお願いします。🙏"},
	}}})
}

// told continues written: the first two customers give their contacts, one a phone number that one
// person in Pipedrive has, the other an address that two have.
func told(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	return w.write(ctx, []customer{
		{customers[1].name, customers[1].psid, customers[1].locale, []message{{ago: time.Minute, text: "My address is ken@example.com"}}},
		{first, customers[0].psid, customers[0].locale, []message{{text: "お電話は090-1200-5678までお願いします。"}}},
	})
}

// linked continues told: the first customer is linked to a person and to one of their deals.
func linked(ctx context.Context, w *world) error {
	if err := told(ctx, w); err != nil {
		return err
	}
	all, err := w.conversations(ctx)
	if err != nil {
		return err
	}
	for _, words := range []string{"hanako@himawari.example", "ひまわり エスプレッソマシン"} {
		var found struct{ Records []struct{ Type, ID string } }
		if err := w.run(ctx, &found, "crm", "search", words); err != nil {
			return err
		}
		if len(found.Records) == 0 {
			return fmt.Errorf("nothing in Pipedrive for %s", words)
		}
		if err := w.run(ctx, nil, "link", all[first].id, found.Records[0].Type+":"+found.Records[0].ID); err != nil {
			return err
		}
	}
	return nil
}

// unsure continues written: nobody knows whether a reply arrived.
func unsure(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	if err := w.control(ctx, "/faults", map[string]any{"on": "send", "kind": "reset", "count": 1}); err != nil {
		return err
	}
	if err := w.control(ctx, "/faults", map[string]any{"on": "conversations", "kind": "http_500"}); err != nil {
		return err
	}
	_ = w.reply(ctx, first, "お見積書をお送りします。ご確認ください。") // it fails: that is the scene
	return nil
}

// restricted continues written: Facebook restricts the Page.
func restricted(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	return w.control(ctx, "/page", map[string]any{"policy": "block", "reason": "Spam"})
}

// teamed continues written: two colleagues see the Page, one of whom is away.
func teamed(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	for name, available := range map[string]string{"Ken Sato": "on", "三浦 あかり": "off"} {
		var user struct{ Token string }
		if err := w.run(ctx, &user, "user", "add", name, "--token"); err != nil {
			return err
		}
		if err := w.runAs(ctx, user.Token, "user", "available", available); err != nil {
			return err
		}
	}
	return w.run(ctx, nil, "page", "visibility", w.facebook.PageID, "shared")
}

// away continues teamed: the user is away, too.
func away(ctx context.Context, w *world) error {
	if err := teamed(ctx, w); err != nil {
		return err
	}
	return w.run(ctx, nil, "user", "available", "off")
}

// happened makes everything happen to one customer that can happen in Messenger, by the sandbox's
// names; in the end we have thread control.
func happened(ctx context.Context, w *world) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	events, err := w.events(ctx)
	if err != nil {
		return err
	}
	events = append(events, "thread-pass", "message-text")
	const pace = 20 * time.Second
	for i, name := range events {
		err := w.control(ctx, "/customers/"+customers[0].psid+"/events", map[string]any{
			"event": name, "name": first, "locale": "ja_JP", "at": time.Now().Add(-time.Duration(len(events)-i) * pace).UnixMilli(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// named makes customers write whose names are hard to draw.
func named(ctx context.Context, w *world) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	return w.write(ctx, hardNames)
}

// pictured continues written: the first customer sends a photo that the hub can fetch.
func pictured(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	return w.write(ctx, []customer{{first, customers[0].psid, customers[0].locale, []message{
		{attached: attachment("image", w.facebook.GraphURL+"/media/meeting-room.jpg")},
		{text: "この部屋に入りますか？"},
	}}})
}

// phrased continues written: the team has snippets.
func phrased(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"thanks": "{customer}様、お問い合わせありがとうございます。", "quote": "お見積書を本日中にお送りします。", "hours": "We are open from 10 to 18, Monday to Saturday.",
	} {
		if err := w.run(ctx, nil, "snippet", "add", name, text, "--team"); err != nil {
			return err
		}
	}
	return nil
}

// labelled continues written: some conversations have labels.
func labelled(ctx context.Context, w *world) error {
	if err := written(ctx, w); err != nil {
		return err
	}
	all, err := w.conversations(ctx)
	if err != nil {
		return err
	}
	for name, labels := range map[string][]string{first: {"見積もり", "VIP"}, "Ken Sato": {"delivery"}, "Marta Ruiz": {"VIP"}} {
		for _, label := range labels {
			if err := w.run(ctx, nil, "label", all[name].id, label); err != nil {
				return err
			}
		}
	}
	return nil
}
