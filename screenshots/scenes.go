package main

import (
	"context"
	"fmt"
	"image/color"
	"time"
)

// size is the size of a terminal, in cells.
type size struct{ w, h int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.w, s.h) }

// sizes are the sizes that every scene is taken in.
var sizes = []size{{160, 45}, {100, 30}, {80, 24}, {60, 20}, {40, 12}}

var languages = []string{"en", "ja"}

// look is a kind of terminal.
type look struct {
	name    string
	env     []string
	colours colours
}

var (
	dark    = look{name: "dark", env: []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, colours: onDark}
	light   = look{name: "light", env: dark.env, colours: onLight}
	noColor = look{name: "nocolor", env: append([]string{"NO_COLOR=1"}, dark.env...), colours: onDark}
	sixteen = look{name: "16", env: append([]string{"PARLEY_THEME=16"}, dark.env...), colours: onDark}
	high    = look{name: "contrast", env: append([]string{"PARLEY_THEME=high-contrast"}, dark.env...), colours: onDark}
	highDay = look{name: "contrast-light", env: high.env, colours: onLight}
	ascii   = look{name: "ascii", env: []string{"TERM=linux"}, colours: onDark}
)

// The colours of a dark and of a light terminal; the sixteen are usual ones.
var (
	onDark = colours{
		text: rgb(0xD3D9E4), ground: rgb(0x12151C),
		sixteen: [16]color.RGBA{
			rgb(0x12151C), rgb(0xE0566B), rgb(0x86B65A), rgb(0xD8A657), rgb(0x5B8DEF), rgb(0xB47EDC), rgb(0x4FB3BF), rgb(0xC8CFDA),
			rgb(0x7A8394), rgb(0xF7768E), rgb(0x9ECE6A), rgb(0xE7C07B), rgb(0x8FB4FF), rgb(0xCBA3F0), rgb(0x7FD5DE), rgb(0xFFFFFF),
		},
	}
	onLight = colours{
		text: rgb(0x1E2430), ground: rgb(0xFFFFFF),
		sixteen: [16]color.RGBA{
			rgb(0x1E2430), rgb(0xB3261E), rgb(0x3B7A1E), rgb(0x8F5E15), rgb(0x2E5AAC), rgb(0x7A3FA8), rgb(0x1C7A86), rgb(0xD5DAE3),
			rgb(0x5B6472), rgb(0xD33A30), rgb(0x4E9A2B), rgb(0xB07A22), rgb(0x4475CF), rgb(0x9A5BC9), rgb(0x2A99A6), rgb(0xFFFFFF),
		},
	}
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // three bytes of a number
}

// scene is something to take pictures of: a world, and the keys to get there.
type scene struct {
	name string
	// history is how many old conversations the Page has.
	history int
	// prepare prepares the world before the program starts; nil: the Page is connected and its
	// customers have written.
	prepare func(context.Context, *world) error
	steps   []step
	// after is typed after the picture, to restore the state for the next one.
	after string
	// guests: it is the demo over SSH, with the installer's terminal on the left and the rep's on
	// the right; each step is at one of them.
	guests bool
	// also holds pictures besides those of every size and language.
	also []variant
}

// step waits for a text, does something, types keys, and waits until the screen is still.
type step struct {
	at   guest
	see  string
	do   func(*world)
	keys string
	// read: the screen must be still long enough to count as read.
	read bool
}

// variant is how one picture is taken.
type variant struct {
	size size
	lang string
	look look
}

// String returns the part of a picture's name that distinguishes it within its scene.
func (v variant) String() string {
	s := v.size.String() + "-" + v.lang
	if v.look.name != dark.name {
		s += "-" + v.look.name
	}
	return s
}

// variants returns all pictures of a scene.
func (s scene) variants() []variant {
	var all []variant
	sizes := sizes
	if s.guests {
		sizes = []size{{80, 24}, {120, 34}}
	}
	for _, lang := range languages {
		for _, z := range sizes {
			all = append(all, variant{z, lang, dark})
		}
	}
	return append(all, s.also...)
}

// looks returns the pictures that show every kind of terminal.
func looks() []variant {
	var all []variant
	for _, l := range []look{light, noColor, ascii, sixteen, high, highDay} {
		for _, lang := range languages {
			all = append(all, variant{size{100, 30}, lang, l})
		}
	}
	return all
}

// kept are the pictures that documents show.
var kept = []string{"conversation-120x34-en", "conversation-100x30-ja-light", "asks-80x24-en", "picker-120x34-en"}

// Keys, as a terminal sends them.
const (
	enter = "\r"
	ctrlK = "\x0b"
	down  = "\x1b[B"
	line  = "\x1b\r"
)

// first is the customer who wrote last: their row is the first.
const first = "山田 花子"

// scenes returns all scenes.
func scenes() []scene {
	wide := variant{size{120, 34}, "en", dark}
	open := step{see: first, keys: enter, read: true}
	return []scene{
		{name: "inbox", history: 40, steps: []step{{see: first}}, also: looks()},
		{name: "conversation", history: 40, prepare: answered, steps: []step{open}, also: append(looks(), wide)},
		{name: "theme", history: 12, steps: []step{open, {keys: ctrlK}, {keys: "theme"}, {keys: enter}}},
		{name: "composer", history: 12, steps: []step{open, {keys: "r"}, {
			keys: "山田様、お問い合わせありがとうございます。" + line + "机3台とのこと、本日17時までにお見積もりをお送りします。" + line + "Best regards, Aiko",
		}}},
		{name: "blocked", history: 12, steps: []step{{see: first, keys: "5"}, {keys: enter}, {keys: "r"}}},
		{name: "asks", history: 12, prepare: unsure, steps: []step{open, {keys: "G"}}},
		{name: "asks-inbox", history: 12, prepare: unsure, steps: []step{{see: first}}},
		{name: "empty", prepare: connected, steps: []step{{see: "Aoyama"}}},
		{name: "no-page", prepare: func(context.Context, *world) error { return nil }, steps: []step{{see: "Parley"}}},
		{name: "disconnected", history: 12, steps: []step{open, {do: (*world).stopHub}, {keys: "", see: "○"}}},
		{name: "restricted", history: 12, prepare: restricted, steps: []step{open, {keys: "r"}}},
		{name: "help", history: 12, steps: []step{{see: first, keys: "?"}}},
		{name: "palette", history: 12, steps: []step{{see: first, keys: ctrlK}}},
		{name: "palette-found", history: 12, steps: []step{{see: first, keys: ctrlK}, {keys: "ca"}}},
		{name: "snooze", history: 12, steps: []step{{see: first, keys: "s"}}},
		{name: "snooze-typed", history: 12, steps: []step{{see: first, keys: "s"}, {keys: "4"}, {keys: "soon"}, {keys: enter}}},
		{name: "assign", history: 12, prepare: teamed, steps: []step{{see: first, keys: "a"}}},
		{name: "away", history: 12, prepare: away, steps: []step{{see: first, keys: "a"}}},
		{name: "delete", history: 12, steps: []step{{see: first, keys: ctrlK}, {keys: "delete"}, {keys: enter}}},
		{name: "done", history: 12, steps: []step{{see: first, keys: "e"}}, after: "z"},
		{name: "search", history: 40, steps: []step{{see: first, keys: "/"}, {keys: "wood"}, {keys: enter}}},
		{name: "panel", history: 12, prepare: answered, steps: []step{open, {keys: "i"}}},
		{name: "picker", history: 12, prepare: told, steps: []step{open, {keys: "c", read: true}}, also: []variant{wide}},
		{name: "picker-many", history: 12, prepare: told, steps: []step{
			{see: first, keys: "j" + enter, read: true}, {keys: "c", read: true},
		}},
		{name: "panel-linked", history: 12, prepare: linked, steps: []step{open, {keys: "i", read: true}}},
		{name: "form", history: 12, prepare: told, steps: []step{open, {keys: "c", read: true}, {keys: "会議室の机", read: true}, {keys: down + down + enter}}},
		{name: "stage", history: 12, prepare: linked, steps: []step{open, {keys: "i", read: true}, {keys: "S", read: true}}},
		{name: "two-shared", guests: true, steps: []step{{at: rep, see: "●"}}},
		{name: "two-private", guests: true, steps: []step{
			{at: rep, see: "●"},
			{keys: ctrlK},
			{keys: "private"},
			{keys: enter},
			{keys: "y"},
			{at: rep, read: true},
		}},
		{name: "events", prepare: happened, steps: []step{open}, also: []variant{tall("en"), tall("ja")}},
		{name: "names", prepare: named, steps: []step{{see: "ab", keys: "jj"}, {keys: enter}}},
	}
}

// tall is a terminal that shows a whole conversation.
func tall(lang string) variant { return variant{size{100, 175}, lang, dark} }

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

// customer is who writes what; newest last.
type customer struct {
	name, psid, locale string
	writes             []message
}

// message is one message, written that long ago.
type message struct {
	ago      time.Duration
	text     string
	attached any
}

func attachment(kind, name string) any {
	return map[string]any{"type": kind, "payload": map[string]any{"url": "https://scontent.xx.fbcdn.net/v/" + name}}
}

// customers are those of most scenes, in the order of the inbox.
var customers = []customer{
	{first, "7100000000000001", "ja_JP", []message{
		{ago: 3*time.Hour + 12*time.Minute, text: "こんにちは。会議室用の机を探しています。"},
		{ago: 3*time.Hour + 11*time.Minute, text: "この写真のものは、まだ在庫がありますか？", attached: attachment("image", "desk.jpg")},
		{ago: 2 * time.Minute, text: "見積もりをお願いできますか？ 机は三台、納期は今月末まで、設置もお願いしたいです。"},
	}},
	{"Ken Sato", "7100000000000002", "en_US", []message{
		{ago: 50 * time.Minute, text: "Hi! Do you deliver to Yokohama on Saturdays?"},
		{ago: 14 * time.Minute, text: "And could you carry the old desk away? It is on the third floor, no lift I am afraid."},
	}},
	{"Marta Ruiz", "7100000000000003", "es_ES", []message{
		{ago: 22*time.Hour + 20*time.Minute, text: "Hola, ¿tienen la silla en verde?"},
		{ago: 22*time.Hour + 18*time.Minute, text: "Thanks 👍"},
	}},
	{"高橋 美咲", "7100000000000004", "ja_JP", []message{
		{ago: 23*time.Hour + 40*time.Minute, text: "配送日を変更できますか。水曜日の午前、10時以降でしたら受け取れます。"},
	}},
	{"Lee Min", "7100000000000005", "ko_KR", []message{
		{ago: 23*time.Hour + 50*time.Minute, attached: attachment("file", "invoice-2026-11.pdf")},
	}},
	{"ももこ🌸", "7100000000000006", "ja_JP", []message{
		{ago: 23*time.Hour + 54*time.Minute, text: "かわいい！！ 👨‍👩‍👧‍👦 で使います〜"},
	}},
	{"Priya Patel", "7100000000000007", "en_US", []message{
		{ago: 30 * time.Hour, text: "Is the oak table solid wood?"},
		{ago: 29 * time.Hour, text: "No hurry, next week is fine as well."},
	}},
}

// hardNames are customers whose names are hard to draw.
var hardNames = []customer{
	{"ab", "7200000000000001", "en_US", []message{{ago: time.Minute, text: "Short name."}}},
	{"Twenty Cells Exactly", "7200000000000002", "en_US", []message{{ago: 2 * time.Minute, text: "A name of twenty cells."}}},
	{"Wolfeschlegelsteinhausenbergerdorff von und zu Hohenzollern-Sigmaringen the Third", "7200000000000003", "de_DE", []message{
		{ago: 3 * time.Minute, text: "https://example.com/a/very/long/address/that/has/no/place/to/break/and/goes/on/until/it/no/longer/fits/on/a/line?with=parameters&and=more"},
	}},
	{"สมชาย ใจดี", "7200000000000004", "th_TH", []message{{ago: 4 * time.Minute, text: "สวัสดีครับ ขอใบเสนอราคาได้ไหมครับ"}}},
	{"محمد عبد الله", "7200000000000005", "ar_AR", []message{{ago: 5 * time.Minute, text: "مرحبا، كم سعر الطاولة؟ 3 pieces"}}},
	{"👨‍👩‍👧‍👦👍🏽🇯🇵 家族", "7200000000000006", "ja_JP", []message{{ago: 6 * time.Minute, text: "❤️ ☎️ 1️⃣ 👩🏻‍💻 ｶﾀｶﾅ ①②③ ※〒"}}},
	{"長宗我部・勅使河原・小比類巻・八重樫・東海林・御手洗・四月一日・小鳥遊合同会社", "7200000000000007", "ja_JP", []message{
		{ago: 7 * time.Minute, text: "弊社では、以下の三点を希望しております。一、納期は月末まで。二、設置を含む。三、請求書払い。「可能でしょうか？」"},
	}},
}
